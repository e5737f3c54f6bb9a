package main

import (
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// settings are the variables APP_*; a group's are APP_GROUP__NAME.
type settings struct {
	service.Base
	Database struct {
		URL service.Secret `env:"URL" json:"url"` // may hold a password
	} `envPrefix:"DATABASE__" json:"database"`
	Token service.Secret `env:"TOKEN" json:"token"` // who may write
}

func loadSettings(environ []string) (settings, error) {
	s := settings{}
	s.Port = 8081
	s.Database.URL = service.MemoryDatabase
	err := service.Load(environ, &s)
	return s, err
}

// Check reports everything that is wrong.
func (s *settings) Check(p *service.Problems) {
	s.Base.Check(p)
	p.Database("DATABASE__URL", s.Database.URL, s.Env)
	p.AtLeast("TOKEN", s.Token, 32)
}

package main

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/providers/database"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// settings are the variables APP_*; a group's are APP_GROUP__NAME.
type settings struct {
	service.Base
	Database struct {
		URL service.Secret `env:"URL" json:"url"` // may hold a password
	} `envPrefix:"DATABASE__" json:"database"`
	Redis struct {
		URL       service.Secret `env:"URL" json:"url"` // may hold a password
		Stream    string         `env:"STREAM" envDefault:"events" json:"stream"`
		MaxLength int64          `env:"MAX_LENGTH" envDefault:"10000" json:"max_length"`
	} `envPrefix:"REDIS__" json:"redis"`
	Webhooks struct {
		InvoicesSecret service.Secret `env:"INVOICES_SECRET" json:"invoices_secret"`
		StripeSecret   service.Secret `env:"STRIPE_SECRET" json:"stripe_secret"`
		Tolerance      time.Duration  `env:"TOLERANCE" envDefault:"5m" json:"tolerance"`
	} `envPrefix:"WEBHOOKS__" json:"webhooks"`
	Customers struct {
		URL       string `env:"URL" json:"url"` // "": no enrichment
		TimeoutMS int    `env:"TIMEOUT_MS" envDefault:"2000" json:"timeout_ms"`
	} `envPrefix:"CUSTOMERS__" json:"customers"`
	Idempotency struct {
		WaitMS  int `env:"WAIT_MS" envDefault:"2000" json:"wait_ms"`
		LeaseMS int `env:"LEASE_MS" envDefault:"15000" json:"lease_ms"`
	} `envPrefix:"IDEMPOTENCY__" json:"idempotency"`
}

func loadSettings(environ []string) (settings, error) {
	s := settings{}
	s.Port = 8080
	s.Database.URL = service.MemoryDatabase
	err := service.Load(environ, &s)
	return s, err
}

// secretLength is the least length of a webhook secret, in characters.
const secretLength = 32

// Check reports everything that is wrong.
func (s *settings) Check(p *service.Problems) {
	s.Base.Check(p)
	deployed := s.Env == "staging" || s.Env == "prod"
	p.Database("DATABASE__URL", s.Database.URL, s.Env)
	s.checkRedis(p)
	p.AtLeast("WEBHOOKS__INVOICES_SECRET", s.Webhooks.InvoicesSecret, secretLength)
	p.AtLeast("WEBHOOKS__STRIPE_SECRET", s.Webhooks.StripeSecret, secretLength)
	if encoded, ok := strings.CutPrefix(string(s.Webhooks.InvoicesSecret), "whsec_"); !ok {
		p.Add("WEBHOOKS__INVOICES_SECRET", "must be whsec_ and base64 (Standard Webhooks)")
	} else if _, err := base64.StdEncoding.DecodeString(encoded); err != nil {
		p.Add("WEBHOOKS__INVOICES_SECRET", "must be base64 after whsec_ (Standard Webhooks)")
	}
	if s.Webhooks.Tolerance < time.Minute || s.Webhooks.Tolerance > 15*time.Minute {
		p.Add("WEBHOOKS__TOLERANCE", "must be from 1m to 15m")
	}
	switch u, err := url.Parse(s.Customers.URL); {
	case s.Customers.URL == "" && deployed:
		p.Add("CUSTOMERS__URL", "is missing: it is the base URL of the customers service")
	case s.Customers.URL != "" && (err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == ""):
		p.Add("CUSTOMERS__URL", "must be a URL such as http://customers:8081")
	case err == nil && u.User != nil:
		p.Add("CUSTOMERS__URL", "must hold no user and password: it is shown at /debug/settings")
	}
	p.Between("CUSTOMERS__TIMEOUT_MS", s.Customers.TimeoutMS, 100, 10000)
	p.Between("IDEMPOTENCY__WAIT_MS", s.Idempotency.WaitMS, 0, 10000)
	p.Between("IDEMPOTENCY__LEASE_MS", s.Idempotency.LeaseMS, 1000, 60000)
	if s.RequestTimeoutMS > 0 && s.Idempotency.WaitMS >= s.RequestTimeoutMS {
		p.Add("IDEMPOTENCY__WAIT_MS", "must be less than APP_REQUEST_TIMEOUT_MS, or no duplicate is ever told to come back")
	}
}

// redisDatabase is the path of a Redis URL: the database's number, or nothing for 0.
var redisDatabase = regexp.MustCompile(`^(/\d*)?$`)

func (s *settings) checkRedis(p *service.Problems) {
	dialect, _ := service.ParseDatabase(string(s.Database.URL)) // its error was reported above
	u, err := url.Parse(string(s.Redis.URL))
	switch {
	case s.Redis.URL == "" && dialect == database.PostgreSQL:
		p.Add("REDIS__URL", "is missing: with PostgreSQL, events go to a Redis stream")
	case s.Redis.URL != "" && (err != nil || (u.Scheme != "redis" && u.Scheme != "rediss") || u.Host == "" ||
		!redisDatabase.MatchString(u.Path)):
		p.Add("REDIS__URL", "must be a URL such as redis://redis:6379/0")
	}
	if s.Redis.Stream == "" {
		p.Add("REDIS__STREAM", "must not be empty")
	}
	if s.Redis.MaxLength < 1000 {
		p.Add("REDIS__MAX_LENGTH", "must be a whole number of at least 1000")
	}
}

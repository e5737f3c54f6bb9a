package service

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Problems collects what is wrong with settings, by variable. Values are never part of it.
type Problems struct {
	lines map[string]string // by the variable's whole name
}

// Add records what is wrong with a variable, named without the prefix. Only the first problem of a variable is kept.
func (p *Problems) Add(variable, what string) {
	if p.lines == nil {
		p.lines = map[string]string{}
	}
	if _, said := p.lines[Prefix+variable]; !said {
		p.lines[Prefix+variable] = what
	}
}

// Between demands a number from low to high.
func (p *Problems) Between(variable string, n, low, high int) {
	if n < low || n > high {
		p.Add(variable, fmt.Sprintf("must be a whole number from %d to %d", low, high))
	}
}

// AtLeast demands a secret of so many characters.
func (p *Problems) AtLeast(variable string, s Secret, characters int) {
	switch {
	case s == "":
		p.Add(variable, fmt.Sprintf("is missing: set a secret of at least %d characters", characters))
	case len([]rune(string(s))) < characters:
		p.Add(variable, fmt.Sprintf("must have at least %d characters", characters))
	}
}

// Database demands a database URL, and one that outlives the process wherever the service is deployed.
func (p *Problems) Database(variable string, databaseURL Secret, env string) {
	_, err := ParseDatabase(string(databaseURL))
	switch {
	case err != nil:
		p.Add(variable, err.Error())
	case env != "dev" && databaseURL == MemoryDatabase:
		p.Add(variable, "must be a database that outlives the process, outside of dev")
	}
}

// parse takes an error of the env package, which names the field and repeats the value.
func (p *Problems) parse(err error, known []env.FieldParams) {
	var field env.ParseError
	if !errors.As(err, &field) {
		p.Add("?", "cannot be read")
		return
	}
	for _, f := range known {
		if strings.EqualFold(strings.ReplaceAll(lastPart(f.Key), "_", ""), field.Name) {
			kind := map[string]string{
				"int": "a whole number", "int64": "a whole number", "time.Duration": "a duration such as 5m",
			}[field.Type.String()]
			p.Add(strings.TrimPrefix(f.Key, Prefix), "must be "+cmp.Or(kind, field.Type.String()))
		}
	}
}

// lastPart is a variable's name without its groups: URL of APP_REDIS__URL.
func lastPart(variable string) string {
	parts := strings.Split(strings.TrimPrefix(variable, Prefix), "__")
	return parts[len(parts)-1]
}

func (p *Problems) err() error {
	if len(p.lines) == 0 {
		return nil
	}
	lines := make([]string, 0, len(p.lines))
	for variable, what := range p.lines {
		lines = append(lines, variable+" "+what)
	}
	slices.Sort(lines)
	return &SettingsError{lines}
}

package service

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Prefix begins the name of every variable of a service's settings.
const Prefix = "APP_"

// Base are the settings that every service has.
type Base struct {
	Env              string `env:"ENV" json:"env"`
	Host             string `env:"HOST" envDefault:"0.0.0.0" json:"host"`
	Port             int    `env:"PORT" json:"port"`
	RequestTimeoutMS int    `env:"REQUEST_TIMEOUT_MS" envDefault:"5000" json:"request_timeout_ms"`
}

// Check reports what is wrong with the base settings.
func (b Base) Check(p *Problems) {
	if !slices.Contains([]string{"dev", "staging", "prod"}, b.Env) {
		p.Add("ENV", "must be dev, staging or prod")
	}
	p.Between("PORT", b.Port, 1024, 65535)
	p.Between("REQUEST_TIMEOUT_MS", b.RequestTimeoutMS, 200, 15000)
}

// Secret is a setting that is never shown: not printed, logged, encoded or hashed. Its value is string(s).
type Secret string

const redacted = "(secret)"

// String, GoString, MarshalText and LogValue hide the secret.
func (Secret) String() string { return redacted }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return redacted }

// MarshalText hides the secret from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue hides the secret from logs.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// UnmarshalText stores the secret unchanged.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = Secret(text)
	return nil
}

// Settings can check themselves.
type Settings interface {
	Check(p *Problems)
}

// SettingsError lists every problem of the settings, one line for each variable. It shows no value.
type SettingsError struct {
	Lines []string
}

func (e *SettingsError) Error() string { return strings.Join(e.Lines, "\n") }

// Load reads settings from an environment, as os.Environ returns it, into a pointer to a struct with env tags, and
// checks them. It returns a SettingsError that lists every problem.
// A variable with the prefix that belongs to no setting is a problem too: a misspelt one would silently have no effect.
func Load(environ []string, into Settings) error {
	variables := env.ToMap(environ)
	p := &Problems{}
	options := env.Options{Environment: variables, Prefix: Prefix}
	known, err := env.GetFieldParamsWithOptions(into, options)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	for name := range variables {
		if strings.HasPrefix(name, Prefix) && !slices.ContainsFunc(known, func(f env.FieldParams) bool { return f.Key == name }) {
			p.Add(strings.TrimPrefix(name, Prefix), "is no setting of this service: is it misspelt?")
		}
	}
	var all env.AggregateError
	switch err := env.ParseWithOptions(into, options); {
	case errors.As(err, &all):
		for _, one := range all.Errors {
			p.parse(one, known)
		}
	case err != nil:
		return fmt.Errorf("settings: %w", err)
	}
	into.Check(p)
	return p.err()
}

// Hash names the settings that are in force, without the secrets: two instances with one hash are configured alike.
func Hash(settings any) string {
	text, err := json.Marshal(settings)
	if err != nil {
		return "unknown"
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

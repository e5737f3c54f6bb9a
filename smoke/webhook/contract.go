package webhook

import (
	"fmt"
	"time"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/sign"
)

// Contract is one receiver's webhook.yaml, read and checked.
type Contract struct {
	Receiver string `yaml:"receiver"`
	// the profile whose keys are the defaults of this file; when empty, the one named as the signature scheme, if there is one; none: no
	// profile
	Sender        string         `yaml:"sender"`
	Endpoint      Endpoint       `yaml:"endpoint"`
	Body          Body           `yaml:"body"`
	Challenge     Challenge      `yaml:"challenge"`
	Signature     Signature      `yaml:"signature"`
	EventID       EventID        `yaml:"event_id"`
	Fresh         []string       `yaml:"fresh"` // JSON Pointers to other ids in the body that are made anew for each event, such as an order's
	EventType     EventType      `yaml:"event_type"`
	DeliveryID    DeliveryID     `yaml:"delivery_id"`   // an id of the delivery beside the event's; empty: there is none
	Tenant        Tenant         `yaml:"tenant"`        // on whose behalf events are sent; empty: there is one tenant
	Schema        string         `yaml:"schema"`        // of the payload; a path from the file's folder; "" checks nothing
	Result        string         `yaml:"result_schema"` // of an accepted delivery's answer; likewise
	SchemaOptions SchemaOptions  `yaml:"schema_options"`
	Policy        Policy         `yaml:"policy"`
	Retries       Retries        `yaml:"retries"`
	Ordering      Ordering       `yaml:"ordering"` // none when empty
	Effects       Effects        `yaml:"effects"`
	Sequence      Sequence       `yaml:"sequence"` // fixtures about one subject, in order; empty: none
	Hooks         Hooks          `yaml:"hooks"`    // power over the receiver; empty: none
	KnownFailures []KnownFailure `yaml:"known_failures"`
	// globs over names of cases that are advice by default and count as contract here; empty: none
	Enforce []string `yaml:"enforce"`

	Path          string         `yaml:"-"` // the file it was read from
	Scheme        sign.Scheme    `yaml:"-"`
	PayloadSchema *schema.Schema `yaml:"-"` // nil when Schema is ""
	ResultSchema  *schema.Schema `yaml:"-"` // nil when Result is ""
}

// Endpoint is where deliveries go, below the target's base URL.
type Endpoint struct {
	Method      string            `yaml:"method"`       // POST when empty
	Path        string            `yaml:"path"`         // starts with a slash; its query may hold Placeholders
	Query       string            `yaml:"query"`        // what the sender adds to the URL, such as id={event_id}; likewise
	Headers     map[string]string `yaml:"headers"`      // sent with each delivery; values may hold Placeholders
	ContentType string            `yaml:"content_type"` // application/json when empty
	URL         string            `yaml:"url"`          // the public URL, for schemes that sign it; the target's when empty
	RetryHeader string            `yaml:"retry_header"` // marks a resend and holds its number; the scheme's own, if any, when empty
	BodyLimit   int               `yaml:"body_limit"`   // bytes above which a body is refused; 0: not known
	MaxPayload  int               `yaml:"max_payload"`  // bytes of the largest body that the sender sends; 0: not known
}

// Place is the place of a value: a header, or a JSON Pointer (RFC 6901) into the body.
type Place struct {
	Header  string `yaml:"header"`
	Pointer string `yaml:"pointer"`
}

// Tenant is the place of the tenant that an event belongs to, and another tenant to send for.
type Tenant struct {
	Place  `yaml:",inline"`
	Other  string `yaml:"other"`
	Golden string `yaml:"golden"` // the fixtures' own tenant, if it is in a header
}

// Signature is how deliveries are signed. The secret is named, never stored.
type Signature struct {
	sign.Config `yaml:",inline"`
	SecretEnv   string        `yaml:"secret_env"` // the environment variable that holds the secret
	Tolerance   time.Duration `yaml:"tolerance"`  // how old a signed timestamp may be; 5m when zero
}

// Sequence names fixtures about one subject, oldest first, and how to observe its state.
type Sequence struct {
	Fixtures []string `yaml:"fixtures"` // names, oldest first
	Key      string   `yaml:"key"`      // JSON Pointer to the subject's id, in each of them
	Path     string   `yaml:"path"`     // below the target's base URL; {key} is replaced by the escaped id, {tenant} by the tenant
	State    string   `yaml:"state"`    // JSON Pointer into the answer

	Golden map[string]fixtures.Fixture `yaml:"-"` // Fixtures, by name
}

// Hooks are commands that control the receiver, each a program with its arguments, run without a shell. The cases that need
// an absent hook do not apply.
type Hooks struct {
	Restart  []string `yaml:"restart"`   // stops the receiver and starts it again; it keeps its store
	FailNext []string `yaml:"fail_next"` // makes the work of the next delivery fail or die midway
	Advance  []string `yaml:"advance"`   // moves the receiver's clock ahead by {seconds}
}

// KnownFailure is a case that is known to fail, until it is mended. It runs, and must fail.
type KnownFailure struct {
	Case    string `yaml:"case"`    // glob over case names
	Fixture string `yaml:"fixture"` // glob over fixture names; every one when empty
	Reason  string `yaml:"reason"`
	Until   Date   `yaml:"until"` // the last day on which it is accepted, UTC
}

// Date is a day, written 2026-12-31.
type Date struct{ time.Time }

// UnmarshalText reads a day.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%q: must be a date such as 2026-12-31", text)
	}
	d.Time = t
	return nil
}

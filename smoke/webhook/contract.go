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
	Receiver      string         `yaml:"receiver"`
	Sender        string         `yaml:"sender"` // the profile whose keys are the defaults of this file; when empty, the one named as the signature scheme, if there is one; none: no profile
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
	Sequence      Sequence       `yaml:"sequence"` // fixtures that tell of one thing after the other; empty: none do
	Hooks         Hooks          `yaml:"hooks"`    // power over the receiver; empty: none
	KnownFailures []KnownFailure `yaml:"known_failures"`
	Enforce       []string       `yaml:"enforce"` // globs over names of cases that are advice by default and count as contract here; empty: none

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

// Place is where a value stands: in a header, or at a JSON Pointer (RFC 6901) into the body.
type Place struct {
	Header  string `yaml:"header"`
	Pointer string `yaml:"pointer"`
}

// Tenant is where it stands on whose behalf an event is sent, and another tenant to send for.
type Tenant struct {
	Place  `yaml:",inline"`
	Other  string `yaml:"other"`
	Golden string `yaml:"golden"` // the fixtures' own tenant, where it stands in a header
}

// Signature is how deliveries are signed. The secret is named, never stored.
type Signature struct {
	sign.Config `yaml:",inline"`
	SecretEnv   string        `yaml:"secret_env"` // the environment variable that holds the secret
	Tolerance   time.Duration `yaml:"tolerance"`  // how old a signed timestamp may be; 5m when zero
}

// Policy is what the receiver promises about repeated events.
type Policy struct {
	Duplicate    Duplicate  `yaml:"duplicate"`     // same-result when empty
	Mismatch     Mismatch   `yaml:"mismatch"`      // reject-409 when empty
	Delivered    []Statuses `yaml:"delivered"`     // the answers that the sender counts as delivered; 2xx when empty
	InFlight     []int      `yaml:"in_flight"`     // statuses allowed while the first delivery still runs; 409, 425, 429 and 503 when absent
	Invalid      Invalid    `yaml:"invalid"`       // of bodies that break the schema; when empty, that they are accepted is advice
	Equality     Equality   `yaml:"equality"`      // json when empty
	Unicode      Unicode    `yaml:"unicode"`       // exact when empty
	ResultIgnore []string   `yaml:"result_ignore"` // JSON Pointers to parts of a result that may differ between answers

	// InFlightLimit is for how long an event may be answered as in flight after its sender has given up on the
	// delivery that runs; 5s when zero.
	InFlightLimit time.Duration `yaml:"in_flight_limit"`
	// Acknowledge is how long the sender waits for an answer; when zero, what the sender behind the signature
	// scheme publishes.
	Acknowledge time.Duration `yaml:"acknowledge"`
}

// Duplicate says what answers a repeated event with the same content.
type Duplicate string

// Mismatch says what answers a repeated event id with other content.
type Mismatch string

// Invalid says what answers a body that breaks the payload's schema.
type Invalid string

// Equality says which bodies have the same content.
type Equality string

// Unicode says whether letters are told apart by how they are composed.
type Unicode string

// The policies. IETF draft-ietf-httpapi-idempotency-key-header asks for the first result again and for 422 on
// reuse with another payload; many services answer 409.
const (
	SameResult       Duplicate = "same-result" // the status and body of the first answer
	Success          Duplicate = "success"     // any 2xx
	Reject409        Mismatch  = "reject-409"
	Reject422        Mismatch  = "reject-422"
	AckAndQuarantine Mismatch  = "ack-and-quarantine" // any 2xx; nothing is carried out
	AnyMismatch      Mismatch  = "any"                // any 2xx or 4xx; nothing is carried out
	RejectInvalid    Invalid   = "reject"             // 4xx, and nothing is carried out
	AcceptInvalid    Invalid   = "accept"             // 2xx, and it is carried out
	AnyInvalid       Invalid   = "any"                // one or the other
	EqualJSON        Equality  = "json"               // the same JSON value (RFC 8785): key order, spacing, escapes and number forms do not matter
	EqualBytes       Equality  = "bytes"              // the same bytes
	UnicodeExact     Unicode   = "exact"              // composed and decomposed letters differ, as in RFC 8785
	UnicodeNFC       Unicode   = "nfc"                // they are the same
)

// Effects is how to see what one event really did. One of the fields is set.
type Effects struct {
	HTTP    *HTTPProbe    `yaml:"http"`
	Command *CommandProbe `yaml:"command"`
	SQL     *SQLProbe     `yaml:"sql"`
	Sink    *SinkProbe    `yaml:"sink"`
	Result  *ResultProbe  `yaml:"result"`
	None    string        `yaml:"none"` // why effects cannot be seen here, and are therefore not judged

	// Also is a second, independent way to see them; it looks first, and the two must agree. nil: there is none.
	Also *Effects `yaml:"also"`

	Within time.Duration `yaml:"within"` // how long after an answer its effects may take to show; 2s when zero
	Settle time.Duration `yaml:"settle"` // how long after that they must still be right, so that one too many that comes late is seen; 1s when zero
}

// HTTPProbe counts effects by asking the target: those of an event, or those on what the event is about.
type HTTPProbe struct {
	Path   string `yaml:"path"`   // below the target's base URL; {event_id}, {tenant} and {subject} stand for their escaped values
	Count  string `yaml:"count"`  // JSON Pointer to a number, or to an array whose length counts
	Absent int    `yaml:"absent"` // the status that says that the event was never taken: zero effects; no status does when 0

	// Subject is a JSON Pointer into the body to the id of what the event is about, such as an account: then the number
	// at Count, such as its balance, is compared with what it was before the event. Checks about a subject that is not
	// made anew for each event (see Fresh) run one after the other.
	Subject string `yaml:"subject"`
	// Amount is a JSON Pointer into the body to how much one effect changes the number; one by one when empty.
	Amount string `yaml:"amount"`
}

// CommandProbe counts effects by running a command, which prints the count.
type CommandProbe struct {
	Run []string `yaml:"run"` // the program and its arguments, without a shell; {event_id} and {tenant} stand for their values
}

// SQLProbe counts effects in the receiver's own database.
type SQLProbe struct {
	URLEnv string `yaml:"url_env"` // the variable that holds postgres://… or sqlite:///…
	Query  string `yaml:"query"`   // gives just one row with one number; $1 is the event id, $2, where it is used, the tenant
}

// SinkProbe counts what the receiver emits, over HTTP, to an address that the gate serves.
type SinkProbe struct {
	Listen string `yaml:"listen"` // host:port
	Event  Place  `yaml:"event"`  // where a request to it holds the event id
}

// ResultProbe counts the different values in the answers to one event: an id that each effect gets anew. It
// sees only effects that show in answers.
type ResultProbe struct {
	Pointer string `yaml:"pointer"` // JSON Pointer into an accepted delivery's answer; null there counts nothing
}

// Sequence names fixtures that tell of one thing in the order of its life, and how to see where it stands.
type Sequence struct {
	Fixtures []string `yaml:"fixtures"` // names, oldest first
	Key      string   `yaml:"key"`      // JSON Pointer to the thing's own id, in every one of them
	Path     string   `yaml:"path"`     // below the target's base URL; {key} stands for the escaped id, {tenant} for the tenant
	State    string   `yaml:"state"`    // JSON Pointer into the answer

	Golden map[string]fixtures.Fixture `yaml:"-"` // Fixtures, by name
}

// Hooks are commands that give the gate power over the receiver, each a program with its arguments, run without
// a shell. One that is absent is a power that the gate does not have; the cases that need it do not apply.
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

package webhook

import (
	"time"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/smoke/sign"
)

// Contract is one receiver's webhook.yaml, read and checked.
type Contract struct {
	Receiver  string    `yaml:"receiver"`
	Endpoint  Endpoint  `yaml:"endpoint"`
	Signature Signature `yaml:"signature"`
	EventID   EventID   `yaml:"event_id"`
	Schema    string    `yaml:"schema"`        // of the payload; a path from the file's folder; "" checks nothing
	Result    string    `yaml:"result_schema"` // of an accepted delivery's answer; likewise
	Policy    Policy    `yaml:"policy"`
	Effects   Effects   `yaml:"effects"`

	Path          string         `yaml:"-"` // the file it was read from
	Scheme        sign.Scheme    `yaml:"-"`
	PayloadSchema *schema.Schema `yaml:"-"` // nil when Schema is ""
	ResultSchema  *schema.Schema `yaml:"-"` // nil when Result is ""
}

// Endpoint is where deliveries go, below the target's base URL.
type Endpoint struct {
	Method      string `yaml:"method"`       // POST when empty
	Path        string `yaml:"path"`         // starts with a slash
	ContentType string `yaml:"content_type"` // application/json when empty
}

// Signature is how deliveries are signed. The secret is named, never stored.
type Signature struct {
	Scheme    string        `yaml:"scheme"`
	SecretEnv string        `yaml:"secret_env"` // the environment variable that holds the secret
	Tolerance time.Duration `yaml:"tolerance"`  // how old a signed timestamp may be; 5m when zero
}

// EventID is where the identity of an event travels: in a header, in the body, or in both.
type EventID struct {
	Header  string `yaml:"header"`
	Pointer string `yaml:"pointer"` // JSON Pointer (RFC 6901) into the body
}

// Policy is what the receiver promises about repeated events.
type Policy struct {
	Duplicate    Duplicate `yaml:"duplicate"`     // same-result when empty
	Mismatch     Mismatch  `yaml:"mismatch"`      // reject-409 when empty
	InFlight     []int     `yaml:"in_flight"`     // statuses allowed while the first delivery still runs; 409, 425, 429 and 503 when absent
	ResultIgnore []string  `yaml:"result_ignore"` // JSON Pointers to parts of a result that may differ between answers
}

// Duplicate says what answers a repeated event with the same content.
type Duplicate string

// Mismatch says what answers a repeated event id with other content.
type Mismatch string

// The policies. IETF draft-ietf-httpapi-idempotency-key-header asks for the first result again and for 422 on
// reuse with another payload; many services answer 409.
const (
	SameResult       Duplicate = "same-result" // the status and body of the first answer
	Success          Duplicate = "success"     // any 2xx
	Reject409        Mismatch  = "reject-409"
	Reject422        Mismatch  = "reject-422"
	AckAndQuarantine Mismatch  = "ack-and-quarantine" // any 2xx; nothing is carried out
)

// Effects is how to see what one event really did. One of the fields is set.
type Effects struct {
	HTTP *HTTPProbe `yaml:"http"`
	None string     `yaml:"none"` // why effects cannot be seen here, and are therefore not judged
}

// HTTPProbe counts effects by asking the target.
type HTTPProbe struct {
	Path   string        `yaml:"path"`   // below the target's base URL; {event_id} stands for the escaped event id
	Count  string        `yaml:"count"`  // JSON Pointer to a number, or to an array whose length counts
	Absent int           `yaml:"absent"` // the status that says that the event was never taken: zero effects; no status does when 0
	Within time.Duration `yaml:"within"` // how long after an answer its effects may take to show; 2s when zero
}

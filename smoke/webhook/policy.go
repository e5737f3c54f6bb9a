package webhook

import "time"

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

// Duplicate is the policy for a repeated event with the same content.
type Duplicate string

// Mismatch is the policy for a repeated event id with other content.
type Mismatch string

// Invalid is the policy for a body that breaks the payload's schema.
type Invalid string

// Equality is the policy for which bodies have equal content.
type Equality string

// Unicode is the policy for letters that differ only in how they are composed.
type Unicode string

// The policies. IETF draft-ietf-httpapi-idempotency-key-header demands the first result again, and 422 on
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
	// the same JSON value (RFC 8785): key order, spacing, escapes and number forms do not matter
	EqualJSON    Equality = "json"
	EqualBytes   Equality = "bytes" // the same bytes
	UnicodeExact Unicode  = "exact" // composed and decomposed letters differ, as in RFC 8785
	UnicodeNFC   Unicode  = "nfc"   // they are the same
)

package cases

import (
	"net/http"
	"time"
)

// Severity is how bad it is when a case fails.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "critical" // money or data is wrong, or strangers are believed
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Case is one scenario for one fixture.
type Case struct {
	Name     string
	Severity Severity
	Sends    string // what is sent, for people
	Holds    string // what a correct receiver does, for people
	Basis    string // on whose authority
	Advice   string // why a rule that breaks is shown and counted, but does not fail the run; "" when it does

	Rounds        []Round // none when the case does not apply
	Once          bool    // it is about the receiver, not the event: one fixture of a folder is enough
	NotApplicable string  // why the case does not apply to this fixture; "" when it does
	Unrelated     bool    // it does not apply because it cannot concern a contract of this kind
	Needs         []Power // what the gate must be able to do to the receiver

	derive func(*Case) error // adds the rounds and what they need
}

// Round is one event id's life within a case. Rounds run one after the other, under ids of their own.
type Round struct {
	EventID  string
	Events   []string // of a batch: the ids of all its events, EventID first; nil: EventID is the only one
	Aliases  []string // other ids under which the receiver might have taken the same event: their effects count too
	Tenant   string   // the tenant it is sent for; "" if the contract has no tenants
	Control  bool     // it is a valid delivery beside what the case is about: what breaks in it is never advice
	Together bool     // it goes out at the same time as the round before it
	Filler   bool     // it only separates other deliveries: its effects are not checked
	Golden            // what the golden delivery has besides its body
	Steps    []Step

	fill func(*Round) error // makes what a filler lacks; nil for other rounds
}

// Complete returns the round as it is sent: fillers, of which there are many, are made here.
func (r Round) Complete() (Round, error) {
	if r.fill == nil {
		return r, nil
	}
	err := r.fill(&r)
	return r, err
}

// IDs returns the ids of the events of the round.
func (r Round) IDs() []string {
	if len(r.Events) > 0 {
		return r.Events
	}
	return []string{r.EventID}
}

// Step is one delivery, or several copies of one at the same time.
type Step struct {
	Name   string // what it is, for people: "first delivery", "duplicate"
	Body   []byte
	Says   Content     // the content of Body: steps of a round with equal content are duplicates of each other
	Rival  []byte      // what every second copy sends instead, with RivalContent; nil: every copy sends Body
	Copies int         // how many go out at once; at least 1
	Header http.Header // sent as given, over everything else
	ID     string      // the event id in headers; "" is the round's
	Type   string      // the event type in headers; "" is the round's
	Retry  int         // how often it was sent before; if more than 0, the retry header has it

	Challenge *Challenge // what is sent instead of a delivery; nil: Body is delivered

	Signature  Signature
	Variant    string        // of Malformed: which; of TamperedFields: "id" or "time"
	Signed     []byte        // what the signature covers; nil is Body
	OtherLayer bool          // of a compressed body: the signature covers the plain bytes instead of the sent ones, or the other way round
	Age        time.Duration // how long before the step the signed time lies; less than 0 is after it

	Wire   Wire
	Delay  time.Duration // for Wire: how long after the request the client acts
	Pause  time.Duration // before the step
	Before Power         // used on the receiver before the step
	Ahead  time.Duration // how far Advance moves its clock
	Settle bool          // send it again for as long as the receiver answers that the event is in flight

	Expect   Expect
	Choice   string        // what to write in webhook.yaml if the receiver answers otherwise on purpose; "": the judge finds it
	MayClose bool          // closing the connection without an answer refuses it too
	Within   time.Duration // how soon an answer must come; 0: no limit
	Effects  Effects       // how many effects each event has had after this step
	Each     []Effects     // of a batch: how many each event has had, in the order of Round.Events; nil: Effects is true of all
	State    State         // the state of the event's subject after this step
}

// EffectsOf returns how many effects event i of the round has had after this step.
func (s Step) EffectsOf(i int) Effects {
	if i < len(s.Each) {
		return s.Each[i]
	}
	return s.Effects
}

// Content identifies the content of a body within a round.
type Content int

// The contents. The zero value is that of the round's first delivery.
const (
	FirstContent Content = iota
	OtherContent         // something else
	RivalContent         // something else that competes with the first
	OpenContent          // the same or not, as the receiver sees it
)

// String names a content, for people.
func (c Content) String() string {
	return [...]string{"first content", "other content", "rival content", "open"}[c]
}

// Effects is how often an event may have been carried out. The zero value means never.
type Effects struct{ Min, Max int }

// The counts that cases expect.
var (
	None      = Effects{}
	One       = Effects{1, 1}
	AtMostOne = Effects{0, 1}
)

// State is an expectation about the state of the event's subject. The zero value expects nothing.
type State struct {
	Key  string // the subject's id
	Keep bool   // it must be the same as at the observation before
	Move bool   // it must differ from that of the observation before
}

// Signature is how a step is signed.
type Signature int

// The signatures. The zero value is what the sender would send.
const (
	Valid          Signature = iota
	WrongKey                 // with a well-formed secret that is not the receiver's
	EmptyKey                 // with no secret at all
	Missing                  // the signature header is left out, all others stay
	Malformed                // not a well-formed signature: Step.Variant says which
	TamperedFields           // the id or the time that goes with the signature is not the signed one
	Rotated                  // with two secrets, one of them the receiver's
	Downgraded               // with an old or unknown version of the scheme alone
	GarbageTime              // the signed time is no number
)

// Wire is how a step's bytes travel.
type Wire int

// The ways. The zero value sends whole requests over connections that may have been used before.
const (
	Whole      Wire = iota
	Fresh           // each copy on a new connection
	LastByte        // each copy parked with all but its last byte sent, then all released together
	Staggered       // each copy starts Delay after the one before, which still waits for its answer
	LoseAnswer      // the connection is closed Delay after the whole request was sent, before an answer
	Torn            // the connection is closed in the middle of the body
	Reset           // the connection is reset after the headers
	Drip            // a few bytes at a time
	HTTP1           // over HTTP/1.1, where the receiver has it
	Chunked         // without Content-Length: over HTTP/1.1 in chunks
	LowerNames      // with the names of all headers in lower case
)

// Power is something that the gate does to the receiver itself.
type Power string

// The powers. A case that needs one applies only where the gate has it.
const (
	Restart  Power = "restart"   // it is stopped and started again; it keeps its store
	FailNext Power = "fail_next" // its next delivery's work fails or dies midway
	Advance  Power = "advance"   // its clock is moved ahead
)

// Expect is what the answers of a step must be. The zero value is no expectation and is refused by the judge.
type Expect int

// The expectations.
const (
	Accepted     Expect = iota + 1 // 2xx
	Repeated                       // the first result again, according to policy.duplicate
	Raced                          // one copy accepted; every other the same result, or an in-flight answer
	OneWins                        // of two contents under one id one is accepted; the other according to policy.mismatch, or in flight
	Refused                        // according to policy.mismatch
	Different                      // according to policy.mismatch, or 4xx
	Settled                        // the first result again, or according to policy.mismatch
	Rejected                       // 4xx, and nothing of a result in it
	Handled                        // 2xx or 4xx, the same each time
	AcceptedOnce                   // 2xx; or, if one before it was accepted, according to policy.mismatch
	Agreed                         // what challenge.answer describes
	Declined                       // anything that the sender of a challenge does not take for an agreement, but no 5xx
	Failing                        // anything at all: the receiver was made to fail
	Unheard                        // the client does not listen
)

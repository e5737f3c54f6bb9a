package history

import (
	"net/http"
	"time"
)

// History is everything that was done and seen under one event id.
type History struct {
	EventID      string        `json:"event_id"`
	Events       []string      `json:"events,omitempty"` // of a batch: the ids of all its events
	Attempts     []Attempt     `json:"attempts"`
	Observations []Observation `json:"observations,omitempty"`
	States       []State       `json:"states,omitempty"`
	Problem      string        `json:"problem,omitempty"` // why the round could not go on
	Purpose      string        `json:"purpose,omitempty"` // why it was sent beside the case; "" when it is of the case
}

// Attempt is one delivery on the wire. Its times are zero for what did not happen.
type Attempt struct {
	Number      int       `json:"number"`               // from 1, unique within its check
	Step        int       `json:"step"`                 // index of the step that sent it
	Name        string    `json:"name"`                 // the step's name
	Connection  string    `json:"connection,omitempty"` // our end of the connection that it went through; "": it had none
	RequestID   string    `json:"request_id"`
	TraceParent string    `json:"traceparent"`      // W3C Trace Context: one trace an event, one parent an attempt
	Digest      string    `json:"sha256"`           // of the body that was sent, in hex
	Rival       bool      `json:"rival,omitempty"`  // it sent what competes with the step's body
	Resend      bool      `json:"resend,omitempty"` // it repeats the attempt before, which the receiver did not take or called in flight
	Started     time.Time `json:"started"`
	Sent        time.Time `json:"sent,omitzero"`       // the last byte of the request was written
	FirstByte   time.Time `json:"first_byte,omitzero"` // the first byte of the answer arrived
	Ended       time.Time `json:"ended"`

	Status      int         `json:"status,omitempty"` // 0: no answer
	Date        time.Time   `json:"date,omitzero"`    // the receiver's clock, as its answer has it
	ContentType string      `json:"content_type,omitempty"`
	Location    string      `json:"location,omitempty"`    // where a redirect points
	RetryAfter  string      `json:"retry_after,omitempty"` // when to ask again, as the answer has it
	Body        []byte      `json:"-"`                     // the answer's, up to a limit
	Header      http.Header `json:"-"`                     // the answer's, to a challenge
	Confirmed   bool        `json:"confirmed,omitempty"`   // the receiver visited the address in the challenge
	Truncated   bool        `json:"truncated,omitempty"`
	Err         string      `json:"error,omitempty"` // why there is no whole answer
	Unreachable bool        `json:"unreachable,omitempty"`
	Cut         bool        `json:"cut,omitempty"`       // broken off on purpose, as the step asked
	Closed      bool        `json:"closed,omitempty"`    // the connection was closed without an answer
	TimedOut    bool        `json:"timed_out,omitempty"` // the whole request was sent, and no whole answer came in time
	// how often it was sent without an answer of the receiver's own, while others had one in between; 0: that was not found out
	Persisted     int  `json:"persisted,omitempty"`
	StillInFlight bool `json:"still_in_flight,omitempty"` // it was answered as in flight after the limit for that

	Request *Request `json:"request,omitempty"` // what was sent; kept for the attempts of a finding
	Answer  string   `json:"answer,omitempty"`  // the answer's body, if it is text, up to a limit; kept for the attempts of a finding

	Replaced bool `json:"replaced,omitempty"` // a resend replaced it, or would have if nothing had come between: it is not conclusive
}

// Observation is one observed effect count of an event.
type Observation struct {
	Step     int       `json:"step"`            // index of the step after which it was made
	Event    string    `json:"event,omitempty"` // of a batch: the id of the event that was looked at; "": the history's own
	From     time.Time `json:"from"`            // when it began
	At       time.Time `json:"at"`              // when it ended
	Where    string    `json:"where"`           // what was asked
	Count    int       `json:"count"`
	Absent   bool      `json:"absent,omitempty"`    // the receiver answered that it never took the event
	Remote   bool      `json:"remote,omitempty"`    // the receiver itself was asked, over HTTP
	NotFound bool      `json:"not_found,omitempty"` // it was answered 404, whatever that means there
	NoCount  bool      `json:"no_count,omitempty"`  // it was answered 200 with something in which there is no count
	Err      string    `json:"error,omitempty"`     // why nothing could be seen
}

// Proves reports whether the look was answered after an attempt had been sent that was not: the network was there.
func (o Observation) Proves(a Attempt) bool {
	return o.Remote && o.Err == "" && o.Step == a.Step && o.From.After(a.Sent)
}

// State is one observed value of the event's subject.
type State struct {
	Step  int       `json:"step"` // index of the step after which it was made
	At    time.Time `json:"at"`
	Where string    `json:"where"`           // what was asked
	Value string    `json:"value"`           // the JSON found there
	Err   string    `json:"error,omitempty"` // why nothing could be seen
}

package payments

import (
	"fmt"
	"time"
)

// Outcome is the result of one delivery. The zero value is Unsettled.
type Outcome int

// What became of a delivery.
const (
	Unsettled    Outcome = iota // nothing is known: the delivery may or may not have taken effect
	Accepted                    // the receiver carried the event out
	Replayed                    // the receiver had carried it out before, and gave the stored result
	Mismatch                    // the receiver holds another content under this event id
	BadSignature                // the receiver did not accept the signature
	InFlight                    // an earlier delivery of the event is still running
	Invalid                     // the receiver does not accept the event itself
	Unavailable                 // the receiver could not work at the moment
)

var outcomeNames = [...]string{"unsettled", "accepted", "replayed", "mismatch", "bad signature", "in flight", "invalid", "unavailable"}

// String names the outcome in lower case.
func (o Outcome) String() string {
	if o < 0 || int(o) >= len(outcomeNames) {
		return fmt.Sprintf("outcome %d", int(o))
	}
	return outcomeNames[o]
}

// Receipt is the answer to an accepted delivery.
type Receipt struct {
	Outcome Outcome // Accepted or Replayed
	Result  Result
}

// Result is what the receiver did with the event: equal for every delivery of the same event.
type Result struct {
	EventID string `json:"event_id"`
	Type    string `json:"type"`
	Status  string `json:"status"` // processed or ignored
	Invoice *struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	} `json:"invoice,omitempty"`
}

// Problem is the receiver's error answer, application/problem+json (RFC 9457).
type Problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	EventID   string `json:"event_id,omitempty"`
	RequestID string `json:"request_id"`
}

// RefusedError is a delivery that the receiver answered, but did not accept.
type RefusedError struct {
	Outcome    Outcome
	Problem    Problem
	RetryAfter time.Duration // how long the receiver asks to wait; zero: it does not say
}

// Error returns the outcome and the receiver's message.
func (e *RefusedError) Error() string {
	text := fmt.Sprintf("%s: %d %s", e.Outcome, e.Problem.Status, e.Problem.Title)
	if e.Problem.Detail != "" {
		text += ": " + e.Problem.Detail
	}
	return text
}

// Retryable reports whether delivering the same event again can be accepted.
func (e *RefusedError) Retryable() bool { return e.Outcome == InFlight || e.Outcome == Unavailable }

package history

import (
	"fmt"
	"strings"
	"time"
)

// OperationKind is what an attempt or an observation turned out to be.
type OperationKind int

// The kinds. The zero OperationKind is none of them.
const (
	Accepted OperationKind = iota + 1 // carried out or replayed: the register holds Digest and Result
	Conflict                          // refused because the register holds another digest
	Lost                              // no decisive answer: may have taken effect at any time after its call, or never; Return is ignored
	Read                              // an observation of the effect count
)

var kinds = map[OperationKind]string{Accepted: "accepted", Conflict: "conflict", Lost: "lost", Read: "read"}

// String returns the kind as a word.
func (k OperationKind) String() string {
	if word, known := kinds[k]; known {
		return word
	}
	return fmt.Sprintf("kind %d", int(k))
}

// MarshalText writes the kind as String does.
func (k OperationKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes, and refuses everything else.
func (k *OperationKind) UnmarshalText(text []byte) error {
	for kind, word := range kinds {
		if string(text) == word {
			*k = kind
			return nil
		}
	}
	return fmt.Errorf("operation kind %q: must be accepted, conflict, lost or read", text)
}

// Operation is one operation on the register that an event id is judged as: a delivery, or a look at its effects.
type Operation struct {
	ID     int           `json:"attempt,omitempty"` // for people: the attempt's number; shown, never compared
	Kind   OperationKind `json:"kind"`
	Call   time.Duration `json:"call_ns"` // since any fixed instant
	Return time.Duration `json:"return_ns"`
	Digest string        `json:"digest,omitempty"` // Accepted, Conflict, Lost: identity of the content sent
	// Accepted: identity of the answer; "" is not compared with others (a policy may allow results to differ)
	Result string `json:"result,omitempty"`
	Count  int    `json:"count"` // Read
}

// Counterexample is the smallest part of a history that no correct receiver can have. The times of its operations count
// from the start of the history's first attempt.
type Counterexample struct {
	EventID    string      `json:"event_id"`
	Rule       string      `json:"rule"`            // of package register
	Words      string      `json:"words,omitempty"` // why no correct receiver can have it
	Operations []Operation `json:"operations"`
	Round      []Operation `json:"round,omitempty"` // the whole history, unless it is too long to be drawn
}

// Picture returns the operations to draw: the whole round if it is there.
func (c Counterexample) Picture() []Operation {
	if len(c.Round) > 0 {
		return c.Round
	}
	return c.Operations
}

// String returns the counterexample in one line.
func (c Counterexample) String() string {
	words := make([]string, len(c.Operations))
	for i, op := range c.Operations {
		switch {
		case op.Kind == Read && op.Count == 1:
			words[i] = "1 effect seen"
		case op.Kind == Read:
			words[i] = fmt.Sprintf("%d effects seen", op.Count)
		default:
			words[i] = fmt.Sprintf("attempt %d %s", op.ID, op.Kind)
		}
	}
	return strings.Join(words, ", ")
}

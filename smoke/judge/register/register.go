package register

import (
	"fmt"
	"time"
)

// Kind is what an operation turned out to be.
type Kind int

// The kinds. The zero Kind is invalid.
const (
	Accepted Kind = iota + 1 // carried out or replayed: the register holds Digest and Result
	Conflict                 // refused because the register holds another digest
	Lost                     // no conclusive answer: may have taken effect at any time after its call, or never; Return is ignored
	Read                     // an observation of the effect count
)

// String returns the kind as a word.
func (k Kind) String() string {
	switch k {
	case Accepted:
		return "accepted"
	case Conflict:
		return "conflict"
	case Lost:
		return "lost"
	case Read:
		return "read"
	}
	return fmt.Sprintf("kind %d", int(k))
}

// Op is one operation on the register: a delivery, or an observation of its effects.
type Op struct {
	ID           int // for people: the attempt's number; shown, never compared
	Kind         Kind
	Call, Return time.Duration // since any fixed instant; Return >= Call
	Digest       string        // Accepted, Conflict, Lost: identity of the content sent
	Result       string        // Accepted: identity of the answer; "" is not compared with others (a policy may allow results to differ)
	Count        int           // Read
}

// malformed reports whether an operation is none.
func (op *Op) malformed() bool {
	switch op.Kind {
	case Lost:
		return false
	case Accepted, Conflict, Read:
		return op.Return < op.Call
	}
	return true
}

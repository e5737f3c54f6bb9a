package webhook

import "time"

// Retries is how a sender repeats a delivery that failed. The zero value leaves that open.
type Retries struct {
	After []time.Duration `yaml:"after"` // the pauses before each repetition, where the sender publishes them
	For   time.Duration   `yaml:"for"`   // how long after the first delivery the last one may come; the sum of After when zero
	None  string          `yaml:"none"`  // why the sender does not retry; For is then how long a person may have it resent
}

// Span is how long after the first delivery the last one may come; 0 when that is not known.
func (r Retries) Span() time.Duration {
	if r.For > 0 {
		return r.For
	}
	var sum time.Duration
	for _, pause := range r.After {
		sum += pause
	}
	return sum
}

// Ordering is the order in which a sender promises to deliver events.
type Ordering string

// The promises. Most senders make none.
const (
	NoOrder    Ordering = "none"
	PerSubject Ordering = "subject" // those about one subject come in the order in which they happened
)

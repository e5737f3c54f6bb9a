package ledger

import (
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one booking: one change of one invoice. The amount is in the currency's minor unit.
type Entry struct {
	EventID    string    `json:"event_id"`
	Source     string    `json:"source"`
	Type       string    `json:"type"` // invoice.created, invoice.paid, invoice.voided or invoice.refunded
	InvoiceID  string    `json:"invoice_id"`
	Customer   string    `json:"customer"`
	Currency   string    `json:"currency"`
	Amount     int64     `json:"amount"`
	OccurredAt time.Time `json:"occurred_at"`
}

// MalformedError is a message that the ledger cannot book. Its stream ID finds it again.
type MalformedError struct {
	StreamID string
	Reason   string
}

// Error returns the message's id and what is wrong with it.
func (e *MalformedError) Error() string {
	return fmt.Sprintf("stream entry %s: %s", e.StreamID, e.Reason)
}

// Message is one entry of the stream as Redis returns it.
type Message struct {
	ID     string
	Fields map[string]string // empty if the stream was trimmed before the entry was booked
}

// Decode reads a stream entry: the fields source and type, and the booking as JSON in the field data.
// The fields are what stream tools filter by, so they must agree with the booking. Errors are *MalformedError.
func Decode(message Message) (Entry, error) {
	bad := func(format string, args ...any) (Entry, error) {
		return Entry{}, &MalformedError{StreamID: message.ID, Reason: fmt.Sprintf(format, args...)}
	}
	if len(message.Fields) == 0 {
		return bad("it is no longer in the stream: it was trimmed before it was booked")
	}
	data, ok := message.Fields["data"]
	if !ok {
		return bad("it has no field data")
	}
	var e Entry
	if err := json.Unmarshal([]byte(data), &e); err != nil {
		return bad("data: %v", err)
	}
	for _, f := range []struct{ name, value string }{
		{"event_id", e.EventID}, {"source", e.Source}, {"type", e.Type}, {"invoice_id", e.InvoiceID},
		{"customer", e.Customer}, {"currency", e.Currency},
	} {
		if f.value == "" {
			return bad("data has no %s", f.name)
		}
	}
	if e.OccurredAt.IsZero() {
		return bad("data has no occurred_at")
	}
	if _, ok := signs[e.Type]; !ok {
		return bad("no rule to book the type %q", e.Type)
	}
	for name, want := range map[string]string{"type": e.Type, "source": e.Source} {
		if got := message.Fields[name]; got != want {
			return bad("the field %s is %q, but data says %q", name, got, want)
		}
	}
	return e, nil
}

// signs maps each type to how it changes the money received.
var signs = map[string]int64{
	"invoice.created":  0,
	"invoice.paid":     +1,
	"invoice.voided":   0,
	"invoice.refunded": -1,
}

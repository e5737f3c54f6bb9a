package ledger

import (
	"fmt"
	"sync"
)

// Book holds the entries of a ledger in memory. The zero value is an empty book. It is safe for concurrent use.
type Book struct {
	mu      sync.Mutex
	entries map[key]Entry
	order   []key
}

// key names an event: two sources may use the same event id.
type key struct{ source, eventID string }

// ConflictError is a second message about an event that was booked with other content.
type ConflictError struct{ Booked, Got Entry }

// Error names the event.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("event %s of %s is booked with other content", e.Booked.EventID, e.Booked.Source)
}

// Apply books an entry once. It reports whether the entry was new; a repetition changes nothing. The error is a
// *ConflictError if the event was booked before with other content.
func (b *Book) Apply(e Entry) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := key{e.Source, e.EventID}
	if booked, ok := b.entries[k]; ok {
		if !same(booked, e) {
			return false, &ConflictError{Booked: booked, Got: e}
		}
		return false, nil
	}
	if b.entries == nil {
		b.entries = map[key]Entry{}
	}
	b.entries[k] = e
	b.order = append(b.order, k)
	return true, nil
}

// Entries returns what was booked, in the order in which it was.
func (b *Book) Entries() []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	entries := make([]Entry, len(b.order))
	for i, k := range b.order {
		entries[i] = b.entries[k]
	}
	return entries
}

// Received returns what was received from a customer, less what was refunded, by currency.
func (b *Book) Received(customer string) map[string]int64 {
	received := map[string]int64{}
	for _, e := range b.Entries() {
		if sign := signs[e.Type]; e.Customer == customer && sign != 0 {
			received[e.Currency] += sign * e.Amount
		}
	}
	return received
}

// same compares the instants, not how they are written.
func same(a, b Entry) bool {
	if !a.OccurredAt.Equal(b.OccurredAt) {
		return false
	}
	b.OccurredAt = a.OccurredAt
	return a == b
}

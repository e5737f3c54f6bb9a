package main

import "time"

// Sources of events, as written in the database and in answers.
const (
	sourceInvoices = "invoices"
	sourceStripe   = "stripe"
)

// Event types, as they go on the stream.
const (
	invoiceCreated  = "invoice.created"
	invoicePaid     = "invoice.paid"
	invoiceVoided   = "invoice.voided"
	invoiceRefunded = "invoice.refunded"
)

// event is an event of any source, translated into this service's terms.
type event struct {
	Source     string
	ID         string
	Type       string // in the source's spelling
	Change     string // what it changes, as one of the event types; "" when this service does not use it
	OccurredAt time.Time
	Invoice    invoice // its state after the change
	Amount     int64   // the amount moved by paid and refunded
}

// invoice is one row. Amounts are in the currency's minor unit.
type invoice struct {
	ID            string
	Source        string
	Number        string
	Customer      string
	Status        string // open, paid, void or refunded
	Currency      string
	Total         int64
	Paid          int64
	Refunded      int64
	IssuedAt      time.Time
	Memo          string
	PurchaseOrder string
}

// statusAfter is the status that a change leads to.
var statusAfter = map[string]string{
	invoiceCreated: "open", invoicePaid: "paid", invoiceVoided: "void", invoiceRefunded: "refunded",
}

// rank orders statuses: an invoice only moves up. Events arrive in any order, and each carries the whole invoice, so
// what an older one would change has been superseded.
var rank = map[string]int{"open": 0, "paid": 1, "void": 2, "refunded": 3}

// moved is the amount that a message about the event names.
func (e event) moved() int64 {
	if e.Change == invoicePaid || e.Change == invoiceRefunded {
		return e.Amount
	}
	return e.Invoice.Total
}

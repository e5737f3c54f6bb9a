package payments

import "time"

// Event is one change of one invoice, with the whole invoice after the change.
type Event struct {
	ID        string    `json:"id"`   // names the change; every delivery of the same change carries the same ID
	Type      string    `json:"type"` // invoice.created, invoice.paid, invoice.voided or invoice.refunded
	Timestamp time.Time `json:"timestamp"`
	Data      Data      `json:"data"`
}

// Data is what an Event carries: the invoice, and the money that moved if some did.
type Data struct {
	Invoice Invoice  `json:"invoice"`
	Payment *Payment `json:"payment,omitempty"` // set for invoice.paid
	Refund  *Refund  `json:"refund,omitempty"`  // set for invoice.refunded
}

// Invoice is the sender's view of an invoice. Amounts are in the currency's minor unit.
type Invoice struct {
	ID            string     `json:"id"`
	Number        string     `json:"number"`
	Customer      string     `json:"customer"`
	Status        string     `json:"status"`   // open, paid, void or refunded
	Currency      string     `json:"currency"` // ISO 4217, upper case
	Total         int64      `json:"total"`
	IssuedAt      time.Time  `json:"issued_at"`
	DueAt         *time.Time `json:"due_at,omitempty"`
	Memo          string     `json:"memo,omitempty"`
	PurchaseOrder string     `json:"purchase_order,omitempty"`
	Lines         []Line     `json:"lines"`
}

// Line is one position of an invoice.
type Line struct {
	Description string `json:"description"`
	Quantity    int    `json:"quantity"`
	Amount      int64  `json:"amount"`
}

// Payment describes how an invoice was paid.
type Payment struct {
	ID     string    `json:"id"`
	Amount int64     `json:"amount"`
	Method string    `json:"method,omitempty"` // card, sepa_debit or transfer
	PaidAt time.Time `json:"paid_at"`
}

// Refund describes how an invoice was refunded.
type Refund struct {
	ID         string    `json:"id"`
	Amount     int64     `json:"amount"`
	Reason     string    `json:"reason,omitempty"`
	RefundedAt time.Time `json:"refunded_at"`
}

package main

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"
)

// invoicesEvent is the payload of POST /webhooks/invoices.
type invoicesEvent struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      struct {
		Invoice *struct {
			ID            string    `json:"id"`
			Number        string    `json:"number"`
			Customer      string    `json:"customer"`
			Status        string    `json:"status"`
			Currency      string    `json:"currency"`
			Total         *integer  `json:"total"`
			IssuedAt      time.Time `json:"issued_at"`
			Memo          string    `json:"memo"`
			PurchaseOrder string    `json:"purchase_order"`
			Lines         []struct {
				Description string   `json:"description"`
				Quantity    integer  `json:"quantity"`
				Amount      *integer `json:"amount"`
			} `json:"lines"`
		} `json:"invoice"`
		Payment *movement `json:"payment"`
		Refund  *movement `json:"refund"`
	} `json:"data"`
}

type movement struct {
	ID     string   `json:"id"`
	Amount *integer `json:"amount"`
}

var (
	eventID    = regexp.MustCompile(`^evt_[A-Za-z0-9_-]{1,120}$`)
	invoiceID  = regexp.MustCompile(`^inv_[A-Za-z0-9_-]{1,60}$`)
	customerID = regexp.MustCompile(`^cus_[A-Za-z0-9_-]{1,60}$`)
	currency   = regexp.MustCompile(`^[A-Z]{3}$`)
)

// errEventID means that header and body name different events.
var errEventID = errors.New("the header webhook-id and the body's id differ")

// readInvoicesEvent reads and checks the payload. An event type that is not known here is fine: it is not used.
func readInvoicesEvent(h http.Header, body []byte) (event, error) {
	var in invoicesEvent
	if err := decode(body, &in); err != nil {
		return event{}, err
	}
	e := event{Source: sourceInvoices, ID: in.ID, Type: in.Type, OccurredAt: in.Timestamp}
	switch {
	case !eventID.MatchString(in.ID):
		return event{}, errors.New("id must be evt_ and letters or digits")
	case h.Get("webhook-id") != in.ID:
		return event{}, errEventID
	case in.Type == "":
		return event{}, errors.New("type is missing")
	}
	status, known := statusAfter[in.Type]
	if !known {
		return e, nil
	}
	e.Change = in.Type
	return in.change(e, status)
}

func (in invoicesEvent) change(e event, status string) (event, error) {
	i := in.Data.Invoice
	switch {
	case in.Timestamp.IsZero():
		return event{}, errors.New("timestamp is missing")
	case i == nil:
		return event{}, errors.New("data.invoice is missing")
	case !invoiceID.MatchString(i.ID):
		return event{}, errors.New("data.invoice.id must be inv_ and letters or digits")
	case i.Number == "" || len(i.Number) > 60:
		return event{}, errors.New("data.invoice.number must have from 1 to 60 characters")
	case !customerID.MatchString(i.Customer):
		return event{}, errors.New("data.invoice.customer must be cus_ and letters or digits")
	case i.Status != status:
		return event{}, fmt.Errorf("data.invoice.status must be %s after %s", status, in.Type)
	case !currency.MatchString(i.Currency):
		return event{}, errors.New("data.invoice.currency must be three capital letters")
	case i.Total == nil || *i.Total < 0:
		return event{}, errors.New("data.invoice.total must be an amount of at least 0")
	case i.IssuedAt.IsZero():
		return event{}, errors.New("data.invoice.issued_at is missing")
	case len(i.Memo) > 4*500 || len(i.PurchaseOrder) > 4*60:
		return event{}, errors.New("data.invoice.memo or purchase_order is too long")
	case len(i.Lines) == 0:
		return event{}, errors.New("data.invoice.lines must not be empty")
	}
	for n, line := range i.Lines {
		if line.Description == "" || line.Quantity < 1 || line.Amount == nil || *line.Amount < 0 {
			return event{}, fmt.Errorf("data.invoice.lines[%d] needs a description, a quantity and an amount", n)
		}
	}
	e.Invoice = invoice{
		ID: i.ID, Source: sourceInvoices, Number: i.Number, Customer: i.Customer, Status: status, Currency: i.Currency,
		Total: int64(*i.Total), IssuedAt: i.IssuedAt.UTC(), Memo: i.Memo, PurchaseOrder: i.PurchaseOrder,
	}
	return in.move(e)
}

// move takes the amount that was paid or refunded.
func (in invoicesEvent) move(e event) (event, error) {
	name, m := "payment", in.Data.Payment
	if e.Change == invoiceRefunded {
		name, m = "refund", in.Data.Refund
	}
	if e.Change != invoicePaid && e.Change != invoiceRefunded {
		return e, nil
	}
	if m == nil || m.ID == "" || m.Amount == nil || *m.Amount < 0 {
		return event{}, fmt.Errorf("data.%s needs an id and an amount", name)
	}
	e.Amount = int64(*m.Amount)
	if e.Change == invoicePaid {
		e.Invoice.Paid = e.Amount
	} else {
		// An invoice that is refunded was paid, whether or not that event has come.
		e.Invoice.Paid, e.Invoice.Refunded = e.Invoice.Total, e.Amount
	}
	return e, nil
}

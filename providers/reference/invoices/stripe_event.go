package main

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// stripeEvent is Stripe's event envelope around an invoice, as far as this service reads it.
type stripeEvent struct {
	ID      string  `json:"id"`
	Object  string  `json:"object"`
	Type    string  `json:"type"`
	Created integer `json:"created"` // seconds since 1970
	Data    struct {
		Object stripeInvoice `json:"object"`
	} `json:"data"`
}

type stripeInvoice struct {
	ID         string   `json:"id"`
	Object     string   `json:"object"`
	Number     *string  `json:"number"`
	Customer   string   `json:"customer"`
	Currency   string   `json:"currency"` // lower case
	Total      *integer `json:"total"`
	AmountPaid *integer `json:"amount_paid"`
	Created    integer  `json:"created"` // seconds since 1970
}

// stripeChanges maps Stripe's event types to what they change here; several name one change.
var stripeChanges = map[string]string{
	"invoice.created":           invoiceCreated,
	"invoice.finalized":         invoiceCreated,
	"invoice.paid":              invoicePaid,
	"invoice.payment_succeeded": invoicePaid,
	"invoice.voided":            invoiceVoided,
}

var stripeInvoiceID = regexp.MustCompile(`^in_[A-Za-z0-9_-]{1,60}$`)

// readStripeEvent reads and checks the payload. An event type that is not known here is fine: it is not used.
func readStripeEvent(_ http.Header, body []byte) (event, error) {
	var envelope struct {
		ID     string `json:"id"`
		Object string `json:"object"`
		Type   string `json:"type"`
	}
	if err := decode(body, &envelope); err != nil {
		return event{}, err
	}
	switch {
	case !eventID.MatchString(envelope.ID):
		return event{}, errors.New("id must be evt_ and letters or digits")
	case envelope.Object != "event":
		return event{}, errors.New("object must be event")
	case envelope.Type == "":
		return event{}, errors.New("type is missing")
	}
	e := event{Source: sourceStripe, ID: envelope.ID, Type: envelope.Type, Change: stripeChanges[envelope.Type]}
	if e.Change == "" {
		return e, nil // its data.object may be anything
	}
	var in stripeEvent
	if err := decode(body, &in); err != nil {
		return event{}, err
	}
	return in.change(e)
}

func (in stripeEvent) change(e event) (event, error) {
	i := in.Data.Object
	code := strings.ToUpper(i.Currency)
	switch {
	case in.Created <= 0:
		return event{}, errors.New("created is missing")
	case i.Object != "invoice" || !stripeInvoiceID.MatchString(i.ID):
		return event{}, errors.New("data.object must be an invoice with its id")
	case !customerID.MatchString(i.Customer):
		return event{}, errors.New("data.object.customer must be the id of a customer")
	case !currency.MatchString(code) || i.Currency != strings.ToLower(i.Currency):
		return event{}, errors.New("data.object.currency must be three small letters")
	case i.Total == nil || i.AmountPaid == nil || *i.AmountPaid < 0:
		return event{}, errors.New("data.object.total and amount_paid must be amounts")
	case i.Created <= 0:
		return event{}, errors.New("data.object.created is missing")
	}
	e.OccurredAt = time.Unix(int64(in.Created), 0).UTC()
	e.Invoice = invoice{
		ID: i.ID, Source: sourceStripe, Customer: i.Customer, Status: statusAfter[e.Change], Currency: code,
		Total: int64(*i.Total), IssuedAt: time.Unix(int64(i.Created), 0).UTC(),
	}
	if i.Number != nil {
		e.Invoice.Number = *i.Number
	}
	if e.Change == invoicePaid {
		e.Amount, e.Invoice.Paid = int64(*i.AmountPaid), int64(*i.AmountPaid)
	}
	return e, nil
}

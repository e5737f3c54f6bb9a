package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/fridaygate/fridaygate/providers/idempotency"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// reads handles the read requests of other services.
type reads struct {
	events   *idempotency.Store
	store    *store
	enriches bool // invoices are enriched by the customers service
	fail     func(w http.ResponseWriter, r *http.Request, err error)
}

type invoiceAnswer struct {
	ID            string         `json:"id"`
	Number        string         `json:"number"`
	Source        string         `json:"source"`
	Customer      customerAnswer `json:"customer"`
	Status        string         `json:"status"`
	Currency      string         `json:"currency"`
	Total         int64          `json:"total"`
	Paid          int64          `json:"paid"`
	Refunded      int64          `json:"refunded"`
	IssuedAt      time.Time      `json:"issued_at"`
	Memo          string         `json:"memo,omitempty"`
	PurchaseOrder string         `json:"purchase_order,omitempty"`
}

type customerAnswer struct {
	ID         string `json:"id"`
	Name       string `json:"name,omitempty"`
	Country    string `json:"country,omitempty"`
	Enrichment string `json:"enrichment"`
}

func shown(i stored) invoiceAnswer {
	return invoiceAnswer{
		ID: i.ID, Number: i.Number, Source: i.Source, Status: i.Status, Currency: i.Currency,
		Customer: customerAnswer{ID: i.Customer, Name: i.CustomerName, Country: i.CustomerCountry, Enrichment: i.Enrichment},
		Total:    i.Total, Paid: i.Paid, Refunded: i.Refunded, IssuedAt: i.IssuedAt, Memo: i.Memo, PurchaseOrder: i.PurchaseOrder,
	}
}

func (h *reads) invoice(w http.ResponseWriter, r *http.Request) {
	i, err := h.store.invoice(r.Context(), r.PathValue("id"))
	switch {
	case errors.Is(err, errNotFound):
		service.Problem(w, r, http.StatusNotFound, "not-found", "There is no such invoice.", "")
	case err != nil:
		h.fail(w, r, err)
	default:
		service.JSON(w, http.StatusOK, shown(i))
	}
}

// place is where a page of a list begins: after this invoice.
type place struct {
	IssuedAt int64  `json:"t"` // microseconds since 1970
	ID       string `json:"id"`
}

func (p place) String() string {
	text, _ := json.Marshal(p) // a number and a string
	return base64.RawURLEncoding.EncodeToString(text)
}

func parsePlace(cursor string) (place, error) {
	p := place{IssuedAt: -1 << 62}
	if cursor == "" {
		return p, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return p, err
	}
	return p, json.Unmarshal(text, &p)
}

func (h *reads) invoices(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	bad := func(detail string) { service.Problem(w, r, http.StatusBadRequest, "bad-request", detail, "") }
	customer, limit := query.Get("customer"), 50
	if customer == "" {
		bad("Name a customer: ?customer=ID.")
		return
	}
	if asked := query.Get("limit"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 || n > 100 {
			bad("limit must be a whole number from 1 to 100.")
			return
		}
		limit = n
	}
	after, err := parsePlace(query.Get("after"))
	if err != nil {
		bad("after must be the next of an earlier answer.")
		return
	}
	found, err := h.store.ofCustomer(r.Context(), customer, after, limit+1)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	answer := struct {
		Invoices []invoiceAnswer `json:"invoices"`
		Next     string          `json:"next,omitempty"`
	}{Invoices: []invoiceAnswer{}}
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		answer.Next = place{last.IssuedAt.UnixMicro(), last.ID}.String()
	}
	for _, i := range found {
		answer.Invoices = append(answer.Invoices, shown(i))
	}
	service.JSON(w, http.StatusOK, answer)
}

func (h *reads) totals(w http.ResponseWriter, r *http.Request) {
	month := r.URL.Query().Get("month")
	from, err := time.Parse("2006-01", month)
	if err != nil {
		service.Problem(w, r, http.StatusBadRequest, "bad-request", "Name a month: ?month=YYYY-MM.", "")
		return
	}
	all, err := h.store.totals(r.Context(), from, from.AddDate(0, 1, 0))
	if err != nil {
		h.fail(w, r, err)
		return
	}
	service.JSON(w, http.StatusOK, map[string]any{"month": month, "totals": all})
}

type eventAnswer struct {
	EventID     string       `json:"event_id"`
	Source      string       `json:"source"`
	Type        string       `json:"type"`
	Fingerprint string       `json:"fingerprint"`
	Status      string       `json:"status"`
	Result      storedResult `json:"result"`
	Effects     int          `json:"effects"`
	Published   int          `json:"published"`
	ReceivedAt  time.Time    `json:"received_at"`
}

type storedResult struct {
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

// event returns the effects of one event.
func (h *reads) event(w http.ResponseWriter, r *http.Request) {
	record, ok := h.record(w, r)
	if !ok {
		return
	}
	effects, err := h.store.effects(r.Context(), record.Source, record.EventID)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	published, err := h.events.Published(r.Context(), record.Source, record.EventID)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	service.JSON(w, http.StatusOK, eventAnswer{
		EventID: record.EventID, Source: record.Source, Type: record.Type, Fingerprint: record.Fingerprint, Status: "done",
		Result:  storedResult{record.Status, record.Body},
		Effects: effects, Published: published, ReceivedAt: record.ReceivedAt,
	})
}

// record returns what is stored of the event in the path. It has answered the request if there is no such event.
func (h *reads) record(w http.ResponseWriter, r *http.Request) (idempotency.Record, bool) {
	id, sources := r.PathValue("event_id"), []string{sourceInvoices, sourceStripe}
	if asked := r.URL.Query().Get("source"); asked != "" {
		sources = []string{asked}
	}
	var found []idempotency.Record
	for _, source := range sources {
		record, err := h.events.Find(r.Context(), source, id)
		switch {
		case errors.Is(err, idempotency.ErrUnknown):
		case err != nil:
			h.fail(w, r, err)
			return idempotency.Record{}, false
		default:
			found = append(found, record)
		}
	}
	switch len(found) {
	case 0:
		service.Problem(w, r, http.StatusNotFound, "not-found", "No delivery of this event was accepted.", id)
		return idempotency.Record{}, false
	case 1:
		return found[0], true
	}
	service.Problem(w, r, http.StatusBadRequest, "bad-request", "Two sources have this event: name one, ?source=invoices or ?source=stripe.",
		id)
	return idempotency.Record{}, false
}

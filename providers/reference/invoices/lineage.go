package main

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/fridaygate/fridaygate/providers/idempotency"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// lineageAnswer is one event on its way through the service: its hops in their order.
type lineageAnswer struct {
	EventID   string `json:"event_id"`
	Source    string `json:"source"`
	Type      string `json:"type"`
	Received  hop    `json:"received"`
	Executed  hop    `json:"executed"`
	Published hop    `json:"published"`
	Enriched  hop    `json:"enriched"`
}

// hop is one step of an event's way.
type hop struct {
	State string    `json:"state"`           // done, not-needed, or what it waits for or suffers from
	Times int       `json:"times,omitempty"` // how often it was done; 0: never, or it has no number
	At    time.Time `json:"at,omitzero"`     // when it was done last; zero: never, or it is not stored
	Of    string    `json:"of,omitempty"`    // what it was done to: the id of an invoice
}

const (
	done      = "done"
	notNeeded = "not-needed"
)

// lineage returns how far one event got.
func (h *reads) lineage(w http.ResponseWriter, r *http.Request) {
	record, ok := h.record(w, r)
	if !ok {
		return
	}
	answer, err := h.trace(r.Context(), record)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	service.JSON(w, http.StatusOK, answer)
}

func (h *reads) trace(ctx context.Context, record idempotency.Record) (lineageAnswer, error) {
	a := lineageAnswer{
		EventID: record.EventID, Source: record.Source, Type: record.Type, Received: hop{State: done, Times: 1, At: record.ReceivedAt},
		Executed: hop{State: notNeeded}, Published: hop{State: notNeeded}, Enriched: hop{State: notNeeded},
	}
	e, err := h.store.execution(ctx, record.Source, record.EventID)
	if err != nil || e.Times == 0 {
		return a, err // an event that this service does not use
	}
	a.Executed = hop{State: done, Times: e.Times, At: e.At, Of: e.InvoiceID}
	if e.Times > 1 {
		a.Executed.State = "repeated"
	}
	if a.Published, err = h.publication(ctx, record); err != nil || !h.enriches {
		return a, err
	}
	i, err := h.store.invoice(ctx, e.InvoiceID)
	a.Enriched = hop{State: cmp.Or(i.Enrichment, "pending"), Of: e.InvoiceID}
	return a, err
}

func (h *reads) publication(ctx context.Context, record idempotency.Record) (hop, error) {
	waiting, err := h.events.Waiting(ctx, record.Source, record.EventID)
	if err != nil {
		return hop{}, err
	}
	n, err := h.events.Published(ctx, record.Source, record.EventID)
	if waiting > 0 {
		return hop{State: "waiting", Times: n}, err
	}
	return hop{State: done, Times: n}, err
}

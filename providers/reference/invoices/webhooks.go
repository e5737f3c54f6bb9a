package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/fridaygate/fridaygate/providers/idempotency"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// bodyLimit bounds a delivery, in bytes.
const bodyLimit = 1 << 20

// webhooks takes the deliveries of all sources, through one door: signature, content, idempotency, work.
type webhooks struct {
	events     *idempotency.Store
	store      *store
	enrich     func(ctx context.Context, invoiceID, eventID string)
	log        *slog.Logger
	deliveries *prometheus.CounterVec
	now        func() time.Time
}

func newWebhooks(w webhooks, metrics prometheus.Registerer) *webhooks {
	w.deliveries = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "webhook_deliveries_total",
		Help: "Deliveries, by source and outcome: first, replayed, mismatch, in_flight, rejected or failed.",
	}, []string{"source", "outcome"})
	for _, source := range []string{sourceInvoices, sourceStripe} {
		for _, outcome := range []string{"first", "replayed", "mismatch", "in_flight", "rejected", "failed"} {
			w.deliveries.WithLabelValues(source, outcome) // a count of zero is a count
		}
	}
	metrics.MustRegister(w.deliveries)
	return &w
}

// result is the answer to an accepted delivery.
type result struct {
	EventID string         `json:"event_id"`
	Type    string         `json:"type"`
	Status  string         `json:"status"` // processed or ignored
	Invoice *resultInvoice `json:"invoice,omitempty"`
}

type resultInvoice struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

// from handles the deliveries of one source.
func (h *webhooks) from(source string, verify verifier, read func(http.Header, []byte) (event, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		reject := func(status int, kind, detail, eventID string) {
			h.deliveries.WithLabelValues(source, "rejected").Inc()
			h.log.InfoContext(r.Context(), "delivery rejected", "source", source, "status", status, "kind", kind, "detail", detail)
			service.Problem(w, r, status, kind, detail, eventID)
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			reject(http.StatusRequestEntityTooLarge, "too-large", "A delivery has at most 1 MiB.", "")
			return
		case err != nil:
			reject(http.StatusBadRequest, "malformed", "The body did not arrive whole.", "")
			return
		}
		if err := verify(r.Header, body, h.now()); err != nil {
			reject(http.StatusUnauthorized, "signature", err.Error(), "")
			return
		}
		if !isJSON(r.Header.Get("Content-Type")) {
			reject(http.StatusUnsupportedMediaType, "media-type", "The Content-Type must be application/json.", "")
			return
		}
		fingerprint, err := idempotency.Fingerprint(body)
		if err != nil {
			reject(http.StatusBadRequest, "malformed", err.Error(), "")
			return
		}
		e, err := read(r.Header, body)
		switch {
		case errors.Is(err, errMalformed):
			reject(http.StatusBadRequest, "malformed", err.Error(), "")
			return
		case errors.Is(err, errEventID):
			reject(http.StatusBadRequest, "event-id", err.Error(), "")
			return
		case err != nil:
			reject(http.StatusUnprocessableEntity, "invalid-event", err.Error(), "")
			return
		}
		ctx := service.WithEventID(r.Context(), e.ID)
		h.log.InfoContext(ctx, "delivery received", "source", source, "type", e.Type, "fingerprint", fingerprint)
		h.take(w, r.WithContext(ctx), e, fingerprint)
	}
}

// take carries the event out once, and answers.
func (h *webhooks) take(w http.ResponseWriter, r *http.Request, e event, fingerprint string) {
	ctx := r.Context()
	d := idempotency.Delivery{Source: e.Source, EventID: e.ID, Type: e.Type, Fingerprint: fingerprint}
	var did change
	outcome, answer, err := h.events.Process(ctx, d, func(ctx context.Context, tx *idempotency.Tx) (answer idempotency.Result, err error) {
		answer, did, err = h.work(ctx, tx, e)
		return answer, err
	})
	if err != nil {
		h.deliveries.WithLabelValues(e.Source, "failed").Inc()
		h.log.ErrorContext(ctx, "delivery failed", "source", e.Source, "error", err)
		w.Header().Set("Retry-After", "5")
		service.Problem(w, r, http.StatusServiceUnavailable, "unavailable",
			"Whether the event was stored cannot be told. Deliver it again: it is carried out once.", e.ID)
		return
	}
	h.deliveries.WithLabelValues(e.Source, string(outcome)).Inc()
	if outcome == idempotency.First && e.Change != "" {
		h.log.InfoContext(ctx, "event carried out", "source", e.Source, "mutation", did)
	}
	h.log.InfoContext(ctx, "delivery taken", "source", e.Source, "type", e.Type, "outcome", outcome)
	switch outcome {
	case idempotency.Mismatch:
		service.Problem(w, r, http.StatusConflict, "event-mismatch", "The event id was used before, with other content.", e.ID)
		return
	case idempotency.InFlight:
		w.Header().Set("Retry-After", "1")
		service.Problem(w, r, http.StatusTooEarly, "in-flight", "Another delivery of the event is being carried out.", e.ID)
		return
	case idempotency.Replayed:
		w.Header().Set("Idempotent-Replayed", "true")
	case idempotency.First:
		if e.Change != "" {
			h.enrich(ctx, e.Invoice.ID, e.ID)
		}
	}
	w.Header().Set("Content-Type", answer.ContentType)
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body) // a sender that is gone will come again
}

// work is what happens once: for an event that this service uses, the change of the invoice.
func (h *webhooks) work(ctx context.Context, tx *idempotency.Tx, e event) (answer idempotency.Result, did change, err error) {
	out := result{EventID: e.ID, Type: e.Type, Status: "ignored"}
	if e.Change != "" {
		if did, err = h.store.carryOut(ctx, tx, e); err != nil {
			return answer, did, err
		}
		out.Status, out.Invoice = "processed", &resultInvoice{ID: e.Invoice.ID, Status: did.To}
	}
	body, err := json.Marshal(out)
	return idempotency.Result{Status: http.StatusOK, ContentType: "application/json", Body: body}, did, err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/fridaygate/fridaygate/consumers/enrichment"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// enricher adds the customer's details to an invoice in the background, so that the sender does not wait for a third
// service. An invoice stays pending until then, also across restarts.
type enricher struct {
	tasks   *service.Tasks
	store   *store
	client  enrichment.Client
	timeout time.Duration
	log     *slog.Logger
}

// start begins the task for one invoice. The service may be ending: then the invoice stays pending.
func (e *enricher) start(ctx context.Context, invoiceID, reason string) {
	if e.client.BaseURL == "" {
		return
	}
	err := e.tasks.Start(ctx, service.Task{
		Name: "enrich invoice", Owner: "enrichment", Reason: reason, Timeout: e.timeout,
		Run: func(ctx context.Context) error { return e.enrich(ctx, invoiceID) },
	})
	if err != nil {
		e.log.InfoContext(ctx, "invoice stays pending", "invoice", invoiceID, "error", err)
	}
}

func (e *enricher) enrich(ctx context.Context, invoiceID string) error {
	i, err := e.store.invoice(ctx, invoiceID)
	if err != nil || i.Enrichment == "done" {
		return err
	}
	customer, err := e.client.Customer(ctx, i.Customer)
	switch {
	case errors.Is(err, enrichment.ErrNotFound):
		return e.end(ctx, i, "unknown-customer", enrichment.Customer{})
	case errors.Is(err, enrichment.ErrMalformed):
		return errors.Join(err, e.end(ctx, i, "failed", enrichment.Customer{}))
	case err != nil:
		return err // it stays pending
	}
	return e.end(ctx, i, "done", customer)
}

// end stores what enrichment came to.
func (e *enricher) end(ctx context.Context, i stored, state string, c enrichment.Customer) error {
	if err := e.store.enriched(ctx, i, state, c); err != nil {
		return err
	}
	e.log.InfoContext(ctx, "enrichment ended", slog.Group("mutation", "invoice", i.ID, "enrichment", state))
	return nil
}

// resume starts the tasks of invoices that are pending, at the start and then at every interval, a few at a time.
func (e *enricher) resume(ctx context.Context) error {
	const interval, atATime = 30 * time.Second, 20
	for {
		pending, err := e.look(ctx, atATime)
		if err != nil {
			e.log.WarnContext(ctx, "pending invoices cannot be read", "error", err)
		}
		for _, id := range pending {
			e.start(ctx, id, "it was pending")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(interval):
		}
	}
}

// look returns the pending invoices. It has a time limit: a connection that died silently never answers.
func (e *enricher) look(ctx context.Context, limit int) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	return e.store.pending(ctx, limit)
}

// enriched stores the customer's details, unless the invoice has another customer by now.
func (s *store) enriched(ctx context.Context, i stored, state string, c enrichment.Customer) error {
	_, err := s.db.ExecContext(ctx,
		`UPDATE invoices SET enrichment = $3, customer_name = $4, customer_country = $5 WHERE id = $1 AND customer = $2`,
		i.ID, i.Customer, state, c.Name, c.Country)
	if err != nil {
		return fmt.Errorf("store customer of invoice %s: %w", i.ID, err)
	}
	return nil
}

// pending returns ids of invoices whose customer is not known yet, in no order that matters.
func (s *store) pending(ctx context.Context, limit int) ([]string, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id FROM invoices WHERE enrichment = 'pending' ORDER BY id LIMIT $1`, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

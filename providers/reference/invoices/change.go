package main

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"github.com/fridaygate/fridaygate/providers/idempotency"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// change is what an event did, in one transaction: to its invoice, the journal and the outbox.
type change struct {
	Invoice  string
	Outcome  string // of the journal: applied or superseded
	From, To string // the invoice's status; From is "" for a new one
	Message  string // type of the message in the outbox
}

// LogValue has the log name every row that was written.
func (c change) LogValue() slog.Value {
	return slog.GroupValue(slog.String("invoice", c.Invoice), slog.String("from", c.From), slog.String("to", c.To),
		slog.String("journal", c.Outcome), slog.String("outbox", c.Message))
}

// logged is a stream whose messages are logged and traced as parts of the events that they are of.
type logged struct {
	stream
	log *slog.Logger
}

// Publish publishes the message under the trace of its event.
func (s logged) Publish(ctx context.Context, m idempotency.Message) error {
	ctx = service.Continue(ctx, m.TraceParent)
	ctx, span := otel.Tracer("invoices").Start(ctx, "publish "+m.Type, trace.WithSpanKind(trace.SpanKindProducer))
	defer span.End()
	ctx = service.WithEventID(ctx, m.EventID)
	if err := s.stream.Publish(ctx, m); err != nil {
		return err // the relay logs it, and tries again
	}
	s.log.InfoContext(ctx, "message published", "source", m.Source, slog.Group("mutation", "stream", m.Type, "message", m.ID))
	return nil
}

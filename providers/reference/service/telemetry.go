package service

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"regexp"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"
)

type contextKey int

const (
	requestIDKey contextKey = iota
	eventIDKey
)

// WithEventID has everything that is logged under the context name the event, and the context's span.
func WithEventID(ctx context.Context, eventID string) context.Context {
	trace.SpanFromContext(ctx).SetAttributes(attribute.String("event_id", eventID))
	return context.WithValue(ctx, eventIDKey, eventID)
}

// RequestID returns the id of the request that the context belongs to; "" outside of one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey).(string)
	return id
}

// saneID is what is taken over from a caller's X-Request-ID.
var saneID = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,128}$`)

// NewLogger returns a logger that writes JSON lines with the request, the event and the trace of the context.
func NewLogger(w io.Writer, serviceName string) *slog.Logger {
	return slog.New(contextual{slog.NewJSONHandler(w, nil)}).With("service", serviceName)
}

type contextual struct{ slog.Handler }

// Handle adds the ids of the request, the event and the trace from the context.
func (h contextual) Handle(ctx context.Context, r slog.Record) error {
	if id := RequestID(ctx); id != "" {
		r.AddAttrs(slog.String("request_id", id))
	}
	if id, _ := ctx.Value(eventIDKey).(string); id != "" {
		r.AddAttrs(slog.String("event_id", id))
	}
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		r.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps the handler contextual.
func (h contextual) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contextual{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the handler contextual.
func (h contextual) WithGroup(name string) slog.Handler { return contextual{h.Handler.WithGroup(name)} }

// startTracing continues W3C traces through this process, and exports them when an OTLP endpoint is given. The
// function ends the export.
func startTracing(ctx context.Context, serviceName, endpoint string) (func(context.Context) error, error) {
	otel.SetTextMapPropagator(propagation.TraceContext{})
	options := []sdktrace.TracerProviderOption{
		sdktrace.WithResource(resource.NewSchemaless(semconv.ServiceName(serviceName))),
	}
	if endpoint != "" {
		client, err := newCollector(endpoint)
		if err != nil {
			return nil, fmt.Errorf("export traces: %w", err)
		}
		exporter, err := otlptrace.New(ctx, client)
		if err != nil {
			return nil, fmt.Errorf("export traces: %w", err)
		}
		options = append(options, sdktrace.WithBatcher(exporter))
	}
	provider := sdktrace.NewTracerProvider(options...)
	otel.SetTracerProvider(provider)
	return provider.Shutdown, nil
}

// TraceParent returns the context's place in its trace as a W3C traceparent header; "" when it has none.
func TraceParent(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier["traceparent"]
}

// Continue returns a context in the trace of a W3C traceparent header. Without one it is the same context.
func Continue(ctx context.Context, traceParent string) context.Context {
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": traceParent})
}

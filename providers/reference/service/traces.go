package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector is the otlptrace.Client that sends traces with OTLP over HTTP, as
// https://opentelemetry.io/docs/specs/otlp/#otlphttp says. That a collector accepted only some of the spans is not reported.
//
// otlptracehttp does the same, and imports gRPC, which is a tenth of what the first "make demo" on a machine compiles.
type collector struct {
	url  string
	http *http.Client

	running context.Context // ended by Stop
	stop    context.CancelFunc
}

// sendTimeout bounds one request, as the specification's default does
// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
const sendTimeout = 10 * time.Second

// newCollector returns the client for the value of OTEL_EXPORTER_OTLP_ENDPOINT, a base URL
// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp).
func newCollector(endpoint string) (*collector, error) {
	base, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT is %q: want a URL such as http://localhost:4318", base.Redacted())
	}
	c := &collector{url: base.JoinPath("v1", "traces").String(), http: &http.Client{Timeout: sendTimeout}}
	c.running, c.stop = context.WithCancel(context.Background())
	return c, nil
}

// Start does nothing: the first request connects.
func (*collector) Start(context.Context) error { return nil }

// Stop ends the uploads that still run.
func (c *collector) Stop(context.Context) error {
	c.stop()
	c.http.CloseIdleConnections()
	return nil
}

// UploadTraces sends spans, again and again while the collector is not reached or asks for it, until the context ends.
func (c *collector) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	// TracesData encodes as ExportTraceServiceRequest does: resource_spans is field 1 of both
	// (https://github.com/open-telemetry/opentelemetry-proto: trace/v1/trace.proto, collector/trace/v1/trace_service.proto).
	body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: spans})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.running, cancel)()
	var last error
	_, err = backoff.Retry(ctx, func() (struct{}, error) {
		last = c.send(ctx, body)
		return struct{}{}, last
	})
	if err != nil && !errors.Is(last, err) {
		return fmt.Errorf("%w, after: %w", err, last)
	}
	return err
}

// send makes one request. Its error is permanent or may have the wait that the collector asks for.
func (c *collector) send(ctx context.Context, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return backoff.Permanent(err)
	}
	request.Header.Set("Content-Type", "application/x-protobuf")
	answer, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1024))
	switch {
	case answer.StatusCode < http.StatusMultipleChoices:
		return nil
	case err != nil:
		return err
	}
	err = fmt.Errorf("%s answers %s: %s", request.URL.Redacted(), answer.Status, strings.TrimSpace(string(text)))
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if seconds, none := strconv.Atoi(answer.Header.Get("Retry-After")); none == nil {
			err = errors.Join(err, backoff.RetryAfter(seconds))
		}
		return err
	default:
		return backoff.Permanent(err)
	}
}

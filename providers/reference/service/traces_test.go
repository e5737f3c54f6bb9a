package service

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

func TestSpansAreSentToTheCollector(t *testing.T) {
	type request struct {
		line, contentType string
		body              []byte
	}
	received := make(chan request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		received <- request{r.Method + " " + r.URL.Path, r.Header.Get("Content-Type"), body}
	}))
	t.Cleanup(server.Close)
	p := Process{Name: "invoices", Environ: []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + server.URL + "/tenant/"}}
	require.NoError(t, p.Traced(t.Context(), func(ctx context.Context) error {
		_, span := otel.Tracer("test").Start(ctx, "charge the invoice")
		span.End()
		return nil
	}))
	got := <-received
	require.Equal(t, "POST /tenant/v1/traces", got.line)
	require.Equal(t, "application/x-protobuf", got.contentType)
	var sent tracepb.TracesData
	require.NoError(t, proto.Unmarshal(got.body, &sent))
	require.Equal(t, "charge the invoice", sent.ResourceSpans[0].ScopeSpans[0].Spans[0].Name)
	name := sent.ResourceSpans[0].Resource.Attributes[0]
	require.Equal(t, "service.name=invoices", name.Key+"="+name.Value.GetStringValue())
}

func TestEndpointThatIsNoURLIsAnError(t *testing.T) {
	for _, endpoint := range []string{"localhost:4318", "collector", "http://", "http://[", "grpc://localhost:4317"} {
		p := Process{Environ: []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint}}
		require.ErrorContains(t, p.Traced(t.Context(), nil), "export traces: ", endpoint)
	}
}

// answers is a transport that answers each request with the next status, and the last one for ever.
type answers struct {
	statuses []int
	after    string // Retry-After
	sent     int
}

func (a *answers) RoundTrip(*http.Request) (*http.Response, error) {
	status := a.statuses[min(a.sent, len(a.statuses)-1)]
	a.sent++
	if status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status),
		Header: http.Header{"Retry-After": {a.after}}, Body: io.NopCloser(strings.NewReader("why")),
	}, nil
}

// upload uploads to a collector with such answers within half a minute, and returns how long that took.
func upload(t *testing.T, a *answers) (time.Duration, error) {
	t.Helper()
	c, err := newCollector("http://collector.invalid")
	require.NoError(t, err)
	c.http.Transport = a
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	begun := time.Now()
	err = c.UploadTraces(ctx, nil)
	return time.Since(begun), err
}

func TestUploadIsRetriedWhileTheCollectorAsksForIt(t *testing.T) {
	for _, status := range []int{429, 502, 503, 504, 0} { // 0: it is not reached
		synctest.Test(t, func(t *testing.T) {
			a := &answers{statuses: []int{status, status, http.StatusOK}}
			_, err := upload(t, a)
			require.NoError(t, err)
			require.Equal(t, 3, a.sent)
		})
	}
}

func TestUploadThatIsRefusedIsNotRetried(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound, http.StatusInternalServerError} {
		a := &answers{statuses: []int{status}}
		_, err := upload(t, a)
		require.ErrorContains(t, err, "http://collector.invalid/v1/traces answers "+http.StatusText(status)+": why")
		require.Equal(t, 1, a.sent)
	}
}

func TestUploadWaitsAsLongAsTheCollectorAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &answers{statuses: []int{http.StatusServiceUnavailable, http.StatusOK}, after: "20"}
		took, err := upload(t, a)
		require.NoError(t, err)
		require.Equal(t, 20*time.Second, took)
	})
	synctest.Test(t, func(t *testing.T) {
		a := &answers{statuses: []int{http.StatusServiceUnavailable}, after: "40"}
		_, err := upload(t, a)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "answers Service Unavailable: why", "the reason is not lost")
		require.Equal(t, 1, a.sent)
	})
}

func TestStopEndsUploads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := newCollector("http://collector.invalid")
		require.NoError(t, err)
		c.http.Transport = &answers{statuses: []int{http.StatusServiceUnavailable}}
		ended := make(chan error)
		go func() { ended <- c.UploadTraces(t.Context(), nil) }()
		synctest.Wait()
		require.NoError(t, c.Stop(t.Context()))
		require.ErrorIs(t, <-ended, context.Canceled)
	})
}

//go:build unix

package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/timeline"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// collector receives spans as an OpenTelemetry Collector does, and keeps them as its file exporter writes them.
type collector struct {
	*httptest.Server
	mu    sync.Mutex
	lines []string
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		var batch tracepb.TracesData
		if err := proto.Unmarshal(body, &batch); err != nil {
			t.Error(err)
		}
		text, err := protojson.MarshalOptions{UseEnumNumbers: true}.Marshal(&batch)
		if err != nil {
			t.Error(err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.lines = append(c.lines, inHex(string(text)))
	}))
	t.Cleanup(c.Close)
	return c
}

var idInBase64 = regexp.MustCompile(`("(?:traceId|spanId|parentSpanId)":\s*)"([^"]*)"`)

// inHex returns OTLP as JSON with its ids in hex, as OTLP demands and protojson does not write them.
func inHex(text string) string {
	return idInBase64.ReplaceAllStringFunc(text, func(all string) string {
		parts := idInBase64.FindStringSubmatch(all)
		raw, _ := base64.StdEncoding.DecodeString(parts[2])
		return parts[1] + `"` + hex.EncodeToString(raw) + `"`
	})
}

// One real event: a run of the gate against the reference system, its report, its logs and its spans.
func TestOneEventThroughTheReferenceSystem(t *testing.T) {
	const token = "0123456789abcdef0123456789abcdef"
	spans := newCollector(t)
	customers := started(t, "customers", map[string]string{"APP_TOKEN": token, "OTEL_EXPORTER_OTLP_ENDPOINT": spans.URL})
	invoices := started(t, "invoices", map[string]string{
		"APP_CUSTOMERS__URL": customers.URL(), "APP_WEBHOOKS__INVOICES_SECRET": hookSecret,
		"APP_WEBHOOKS__STRIPE_SECRET": "whsec_of_no_use_here_0123456789abcdef", "OTEL_EXPORTER_OTLP_ENDPOINT": spans.URL,
	})
	dir := t.TempDir()
	t.Chdir("../..")
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	env := map[string]string{"INVOICES_WEBHOOK_SECRET": hookSecret}
	smoke := filepath.Join(dir, "smoke.json")
	code, out := ran(t, env, "smoke", "--target", invoices.URL(), "--fixtures", "fixtures/invoices", "--case", "dup-seq", "--json", smoke)
	require.Equal(t, verdict.ExitPass, code, out)
	require.NoError(t, invoices.Stop(t.Context()))
	require.NoError(t, customers.Stop(t.Context()))
	args := []string{"timeline", "--report", smoke, "--secret-env", "INVOICES_WEBHOOK_SECRET"}
	for _, p := range []struct {
		name string
		logs func() (string, error)
	}{
		{"invoices.log", func() (string, error) { return invoices.Logs(t.Context()) }},
		{"customers.log", func() (string, error) { return customers.Logs(t.Context()) }},
		{"traces.jsonl", func() (string, error) { return strings.Join(spans.lines, "\n"), nil }},
	} {
		text, err := p.logs()
		require.NoError(t, err)
		args = append(args, "--logs", file(p.name, text))
	}
	text, err := os.ReadFile(smoke)
	require.NoError(t, err)
	r, err := report.Parse(text)
	require.NoError(t, err)
	made, drawn := filepath.Join(dir, "timeline.json"), filepath.Join(dir, "timeline.html")
	args = append(args, "--event", r.Results[0].Histories[0].EventID, "--json", made, "--html", drawn)

	code, out = ran(t, env, args...)
	require.Equal(t, verdict.ExitPass, code, out)
	t.Log(out)
	text, err = os.ReadFile(made)
	require.NoError(t, err)
	html, err := os.ReadFile(drawn)
	require.NoError(t, err)
	require.Contains(t, string(html), "event carried out")
	var found timeline.Timeline
	require.NoError(t, json.Unmarshal(text, &found))
	inOrder(t, found, "gate: #1 sent", "invoices: delivery received", "invoices: event carried out", "gate: #1 answered 200", "gate: #2 sent",
		"invoices: delivery taken", "gate: #2 answered 200", "gate: 1 effect seen")
	inOrder(t, found, "invoices: event carried out", "invoices: message published")
	inOrder(t, found, "invoices: HTTP GET", "customers: GET /customers/", "invoices: enrichment ended")
	for _, clock := range found.Clocks {
		require.True(t, clock.Reference || clock.Compared, "%+v", clock)
		require.Zero(t, clock.Shift, "it is one machine: %+v", clock)
	}
}

// inOrder demands rows that begin so, one after the other.
func inOrder(t *testing.T, found timeline.Timeline, texts ...string) {
	t.Helper()
	var rows []string
	for _, row := range found.Rows {
		rows = append(rows, row.Who+": "+row.Text)
	}
	rest := rows
	for _, text := range texts {
		at := slices.IndexFunc(rest, func(row string) bool { return strings.HasPrefix(row, text) })
		require.GreaterOrEqual(t, at, 0, "%s in %s", text, strings.Join(rows, "\n"))
		rest = rest[at+1:]
	}
}

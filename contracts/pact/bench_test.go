package pact

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact/verification"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// many writes a pact of n interactions with a state each, and returns its file.
func many(tb testing.TB, n int) string {
	tb.Helper()
	type object = map[string]any
	var interactions []object
	for i := range n {
		interactions = append(interactions, object{
			"type": "Synchronous/HTTP", "description": fmt.Sprintf("request %d", i),
			"providerStates": []object{{"name": "an order exists", "params": object{"id": i}}},
			"request":        object{"method": "GET", "path": fmt.Sprintf("/orders/%d", i)},
			"response": object{
				"status": 200, "body": object{"contentType": "application/json", "encoded": false, "content": object{"total": 1200}},
			},
		})
	}
	text, err := json.Marshal(object{
		"consumer": object{"name": "web"}, "provider": object{"name": "shop"}, "interactions": interactions,
		"metadata": object{"pactSpecification": object{"version": "4.0"}},
	})
	require.NoError(tb, err)
	file := filepath.Join(tb.TempDir(), "web-shop.json")
	require.NoError(tb, os.WriteFile(file, text, 0o600))
	return file
}

func provider(tb testing.TB) *httptest.Server {
	tb.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodPost { // a state
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, "{}")
			return
		}
		_, _ = io.WriteString(w, `{"total":1200}`)
	}))
	tb.Cleanup(s.Close)
	return s
}

var cli = flag.String("pact.cli", "", "the pact command, to measure its verifier in turn; none if empty")

// byCommand verifies with the pact command, and returns how long that took.
func byCommand(b *testing.B, file string, provider *net.TCPAddr) time.Duration {
	started := time.Now()
	states := "http://" + provider.String() + "/"
	out, err := exec.CommandContext(b.Context(), *cli, "verifier", "--file", file, "--provider-name", "shop", "--hostname", "127.0.0.1",
		"--port", strconv.Itoa(provider.Port), "--state-change-url", states, "--state-change-teardown").CombinedOutput()
	took := time.Since(started)
	require.NoError(b, err, string(out))
	require.Contains(b, string(out), "request 499")
	return took
}

// BenchmarkVerify verifies 500 interactions with states, in turn by this package and by libpact_ffi's verifier alone,
// which asks the provider itself, with its states.
func BenchmarkVerify(b *testing.B) {
	const interactions = 500
	file, s := many(b, interactions), provider(b)
	address, err := net.ResolveTCPAddr("tcp", s.Listener.Addr().String())
	require.NoError(b, err)
	var ours, native, command time.Duration
	for b.Loop() {
		started := time.Now()
		report := Verify(context.Background(), Options{
			Provider: "shop", URL: s.URL, Sources: []Source{Files(file)},
			States: States{"an order exists": func(context.Context, *Setup) error { return nil }},
		})
		ours += time.Since(started)
		require.Equal(b, verdict.Pass, report.Verdict)
		require.Len(b, report.Results, interactions)

		started = time.Now()
		result, err := execute(verification.NativeRun{
			Provider: "shop", Files: []string{file}, HTTP: address, Messages: "/", MsgAddr: address, States: s.URL, Timeout: time.Minute,
		})
		native += time.Since(started)
		require.NoError(b, err)
		require.Len(b, result.Results, interactions)
		if *cli != "" {
			command += byCommand(b, file, address)
		}
	}
	b.ReportMetric(ours.Seconds()*1000/float64(b.N)/interactions, "ms/interaction")
	b.ReportMetric(native.Seconds()*1000/float64(b.N)/interactions, "ms/interaction-native")
	b.ReportMetric(ours.Seconds()/native.Seconds(), "of-native")
	if *cli != "" {
		b.ReportMetric(command.Seconds()/ours.Seconds(), "times-faster-than-command")
	}
}

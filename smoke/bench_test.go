package smoke_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
)

var target = flag.String("smoke.target", "", "base URL of a server in another process, for the benchmarks; their own if empty")

// benchTarget returns the URL of a server that accepts everything.
func benchTarget(b *testing.B) string {
	if *target != "" {
		return *target
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // what does not arrive shows as a failure
		_, _ = io.WriteString(w, `{"status":"processed"}`)
	}))
	b.Cleanup(server.Close)
	return server.URL
}

// event is as long as an ordinary one.
const event = `{"id":"evt_1","type":"invoice.paid","timestamp":"2026-11-05T11:20:00Z","data":{"invoice":{"id":"inv_2026_0044",` +
	`"number":"FG-2026-0044","customer":"cus_fahrrad_nord","status":"paid","currency":"EUR","total":7999}}}`

// events returns a folder of n fixtures of a receiver without observable effects.
func events(b *testing.B, n int) string {
	dir := b.TempDir()
	contract := []byte(blackBox + "policy: {duplicate: same-result}\n")
	require.NoError(b, os.WriteFile(filepath.Join(dir, "webhook.yaml"), contract, 0o600))
	for i := range n {
		require.NoError(b, os.WriteFile(filepath.Join(dir, fmt.Sprintf("event%06d.json", i)), []byte(event), 0o600))
	}
	return dir
}

func benchRunner(b *testing.B, target, folder, name string) *smoke.Runner {
	runner, err := smoke.NewRunner(smoke.Options{
		Target: target, Fixtures: []string{folder}, Cases: []string{name}, RunID: fmt.Sprint(time.Now().UnixNano()), Parallel: 64,
		LookupEnv: func(string) (string, bool) { return secret, true },
	})
	require.NoError(b, err)
	return runner
}

// BenchmarkThroughput signs, sends and judges, 64 checks at a time.
func BenchmarkThroughput(b *testing.B) {
	const fixtures, deliveries = 2000, 5 // of dup-seq-x5
	server, folder := benchTarget(b), events(b, fixtures)
	var took time.Duration
	n := 0
	for b.Loop() {
		runner := benchRunner(b, server, folder, "dup-seq-x5")
		r := runner.Run(b.Context(), nil)
		require.Equal(b, verdict.Pass, r.Verdict(), r.Problem())
		took += r.Ended.Sub(r.Started)
		n += fixtures * deliveries
		require.NoError(b, runner.Close())
	}
	b.ReportMetric(float64(n)/took.Seconds(), "requests/s")
}

// BenchmarkMemory reports the peak memory of a run of so many attempts, including its plan and report.
func BenchmarkMemory(b *testing.B) {
	for name, deliveries := range map[string]int{"dup-seq-x5": 5, "dup-concurrent-8": 128} {
		for _, attempts := range []int{10_000, 50_000, 100_000} {
			b.Run(fmt.Sprintf("%s/attempts=%d", name, attempts), func(b *testing.B) {
				server, folder := benchTarget(b), events(b, attempts/deliveries)
				for b.Loop() {
					peak := watchMemory()
					runner := benchRunner(b, server, folder, name)
					r := runner.Run(b.Context(), func(report.Result) {})
					require.Equal(b, verdict.Pass, r.Verdict(), r.Problem())
					require.NoError(b, runner.Close())
					b.ReportMetric(float64(peak())/1e6, "peak-MB")
				}
			})
		}
	}
}

// watchMemory samples the memory of this process until the returned function is called, which returns the peak.
func watchMemory() func() uint64 {
	debug.FreeOSMemory()
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		peak := uint64(0)
		for {
			peak = max(peak, memory())
			select {
			case <-stop:
				most <- peak
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-most
	}
}

// memory returns the bytes that the runtime holds and has not returned to the system.
func memory() uint64 {
	all := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(all)
	return all[0].Value.Uint64() - all[1].Value.Uint64()
}

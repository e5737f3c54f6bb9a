//go:build unix

package timeline_test

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/logfile"
	"github.com/fridaygate/fridaygate/contracts/timeline"
)

var megabytes = flag.Int("timeline.mb", 20, "size of the log of the benchmarks, in MB")

// bigLog writes a log of a busy service: a trace has four lines, and one event in it is the one that is looked for.
func bigLog(b *testing.B, compress func(io.Writer) io.WriteCloser) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "invoices.log")
	file, err := os.Create(name)
	require.NoError(b, err)
	var to io.WriteCloser = file
	if compress != nil {
		to = compress(file)
	}
	w := bufio.NewWriterSize(to, 1<<20)
	random := rand.New(rand.NewPCG(1, 2))
	at := start
	for written, n := 0, 0; written < *megabytes*1_000_000; n++ {
		id, request := fmt.Sprintf("evt_%016x%010d", random.Uint64(), n), random.Uint64()
		trace := fmt.Sprintf("%016x%016x", random.Uint64(), random.Uint64())
		if n == 1000 {
			id = event
		}
		for i, text := range []string{"delivery begun", "invoice changed", "message published", "delivery taken"} {
			at = at.Add(time.Duration(random.IntN(100)) * time.Microsecond)
			name := fmt.Sprintf(`"event_id":"%s",`, id)
			if i%2 == 1 {
				name = "" // only the trace leads to it
			}
			size, err := fmt.Fprintf(w, `{"time":%q,"level":"INFO","msg":%q,"service":"invoices","source":"invoices","type":"invoice.paid",`+
				`"outcome":"first","request_id":"req_%016X",%s"trace_id":"%s","customer":"cus_%08d","amount":%d,"currency":"EUR"}`+"\n",
				at.Format(time.RFC3339Nano), text, request, name, trace, random.IntN(1e8), random.IntN(1e6))
			require.NoError(b, err)
			written += size
		}
	}
	require.NoError(b, w.Flush())
	require.NoError(b, to.Close())
	if compress != nil {
		require.NoError(b, file.Close())
	}
	return name
}

// perCore reports how much is read in a second of a processor's time, which other work on the machine does not change.
func perCore(b *testing.B, who int, run func()) {
	b.Helper()
	var before, after syscall.Rusage
	require.NoError(b, syscall.Getrusage(who, &before))
	n := 0
	for b.Loop() {
		run()
		n++
	}
	require.NoError(b, syscall.Getrusage(who, &after))
	used := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	b.ReportMetric(float64(n**megabytes)/used.Seconds(), "MB/s-a-core")
	b.ReportMetric(0, "ns/op") // of a shared machine it says little
}

func benchmark(b *testing.B, compress func(io.Writer) io.WriteCloser) {
	log := logfile.File(bigLog(b, compress))
	var peak uint64
	perCore(b, syscall.RUSAGE_SELF, func() {
		var seen runtime.MemStats
		found := timeline.Read(b.Context(), timeline.Options{Event: event, Logs: []logfile.Log{log}, Progress: func(timeline.Progress) {
			runtime.ReadMemStats(&seen)
			peak = max(peak, seen.Sys)
		}})
		require.Len(b, found.Rows, 4)
	})
	b.ReportMetric(float64(peak)/1e6, "MB-of-memory")
}

// The log is read twice: for the event, and for the request and the trace that stand beside it.
func BenchmarkLog(b *testing.B) { benchmark(b, nil) }

func BenchmarkLogGzip(b *testing.B) {
	benchmark(b, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
}

func BenchmarkLogZstd(b *testing.B) {
	benchmark(b, func(w io.Writer) io.WriteCloser {
		z, err := zstd.NewWriter(w)
		require.NoError(b, err)
		return z
	})
}

// peer measures a command that finds the lines of the event, which is the first of the two readings alone.
func peer(b *testing.B, wanted int, name string, args ...string) {
	log := bigLog(b, nil)
	perCore(b, syscall.RUSAGE_CHILDREN, func() {
		out, err := exec.CommandContext(b.Context(), name, append(args, log)...).Output()
		var failed *exec.ExitError
		require.False(b, errors.As(err, &failed), "%v", err)
		require.NoError(b, err)
		require.Equal(b, wanted, bytes.Count(out, []byte("\n")))
	})
}

func BenchmarkGrep(b *testing.B) { peer(b, 2, "grep", "-F", event) }

func BenchmarkJq(b *testing.B) { peer(b, 2, "jq", "-c", `select(.event_id == "`+event+`")`) }

//go:build unix

package consumer_test

import (
	"flag"
	"fmt"
	"io"
	"log"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	dsl "github.com/pact-foundation/pact-go/v2/consumer"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/consumer"
)

// The same interactions with their client, written by a suite and by pact-go alone. contracts/BENCHMARKS.md has the figures.

func BenchmarkSuite(b *testing.B) {
	for _, n := range []int{100, 200, 500, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { suite(b, n, false) })
	}
}

// The interactions at once, as many as there are processors.
func BenchmarkSuiteParallel(b *testing.B) {
	b.Run("1000", func(b *testing.B) { suite(b, 1000, true) })
}

func suite(b *testing.B, n int, parallel bool) {
	b.Helper()
	dir := b.TempDir()
	measure(b, n, func(t *testing.T) {
		s := consumer.New(t, consumer.Options{Consumer: "web", Provider: "shelf", Folder: dir, Update: true, Parallel: parallel})
		for i := range n {
			s.HTTP(fmt.Sprint(i), book(fmt.Sprint(i), "Dune"), reads(fmt.Sprint(i), "Dune"))
		}
	})
}

// pact-go as its users run it: one folder for the whole pact, which is written again after each interaction.
func BenchmarkPactGoAlone(b *testing.B) {
	for _, n := range []int{100, 200, 400} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			pactGo(b, n, func(dir string, _ int) string { return dir })
		})
	}
}

// pact-go with a folder for each interaction and no merge: what a suite can at best come down to.
func BenchmarkPactGoUnmerged(b *testing.B) {
	b.Run("1000", func(b *testing.B) {
		pactGo(b, 1000, func(dir string, i int) string { return filepath.Join(dir, fmt.Sprint(i)) })
	})
}

func pactGo(b *testing.B, n int, folder func(dir string, i int) string) {
	b.Helper()
	out := log.Writer()
	log.SetOutput(io.Discard)
	b.Cleanup(func() { log.SetOutput(out) })
	measure(b, n, func(t *testing.T) {
		dir := t.TempDir()
		for i := range n {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				mock, err := dsl.NewV4Pact(dsl.MockHTTPProviderConfig{Consumer: "web", Provider: "shelf", PactDir: folder(dir, i)})
				require.NoError(t, err)
				require.NoError(t, book(fmt.Sprint(i), "Dune")(mock).ExecuteTest(t, func(c dsl.MockServerConfig) error {
					reads(fmt.Sprint(i), "Dune")(t, fmt.Sprintf("http://%s:%d", c.Host, c.Port))
					return nil
				}))
			})
		}
	})
}

// measure times a test of n interactions, whole, from its start to its end, and counts the processor time of the
// process too, libpact_ffi's threads included: it hardly depends on what else the machine does. pact-go wants a
// real testing.T, which only package testing can make.
func measure(b *testing.B, n int, test func(t *testing.T)) {
	b.Helper()
	require.Equal(b, "1", flag.Lookup("test.count").Value.String(), "the suite would run -count times in each iteration: use -benchtime")
	every := func(string, string) (bool, error) { return true, nil }
	before := processor(b)
	for b.Loop() {
		if !testing.RunTests(every, []testing.InternalTest{{Name: "suite", F: test}}) {
			b.Fatal("the suite failed")
		}
	}
	each := float64(b.N * n)
	b.ReportMetric(float64(b.Elapsed().Microseconds())/each, "µs/interaction")
	b.ReportMetric(float64((processor(b)-before).Microseconds())/each, "cpu-µs/interaction")
}

// processor is the processor time that the process has used.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

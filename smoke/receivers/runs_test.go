package receivers_test

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

var (
	wholeRuns = flag.Int("receivers.runs", 2, "how many whole runs the correct receiver must pass")
	atATime   = flag.Int("receivers.parallel", 4, "how many runs go on at a time")
)

// A gate that cries wolf is switched off: not one check of the correct receiver may ever be anything but a pass.
func TestCorrectReceiverNeverFails(t *testing.T) {
	t.Parallel()
	folder := golden(t)
	var all errgroup.Group
	all.SetLimit(*atATime)
	for i := range *wholeRuns {
		all.Go(func() error {
			r := run(t, receivers.Correct.Start(secret), paid(folder), fmt.Sprint(t.Name(), i))
			for _, result := range r.Results {
				if result.Verdict != verdict.Pass {
					t.Errorf("run %d: %s: %s %v %v", i, result.Case, result.Verdict, result.Findings, result.Inconclusive)
				}
			}
			if r.Verdict() != verdict.Pass {
				t.Errorf("run %d: %s %s", i, r.Verdict(), r.Problem())
			}
			if done := i + 1; done%100 == 0 {
				t.Logf("%d runs of %d checks, the last took %s", done, len(r.Results), r.Ended.Sub(r.Started))
			}
			return nil
		})
	}
	require.NoError(t, all.Wait())
}

// BenchmarkMatrix makes every case of one fixture with the default options, hooks included: plan, run, judge.
func BenchmarkMatrix(b *testing.B) {
	folder := golden(b)
	server := httptest.NewServer(nil)
	defer server.Close()
	attempts := 0
	for i := 0; b.Loop(); i++ {
		instance := receivers.Correct.Start(secret)
		server.Config.Handler = instance
		o := options(server.URL, instance, paid(folder), fmt.Sprint(b.Name(), i))
		o.Histories = true
		runner, err := smoke.NewRunner(o)
		require.NoError(b, err)
		r := runner.Run(b.Context(), nil)
		require.Equal(b, verdict.Pass, r.Verdict())
		require.NoError(b, runner.Close())
		attempts = 0
		for _, result := range r.Results {
			for _, h := range result.Histories {
				attempts += len(h.Attempts)
			}
		}
		b.ReportMetric(float64(len(r.Results)), "checks")
	}
	b.ReportMetric(float64(attempts), "attempts")
}

// paid is one golden webhook of the folder that golden makes.
func paid(folder string) string { return filepath.Join(folder, "invoice.paid.json") }

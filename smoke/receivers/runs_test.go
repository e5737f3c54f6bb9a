package receivers_test

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"path"
	"slices"
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
			r := runSome(t, receivers.Correct.Start(secret), folder, fmt.Sprint(t.Name(), i), only("invoice.paid"))
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
		o := options(server.URL, instance, folder, fmt.Sprint(b.Name(), i))
		o.Histories = true
		plan, err := smoke.NewPlan(o)
		require.NoError(b, err)
		only("invoice.paid")(plan)
		r := plan.Run(b.Context(), nil)
		require.Equal(b, verdict.Pass, r.Verdict())
		require.NoError(b, plan.Close())
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

// only leaves the checks of one fixture.
func only(fixture string) func(*smoke.Plan) {
	return func(p *smoke.Plan) {
		p.Checks = slices.DeleteFunc(p.Checks, func(c smoke.Check) bool { return path.Base(c.Fixture) != fixture })
	}
}

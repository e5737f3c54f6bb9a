package judge_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// A known failure must fail, and no longer than it is listed for.
func TestKnownFailureIsExcusedUntilItsDay(t *testing.T) {
	until := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	finding := []verdict.Finding{{Rule: "same-result"}}
	for name, c := range map[string]struct {
		result  report.Result
		today   time.Time
		want    verdict.Verdict
		excused int
	}{
		"failed":                        {report.Result{Verdict: verdict.Fail, Findings: finding}, until, verdict.Pass, 1},
		"failed, the day after":         {report.Result{Verdict: verdict.Fail, Findings: finding}, until.AddDate(0, 0, 1), verdict.Fail, 0},
		"passed":                        {report.Result{Verdict: verdict.Pass}, until, verdict.Fail, 0},
		"advice":                        {report.Result{Verdict: verdict.Pass, Advice: finding}, until, verdict.Pass, 1},
		"could not be looked at":        {report.Result{Inconclusive: []string{"refused"}}, until, verdict.Unknown, 0},
		"could not, and it is too late": {report.Result{Inconclusive: []string{"refused"}}, until.AddDate(0, 0, 1), verdict.Fail, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.result
			judge.Excuse(&r, nil, "webhook.yaml", c.today)
			require.Equal(t, c.result, r, "what is not listed stays as it is")
			judge.Excuse(&r, &webhook.KnownFailure{Reason: "ticket 7", Until: webhook.Date{Time: until}}, "webhook.yaml", c.today)
			require.Equal(t, c.want, r.Verdict)
			require.Len(t, r.Excused, c.excused)
			require.Contains(t, r.Known, "ticket 7")
		})
	}
}

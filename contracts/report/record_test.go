package report_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// of returns a report of as many checks as there are verdicts, all of which ran.
func of(kind report.Kind, verdicts ...verdict.Verdict) report.Report {
	var r report.Report
	for _, v := range verdicts {
		result := report.Result{Check: report.Check{Kind: kind, Subject: "shop", Case: "a request"}, Verdict: v}
		switch v {
		case verdict.Fail:
			result.Findings = []verdict.Finding{{Rule: "status", Expected: "200", Got: "404"}}
		case verdict.Unknown:
			result.Inconclusive = []string{"refused"}
		}
		r.Planned, r.Results = append(r.Planned, result.Check), append(r.Results, result)
	}
	return r
}

func TestReportPassesOnlyWhenEverythingWasSeenToHold(t *testing.T) {
	problem := func(r report.Report) report.Report {
		r.Problems = []report.Remark{{Text: "a pact is cut off"}}
		return r
	}
	pending := of(report.Provider, verdict.Pass)
	pending.Results[0].Pending, pending.Results[0].Known = true, "pending"
	for name, c := range map[string]struct {
		report report.Report
		want   verdict.Verdict
	}{
		"passed":                    {of(report.Provider, verdict.Pass, verdict.Pass), verdict.Pass},
		"one failed":                {of(report.Provider, verdict.Pass, verdict.Fail, verdict.Unknown), verdict.Fail},
		"one unknown":               {of(report.Provider, verdict.Pass, verdict.Unknown), verdict.Unknown},
		"nothing":                   {report.Report{}, verdict.Unknown},
		"pending and failed":        {pending, verdict.Pass},
		"a problem":                 {problem(of(report.Provider, verdict.Pass)), verdict.Unknown},
		"a problem, and one failed": {problem(of(report.Provider, verdict.Fail)), verdict.Fail},
		"one of two that are alike": {
			report.Report{Planned: of(report.Provider, verdict.Pass, verdict.Pass).Planned, Results: of(report.Provider, verdict.Pass).Results},
			verdict.Unknown,
		},
		"another than was planned": {
			report.Report{Planned: of(report.Schema, verdict.Pass).Planned, Results: of(report.Provider, verdict.Pass).Results}, verdict.Unknown,
		},
	} {
		require.Equal(t, c.want, c.report.Verdict(), name)
	}
}

func TestCollectNeverPassesByAccident(t *testing.T) {
	pass, fail := of(report.Provider, verdict.Pass), of(report.Schema, verdict.Fail)
	left := pass
	left.Results = nil // a test that panicked
	used := fail
	used.Void = true
	for name, c := range map[string]struct {
		reports []report.Report
		failed  error
		exit    int
		problem string
	}{
		"passed":                      {[]report.Report{pass, pass}, nil, verdict.ExitPass, ""},
		"failed":                      {[]report.Report{pass, fail}, errors.New("exit status 1"), verdict.ExitFail, ""},
		"failed, and go test did not": {[]report.Report{pass, fail}, nil, verdict.ExitFail, ""},
		"planned, and did not run": {
			[]report.Report{pass, left}, errors.New("exit status 2"), verdict.ExitUnknown,
			"the tests ended before all that was planned had run: exit status 2\nthe first line",
		},
		"failed under a used name": {[]report.Report{pass, used}, errors.New("exit status 2"), verdict.ExitUnknown, ""},
		"nothing":                  {nil, nil, verdict.ExitUnknown, "nothing was verified"},
		"nothing, and it failed": {
			nil, errors.New("exit status 2"), verdict.ExitUnknown, "no test that failed left a report: exit status 2\nthe first line",
		},
		"passed, and it failed beside": {
			[]report.Report{pass}, errors.New("exit status 1"), verdict.ExitUnknown, "what failed is a test beside them",
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for _, r := range c.reports {
				require.NoError(t, report.Record(folder, r))
			}
			sum, err := report.Collect(folder, c.failed, "the first line\nthe last line\n")
			require.NoError(t, err)
			require.Equal(t, c.exit, sum.Exit())
			require.Contains(t, sum.Problem(), c.problem)
			require.Equal(t, c.problem == "", len(sum.Problems) == 0)
			sum.Interrupted = true
			require.Equal(t, verdict.ExitInterrupted, sum.Exit())
			require.NotEqual(t, verdict.Pass, sum.Verdict())
		})
	}
}

// The stack of a panic is longer than what is shown, and would push its reason out.
func TestCollectShowsThePanicAndNotItsStack(t *testing.T) {
	printed := "--- FAIL: TestA (0.00s)\npanic: no database\n\ngoroutine 7 [running]:\n" + strings.Repeat("main.f()\n", 100)
	sum, err := report.Collect(t.TempDir(), errors.New("exit status 1"), printed)
	require.NoError(t, err)
	require.Contains(t, sum.Problem(), "--- FAIL: TestA (0.00s)\npanic: no database")
	require.NotContains(t, sum.Problem(), "main.f()")
}

// The verdict in a file does not count: its results do.
func TestCollectJudgesTheResultsItself(t *testing.T) {
	folder := t.TempDir()
	text := `{"version": 1, "verdict": "pass", "ran": {"passed": 1}, "planned": [{"kind": "schema", "subject": "s", "case": "c"}],
		"results": [{"kind": "schema", "subject": "s", "case": "c", "verdict": "fail"}]}`
	require.NoError(t, os.WriteFile(filepath.Join(folder, "report-1.json"), []byte(text), 0o600))
	sum, err := report.Collect(folder, nil, "")
	require.NoError(t, err)
	require.Equal(t, verdict.Fail, sum.Verdict())
	require.Equal(t, report.Tally{Failed: 1}, sum.Ran())
}

func TestReportThatCannotBeReadIsAnError(t *testing.T) {
	for name, text := range map[string]string{"cut off": `{"results":`, "of the next version": `{"version": 2}`, "of none": `{}`} {
		folder := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "report-1.json"), []byte(text), 0o600))
		_, err := report.Collect(folder, nil, "")
		require.ErrorContains(t, err, "report-1.json", name)
	}
	require.Error(t, report.Record(filepath.Join(t.TempDir(), "gone"), report.Report{}))
}

func TestMergeKeepsWhatAllAgreeOn(t *testing.T) {
	a, b := of(report.Webhook, verdict.Pass), of(report.Provider, verdict.Pass)
	a.Target, a.RunID, a.Started, a.Ended = "http://a", "1", time.Unix(5, 0), time.Unix(6, 0)
	b.Target, b.RunID, b.Started, b.Ended = "http://a", "2", time.Unix(1, 0), time.Unix(9, 0)
	sum := report.Merge(a, b)
	require.Equal(t, "http://a", sum.Target)
	require.Empty(t, sum.RunID)
	require.Equal(t, 8*time.Second, sum.Ended.Sub(sum.Started))
	require.Equal(t, []report.Kind{report.Provider, report.Webhook}, []report.Kind{sum.Planned[0].Kind, sum.Planned[1].Kind})
	require.Equal(t, verdict.Pass, sum.Verdict())
}

func TestAnswersCannotCommandTheTerminal(t *testing.T) {
	r := of(report.Provider, verdict.Unknown)
	r.Results[0].Inconclusive = []string{"\x1b[2J</failure>"}
	var text, xml bytes.Buffer
	shown := report.Text{W: &text, Kinds: true}
	shown.Write(r)
	require.NoError(t, shown.Err)
	require.NotContains(t, text.String(), "\x1b")
	require.NoError(t, report.JUnit(&xml, r))
	require.NotContains(t, xml.String(), "\x1b")
	require.Contains(t, xml.String(), "&lt;/failure&gt;")
	require.NotContains(t, r.Results[0].String(), "\x1b")
}

package verification_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/contracts/verification"
)

func result(v verdict.Verdict, pending bool) verification.Result {
	return verification.Result{Verdict: v, Interaction: verification.Interaction{Consumer: "web", Description: "a request", Pending: pending}}
}

func report(results ...verification.Result) verification.Report {
	return verification.Report{Provider: "shop", Results: results}
}

func TestReportPassesOnlyWhenEverythingWasSeenToHold(t *testing.T) {
	pass, fail, unknown := result(verdict.Pass, false), result(verdict.Fail, false), result(verdict.Unknown, false)
	for name, c := range map[string]struct {
		report verification.Report
		want   verdict.Verdict
	}{
		"passed":             {report(pass, pass), verdict.Pass},
		"one failed":         {report(pass, fail, unknown), verdict.Fail},
		"one unknown":        {report(pass, unknown), verdict.Unknown},
		"nothing":            {report(), verdict.Unknown},
		"pending and failed": {report(pass, result(verdict.Fail, true)), verdict.Pass},
		"pending, not seen":  {report(pass, result(verdict.Unknown, true)), verdict.Unknown},
		"a problem":          {verification.Report{Results: []verification.Result{pass}, Problems: []string{"a pact is cut off"}}, verdict.Unknown},
		"a problem, and one failed": {
			verification.Report{Results: []verification.Result{fail}, Problems: []string{"a pact is cut off"}}, verdict.Fail,
		},
	} {
		c.report.Judge()
		require.Equal(t, c.want, c.report.Verdict, name)
	}
}

func TestSumNeverPassesByAccident(t *testing.T) {
	pass, fail := report(result(verdict.Pass, false)), report(result(verdict.Fail, false))
	for name, c := range map[string]struct {
		reports []verification.Report
		failed  error
		exit    int
		problem string
	}{
		"passed":                      {[]verification.Report{pass, pass}, nil, verdict.ExitPass, ""},
		"failed":                      {[]verification.Report{pass, fail}, errors.New("exit status 1"), verdict.ExitFail, ""},
		"failed, and go test did not": {[]verification.Report{pass, fail}, nil, verdict.ExitFail, ""},
		"nothing":                     {nil, nil, verdict.ExitUnknown, "nothing was verified"},
		"nothing, and it failed":      {nil, errors.New("exit status 2"), verdict.ExitUnknown, "no verification says why: exit status 2\nthe first line"},
		"passed, and it failed":       {[]verification.Report{pass}, errors.New("exit status 1"), verdict.ExitUnknown, "no verification says why"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for _, r := range c.reports {
				r.Verdict = verdict.Pass // what a report says of itself does not count
				require.NoError(t, verification.Record(folder, r))
			}
			sum, err := verification.Sum(folder, c.failed, "the first line\nthe last line\n")
			require.NoError(t, err)
			require.Equal(t, c.exit, sum.Exit())
			require.Contains(t, sum.Problem, c.problem)
			require.Equal(t, c.problem == "", sum.Problem == "")
			sum.Interrupted = true
			sum.Judge()
			require.Equal(t, verdict.ExitInterrupted, sum.Exit())
			require.NotEqual(t, verdict.Pass, sum.Verdict)
		})
	}
}

func TestAReportThatCannotBeReadIsAnError(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "verification-1.json"), []byte(`{"results":`), 0o600))
	_, err := verification.Sum(folder, nil, "")
	require.ErrorContains(t, err, "verification-1.json")
	require.Error(t, verification.Record(filepath.Join(folder, "gone"), report()))
}

func TestAnswersCannotCommandTheTerminal(t *testing.T) {
	r := report(result(verdict.Fail, false))
	r.Results[0].Reason = "\x1b[2J</failure>"
	sum := verification.Run{Reports: []verification.Report{r}}
	sum.Judge()
	var text, xml bytes.Buffer
	require.NoError(t, sum.Text(&text, false))
	require.NotContains(t, text.String(), "\x1b")
	require.NoError(t, sum.JUnit(&xml))
	require.NotContains(t, xml.String(), "\x1b")
	require.Contains(t, xml.String(), "&lt;/failure&gt;")
}

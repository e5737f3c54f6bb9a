package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func textOf(t *testing.T, text report.Text, r report.Report) string {
	t.Helper()
	var b strings.Builder
	text.W = &b
	text.Write(r)
	require.NoError(t, text.Err)
	return b.String()
}

func TestTenThousandGreenCasesAreAFewLines(t *testing.T) {
	var r report.Report
	for i := range 10_000 {
		c := check(fmt.Sprintf("fixtures/shop-%d/event-%d", i/1000, i/80), fmt.Sprintf("case-%d", i%80))
		r.Planned, r.Results = append(r.Planned, c), append(r.Results, report.Result{Check: c, Verdict: verdict.Pass, Notes: []string{"a note"}})
		r.NotApplicable = append(r.NotApplicable, report.NotApplicable{Check: c, Why: fmt.Sprint("reason ", i%30)})
	}
	for _, width := range []int{0, 80} {
		text := textOf(t, report.Text{Width: width}, r)
		require.Less(t, strings.Count(text, "\n"), 20, text)
		require.Contains(t, text, "10000 cases")
		require.Contains(t, text, "PASS: 10000 planned, 10000 ran: 10000 passed")
	}
}

// However many subjects there are, none that failed is hidden.
func TestTableShowsWhatFailedFirst(t *testing.T) {
	var r report.Report
	for i := range 100 {
		one := report.Result{Check: check(fmt.Sprint("f/", i), "first"), Verdict: verdict.Pass}
		if i%25 == 24 {
			one = failedWith(fmt.Sprint("f/", i), "first", refused(fmt.Sprint("50", i%7)))
		}
		r.Planned, r.Results = append(r.Planned, one.Check), append(r.Results, one)
	}
	text := textOf(t, report.Text{}, r)
	for _, subject := range []string{"f/24", "f/49", "f/74", "f/99"} {
		require.Contains(t, text, "FAIL    "+subject+" ")
		require.Contains(t, text, "FAIL    first  "+subject+" ")
	}
	require.Contains(t, text, "ok      96 subjects that are not shown           96 cases")
}

func TestQuietShowsWhatDidNotPass(t *testing.T) {
	r := sample()
	r.NotApplicable = []report.NotApplicable{{Check: check("f", "batch"), Why: "no batch"}}
	text := textOf(t, report.Text{Quiet: true}, r)
	require.True(t, strings.HasPrefix(text, "\nFAIL    dup  f "), text)
	require.NotContains(t, text, "no batch\n")
	r.Planned, r.Results = r.Planned[:1], r.Results[:1]
	require.Regexp(t, `^\nPASS: 1 planned, .*\n$`, textOf(t, report.Text{Quiet: true}, r))
}

func TestLinesFitTheTerminal(t *testing.T) {
	r := sample()
	r.Results[1].Findings[0].Got = strings.Repeat("漢字 and 🍮 ", 40) + strings.Repeat("x", 300)
	r.Results[1].Findings[0].Rerun = "fridaygate smoke --target http://127.0.0.1:8080 --fixtures " + strings.Repeat("é", 100)
	for _, width := range []int{20, 40, 80, 132} {
		for _, verbose := range []bool{false, true} {
			text := textOf(t, report.Text{Width: width, Verbose: verbose}, r)
			for line := range strings.Lines(text) {
				require.LessOrEqual(t, runewidth.StringWidth(strings.TrimSuffix(line, "\n")), width, "%q", line)
			}
			require.Equal(t, 40, strings.Count(text, "漢"), "nothing is lost")
			require.Equal(t, 100, strings.Count(text, "é"))
		}
	}
}

func TestColoursMarkVerdicts(t *testing.T) {
	text := textOf(t, report.Text{Colour: true}, sample())
	require.Contains(t, text, "\x1b[1;31mFAIL   \x1b[0m dup")
	require.Contains(t, text, "\x1b[1;33mUNKNOWN\x1b[0m sig")
	require.Contains(t, text, "\x1b[1;31mFAIL\x1b[0m: 4 planned")
	require.Contains(t, text, `\x1b[31m</failure>`, "what a receiver answered has none")
	require.NotContains(t, textOf(t, report.Text{}, sample()), "\x1b")
}

func TestGroupsFoldWhatNeedsNobody(t *testing.T) {
	r := sample()
	r.NotApplicable = []report.NotApplicable{{Check: check("f\n::error::x", "batch"), Why: "::warning::no batch"}}
	for _, verbose := range []bool{false, true} {
		text := textOf(t, report.Text{Groups: true, Verbose: verbose}, r)
		require.Contains(t, text, "::group::1 check not applicable\n")
		require.Equal(t, strings.Count(text, "::group::"), strings.Count(text, "::endgroup::\n"))
		require.NotRegexp(t, `(?m)^\s*::(error|warning)`, text)
	}
}

func TestEveryKindHasWordsForPeople(t *testing.T) {
	for _, kind := range report.Kinds {
		m := kind.Meaning(verdict.Finding{Rule: "a rule without words of its own"})
		require.NotEmpty(t, m.Says, kind)
		require.NotEmpty(t, m.Means, kind)
	}
	require.Zero(t, report.Kind("none").Meaning(verdict.Finding{}))
	doubled := report.Webhook.Meaning(verdict.Finding{
		Rule: "effect-count", Expected: "1 effect", Got: "8 effects (16 times; this is the first)",
	})
	require.Contains(t, doubled.Means, "one event, 8 effects:")
	lost := report.Webhook.Meaning(verdict.Finding{Rule: "effect-count", Expected: "1 effect", Got: "0 effects"})
	require.Contains(t, lost.Means, "the event is lost")
}

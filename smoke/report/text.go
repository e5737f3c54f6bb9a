package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Text writes a run for a terminal, result by result. The zero value with a writer is ready to use. The first
// error of the writer is kept and ends the writing.
type Text struct {
	W       io.Writer
	Verbose bool // show every check that passed, not their number alone
	Err     error

	fixture string
	passed  int           // checks of the fixture that passed and were not shown
	took    time.Duration // by them
	notes   []string      // on them, each once
	said    []string      // what could not be told, as it was shown
}

// Result writes one result: a line when it passed, and everything that is needed to act on it when not.
func (t *Text) Result(r Result) {
	if r.Fixture != t.fixture {
		t.flush()
		t.fixture = r.Fixture
		t.printf("\n%s\n", r.Fixture)
	}
	if !t.Verbose && r.Verdict == verdict.Pass && r.Known != "" {
		return // the summary lists it
	}
	if !t.Verbose && r.Verdict == verdict.Pass && len(r.Advice) == 0 {
		t.passed++
		t.took += r.Took
		for _, note := range r.Notes {
			if !slices.Contains(t.notes, note) {
				t.notes = append(t.notes, note)
			}
		}
		return
	}
	mark := map[verdict.Verdict]string{verdict.Pass: "ok     ", verdict.Fail: "FAIL   ", verdict.Unknown: "UNKNOWN"}[r.Verdict]
	detail := r.Holds
	if r.Verdict == verdict.Fail {
		detail = r.Severity
	}
	if r.Verdict == verdict.Pass && len(r.Advice) > 0 {
		mark, detail = "advice ", "not counted as a failure: "+r.WhyAdvice
	}
	if r.Known != "" {
		mark, detail = strings.Replace(mark, "ok     ", "known  ", 1), detail+"; "+r.Known
	}
	t.printf("  %s %-*s %7s  %s\n", mark, nameWidth, r.Case, r.Took.Round(time.Millisecond), detail)
	found := slices.Concat(r.Findings, r.Advice)
	for _, f := range found {
		t.finding(f)
	}
	if len(r.Counterexamples) > 0 {
		t.printf("          counterexample: %s, of %s (%s)\n", r.Counterexamples[0], r.Counterexamples[0].EventID, r.Counterexamples[0].Rule)
	}
	for _, what := range r.Inconclusive {
		t.printf("          could not tell: %s\n", what)
		t.said = append(t.said, what)
	}
	for _, note := range r.Notes {
		t.printf("          note: %s\n", note)
	}
	if len(found) > 0 && found[0].Rerun != "" {
		t.printf("          rerun: %s\n", found[0].Rerun)
	}
	if curl := r.Curl(); curl != "" && len(curl) <= curlShown {
		t.printf("          curl:  %s\n", curl)
	}
}

func (t *Text) finding(f verdict.Finding) {
	t.printf("          %s: %s\n", f.Rule, f.Where)
	t.printf("            expected  %s\n", f.Expected)
	t.printf("            got       %s\n", f.Got)
	if f.Choice != "" {
		t.printf("            choice    %s\n", f.Choice)
	}
	for i, what := range f.Check {
		t.printf("            %-9s %s\n", map[bool]string{true: "check"}[i == 0], what)
	}
	if len(f.Attempts) > 0 {
		t.printf("            attempts  %s\n", strings.Trim(fmt.Sprint(f.Attempts), "[]"))
	}
}

// flush writes how many checks of a fixture passed.
func (t *Text) flush() {
	if t.passed > 0 {
		number := fmt.Sprintf("%d cases", t.passed)
		if t.passed == 1 {
			number = "1 case"
		}
		t.printf("  ok      %-*s %7s\n", nameWidth, number, t.took.Round(time.Millisecond))
	}
	for _, note := range t.notes {
		t.printf("          note: %s\n", note)
	}
	t.passed, t.took, t.notes = 0, 0, nil
}

// curlShown is how long a command may be, in bytes, to be shown: longer ones are in the JSON report.
const curlShown = 2000

// nameWidth is how wide the names of cases are shown.
const nameWidth = 34

func (t *Text) printf(format string, args ...any) {
	if t.Err == nil {
		_, t.Err = io.WriteString(t.W, Printable(fmt.Sprintf(format, args...)))
	}
}

// Printable replaces what may command a terminal, so that nothing that a receiver answered can. Tabs and
// line ends stay.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

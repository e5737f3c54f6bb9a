package report

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/fridaygate/fridaygate/smoke/verdict"
)

// Text writes a run for a terminal, result by result. The zero value with a writer is ready to use. The first
// error of the writer is kept and ends the writing.
type Text struct {
	W   io.Writer
	Err error

	fixture string
}

// Result writes one result: a line when it passed, and everything that is needed to act on it when not.
func (t *Text) Result(r Result) {
	if r.Fixture != t.fixture {
		t.fixture = r.Fixture
		t.printf("\n%s\n", r.Fixture)
	}
	mark := map[verdict.Verdict]string{verdict.Pass: "ok     ", verdict.Fail: "FAIL   ", verdict.Unknown: "UNKNOWN"}[r.Verdict]
	detail := r.Holds
	if r.Verdict == verdict.Fail {
		detail = r.Severity
	}
	t.printf("  %s %-18s %7s  %s\n", mark, r.Case, r.Took.Round(time.Millisecond), detail)
	for _, f := range r.Findings {
		t.printf("          %s: %s\n", f.Rule, f.Where)
		t.printf("            expected  %s\n", f.Expected)
		t.printf("            got       %s\n", f.Got)
		if len(f.Attempts) > 0 {
			t.printf("            attempts  %s\n", strings.Trim(fmt.Sprint(f.Attempts), "[]"))
		}
	}
	for _, what := range r.Unseen {
		t.printf("          could not tell: %s\n", what)
	}
	for _, note := range r.Notes {
		t.printf("          note: %s\n", note)
	}
	if len(r.Findings) > 0 && r.Findings[0].Again != "" {
		t.printf("          again: %s\n", r.Findings[0].Again)
	}
}

// Summary writes what the run came to.
func (t *Text) Summary(r Report) {
	for _, n := range r.NotApplicable {
		t.printf("\n%s\n  n/a     %-18s %s\n", n.Fixture, n.Case, n.Why)
	}
	planned, ran := len(r.Planned), len(r.Results)
	t.printf("\n%s: %d planned, %d ran: %d passed, %d failed, %d could not tell; %s against %s (run %s)\n",
		strings.ToUpper(r.Verdict.String()), planned, ran, r.Ran.Passed, r.Ran.Failed, r.Ran.Unknown,
		r.Ended.Sub(r.Started).Round(10*time.Millisecond), r.Target, r.RunTag)
	if r.Problem != "" {
		t.printf("%s\n", r.Problem)
	}
	if r.Interrupted {
		t.printf("interrupted: %d of %d checks did not run\n", planned-ran, planned)
	}
}

func (t *Text) printf(format string, args ...any) {
	if t.Err == nil {
		_, t.Err = io.WriteString(t.W, strings.Map(printable, fmt.Sprintf(format, args...)))
	}
}

// printable keeps what a receiver answered from commanding the terminal.
func printable(r rune) rune {
	if r != '\n' && !unicode.IsPrint(r) {
		return unicode.ReplacementChar
	}
	return r
}

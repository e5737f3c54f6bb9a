package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Text writes a run for a terminal, result by result. The zero value with a writer is ready to use. The first
// error of the writer is kept and ends the writing.
type Text struct {
	W       io.Writer
	Verbose bool // show every check that passed, not their number alone
	Kinds   bool // show the kind of each subject
	Err     error

	subject Check         // the one that is shown, with no case
	passed  int           // checks of the subject that passed and were not shown
	took    time.Duration // by them
	notes   []string      // on them, each once
	said    []string      // inconclusive remarks that were printed already
}

// Result writes one result: a line when it passed, and everything that is needed to act on it when not.
func (t *Text) Result(r Result) {
	t.under(Check{Kind: r.Kind, Subject: r.Subject})
	if !t.Verbose && r.Status() == "known failure" {
		return // the summary lists it
	}
	if !t.Verbose && r.Verdict == verdict.Pass && len(r.Advice) == 0 && !r.Pending && r.Format == nil && r.Kind != Proof {
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
		word := map[bool]string{true: "PENDING", false: "known  "}[r.Pending]
		mark, detail = strings.Replace(mark, "ok     ", word, 1), strings.TrimPrefix(detail+"; "+r.Known, "; ")
	}
	if r.Verdict != verdict.Pass && r.elsewhere() {
		detail = strings.TrimPrefix(detail+", "+r.Source, ", ")
	}
	t.printf("  %s %-*s %7s  %s\n", mark, nameWidth, r.Case, r.Took.Round(time.Millisecond), detail)
	if r.Status() == "known failure" {
		r.Excused = nil // the summary lists why
	}
	if details := r.details(); details != "" {
		t.printf("          %s\n", strings.ReplaceAll(details, "\n", "\n          "))
	}
	t.said = append(t.said, r.Inconclusive...)
}

// under begins the part of a subject.
func (t *Text) under(subject Check) {
	if subject == t.subject {
		return
	}
	t.flush()
	t.subject = subject
	title := subject.Subject
	if t.Kinds {
		title = string(subject.Kind) + " " + title
	}
	t.printf("\n%s\n", title)
}

// nouns are what the checks of a kind are called.
var nouns = map[Kind]string{Provider: "interaction", Consumer: "interaction", Schema: "example", Cleanup: "step"}

// flush writes how many checks of a subject passed.
func (t *Text) flush() {
	if t.passed > 0 {
		number := plural(t.passed, cmp.Or(nouns[t.subject.Kind], "case"))
		t.printf("  ok      %-*s %7s\n", nameWidth, number, t.took.Round(time.Millisecond))
	}
	for _, note := range t.notes {
		t.printf("          note: %s\n", note)
	}
	t.passed, t.took, t.notes = 0, 0, nil
}

// nameWidth is how wide the names of cases are shown.
const nameWidth = 34

func (t *Text) printf(format string, args ...any) {
	if t.Err == nil {
		_, t.Err = io.WriteString(t.W, printable.Text(fmt.Sprintf(format, args...)))
	}
}

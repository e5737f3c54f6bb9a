package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Text writes a run for people. The zero value with a writer is ready to use. The first error of the writer is kept and ends the
// writing. What others wrote is shown as printable.Text returns it, so W may be a terminal or the log of a CI system.
type Text struct {
	W       io.Writer
	Verbose bool // write every check, not those of one cause as one
	Quiet   bool // leave out what passed and what was not planned
	Kinds   bool // show the kind of each subject
	Colour  bool // mark verdicts by colour too
	Groups  bool // fold what needs nobody, by the workflow commands of GitHub Actions
	Width   int  // of the lines, in columns; 0: lines are as long as they are
	Err     error

	subject Check    // the one that is shown, with no case
	said    []string // inconclusive remarks that were printed already
	line    string   // that is not whole yet
	marked  string   // the mark with which it begins; "": it has none
}

// Write writes a whole run: what passed, what did not, and what the run came to.
func (t *Text) Write(r Report) {
	if t.Verbose {
		t.each(r.Results)
	} else {
		var proofs, others []Result // of a proof people want to see what was broken
		for _, one := range r.Results {
			if one.Kind == Proof {
				proofs = append(proofs, one)
			} else {
				others = append(others, one)
			}
		}
		t.each(proofs)
		if !t.Quiet {
			t.table(others)
		}
		for _, c := range Causes(Report{Results: others}) {
			t.cause(c)
		}
	}
	t.summary(r)
}

// marks are what stands before a check, by its status.
var marks = map[string]string{
	"pass": "ok     ", "fail": "FAIL   ", "unknown": "UNKNOWN", "advice": "advice ", "pending": "PENDING", "known failure": "known  ",
}

// each writes every check under its subject.
func (t *Text) each(all []Result) {
	for i, r := range all {
		if i == 0 || r.Kind != all[i-1].Kind || r.Subject != all[i-1].Subject {
			t.endGroup(i > 0)
			t.group(t.title(r.Check))
			t.under(Check{Kind: r.Kind, Subject: r.Subject})
		}
		t.printf("  ")
		t.mark(r)
		t.printf(" %-*s %7s  %s\n", nameWidth, r.Case, r.Took.Round(time.Millisecond), r.remark(true))
		t.details(r)
	}
	t.endGroup(len(all) > 0)
}

// remark returns what a line says beside the name of a check. of: the check has passed to say what it holds.
func (r Result) remark(holds bool) string {
	var parts []string
	switch status := r.Status(); {
	case status == "advice":
		parts = append(parts, "not counted as a failure: "+r.WhyAdvice)
	case r.Verdict == verdict.Fail:
		parts = append(parts, r.Severity)
	case holds:
		parts = append(parts, r.Holds)
	}
	parts = append(parts, r.Known)
	if r.Verdict != verdict.Pass && r.elsewhere() {
		parts = append(parts, r.Source)
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// details writes what is needed to act on a check, below its line.
func (t *Text) details(r Result) {
	if r.Status() == "known failure" {
		r.Excused = nil // the summary lists why
	}
	if text := r.details(); text != "" {
		t.indented(text)
	}
	t.said = append(t.said, r.Inconclusive...)
}

// under begins the part of a subject.
func (t *Text) under(subject Check) {
	if subject == t.subject {
		return
	}
	t.subject = subject
	t.printf("\n%s\n", t.title(subject))
}

func (t *Text) title(subject Check) string {
	if t.Kinds {
		return string(subject.Kind) + " " + subject.Subject
	}
	return subject.Subject
}

// nameWidth is how wide the names of cases are shown, in columns.
const nameWidth = 34

// mark writes what stands before a check.
func (t *Text) mark(r Result) { t.paint(marks[r.Status()]) }

// colours of marks, as select graphic rendition has them (ECMA-48).
var colours = map[string]string{
	"ok": "32", "FAIL": "1;31", "UNKNOWN": "1;33", "advice": "36", "PENDING": "33", "known": "33", "PASS": "1;32", "n/a": "2",
}

// paint writes the mark with which a line begins.
func (t *Text) paint(mark string) {
	t.marked = mark
	t.raw(mark)
}

// group begins a part of a log that is folded.
func (t *Text) group(title string) {
	if t.Groups {
		t.raw("::group::" + message.Replace(printable.Line(title)) + "\n")
	}
}

func (t *Text) endGroup(begun bool) {
	if t.Groups && begun {
		t.raw("::endgroup::\n")
	}
}

// detailsIndent is how far details stand from the left, in columns.
const detailsIndent = 10

// indented writes lines below a check.
func (t *Text) indented(text string) {
	for line := range strings.SplitSeq(printable.Text(text), "\n") {
		t.raw(strings.Repeat(" ", detailsIndent) + line + "\n")
	}
}

func (t *Text) printf(format string, args ...any) {
	t.raw(printable.Text(fmt.Sprintf(format, args...)))
}

// raw writes what is known to be safe, line by line.
func (t *Text) raw(text string) {
	t.line += text
	for {
		line, rest, whole := strings.Cut(t.line, "\n")
		if !whole {
			return
		}
		t.line = rest
		t.write(fold(line, t.Width) + "\n")
		t.marked = ""
	}
}

// write writes a line with its mark in colour.
func (t *Text) write(line string) {
	if code := colours[strings.TrimRight(t.marked, " ")]; t.Colour && code != "" {
		line = strings.Replace(line, t.marked, "\x1b["+code+"m"+t.marked+"\x1b[0m", 1)
	}
	if t.Err == nil {
		_, t.Err = io.WriteString(t.W, line)
	}
}

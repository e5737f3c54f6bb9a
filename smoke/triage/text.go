package triage

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

const (
	width  = 80
	indent = 26 // of what is said of a step
)

// Text writes what a triage came to for somebody who was just woken: the first line says what to look at first.
func Text(w io.Writer, r report.Report) error {
	t := &text{}
	t.wrapped("", 0, headline(r))
	t.b.WriteByte('\n')
	for _, result := range r.Results {
		t.result(result)
	}
	for _, n := range r.NotRun() {
		t.row("not run", n.Case, []string{n.Why})
	}
	for _, n := range r.NotApplicable {
		if n.Kind == report.Triage {
			t.row("-", n.Case, []string{"not looked at: " + n.Why})
		}
	}
	for _, p := range r.Problems {
		t.wrapped("", 2, "could not tell: "+p.Text)
	}
	for _, n := range r.Notes {
		t.wrapped("", 2, "note: "+n.Text)
	}
	t.b.WriteByte('\n')
	t.wrapped("", 0, footer(r))
	_, err := io.WriteString(w, printable.Text(t.b.String()))
	return err
}

// headline says what to look at first.
func headline(r report.Report) string {
	var look, unclear []string
	first := ""
	for _, result := range r.Results {
		switch result.Verdict {
		case verdict.Fail:
			if look = append(look, result.Case); len(look) == 1 && len(result.Findings) > 0 {
				first = ": " + said(result.Findings[0])
			}
		case verdict.Unknown:
			unclear = append(unclear, result.Case)
		}
	}
	for _, n := range r.NotRun() {
		unclear = append(unclear, n.Case)
	}
	switch {
	case len(look) > 1:
		return "LOOK FIRST AT " + look[0] + first + "; then " + strings.Join(look[1:], ", ")
	case len(look) == 1:
		return "LOOK AT " + look[0] + first
	case len(unclear) > 0:
		return "NOTHING SHOWN, NOT ALL SEEN: could not tell " + strings.Join(unclear, ", ")
	case r.Verdict() == verdict.Pass:
		return "NOTHING TO LOOK AT: " + r.Results[0].Subject + " shows nothing unusual"
	}
	return "COULD NOT TELL: see below"
}

// said returns a finding in one line.
func said(f verdict.Finding) string {
	got := cmp.Or(f.Got, "(nothing)")
	switch {
	case f.Rule == "setting":
		return f.Where + ": " + got + ", " + f.Expected
	case f.Rule == Logs:
		return got + " (" + f.Where + ")"
	case f.Rule == Lineage:
		return f.Where + " is " + got + ", expected " + f.Expected
	case described(f.Rule).Noun != "":
		return got + ", usual is " + f.Expected
	case f.Where != "":
		got = f.Rule + " " + f.Where + " is " + got
	default:
		got = f.Rule + ": " + got
	}
	if f.Expected != "" {
		got += ", expected " + f.Expected
	}
	return got
}

// footer sums up, with what was looked at.
func footer(r report.Report) string {
	ran := r.Ran()
	text := fmt.Sprintf("%s: %d planned, %d ran: %d ok, %d to look at, %d could not tell; %s", strings.ToUpper(r.Verdict().String()),
		len(r.Planned), len(r.Results), len(r.Results)-ran.Failed-ran.Unknown, ran.Failed, ran.Unknown,
		r.Ended.Sub(r.Started).Round(100*time.Millisecond))
	if r.Interrupted {
		text += "; interrupted"
	}
	if r.Target != "" {
		text += " against " + r.Target
	}
	if r.Revision != "" {
		text += fmt.Sprintf(" at %.12s", r.Revision)
	}
	return text
}

// text is what is written.
type text struct{ b strings.Builder }

// shownFindings is how many findings of a step are shown; the reports have all.
const shownFindings = 8

func (t *text) result(r report.Result) {
	name, facts := r.Case, strings.FieldsFunc(r.Received, func(c rune) bool { return c == '\n' })
	if r.Kind != report.Triage { // a contract, of which there may be many
		name, facts = Contracts, []string{r.Case + ": " + r.Holds}
	}
	var lines []string
	switch r.Verdict {
	case verdict.Pass:
		lines = facts
	case verdict.Fail:
		lines = failed(r, facts)
	default:
		lines = append(slices.Clone(r.Inconclusive), facts...)
	}
	for _, note := range r.Notes {
		lines = append(lines, "note: "+note)
	}
	t.row(map[verdict.Verdict]string{verdict.Pass: "ok", verdict.Fail: "LOOK", verdict.Unknown: "UNKNOWN"}[r.Verdict], name, lines)
}

// failed returns what is said of a step that shows something: its findings, the other facts, and what to do next.
func failed(r report.Result, facts []string) []string {
	var lines, next []string
	for i, f := range r.Findings {
		if i == shownFindings {
			lines = append(lines, fmt.Sprintf("and %d more: see --json or --html", len(r.Findings)-i))
			break
		}
		lines = append(lines, said(f))
		if f.Words != "" {
			lines = append(lines, f.Words)
		}
		next = append(next, f.Check...)
		facts = slices.DeleteFunc(facts, func(fact string) bool { return fact == f.Got })
	}
	if r.Kind != report.Triage {
		lines[0] = r.Case + ": " + lines[0]
		facts, next = nil, []string{described(Contracts).Next}
	}
	lines = append(lines, facts...)
	if r.Kind == report.Triage && r.Sent != "" {
		lines = append(lines, "seen: "+r.Sent)
	}
	if r.Rerun != "" {
		lines = append(lines, "rerun: "+r.Rerun)
	}
	for _, what := range next {
		lines = append(lines, "next: "+what)
	}
	return lines
}

// row writes what a step came to.
func (t *text) row(mark, name string, lines []string) {
	head := fmt.Sprintf("  %-8s%-15s ", mark, name)
	if len(lines) == 0 {
		lines = []string{""}
	}
	for _, line := range lines {
		t.wrapped(head, indent, line)
		head = ""
	}
}

// wrapped writes a text in lines of the width of a terminal, behind head and then behind as many blanks as indent says. A word that is
// longer has a line of its own.
func (t *text) wrapped(head string, indent int, what string) {
	line, begun := fmt.Sprintf("%-*s", indent, head), false
	for word := range strings.FieldsSeq(what) {
		if begun && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			t.b.WriteString(line + "\n")
			line, begun = strings.Repeat(" ", indent), false
		}
		if begun {
			line += " "
		}
		line, begun = line+word, true
	}
	t.b.WriteString(line + "\n")
}

package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// String returns what became of the check, where, and everything that is needed to act on it, on several lines. It ends
// without a newline, and holds nothing that could command a terminal.
func (r Result) String() string {
	text := strings.ToUpper(r.Status()) + ": "
	if r.elsewhere() {
		text += r.Source + ": "
	} else if r.Subject != "" {
		text += r.Subject + "/"
	}
	text += r.Case
	if details := r.details(); details != "" {
		text += "\n  " + strings.ReplaceAll(details, "\n", "\n  ")
	}
	return printable.Text(text)
}

// elsewhere reports whether Source says more than the subject's name does.
func (r Result) elsewhere() bool {
	return r.Source != "" && (r.Subject == "" || !strings.HasPrefix(r.Source, r.Subject))
}

// Status returns what became of the check in a word or two: a verdict, "pending", "known failure" or "advice".
func (r Result) Status() string {
	switch {
	case r.Verdict != verdict.Pass:
		return r.Verdict.String()
	case r.Pending:
		return "pending"
	case r.Known != "":
		return "known failure"
	case len(r.Advice) > 0:
		return "advice"
	}
	return r.Verdict.String()
}

// curlShown is how long a command may be, in bytes, to be shown: longer ones are in the JSON report.
const curlShown = 2000

// details returns what is needed to act on the result, without a newline at its end. Every writer of text uses it.
func (r Result) details() string {
	var b strings.Builder
	found := r.found()
	if r.Format != nil {
		fmt.Fprintln(&b, r.Format)
	}
	for _, f := range found {
		r.finding(&b, f)
	}
	if len(r.Counterexamples) > 0 {
		fmt.Fprintf(&b, "counterexample: %s, of %s (%s)\n", r.Counterexamples[0], r.Counterexamples[0].EventID, r.Counterexamples[0].Rule)
	}
	for _, what := range r.Inconclusive {
		fmt.Fprintf(&b, "could not tell: %s\n", indented(what))
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	for _, part := range []struct{ title, text string }{{"request", r.Sent}, {"answer", r.Received}} {
		if part.text != "" {
			fmt.Fprintf(&b, "%s:\n  %s\n", part.title, indented(part.text))
		}
	}
	if again := r.again(); again != "" {
		fmt.Fprintf(&b, "rerun: %s\n", again)
	}
	if curl := r.Curl(); curl != "" && len(curl) <= curlShown {
		fmt.Fprintf(&b, "curl:  %s\n", curl)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// finding writes what is wrong, where, what was expected, what came, and what follows from it.
func (c Check) finding(b *strings.Builder, f verdict.Finding) {
	m := c.Kind.Meaning(f)
	fmt.Fprintln(b, strings.TrimSuffix(f.Rule+": "+m.Says, ": "))
	rows := []struct{ title, text string }{
		{"where", f.Where}, {"expected", f.Expected}, {"got", f.Got}, {"", f.Words}, {"means", m.Means}, {"choice", f.Choice},
	}
	for i, what := range f.Check {
		rows = append(rows, struct{ title, text string }{map[bool]string{true: "check"}[i == 0], what})
	}
	if len(f.Attempts) > 0 {
		rows = append(rows, struct{ title, text string }{"attempts", strings.Trim(fmt.Sprint(f.Attempts), "[]")})
	}
	for _, row := range rows {
		if row.text != "" || row.title == "got" {
			fmt.Fprintf(b, "  %-9s %s\n", row.title, strings.ReplaceAll(cmp.Or(row.text, "(nothing)"), "\n", "\n            "))
		}
	}
}

func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n  ") }

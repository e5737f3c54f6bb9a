package report

import (
	"fmt"
	"path"
	"strings"
	"time"
)

// Limits of what a cause shows beside its first check: --verbose shows every check.
const (
	reasonsShown  = 3
	subjectsShown = 4
	casesShown    = 6
)

// cause writes the first check of a cause with what is needed to act on it, and which others have it.
func (t *Text) cause(c Cause) {
	r := c.First()
	if r.Status() == "known failure" {
		return // the summary lists it
	}
	t.printf("\n")
	t.mark(r)
	subject := t.title(r.Check)
	if r.elsewhere() {
		subject = ""
	}
	t.printf(" %s  %s\n", strings.TrimSpace(r.Case+"  "+subject), r.aside())
	r.Histories = nil // the report has them, and the command that sends one again
	if more := len(r.Inconclusive) - reasonsShown; more > 0 {
		t.said = append(t.said, r.Inconclusive...)
		r.Inconclusive = append(r.Inconclusive[:reasonsShown:reasonsShown], fmt.Sprintf("%d more like these", more))
	}
	t.details(r)
	t.same(c)
}

// aside returns what stands behind the name of a check.
func (r Result) aside() string {
	return strings.TrimPrefix(r.remark(false)+", "+r.Took.Round(time.Millisecond).String(), ", ")
}

// same writes which other checks have a cause.
func (t *Text) same(c Cause) {
	if text := c.others(casesShown); text != "" {
		t.indented(text)
	}
}

// others returns which checks have a cause beside the first, a line a subject, with so many names at most; "" when it is alone.
func (c Cause) others(shown int) string {
	others := c.Results[1:]
	if len(others) == 0 {
		return ""
	}
	subjects := Cause{Results: others}.Subjects()
	lines := []string{"the same cause: " + plural(len(others), "more check")}
	for i, subject := range subjects {
		if i == subjectsShown && len(subjects) > subjectsShown+1 && shown == casesShown {
			lines = append(lines, fmt.Sprintf("  … and %d subjects more", len(subjects)-subjectsShown))
			break
		}
		var names []string
		for _, r := range others {
			if r.Subject == subject {
				names = append(names, r.Case)
			}
		}
		if more := len(names) - shown; more > 1 {
			names = append(names[:shown], fmt.Sprintf("… and %d more", more))
		}
		lines = append(lines, "  "+path.Base(subject)+": "+strings.Join(names, ", "))
	}
	return strings.Join(lines, "\n")
}

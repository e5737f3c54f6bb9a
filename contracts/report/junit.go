package report

import (
	"cmp"
	"io"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/report/junit"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// JUnit writes the report in the XML that CI systems read: a test suite a subject, a test case a check. A Fail is a failure,
// an Unknown an error, and a check that failed and may is skipped. So is one that was left out. A check that was planned
// and did not run, and a problem, are errors.
func JUnit(w io.Writer, r Report) error {
	doc := junit.Suites{Name: cmp.Or(r.Command, "fridaygate"), Took: r.Ended.Sub(r.Started)}
	for _, result := range r.Results {
		doc.Add(result.Subject, junitCase(result))
	}
	for _, missing := range r.NotRun() {
		doc.Add(missing.Subject, junit.Case{
			Name: missing.Case, Error: &junit.Problem{Type: "unknown", Message: "planned and not run", Text: missing.Why},
		})
	}
	for _, p := range r.Problems {
		doc.Add(cmp.Or(p.Subject, doc.Name), junit.Case{
			Name: "problem", Error: &junit.Problem{Type: "unknown", Message: "could not tell", Text: p.Text},
		})
	}
	for _, e := range r.Excluded {
		doc.Add(e.Subject, junit.Case{
			Name: e.Case, Skipped: &junit.Problem{Type: "left-out", Message: "left out by --except " + strings.Join(r.Except, ", ")},
		})
	}
	return doc.Write(w)
}

func junitCase(r Result) junit.Case {
	c := junit.Case{Name: r.Case, Took: r.Took}
	for _, key := range []struct{ name, value string }{
		{"kind", string(r.Kind)}, {"severity", r.Severity}, {"source", r.Source}, {"rerun", r.again()},
	} {
		if key.value != "" {
			c.Properties = append(c.Properties, junit.Property{Name: key.name, Value: key.value})
		}
	}
	out := r.Notes
	switch {
	case r.Verdict == verdict.Fail && len(r.Findings) == 0:
		c.Failure = &junit.Problem{Type: "fail", Message: "it failed", Text: r.details()}
	case r.Verdict == verdict.Fail:
		c.Failure = &junit.Problem{Type: r.Findings[0].Rule, Message: r.Findings[0].Got, Text: r.details()}
	case r.Verdict == verdict.Unknown:
		c.Error = &junit.Problem{Type: "unknown", Message: "could not tell", Text: r.details()}
	case r.Known != "":
		kind := "known-failure"
		if r.Pending {
			kind = "pending"
		}
		c.Skipped = &junit.Problem{Type: kind, Message: r.Known, Text: r.details()}
	case len(r.Advice) > 0:
		out = append([]string{"advice, not counted as a failure: " + r.WhyAdvice, r.details()}, out...)
	}
	c.Out = strings.Join(out, "\n")
	return c
}

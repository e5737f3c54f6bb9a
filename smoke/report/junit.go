package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/report/junit"
)

// JUnit writes the report in the XML that CI systems read: a test suite a fixture, a test case a check. A Fail
// is a failure, an Unknown an error, and a known failure is skipped. A check that was planned and did not run is an
// error too.
func JUnit(w io.Writer, r Report) error {
	doc := junit.Suites{Name: "fridaygate smoke", Took: r.Ended.Sub(r.Started)}
	for _, result := range r.Results {
		one := junit.Case{Name: result.Case, Took: result.Took, Out: strings.Join(append(result.Notes, result.Known), "\n")}
		if len(result.Advice) > 0 {
			one.Out += "advice, not counted as a failure: " + result.WhyAdvice + "\n" + findings(result.Advice)
		}
		switch {
		case result.Verdict == verdict.Pass && result.Known != "":
			one.Skipped = &junit.Problem{Type: "known-failure", Message: result.Known, Text: findings(result.Excused)}
		case result.Verdict == verdict.Fail:
			one.Failure = &junit.Problem{Type: result.Findings[0].Rule, Message: result.Findings[0].Got, Text: findings(result.Findings)}
		case result.Verdict == verdict.Unknown:
			one.Error = &junit.Problem{Type: "unknown", Message: "could not tell", Text: strings.Join(result.Inconclusive, "\n")}
		}
		doc.Add(result.Fixture, one)
	}
	for _, missing := range r.NotRun {
		doc.Add(missing.Fixture, junit.Case{Name: missing.Case, Error: &junit.Problem{Type: "unknown", Message: "planned and not run", Text: missing.Why}})
	}
	for _, e := range r.Excluded {
		doc.Add(e.Fixture, junit.Case{Name: e.Case, Skipped: &junit.Problem{Type: "left-out", Message: "left out by --except " + strings.Join(r.Except, ", ")}})
	}
	return doc.Write(w)
}

func findings(all []verdict.Finding) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%s: %s\nexpected %s\ngot %s\n", f.Rule, f.Where, f.Expected, f.Got)
		if f.Choice != "" {
			fmt.Fprintf(&b, "choice: %s\n", f.Choice)
		}
		for _, what := range f.Check {
			fmt.Fprintf(&b, "check: %s\n", what)
		}
		fmt.Fprintf(&b, "attempts %v\nrerun: %s\n\n", f.Attempts, f.Rerun)
	}
	return b.String()
}

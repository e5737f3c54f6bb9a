package examples

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Example is a document that a schema must accept or refuse.
type Example struct {
	Schema *schema.Schema
	Kind   string // "valid" or "invalid"
	Name   string // of the file, without .json
	File   string

	of string // the name of the schema below the folder
}

// Named returns the check of the example.
func (e Example) Named() report.Check {
	return report.Check{Kind: report.Schema, Subject: e.Schema.Path(), Case: e.Kind + "/" + e.Name}
}

// Check checks the example.
func (e Example) Check() report.Result {
	r := report.Result{Check: e.Named(), Source: e.File, Holds: "the schema accepts it", Verdict: verdict.Pass}
	started := time.Now()
	document, err := os.ReadFile(e.File)
	if err != nil {
		r.Verdict, r.Inconclusive = verdict.Unknown, []string{err.Error()}
		return r
	}
	violations := e.Schema.Check(document)
	if len(violations) == 1 && violations[0].Keyword == schema.GivenUp {
		r.Verdict, r.Inconclusive, r.Took = verdict.Unknown, []string{e.File + ": " + violations[0].Message}, time.Since(started)
		return r
	}
	judge := e.accepted
	if e.Kind == invalid {
		judge, r.Holds = e.refused, "the keyword of its name refuses it, and nothing else does"
	}
	for _, f := range judge(violations) {
		r.Verdict = verdict.Fail
		f.Rule, f.Where, f.File, f.Expected = e.Kind+"-example", e.File, e.File, r.Holds
		r.Findings = append(r.Findings, f)
	}
	r.Took = time.Since(started)
	return r
}

// accepted demands that the schema accepts the example. It returns what was seen, and in which line.
func (e Example) accepted(violations []schema.Violation) []verdict.Finding {
	var all []verdict.Finding
	for _, v := range violations {
		all = append(all, verdict.Finding{
			Line: v.Line, Got: fmt.Sprintf("%s:%d:%d: %s refuses it %s", e.File, v.Line, v.Column, e.Schema.Path(), v),
		})
	}
	return all
}

// refused demands that the keyword in the example's name refuses it, and that nothing else does.
func (e Example) refused(violations []schema.Violation) []verdict.Finding {
	keyword, _, named := strings.Cut(e.Name, "--")
	if !named {
		return []verdict.Finding{{Got: e.File + ": its name must say which keyword refuses it: KEYWORD--WHAT.json"}}
	}
	if len(violations) == 0 {
		return []verdict.Finding{{Got: fmt.Sprintf("%s: %s accepts it, and %q should refuse it", e.File, e.Schema.Path(), keyword)}}
	}
	var all []verdict.Finding
	for _, v := range violations {
		if v.Keyword != keyword && !slices.Contains(v.Refusing, keyword) {
			all = append(all, verdict.Finding{Line: v.Line, Got: fmt.Sprintf(
				"%s:%d:%d: it should be refused by %q alone, and is also refused %s, by way of %s",
				e.File, v.Line, v.Column, keyword, v, strings.Join(v.Refusing, " > "))})
		}
	}
	return all
}

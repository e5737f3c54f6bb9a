package compat

import (
	"fmt"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Report returns comparisons in the model that every kind of check is reported in.
func Report(all []Comparison) report.Report {
	r := report.Report{Command: "fridaygate schema diff"}
	for _, c := range all {
		result := c.result()
		r.Planned = append(r.Planned, result.Check)
		r.Results = append(r.Results, result)
	}
	return r
}

func (c Comparison) result() report.Result {
	result := report.Result{
		Check:   report.Check{Kind: report.Schema, Subject: c.New, Case: fmt.Sprintf("%s with %s", c.Direction, c.Old)},
		Holds:   c.Direction.Holds(),
		Verdict: c.Verdict(),
		Took:    c.Took,
	}
	if c.Old == "" {
		result.Case = fmt.Sprintf("%s, as the first version", c.Direction)
		result.Notes = []string{c.New + " is new: there is no older version that it could break"}
	}
	if c.Verdict() == verdict.Fail {
		result.Severity = c.Direction.Broken()
	}
	if len(c.Breaks) > 0 {
		at := c.Breaks[0].inNew()
		result.Source = fmt.Sprintf("%s:%d", at.File, at.Line)
	}
	for _, b := range c.Breaks {
		if b.Allowed == nil {
			result.Findings = append(result.Findings, b.finding())
			continue
		}
		excused := b.finding()
		excused.Words += fmt.Sprintf("; allowed until %s: %s", b.Allowed.Until, b.Allowed.Reason)
		result.Excused = append(result.Excused, excused)
		if result.Verdict == verdict.Pass {
			result.Known = fmt.Sprintf("allowed until %s: %s", b.Allowed.Until, b.Allowed.Reason)
		}
	}
	for _, d := range c.Doubts {
		if result.Verdict == verdict.Fail {
			result.Notes = append(result.Notes, d.String())
		} else {
			result.Inconclusive = append(result.Inconclusive, d.String())
		}
	}
	return result
}

// inNew returns the place of the break in the new version, which is the one that can be changed.
func (b Break) inNew() schema.Place {
	if b.Direction == Forward {
		return b.Accepting
	}
	return b.Refusing
}

func (b Break) finding() verdict.Finding {
	rule := b.Keyword
	if b.Member != "" {
		rule += " " + b.Member
	}
	accepting := "old"
	if b.Direction == Forward {
		accepting = "new"
	}
	at := b.Instance
	if at == "" {
		at = "the document"
	}
	change := b.inNew()
	return verdict.Finding{
		Rule: rule, Where: where(b.Refusing), File: change.File, Line: change.Line,
		Expected: fmt.Sprintf("accepted, as by the %s schema (%s)", accepting, where(b.Accepting)),
		Got:      fmt.Sprintf("at %s: %s", at, b.Message),
		Words:    "counterexample: " + string(b.Document),
	}
}

package verification

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Verification is what a verification of one provider found. Report returns it as a report.
type Verification struct {
	Provider   string
	Verdict    verdict.Verdict // that of the report
	Results    []Result        // every interaction that was selected
	Unselected int             // interactions that were not to be verified
	Problems   []string        // why pacts, or all of them, could not be looked at
	Unused     []string        // state functions that no pact uses
	Notes      []string        // the broker's notices about the pacts
	Started    time.Time
	Took       time.Duration
}

// Result is the verdict on one interaction.
type Result struct {
	Interaction Interaction
	Verdict     verdict.Verdict
	Mismatches  []Mismatch    // how the provider's answer differs; only with Fail
	Reason      string        // why there was no answer to compare
	Request     string        // what was sent to the provider, without secrets; not with Pass
	Answer      string        // what came: an answer, or a message with its metadata; not with Pass
	Duration    time.Duration // of the exchange, without the states
}

// Mismatch is one difference between what the pact expects and what the provider returned.
type Mismatch struct {
	Part     string // status, header, body or metadata
	Path     string // where in the part: a JSON path, or a header's name
	Expected string
	Actual   string
	Text     string // the verifier's own words
}

// Problem notes why pacts could not be looked at.
func (v *Verification) Problem(err error) { v.Problems = append(v.Problems, err.Error()) }

// Report returns the verification as a report, in which an interaction is a check.
func (v Verification) Report() report.Report {
	r := report.Report{Started: v.Started, Ended: v.Started.Add(v.Took), Unselected: v.Unselected}
	for _, one := range v.Results {
		result := one.Report()
		r.Planned, r.Results = append(r.Planned, result.Check), append(r.Results, result)
	}
	for _, text := range v.Problems {
		r.Problems = append(r.Problems, v.remark(text))
	}
	for _, name := range v.Unused {
		r.Notes = append(r.Notes, v.remark(fmt.Sprintf("no pact asks for the state %q", name)))
	}
	for _, text := range v.Notes {
		r.Notes = append(r.Notes, v.remark(text))
	}
	return r
}

func (v Verification) remark(text string) report.Remark {
	return report.Remark{Kind: report.Provider, Subject: v.Provider, Text: text}
}

// Report returns the result as that of a check. A failure that is pending passes there, and what it broke is excused.
func (r Result) Report() report.Result {
	i := r.Interaction
	one := report.Result{
		Check:   report.Check{Kind: report.Provider, Subject: i.Provider, Case: i.Name()},
		Verdict: r.Verdict, Source: i.Pact, Sent: r.Request, Received: r.Answer, Took: r.Duration,
	}
	if i.Line > 0 {
		one.Source = fmt.Sprintf("%s:%d", i.Pact, i.Line)
	}
	if r.Verdict == verdict.Unknown {
		one.Inconclusive = []string{cmp.Or(r.Reason, "it was not verified")}
	} else if r.Reason != "" {
		one.Findings = append(one.Findings, verdict.Finding{Rule: "set-up", Got: r.Reason})
	}
	for _, m := range r.Mismatches {
		one.Findings = append(one.Findings, verdict.Finding{Rule: m.Part, Where: m.Path, Expected: m.Expected, Got: m.Actual, Words: m.Text})
	}
	if r.Pending() {
		one.Verdict, one.Excused, one.Findings = verdict.Pass, one.Findings, nil
		one.Pending, one.Known = true, "pending: the provider never kept it, or the pact marks it"
	}
	return one
}

// Pending reports whether this is a failure that is not red yet: the provider never kept the interaction, or the pact
// itself marks it as pending.
func (r Result) Pending() bool { return r.Interaction.Pending && r.Verdict == verdict.Fail }

// Status is the verdict in a word, or "pending".
func (r Result) Status() string { return r.Report().Status() }

// String returns where, what was expected and what came, on several lines. It ends without a newline, and holds nothing
// that could command a terminal.
func (r Result) String() string { return strings.TrimSpace(r.Report().String()) }

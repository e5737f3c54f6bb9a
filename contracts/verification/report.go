package verification

import (
	"fmt"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/report"
)

// Report is what a verification of one provider found. Results has every interaction
// that was selected.
type Report struct {
	Provider   string          `json:"provider"`
	Verdict    verdict.Verdict `json:"verdict"`
	Results    []Result        `json:"results"`
	Unselected int             `json:"unselected,omitempty"`    // interactions that were not to be verified
	Problems   []string        `json:"problems,omitempty"`      // why pacts, or all of them, could not be looked at
	Unused     []string        `json:"unused_states,omitempty"` // state functions that no pact asks for
	Notes      []string        `json:"notes,omitempty"`         // what the broker says of the pacts
	Took       time.Duration   `json:"took_ns"`
}

// Result is the verdict on one interaction.
type Result struct {
	Interaction Interaction     `json:"interaction"`
	Verdict     verdict.Verdict `json:"verdict"`
	Mismatches  []Mismatch      `json:"mismatches,omitempty"` // how the provider's answer differs; only with Fail
	Reason      string          `json:"reason,omitempty"`     // why there was no answer to compare
	Request     string          `json:"request,omitempty"`    // what was sent to the provider, without secrets; not with Pass
	Answer      string          `json:"answer,omitempty"`     // what came: an answer, or a message with its metadata; not with Pass
	Duration    time.Duration   `json:"duration_ns"`
}

// Mismatch is one difference between what the pact expects and what the provider gave.
type Mismatch struct {
	Part     string `json:"part"`           // status, header, body or metadata
	Path     string `json:"path,omitempty"` // where in the part: a JSON path, or a header's name
	Expected string `json:"expected"`
	Actual   string `json:"actual"`
	Text     string `json:"text,omitempty"` // the verifier's own words
}

// Problem notes why pacts could not be looked at.
func (r *Report) Problem(err error) { r.Problems = append(r.Problems, err.Error()) }

// Judge sets the verdict: Pass only if there was at least one interaction, every one passed or may still fail, and
// nothing was left out.
func (r *Report) Judge() {
	verdicts := make([]verdict.Verdict, len(r.Results))
	for i, result := range r.Results {
		verdicts[i] = result.Verdict
		if result.Pending() {
			verdicts[i] = verdict.Pass
		}
	}
	r.Verdict = verdict.Of(len(verdicts), verdicts)
	if r.Verdict == verdict.Pass && len(r.Problems) > 0 {
		r.Verdict = verdict.Unknown
	}
}

// Pending reports whether this is a failure that is not red yet: the provider never kept the interaction, or the pact
// itself marks it as pending.
func (r Result) Pending() bool { return r.Interaction.Pending && r.Verdict == verdict.Fail }

// Status is the verdict in a word, or "pending".
func (r Result) Status() string {
	if r.Pending() {
		return "pending"
	}
	return r.Verdict.String()
}

// String says where, what was expected and what came, on several lines. It ends without a newline, and holds nothing
// that could command a terminal.
func (r Result) String() string {
	var b strings.Builder
	i := r.Interaction
	fmt.Fprintf(&b, "%s: %s:%d: %s", strings.ToUpper(r.Status()), i.Pact, i.Line, i.Name())
	if r.Reason != "" {
		fmt.Fprintf(&b, "\n  %s", strings.ReplaceAll(r.Reason, "\n", "\n  "))
	}
	for _, m := range r.Mismatches {
		where := m.Part
		if m.Path != "" {
			where += " " + m.Path
		}
		fmt.Fprintf(&b, "\n  %s\n    expected: %s\n    actual:   %s", where, m.Expected, m.Actual)
		if m.Text != "" {
			fmt.Fprintf(&b, "\n    %s", strings.ReplaceAll(m.Text, "\n", "\n    "))
		}
	}
	for _, part := range []struct{ title, text string }{{"request", r.Request}, {"answer", r.Answer}} {
		if part.text != "" {
			fmt.Fprintf(&b, "\n  %s:\n    %s", part.title, strings.ReplaceAll(part.text, "\n", "\n    "))
		}
	}
	return report.Printable(b.String())
}

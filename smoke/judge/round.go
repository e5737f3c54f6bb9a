package judge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/history"
	"github.com/fridaygate/fridaygate/smoke/verdict"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// round judges one event id.
type round struct {
	contract *webhook.Contract
	result   *history.Attempt // the first accepted delivery: its answer is the result
	lost     bool             // a delivery had no answer that tells whether it was carried out
	findings []finding
	unseen   []string
}

func (r *round) judge(planned cases.Round, h history.History) {
	for i, step := range planned.Steps {
		attempts := slices.DeleteFunc(slices.Clone(h.Attempts), func(a history.Attempt) bool { return a.Step != i })
		if len(attempts) != step.Copies {
			r.unsee("%s: %d of %d were sent", step.Name, len(attempts), step.Copies)
			r.lost = true
		}
		answered := slices.DeleteFunc(slices.Clone(attempts), func(a history.Attempt) bool { return !r.answered(a, step) })
		r.effects(i, step, h) // first, as the worse break
		r.answers(step, answered)
		if len(answered) == 0 {
			return // nothing after it was sent, or would show anything
		}
	}
}

// answered tells whether an attempt has an answer of the receiver's own. If not, it notes why: a broken network
// is not a broken contract.
func (r *round) answered(a history.Attempt, step cases.Step) bool {
	why := ""
	inFlight := step.Expect == cases.Raced && slices.Contains(r.contract.Policy.InFlight, a.Status)
	switch {
	case a.Err != "":
		why = a.Err
	case a.Truncated:
		why = "the answer is too long to read"
	case a.Status >= 300 && a.Status < 400:
		why = fmt.Sprintf("answered %d, which sends elsewhere (%q); redirects are not followed: give the final address as the target", a.Status, a.Location)
	case a.Status >= 502 && a.Status <= 504 && !inFlight:
		why = fmt.Sprintf("answered %d %s: the receiver, or something before it, is not available", a.Status, http.StatusText(a.Status))
	case accepted(a) && r.contract.ResultSchema != nil && strings.HasPrefix(a.ContentType, "text/html"):
		why = fmt.Sprintf("answered %d with a web page (%s) where the contract has a result: is the target the receiver?", a.Status, a.ContentType)
	default:
		return true
	}
	r.unsee("%s: %s", step.Name, why)
	r.lost = true
	return false
}

// answers judges the answers of one step.
func (r *round) answers(step cases.Step, answered []history.Attempt) {
	for i := range answered {
		a := &answered[i]
		switch step.Expect {
		case cases.Accepted:
			r.accepted(a)
		case cases.Repeated:
			r.repeated(a)
		case cases.Refused:
			r.refused(a)
		case cases.Rejected:
			r.rejected(a)
		case cases.Raced:
			r.raced(a)
		default:
			r.unsee("%s: the case expects nothing", step.Name)
		}
	}
	if step.Expect == cases.Raced && r.result == nil && len(answered) == step.Copies {
		r.find("accepted", answered[0], "one of the copies accepted", "none was", numbers(answered)...)
	}
}

func (r *round) accepted(a *history.Attempt) {
	if !accepted(*a) {
		r.find("accepted", *a, "2xx", answer(*a), a.Number)
		return
	}
	if s := r.contract.ResultSchema; s != nil {
		if broken := s.Check(a.Body); len(broken) > 0 {
			r.find("result-schema", *a, "valid under "+s.Path(), all(broken), a.Number)
		}
	}
	if r.result == nil {
		r.result = a
	}
}

func (r *round) repeated(a *history.Attempt) {
	if !accepted(*a) {
		r.find("same-result", *a, "the first result again", answer(*a), a.Number)
		return
	}
	if r.result == nil {
		r.accepted(a)
		return
	}
	if r.contract.Policy.Duplicate == webhook.SameResult && !same(*r.result, *a, r.contract.Policy.ResultIgnore) {
		r.find("same-result", *a, "the first result again: "+answer(*r.result), answer(*a), r.result.Number, a.Number)
	}
}

func (r *round) raced(a *history.Attempt) {
	switch {
	case accepted(*a):
		r.repeated(a)
	case !slices.Contains(r.contract.Policy.InFlight, a.Status):
		r.find("race-answer", *a, fmt.Sprintf("2xx, or one of %v while the first still runs", r.contract.Policy.InFlight), answer(*a), a.Number)
	}
}

func (r *round) refused(a *history.Attempt) {
	expected, holds := "", false
	switch r.contract.Policy.Mismatch {
	case webhook.AckAndQuarantine:
		expected, holds = "2xx, quarantined", accepted(*a)
	case webhook.Reject422:
		expected, holds = "422", a.Status == http.StatusUnprocessableEntity
	default:
		expected, holds = "409", a.Status == http.StatusConflict
	}
	if !holds {
		r.find("mismatch-answer", *a, expected, answer(*a), a.Number)
	}
}

func (r *round) rejected(a *history.Attempt) {
	if a.Status < 400 || a.Status > 499 {
		r.find("rejected", *a, "4xx", answer(*a), a.Number)
	}
}

// effects judges what was seen behind the answers of step i.
func (r *round) effects(i int, step cases.Step, h history.History) {
	if r.contract.Effects.None != "" {
		return
	}
	seen := slices.IndexFunc(h.Observations, func(o history.Observation) bool { return o.Step == i })
	if seen < 0 {
		r.unsee("%s: its effects were not looked at", step.Name)
		return
	}
	o := h.Observations[seen]
	switch {
	case o.Err != "":
		r.unsee("%s: effects: %s: %s", step.Name, o.Where, o.Err)
	case o.Count < step.Effects && r.lost:
		r.unsee("%s: %s of %d, after a delivery without an answer", step.Name, plural(o.Count, "effect"), step.Effects)
	case o.Count != step.Effects:
		got := plural(o.Count, "effect")
		if o.Absent {
			got += " (answered that it never took the event)"
		}
		upTo := slices.DeleteFunc(slices.Clone(h.Attempts), func(a history.Attempt) bool { return a.Step > i })
		r.findings = append(r.findings, finding{key: "effect-count/" + step.Name, Finding: verdict.Finding{
			Rule: "effect-count", Where: fmt.Sprintf("%s, after %s", o.Where, step.Name),
			Expected: plural(step.Effects, "effect"), Got: got, Attempts: numbers(upTo),
		}})
	}
}

func (r *round) find(rule string, a history.Attempt, expected, got string, attempts ...int) {
	where := fmt.Sprintf("%s %s, %s", r.contract.Endpoint.Method, r.contract.Endpoint.Path, a.Name)
	r.findings = append(r.findings, finding{
		key:     rule + "/" + a.Name,
		Finding: verdict.Finding{Rule: rule, Where: where, Expected: expected, Got: got, Attempts: attempts},
	})
}

func (r *round) unsee(format string, args ...any) {
	r.unseen = append(r.unseen, fmt.Sprintf(format, args...))
}

// all shows violations in one line.
func all(broken []schema.Violation) string {
	texts := make([]string, len(broken))
	for i, v := range broken {
		texts[i] = v.String()
	}
	return strings.Join(texts, "; ")
}

func accepted(a history.Attempt) bool { return a.Status >= 200 && a.Status <= 299 }

func numbers(attempts []history.Attempt) []int {
	all := make([]int, len(attempts))
	for i, a := range attempts {
		all[i] = a.Number
	}
	return all
}

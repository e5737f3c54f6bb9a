package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/judge/register"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// secondOpinion is how long the second judge may think, and about how many operations of a history that the first
// finds in order.
const (
	secondOpinion = 2 * time.Second
	thoughtAbout  = 12
)

// consistent judges a round as a whole: whatever the answers are one by one, there must be an order in which one
// receiver could have given them all. The second judge is asked about every counterexample, and about every
// short history that is in order.
func (r *round) consistent(planned cases.Round, h history.History) {
	for _, id := range planned.IDs() {
		r.consistentEvent(planned, id, h)
	}
}

func (r *round) consistentEvent(planned cases.Round, id string, h history.History) {
	ops := r.operations(planned, id, h)
	legal, rule := register.Check(ops)
	asked := ops
	if !legal {
		asked = register.Shrink(ops)
		r.example = &history.Counterexample{EventID: id, Rule: rule, Words: register.Explain(rule), Operations: asked}
		if len(ops) <= register.Most {
			r.example.Round = ops
		}
	}
	if !legal || len(ops) <= thoughtAbout {
		if second, decided := register.Second(asked, secondOpinion); decided && second != legal {
			r.disagree = fmt.Sprintf("the judges disagree on the history of %s (%s): this is a bug in fridaygate; "+
				"please report it with the JSON report", id, rule)
		}
	}
	if rule == register.NotAHistory {
		r.example = nil
		r.couldNotTell("the times of %s contradict each other: was the clock set back?", id)
		return
	}
	if legal || len(r.findings) > 0 {
		return // the break was reported in the contract's terms
	}
	var attempts []int
	for _, op := range asked {
		if op.Kind != history.Read {
			attempts = append(attempts, op.ID)
		}
	}
	if len(attempts) == 0 {
		attempts = numbers(h.Attempts[:min(4, len(h.Attempts))])
	}
	r.findings = append(r.findings, finding{key: rule, Finding: verdict.Finding{
		Rule: rule, Where: fmt.Sprintf("%s %s, event %s", r.contract.Endpoint.Method, r.contract.Endpoint.Path, id),
		Expected: "answers and effects that one order of the deliveries explains",
		Got:      r.example.String(), Attempts: attempts,
	}})
}

// operations returns a round's history as operations on a sticky register. Attempts that say nothing about it are
// left out: those that never arrived, that were rejected, or that were answered as in flight. The history of a
// round in which it is open what is the same event has none.
func (r *round) operations(planned cases.Round, id string, h history.History) []history.Operation {
	open := func(s cases.Step) bool {
		return s.Challenge != nil || s.Says == cases.OpenContent || s.Expect == cases.Handled
	}
	if len(h.Attempts) == 0 || len(planned.Aliases) > 0 || slices.ContainsFunc(planned.Steps, open) {
		return nil
	}
	start := h.Attempts[0].Started
	ops := make([]history.Operation, 0, len(h.Attempts)+len(h.Observations))
	var results []*history.Attempt // the first attempt that gave each result
	var texts []string             // of results
	for i := range h.Attempts {
		a := &h.Attempts[i]
		if a.Step >= len(planned.Steps) {
			continue
		}
		op, ok := r.operation(a, planned.Steps[a.Step])
		if !ok {
			continue
		}
		if op.Kind == history.Accepted && r.contract.Policy.Duplicate == webhook.SameResult {
			at := slices.IndexFunc(results, func(other *history.Attempt) bool { return same(other, a, r.contract.Policy.ResultIgnore) })
			if at < 0 {
				at, results, texts = len(results), append(results, a), append(texts, fmt.Sprintf("%d %s", a.Status, a.Body))
			}
			op.Result = texts[at]
		}
		op.ID, op.Call, op.Return = a.Number, a.Started.Sub(start), a.Ended.Sub(start)
		ops = append(ops, op)
	}
	for _, o := range h.Observations {
		if o.Err == "" && of(o, planned, id) {
			from := o.From
			if o.Step < len(planned.Steps) && o.Count == 0 && planned.Steps[o.Step].EffectsOf(slices.Index(planned.IDs(), id)).Min == 0 {
				from = from.Add(-r.contract.Effects.Within) // no effect was awaited, which may take that long to show
			}
			ops = append(ops, history.Operation{Kind: history.Read, Call: from.Sub(start), Return: o.At.Sub(start), Count: o.Count})
		}
	}
	return ops
}

// operation converts one attempt to an operation on the register, without its result. It reports false for an attempt that
// shows nothing about the register.
func (r *round) operation(a *history.Attempt, step cases.Step) (history.Operation, bool) {
	policy := r.contract.Policy
	content := step.Says
	if a.Rival {
		content = cases.RivalContent
	}
	op := history.Operation{Digest: content.String()}
	quarantine := acknowledges(policy.Mismatch) && content != cases.FirstContent
	either := acknowledges(policy.Mismatch) && step.Expect == cases.OneWins
	switch {
	case step.Expect == cases.Rejected, a.Unreachable, step.Wire == cases.Torn, step.Wire == cases.Reset:
		return op, false
	case r.unheard(a, step) != "", r.redirects(a), a.Status >= 500, r.took(a) && either: // carried out or quarantined: not known which
		op.Kind = history.Lost
	case r.took(a) && !quarantine:
		op.Kind = history.Accepted
	case content != cases.FirstContent && r.refuses(a) && (step.Copies == 1 || !slices.Contains(policy.InFlight, a.Status)):
		op.Kind = history.Conflict
	default:
		return op, false
	}
	return op, true
}

package judge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// answers judges the answers of one step.
func (r *round) answers(step cases.Step, answered []*history.Attempt) {
	for _, a := range answered {
		switch step.Expect {
		case cases.Accepted:
			r.accepted(a)
		case cases.Repeated:
			r.repeated(a, step)
		case cases.Refused:
			r.refused(a, step)
		case cases.Different:
			r.different(a, step)
		case cases.Settled:
			r.settles(a, step)
		case cases.Rejected:
			r.rejected(a)
		case cases.Handled:
			r.handled(a)
		case cases.AcceptedOnce:
			r.acceptedOnce(a)
		case cases.Raced, cases.OneWins:
			r.raced(a, step)
		case cases.Agreed:
			r.agreed(a, step)
		case cases.Declined:
			r.declined(a, step)
		case cases.Failing, cases.Unheard:
			if r.took(a) {
				r.accepted(a)
			}
		default:
			r.couldNotTell("%s: the case expects nothing", step.Name)
		}
		r.acknowledged(a, step)
	}
	racing := step.Expect == cases.Raced || step.Expect == cases.OneWins
	if racing && r.result == nil && len(answered) == step.Copies {
		var all []int
		for _, a := range answered {
			all = append(all, a.Number)
		}
		if slices.ContainsFunc(answered, func(a *history.Attempt) bool { return !overloaded(a) }) {
			r.find("accepted", answered[0], "one of the copies accepted", "none was: "+answer(answered[0]), all...)
			r.shows(answeredWith(answered[0]))
		} else {
			r.couldNotTell("%s: every copy was answered %d or its like: the receiver, or something before it, "+
				"takes no more at a time (see --parallel and --rate)", step.Name, answered[0].Status)
		}
	}
}

// took reports whether an answer is one that the sender counts as delivered.
func (r *round) took(a *history.Attempt) bool {
	return a.Err == "" && r.contract.Policy.Delivers(a.Status)
}

// delivered names the answers that the sender counts as delivered.
func (r *round) delivered() string {
	if len(r.contract.Policy.Delivered) == 0 {
		return "2xx"
	}
	var all []string
	for _, s := range r.contract.Policy.Delivered {
		all = append(all, s.String())
	}
	return strings.Join(all, " or ")
}

func (r *round) accepted(a *history.Attempt) {
	if !r.took(a) {
		r.find("accepted", a, "2xx", answer(a), a.Number)
		r.shows(answeredWith(a))
		return
	}
	if s := r.contract.ResultSchema; s != nil {
		switch broken := s.Check(a.Body); {
		case len(broken) == 1 && broken[0].Keyword == schema.GivenUp:
			r.couldNotTell("%s: result_schema: %s: %s", a.Name, s.Path(), broken[0].Message)
		case len(broken) > 0:
			r.find("result-schema", a, "valid under "+s.Path(), all(broken), a.Number)
		}
	}
	if r.result == nil {
		r.result = a
	}
}

func (r *round) repeated(a *history.Attempt, step cases.Step) {
	switch {
	case !r.took(a):
		r.find("same-result", a, "the first result again", answer(a), a.Number)
		r.shows(answeredWith(a))
		if r.refuses(a) {
			r.choose(step.Choice)
		}
	case r.result == nil:
		r.accepted(a)
	case r.contract.Policy.Duplicate == webhook.SameResult && !same(r.result, a, r.contract.Policy.ResultIgnore):
		r.find("same-result", a, "the first result again: "+answer(r.result), answer(a), r.result.Number, a.Number)
		r.shows(anew(r.result, a))
		r.choose(choice("policy.duplicate", "answers a duplicate in another way", string(webhook.Success)))
	}
}

// raced judges one of several copies. Of two contents, the one that is accepted first wins.
func (r *round) raced(a *history.Attempt, step cases.Step) {
	policy := r.contract.Policy
	inFlight := slices.Contains(policy.InFlight, a.Status)
	rivals := step.Expect == cases.OneWins
	switch {
	case r.took(a) && rivals && acknowledges(policy.Mismatch):
		if r.result == nil {
			r.accepted(a) // only the effects show which of the two was quarantined
		}
	case r.took(a) && r.result != nil && r.result.Rival != a.Rival:
		r.find("one-content", a, "one content accepted under one id: "+answer(r.result), "the other one too: "+answer(a),
			r.result.Number, a.Number)
		r.shows(carriedOutAgain)
		r.choose(r.mismatchChoice(a, step))
	case r.took(a):
		r.repeated(a, step)
	case inFlight, rivals && r.refuses(a):
	case rivals:
		r.find("race-answer", a, fmt.Sprintf("%s, %s, or one of %v while the first still runs", r.delivered(), r.refusal(), policy.InFlight),
			answer(a), a.Number)
		r.shows(answeredWith(a))
		r.choose(inFlightChoice(a))
	default:
		r.find("race-answer", a, fmt.Sprintf("%s, or one of %v while the first still runs", r.delivered(), policy.InFlight), answer(a), a.Number)
		r.shows(answeredWith(a))
		r.choose(inFlightChoice(a))
	}
}

func (r *round) refused(a *history.Attempt, step cases.Step) {
	if !r.refuses(a) {
		r.find("mismatch-answer", a, r.refusal(), answer(a), r.with(a)...)
		r.shows(r.refusedNot(a))
		r.choose(r.mismatchChoice(a, step))
	}
}

func (r *round) different(a *history.Attempt, step cases.Step) {
	if !r.refuses(a) && !clientError(a) {
		r.find("mismatch-answer", a, r.refusal()+", or another 4xx", answer(a), r.with(a)...)
		r.shows(r.refusedNot(a))
		r.choose(r.mismatchChoice(a, step))
	}
}

// settles judges what may be taken as the same or as something else, but always as one of the two.
func (r *round) settles(a *history.Attempt, step cases.Step) {
	again := r.took(a) && r.result != nil && (r.contract.Policy.Duplicate == webhook.Success ||
		same(r.result, a, r.contract.Policy.ResultIgnore))
	switch {
	case !again && !r.refuses(a):
		r.find("mismatch-answer", a, "the first result again, or "+r.refusal(), answer(a), r.with(a)...)
		r.choose(r.mismatchChoice(a, step))
	case r.settled == nil:
		r.settled = a
	case r.settled.Status != a.Status:
		r.find("stable-answer", a, "as the time before: "+answer(r.settled), answer(a), r.settled.Number, a.Number)
	}
}

// refuses reports whether an answer refuses other content as policy.mismatch demands.
func (r *round) refuses(a *history.Attempt) bool {
	switch r.contract.Policy.Mismatch {
	case webhook.AckAndQuarantine:
		return r.took(a)
	case webhook.AnyMismatch:
		return r.took(a) || clientError(a)
	case webhook.Reject422:
		return a.Status == http.StatusUnprocessableEntity
	default:
		return a.Status == http.StatusConflict
	}
}

func (r *round) refusal() string {
	switch r.contract.Policy.Mismatch {
	case webhook.AckAndQuarantine:
		return r.delivered() + ", quarantined"
	case webhook.AnyMismatch:
		return r.delivered() + " or 4xx"
	case webhook.Reject422:
		return "422"
	default:
		return "409"
	}
}

// minDistinctiveResult is how long a result must be, in bytes, to be known again: OK and {} are in answers that reveal nothing.
const minDistinctiveResult = 16

func (r *round) rejected(a *history.Attempt) {
	switch {
	case !clientError(a):
		r.find("rejected", a, "4xx", answer(a), a.Number)
	case r.result != nil && len(r.result.Body) >= minDistinctiveResult && strings.Contains(string(a.Body), string(r.result.Body)):
		r.find("result-revealed", a, "4xx, and nothing of the result", answer(a), r.result.Number, a.Number)
	}
}

func (r *round) handled(a *history.Attempt) {
	switch {
	case !r.took(a) && !clientError(a):
		r.find("handled", a, r.delivered()+" or 4xx", answer(a), a.Number)
	case r.settled == nil:
		r.settled = a
	case r.settled.Status != a.Status:
		r.find("stable-answer", a, "as the time before: "+answer(r.settled), answer(a), r.settled.Number, a.Number)
	}
	if r.took(a) && r.result == nil {
		r.result = a
	}
}

// acceptedOnce judges a delivery that may be the second one of its event.
func (r *round) acceptedOnce(a *history.Attempt) {
	if r.result == nil {
		r.accepted(a)
	} else if !r.took(a) && !r.refuses(a) {
		r.find("accepted", a, "2xx, or "+r.refusal(), answer(a), r.with(a)...)
	}
}

// acknowledged judges how soon an answer came.
func (r *round) acknowledged(a *history.Attempt, step cases.Step) {
	if took := a.FirstByte.Sub(a.Sent); step.Within > 0 && took > step.Within {
		r.find("acknowledged", a, "an answer within "+step.Within.String(), "one after "+took.String(), a.Number)
		r.choose(acknowledgeChoice)
	}
}

// with names an attempt and the one whose result it should have met.
func (r *round) with(a *history.Attempt) []int {
	if r.result == nil {
		return []int{a.Number}
	}
	return []int{r.result.Number, a.Number}
}

// all shows violations in one line.
func all(broken []schema.Violation) string {
	texts := make([]string, len(broken))
	for i, v := range broken {
		texts[i] = v.String()
	}
	return strings.Join(texts, "; ")
}

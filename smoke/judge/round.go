package judge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// round judges one event id.
type round struct {
	contract     *webhook.Contract
	result       *history.Attempt // the first accepted delivery: its answer is the result
	settled      *history.Attempt // the first answer to what the receiver may take one way or the other
	findings     []finding
	inconclusive []string
	because      []string                // of what is inconclusive
	example      *history.Counterexample // nil: the history is consistent, or is not to be judged
	disagree     string                  // why the judges disagree
}

func (r *round) judge(planned cases.Round, h history.History) {
	if h.Problem != "" {
		r.couldNotTell("%s", h.Problem)
	}
	for i, step := range planned.Steps {
		attempts := ofStep(h.Attempts, i)
		if n := first(attempts); n != step.Copies && h.Problem == "" {
			r.couldNotTellFor("", "%s: %d of %d were sent", step.Name, n, step.Copies)
		}
		var answered []*history.Attempt
		for j := range attempts {
			if a := &attempts[j]; !a.Replaced && r.answered(a, step, h) {
				answered = append(answered, a)
			}
		}
		known := len(r.findings)
		r.answers(step, answered)
		r.effects(i, step, planned, h)
		r.findings = append(r.findings[:known:known], effectsFirst(r.findings[known:])...)
		if len(answered) == 0 && step.Expect != cases.Unheard && step.Expect != cases.Failing {
			break // nothing after it was sent, or would show anything
		}
	}
	r.consistent(planned, h)
}

// ofStep returns the attempts of step i. A step's attempts are adjacent.
func ofStep(all []history.Attempt, i int) []history.Attempt {
	from := slices.IndexFunc(all, func(a history.Attempt) bool { return a.Step == i })
	if from < 0 {
		return nil
	}
	to := from
	for to < len(all) && all[to].Step == i {
		to++
	}
	return all[from:to]
}

// first counts the attempts that repeat no other.
func first(attempts []history.Attempt) (n int) {
	for _, a := range attempts {
		if !a.Resend {
			n++
		}
	}
	return n
}

// effectsFirst puts findings about effects, which are worse, before those about answers.
func effectsFirst(all []finding) []finding {
	slices.SortStableFunc(all, func(a, b finding) int {
		switch aEffect, bEffect := a.Rule == "effect-count", b.Rule == "effect-count"; {
		case aEffect == bEffect:
			return 0
		case aEffect:
			return -1
		default:
			return 1
		}
	})
	return all
}

// answered reports whether an attempt has an answer of the receiver's own. If not, it notes why, unless the step is
// meant to have none: a broken network is not a broken contract.
func (r *round) answered(a *history.Attempt, step cases.Step, h history.History) bool {
	if a.Err != "" && (a.Cut || (step.Expect == cases.Failing && !a.Unreachable)) {
		return false
	}
	switch limit := r.contract.Policy.InFlightLimit; {
	case a.StillInFlight:
		r.find("in-flight-limit", a, fmt.Sprintf("another answer %s after the sender gave up on the delivery before (policy.in_flight_limit)",
			limit), answer(a), a.Number)
		return false
	case r.redirects(a) && step.Expect != cases.Failing:
		r.find("redirect", a, "an answer of the receiver's own: senders do not follow redirects", elsewhere(a), a.Number)
		r.shows(answeredWith(a))
		return false
	case a.Closed && step.MayClose:
		return false
	case a.TimedOut && step.Within > 0 && slices.ContainsFunc(h.Observations, func(o history.Observation) bool { return o.Proves(*a) }):
		r.find("acknowledged", a, "an answer within "+step.Within.String(),
			fmt.Sprintf("none within %s, while the receiver answered the probe of its effects", a.Ended.Sub(a.Sent).Round(time.Second)), a.Number)
		r.choose(acknowledgeChoice)
		return false
	case a.Persisted > 0:
		return true
	}
	why := r.unheard(a, step)
	if why != "" {
		r.couldNotTellFor(why, "%s: %s", step.Name, why)
	}
	return why == ""
}

// elsewhere describes an answer that redirects.
func elsewhere(a *history.Attempt) string {
	if a.Location == "" {
		return answer(a) + ", which names no other address"
	}
	return fmt.Sprintf("%s, which sends elsewhere (%q): is that the address to deliver to?", answer(a), a.Location)
}

// redirects reports whether an answer sends elsewhere.
func (r *round) redirects(a *history.Attempt) bool {
	return a.Err == "" && a.Status >= 300 && a.Status < 400 && !r.took(a)
}

// unheard returns why an attempt has no answer of the receiver itself, or "" if it has one.
func (r *round) unheard(a *history.Attempt, step cases.Step) string {
	allowed := false // to be unavailable
	switch step.Expect {
	case cases.Raced, cases.OneWins:
		allowed = slices.Contains(r.contract.Policy.InFlight, a.Status)
	case cases.Failing, cases.Unheard:
		allowed = true
	}
	switch {
	case a.Err != "":
		return a.Err
	case a.Truncated:
		return "the answer is too long to read"
	case a.Status == http.StatusTooManyRequests && !allowed && step.Expect != cases.Rejected && step.Expect != cases.Handled &&
		step.Expect != cases.Declined:
		return "answered 429 Too Many Requests: the receiver, or something before it, limits how many come: " +
			"allow this machine, or send less with --rate and --parallel"
	case a.Status >= 502 && a.Status <= 504 && !allowed:
		return fmt.Sprintf("answered %d %s: the receiver, or something before it, is not available", a.Status, http.StatusText(a.Status))
	case r.took(a) && r.contract.ResultSchema != nil && strings.HasPrefix(a.ContentType, "text/html"):
		return fmt.Sprintf("answered %d with a web page (%s) where the contract has a result: is the target the receiver?",
			a.Status, a.ContentType)
	}
	return ""
}

// overloaded reports whether an answer may come from a limit of requests, and not from what they hold.
func overloaded(a *history.Attempt) bool {
	return a.Err == "" && (a.Status == http.StatusTooManyRequests ||
		(a.Status >= http.StatusBadGateway && a.Status <= http.StatusGatewayTimeout))
}

// effects judges the observed effects after step i, for each event of the round: every observation must be right, and the
// first that is not becomes the finding.
func (r *round) effects(i int, step cases.Step, planned cases.Round, h history.History) {
	if r.contract.Effects.None != "" || step.Challenge != nil || planned.Filler {
		return
	}
	for event, id := range planned.IDs() {
		looks := 0
		for _, o := range h.Observations {
			if o.Step != i || !of(o, planned, id) {
				continue
			}
			looks++
			if !r.effect(i, step, event, h, o) {
				break
			}
		}
		if looks == 0 {
			r.couldNotTellFor("", "%s: its effects were not observed", step.Name)
		}
	}
}

// of reports whether an observation is of one event of a round.
func of(o history.Observation, planned cases.Round, id string) bool {
	return len(planned.Events) == 0 || o.Event == id
}

// effect judges one look, and reports whether it was right.
func (r *round) effect(i int, step cases.Step, event int, h history.History, o history.Observation) bool {
	want := step.EffectsOf(event)
	switch {
	case o.Err != "":
		r.couldNotTellFor(unseen(o), "%s: effects: %s: %s", step.Name, o.Where, o.Err)
	case o.Count < want.Min && r.result == nil:
		// Where nothing was accepted, an answer was wrong, which is a finding already, or was lost.
		if len(r.findings) == 0 {
			r.couldNotTellFor("", "%s: %s of %d, and no delivery was accepted", step.Name, plural(o.Count, "effect"), want.Min)
		}
	case o.Count < want.Min || o.Count > want.Max:
		got := plural(o.Count, "effect")
		if o.Absent {
			got += " (answered that it never took the event)"
		}
		r.findings = append(r.findings, finding{key: fmt.Sprintf("effect-count/%s/%d", step.Name, event), Finding: verdict.Finding{
			Rule: "effect-count", Where: fmt.Sprintf("%s, after %s", o.Where, step.Name),
			Expected: expected(want), Got: got, Attempts: r.collided(h, i), Symptom: map[bool]string{true: carriedOutAgain}[o.Count > want.Max],
		}})
	default:
		return true
	}
	return false
}

// unseen returns why an effect could not be seen. A connection that cannot be made has one cause, whoever makes it; what else goes
// wrong with a look at effects is the probe's.
func unseen(o history.Observation) string {
	if strings.HasPrefix(o.Err, "dial ") {
		return o.Err
	}
	return "effects: " + o.Err
}

func expected(want cases.Effects) string {
	if want.Min != want.Max {
		return "at most " + plural(want.Max, "effect")
	}
	return plural(want.Max, "effect")
}

// collided returns at most four attempts that show an effect too many or too few: those up to step i that were
// accepted, and then those that may have been carried out; if there are none, those that were refused.
func (r *round) collided(h history.History, i int) []int {
	var taken, maybe []int
	for j := range h.Attempts {
		switch a := &h.Attempts[j]; {
		case a.Step > i || a.Unreachable:
		case r.took(a):
			taken = append(taken, a.Number)
		case a.Status == 0 || a.Status >= 500:
			maybe = append(maybe, a.Number)
		}
	}
	all := append(taken, maybe...)
	if len(all) == 0 {
		all = numbers(slices.DeleteFunc(slices.Clone(h.Attempts), func(a history.Attempt) bool { return a.Step > i }))
	}
	return all[:min(4, len(all))]
}

func (r *round) find(rule string, a *history.Attempt, expected, got string, attempts ...int) {
	where := fmt.Sprintf("%s %s, %s", r.contract.Endpoint.Method, r.contract.Endpoint.Path, a.Name)
	r.findings = append(r.findings, finding{
		key:     rule + "/" + a.Name,
		Finding: verdict.Finding{Rule: rule, Where: where, Expected: expected, Got: got, Attempts: attempts[:min(4, len(attempts))]},
	})
}

// couldNotTell adds a reason why the round is inconclusive.
func (r *round) couldNotTell(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.couldNotTellFor(text, "%s", text)
}

// couldNotTellFor adds a reason with its cause, without the step and the event; "" when it is what another reason entails.
func (r *round) couldNotTellFor(cause, format string, args ...any) {
	r.inconclusive = append(r.inconclusive, fmt.Sprintf(format, args...))
	if cause != "" {
		r.because = append(r.because, cause)
	}
}

func numbers(attempts []history.Attempt) []int {
	all := make([]int, len(attempts))
	for i, a := range attempts {
		all[i] = a.Number
	}
	return all
}

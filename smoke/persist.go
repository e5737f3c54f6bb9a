package smoke

import (
	"context"
	"slices"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/pace"
)

// persistence is how long the gate waits before each resend of a delivery that is not answered by the receiver itself.
// What a restart or a deployment causes is over in less.
var persistence = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond}

// persist finds out whether a delivery that was answered 502 to 504, or whose connection was closed, never has another
// answer, while the receiver answers others in between: then it is not the network. The resends settle nothing
// themselves: one that is answered leaves open what became of the first.
func (r *round) persist(ctx context.Context, index int, step cases.Step, a *history.Attempt) ([]history.Attempt, error) {
	if !r.persists(step, a) {
		return nil, nil
	}
	var resends []history.Attempt
	missed := 0 // resends that came while the receiver was down, as other deliveries may make it
	for i := 0; i < len(persistence); i++ {
		if err := pace.Wait(ctx, persistence[i]); err != nil {
			return resends, err
		}
		if !r.isBack(ctx) {
			return resends, nil
		}
		step.Retry++
		sent, err := r.copies(ctx, index, step)
		if err == nil && missed < len(persistence) && !slices.ContainsFunc(sent, func(one history.Attempt) bool { return !one.Unreachable }) {
			missed++
			i--
		}
		for i := range sent {
			sent[i].Resend, sent[i].Replaced = true, true
		}
		resends = append(resends, sent...)
		if err != nil || slices.ContainsFunc(sent, func(one history.Attempt) bool { return !turnedAway(one) && !one.Unreachable }) {
			return resends, err
		}
	}
	a.Persisted = 1 + len(persistence)
	return resends, nil
}

// persists reports whether it matters that a delivery was not answered by the receiver itself, and can be asked again.
func (r *round) persists(step cases.Step, a *history.Attempt) bool {
	if step.Copies != 1 || (step.MayClose && a.Closed) || step.Expect == cases.Failing || step.Expect == cases.Unheard || r.trial.aside {
		return false
	}
	return turnedAway(*a) && !r.trial.to.contract.Policy.Delivers(a.Status)
}

// raced resends those of several copies that were turned away, as their sender would (RFC 9110, section 15.6.4, about 503).
// The final answer of a copy settles its outcome; a copy without one leaves it open.
func (r *round) raced(ctx context.Context, index int, step cases.Step, all []history.Attempt) ([]history.Attempt, error) {
	for _, pause := range persistence[:2] {
		if !slices.ContainsFunc(all, r.again) {
			break
		}
		if err := pace.Wait(ctx, pause); err != nil {
			return all, err
		}
		step.Retry++
		for i := range all {
			if !r.again(all[i]) {
				continue
			}
			one := step
			one.Copies, one.Wire, one.Rival = 1, cases.Whole, nil
			if all[i].Rival {
				one.Body = step.Rival
			}
			sent, err := r.copies(ctx, index, one)
			for j := range sent {
				sent[j].Resend, sent[j].Rival = true, all[i].Rival
			}
			all[i].Replaced = true
			if all = append(all, sent...); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// again reports whether a copy was turned away, and nothing has taken its place.
func (r *round) again(a history.Attempt) bool { return turnedAway(a) && !r.busy(a) && !a.Replaced }

// turnedAway reports whether a delivery was answered as by a gateway without its receiver, or not at all.
func turnedAway(a history.Attempt) bool { return unavailable(a) || (a.Closed && !a.Cut) }

// isBack waits until the receiver answers another valid delivery: one that crashes may have a supervisor that
// restarts it. After one that was not back in time, the run waits no more.
func (r *round) isBack(ctx context.Context) bool {
	gone := &r.trial.runner.gone
	for _, pause := range persistence {
		if r.answersOthers(ctx) {
			return true
		}
		if gone.Load() || pace.Wait(ctx, pause) != nil {
			return false
		}
	}
	back := r.answersOthers(ctx)
	gone.Store(!back)
	return back
}

// answersOthers reports whether the receiver answers another valid delivery just now.
func (r *round) answersOthers(ctx context.Context) bool {
	for _, other := range r.trial.runner.others(r.trial, unanswered) {
		other.deliver(ctx, int(r.trial.attempts.Load()))
		r.addBeside("to see whether the receiver answers other deliveries in between", other.histories)
		for _, h := range other.histories {
			if slices.ContainsFunc(h.Attempts, func(a history.Attempt) bool { return a.Err == "" && !unavailable(a) }) {
				return true
			}
		}
	}
	return false
}

func (r *round) addBeside(purpose string, all []history.History) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range all {
		h.Purpose = purpose
		r.beside = append(r.beside, h)
		r.trial.attempts.Add(int64(len(h.Attempts)))
	}
}

// stuck marks an attempt whose answer, after policy.in_flight_limit, is that its event is still in flight.
func (r *round) stuck(ctx context.Context, a *history.Attempt) {
	if r.busy(*a) && (!unavailable(*a) || r.answersOthers(ctx)) {
		a.StillInFlight = true
	}
}

// busy reports whether an answer means that the event is in flight.
func (r *round) busy(a history.Attempt) bool {
	return a.Err == "" && slices.Contains(r.trial.to.contract.Policy.InFlight, a.Status)
}

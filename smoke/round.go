package smoke

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// sendAgain is how long the gate waits before it repeats a delivery that is answered as in flight.
const sendAgain = 50 * time.Millisecond

// round is one round of a trial being delivered.
type round struct {
	cases.Round
	trial   *trial
	placed  bool      // it goes out together with others, which have one place
	base    time.Time // the time that deliveries are signed at
	history *history.History
	subject *probe.Subject // what the round's event is about, where effects are counted by that

	mu     sync.Mutex
	beside []history.History // of deliveries that are not of the case
}

// moment is the pause before the second look between two steps: a late effect of the first must not pass for one of
// the second.
const moment = 25 * time.Millisecond

// send delivers the steps of the round. The look after the last one is made in looking.
func (r *round) send(ctx context.Context, looking *errgroup.Group) {
	t, h := r.trial, r.history
	if !r.Filler {
		if err := r.meet(ctx); err != nil {
			h.Problem = err.Error()
			return
		}
	}
	for j, step := range r.Steps {
		attempts, err := r.inPlace(ctx, j, step)
		h.Attempts = append(h.Attempts, attempts...)
		if err != nil {
			h.Problem = step.Name + ": " + err.Error()
			return
		}
		answered := slices.ContainsFunc(attempts, func(a history.Attempt) bool { return a.Err == "" || a.Cut })
		last := j == len(r.Steps)-1 || (!answered && step.Expect != cases.Failing) // after no answer, later steps would show nothing
		if t.probe != nil && step.Challenge == nil && !r.Filler {
			patience := t.to.contract.Effects.Within
			if !answered {
				patience = moment // no effect was promised
			}
			var looks []look
			for _, through := range t.probes() {
				for event := range r.IDs() {
					looks = append(looks, look{
						round: r, step: j, event: event, through: through, want: step.EffectsOf(event), results: accepted(h.Attempts),
					})
				}
			}
			switch {
			case !last:
				between(ctx, looks, patience, moment)
			case t.to.contract.SharedSubject(): // the next round changes the same
				between(ctx, looks, patience, t.to.contract.Effects.Settle)
			default:
				looking.Go(func() error {
					for _, l := range looks {
						t.after(ctx, l, patience)
					}
					return nil
				})
			}
		}
		if last {
			return
		}
	}
}

// inPlace sends one step in a place of its own. Between the steps of a round the place is free for others, while effects are
// looked at; a round that has begun comes before others, so that what is signed at its beginning stays fresh.
func (r *round) inPlace(ctx context.Context, index int, step cases.Step) ([]history.Attempt, error) {
	began := index > 0
	if began {
		if err := r.use(ctx, step); err != nil {
			return nil, err
		}
	}
	leave, err := r.trial.place(ctx, r.placed, began)
	if err != nil {
		return nil, err
	}
	defer leave()
	if !began {
		r.base = r.trial.runner.receiverNow()
		if err := r.use(ctx, step); err != nil {
			return nil, err
		}
	}
	return r.step(ctx, index, step)
}

// place takes a place to deliver in, and returns how to leave it. Who has one does not take another: an aside delivery is
// made from within another check's.
func (t *trial) place(ctx context.Context, has, goesOn bool) (leave func(), err error) {
	if has || t.aside {
		return func() {}, nil
	}
	started := t.runner.now()
	if err := t.runner.sends.Take(ctx, goesOn); err != nil {
		return nil, err
	}
	t.waited.Add(int64(t.runner.now().Sub(started)))
	return t.runner.sends.Leave, nil
}

// step sends one step and returns its attempts once all have ended. A step that settles is sent again for as long
// as the receiver answers that the event is in flight. It returns an error if the step was not, or not wholly, sent.
func (r *round) step(ctx context.Context, index int, step cases.Step) ([]history.Attempt, error) {
	policy := r.trial.to.contract.Policy
	deadline := r.trial.runner.now().Add(policy.InFlightLimit)
	var attempts []history.Attempt
	for {
		sent, err := r.copies(ctx, index, step)
		for i := range sent {
			sent[i].Resend = sent[i].Resend || len(attempts) > 0
		}
		attempts = append(attempts, sent...)
		if err != nil || len(sent) == 0 {
			return attempts, err
		}
		if step.Copies > 1 && !step.Settle {
			return r.raced(ctx, index, step, sent)
		}
		last := deciding(attempts)
		if !step.Settle || !r.busy(*last) {
			resends, err := r.persist(ctx, index, step, last)
			return append(attempts, resends...), err
		}
		if !r.trial.runner.now().Before(deadline) {
			r.stuck(ctx, last)
			return attempts, nil
		}
		last.Replaced = true
		if err := pace.Wait(ctx, sendAgain); err != nil {
			return attempts, err
		}
		step.Retry++
	}
}

// deciding returns the last attempt that settles what became of a step: nothing has taken its place.
func deciding(attempts []history.Attempt) *history.Attempt {
	for i := len(attempts) - 1; i > 0; i-- {
		if !attempts[i].Replaced {
			return &attempts[i]
		}
	}
	return &attempts[0]
}

// copies sends every copy of a step.
func (r *round) copies(ctx context.Context, index int, step cases.Step) ([]history.Attempt, error) {
	return r.trial.runner.client.Send(ctx, wire.Delivery{
		To: r.trial.to.wire, Round: r.Round, Step: step, Index: index, Signed: r.base, Number: r.trial.number,
	})
}

// use runs the hooks that a step needs before it is sent.
func (r *round) use(ctx context.Context, step cases.Step) error {
	var err error
	switch hooks := r.trial.to.hooks; step.Before {
	case cases.Restart:
		err = hooks.Restart(ctx)
	case cases.FailNext:
		err = hooks.FailNext(ctx)
	case cases.Advance:
		if err = hooks.Advance(ctx, step.Ahead); err == nil {
			r.trial.runner.ahead.Add(int64(step.Ahead))
			r.base = r.base.Add(step.Ahead)
		}
	}
	if err != nil && ctx.Err() != nil {
		err = pace.ErrInterrupted // instead of the hook's error
	}
	if err != nil {
		return fmt.Errorf("hook %s: %w", step.Before, err)
	}
	if step.Pause > 0 {
		r.base = r.base.Add(step.Pause)
		return pace.Wait(ctx, step.Pause)
	}
	return nil
}

// accepted returns the bodies of the accepted answers.
func accepted(attempts []history.Attempt) [][]byte {
	var all [][]byte
	for _, a := range attempts {
		if a.Err == "" && a.Status >= 200 && a.Status <= 299 {
			all = append(all, a.Body)
		}
	}
	return all
}

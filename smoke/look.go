package smoke

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/webhook"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// look is an observation of the effects of a round's event after one of its steps.
type look struct {
	round   *round
	step    int
	event   int // index of the round's ids
	through probed
	want    cases.Effects
	results [][]byte // what the probe may read of the answers
}

func (l look) right(seen history.Observation) bool {
	return seen.Err == "" && seen.Count >= l.want.Min && seen.Count <= l.want.Max
}

// probed is a probe with its part of the contract.
type probed struct {
	probe.Probe
	effects webhook.Effects
}

// probes returns the probes of the check. The one that is independent of the receiver looks first: a receiver that does
// its work when it is asked what it did is then seen not to have done it.
func (t *trial) probes() []probed {
	all := []probed{{t.probe, t.to.contract.Effects}}
	if t.to.also != nil {
		all = append([]probed{{t.to.also, *t.to.contract.Effects.Also}}, all...)
	}
	return all
}

// between observes the effects of a step that another one follows, and again after a pause if they are right.
func between(ctx context.Context, looks []look, patience, pause time.Duration) {
	right := true
	for _, l := range looks {
		seen := l.observe(ctx, patience)
		l.round.history.Observations = append(l.round.history.Observations, seen)
		right = right && l.right(seen)
	}
	if right && pace.Wait(ctx, pause) == nil {
		for _, l := range looks {
			l.again(ctx)
		}
	}
}

// after observes the effects of a round's last step. Those that are right are observed again when they have settled.
func (t *trial) after(ctx context.Context, l look, patience time.Duration) {
	seen := l.observe(ctx, patience)
	l.round.history.Observations = append(l.round.history.Observations, seen)
	if !l.right(seen) || l.through.effects.Result != nil { // answers do not change any more
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pending = append(t.pending, l)
	t.due = t.runner.now().Add(t.to.contract.Effects.Settle)
}

func (l look) again(ctx context.Context) {
	l.round.history.Observations = append(l.round.history.Observations, l.count(ctx))
}

// lookAgain makes the last looks: those of a round one after the other, and several rounds at a time.
func (t *trial) lookAgain(ctx context.Context) {
	var order []*round
	of := map[*round][]look{}
	for _, l := range t.pending {
		if of[l.round] == nil {
			order = append(order, l.round)
		}
		of[l.round] = append(of[l.round], l)
	}
	var looks errgroup.Group // no look returns an error: what went wrong is in the observation
	looks.SetLimit(atOnce)
	for _, one := range order {
		looks.Go(func() error {
			for _, l := range of[one] {
				l.again(ctx)
			}
			return nil
		})
	}
	_ = looks.Wait()
}

// pauseBetweenLooks is the pause between two observations of an effect that is not there yet.
const pauseBetweenLooks = 20 * time.Millisecond

// observe counts the effects of one event, under its id and its aliases together, until there are as many as wanted, or
// more, or patience has run out. It returns the last observation.
func (l look) observe(ctx context.Context, patience time.Duration) history.Observation {
	runner := l.round.trial.runner
	deadline := runner.now().Add(patience)
	for {
		seen := l.count(ctx)
		if (seen.Err == "" && seen.Count >= l.want.Min) || !runner.now().Before(deadline) {
			return seen
		}
		if err := pace.Wait(ctx, pauseBetweenLooks); err != nil {
			seen.Err = err.Error() // the effects are not known
			return seen
		}
	}
}

// count looks once.
func (l look) count(ctx context.Context) history.Observation {
	r, runner := l.round, l.round.trial.runner
	ids := []string{r.IDs()[l.event]}
	event := probe.Event{ID: ids[0], Tenant: r.Tenant, Results: l.results, Subject: r.subject}
	place := runner.looks.Take(ctx, false)
	seen := history.Observation{
		Step: l.step, From: runner.now(), Where: l.through.Where(event), Absent: true, NotFound: true, Remote: l.through.effects.HTTP != nil,
	}
	if place != nil {
		seen.Err, seen.At = place.Error(), seen.From
		return seen
	}
	defer runner.looks.Leave()
	ctx, cancel := context.WithTimeout(ctx, runner.options.Timeout)
	defer cancel()
	if l.event == 0 && r.subject == nil { // a subject is one, under whichever id its event was taken
		ids = append(ids, r.Aliases...)
	}
	if len(r.Events) > 0 {
		seen.Event = ids[0]
	}
	for _, id := range ids {
		event.ID = id
		count, err := probe.Count{}, runner.budget.Spend(ctx, 1)
		if err == nil {
			count, err = l.through.Look(ctx, event)
		}
		if err != nil {
			status := new(probe.StatusError)
			seen.NoCount = errors.As(err, new(*probe.NoCountError))
			seen.NotFound = seen.NotFound && errors.As(err, &status) && status.Status == http.StatusNotFound
			seen.Err = wire.Reason(err, runner.options.Timeout)
			break
		}
		seen.NotFound = seen.NotFound && count.Absent && !count.Counted && l.through.effects.HTTP.Absent == http.StatusNotFound
		seen.Count += count.N
		seen.Absent = seen.Absent && count.Absent
		event.Results = nil // they are the answers to all ids together
	}
	seen.At = runner.now()
	return seen
}

package smoke

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// nameUsedError reports that an event has effects that this run did not cause.
type nameUsedError struct {
	where   string
	effects int
}

func (e *nameUsedError) Error() string {
	shows := fmt.Sprintf("%d effects", e.effects)
	if e.effects == 1 {
		shows = "1 effect"
	}
	return fmt.Sprintf("this run's name was used before: %s shows %s before the first delivery: give the run a name of its own (--run-id); "+
		"if it has one, the probe counts what this event did not do", e.where, shows)
}

// identity is what makes an event id unique to a receiver.
type identity struct{ id, tenant string }

// identities returns every event id that a case delivers, each once.
func identities(c cases.Case) []identity {
	var all []identity
	known := map[identity]bool{}
	for _, round := range c.Rounds {
		if round.Filler {
			continue
		}
		for _, id := range idsOf(round) {
			if one := (identity{id, round.Tenant}); !known[one] {
				known[one] = true
				all = append(all, one)
			}
		}
	}
	return all
}

// idsOf returns the event ids that a round delivers. Some may be there twice.
func idsOf(r cases.Round) []string {
	ids := slices.Concat(r.IDs(), r.Aliases)
	for _, step := range r.Steps {
		if step.ID != "" {
			ids = append(ids, step.ID)
		}
	}
	return ids
}

// remembers reports whether the check's probe can see effects of an earlier run: a sink listens from the plan on, a
// result is in an answer to this run, and of a subject the change counts.
func (t *trial) remembers() bool {
	e := t.to.contract.Effects
	return t.probe != nil && e.Sink == nil && e.Result == nil && !e.PerSubject()
}

// unused observes every event of the case before anything is delivered. An event that has effects already would pass
// without any work: it returns a *nameUsedError then. An observation that fails is an error too, except an answer 404, which
// means that the event is not known.
func (t *trial) unused(ctx context.Context, all cases.Case) error {
	if !t.remembers() {
		return nil
	}
	looks, ctx := errgroup.WithContext(ctx)
	looks.SetLimit(pace.Burst)
	for _, one := range identities(all) {
		looks.Go(func() error {
			event := probe.Event{ID: one.id, Tenant: one.tenant}
			where := t.probe.Where(event)
			count, err := t.lookBefore(ctx, event)
			switch status := new(probe.StatusError); {
			case errors.As(err, &status) && status.Status == http.StatusNotFound:
				return nil
			case err != nil:
				return fmt.Errorf("effects: %s: %s (before the first delivery)", where, wire.Reason(err, t.runner.options.Timeout))
			case count.N > 0:
				return &nameUsedError{where, count.N}
			}
			return nil
		})
	}
	return looks.Wait()
}

func (t *trial) lookBefore(ctx context.Context, event probe.Event) (probe.Count, error) {
	if err := t.runner.looks.Take(ctx, false); err != nil {
		return probe.Count{}, err
	}
	defer t.runner.looks.Leave()
	if err := t.runner.budget.Spend(ctx, 1); err != nil {
		return probe.Count{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, t.runner.options.Timeout)
	defer cancel()
	return t.probe.Look(ctx, event)
}

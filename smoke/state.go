package smoke

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// states observes the states of the subjects of a round's steps. A state that must change or be kept has as much time as an
// effect.
func (t *trial) states(ctx context.Context, one *round, index int) {
	h := &t.histories[index]
	for j, step := range one.Steps {
		if step.State.Key == "" || h.Problem != "" {
			continue
		}
		before := t.lastState(index)
		deadline := t.runner.now().Add(t.to.contract.Effects.Within)
		seen := one.state(ctx, j, step.State.Key)
		for !settledState(step.State, before, seen) && t.runner.now().Before(deadline) && pace.Wait(ctx, pauseBetweenLooks) == nil {
			seen = one.state(ctx, j, step.State.Key)
		}
		h.States = append(h.States, seen)
	}
}

// lastState returns the last state that was seen before a round; "" when there was none.
func (t *trial) lastState(round int) string {
	for i := round - 1; i >= 0; i-- { // looks may still add to the observations: only the states are read
		for _, s := range slices.Backward(t.histories[i].States) {
			if s.Err == "" {
				return s.Value
			}
		}
	}
	return ""
}

// settledState reports whether a look found what is asked of a state.
func settledState(want cases.State, before string, seen history.State) bool {
	switch {
	case seen.Err != "":
		return false
	case want.Keep:
		return before == "" || seen.Value == before
	case want.Move:
		return seen.Value != before
	}
	return seen.Value != "null"
}

// state observes the state of the subject of a step's event.
func (r *round) state(ctx context.Context, step int, key string) history.State {
	sequence := r.trial.to.contract.Sequence
	path := probe.Path(sequence.Path, "{key}", key, "{tenant}", r.Tenant)
	seen := history.State{Step: step, Where: "GET " + path + "#" + sequence.State}
	if err := r.trial.runner.looks.Take(ctx, false); err != nil {
		seen.Err, seen.At = err.Error(), r.trial.runner.now()
		return seen
	}
	defer r.trial.runner.looks.Leave()
	ctx, cancel := context.WithTimeout(ctx, r.trial.runner.options.Timeout)
	defer cancel()
	body, status, err := []byte(nil), 0, r.trial.runner.budget.Spend(ctx, 1)
	if err == nil {
		body, status, err = probe.Get(ctx, probe.Options{Target: r.trial.runner.target, Client: r.trial.runner.client.HTTP()}, path)
	}
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("answered %d", status)
	}
	var value any
	if err == nil {
		value, err = probe.At(body, sequence.State)
	}
	if err != nil {
		seen.Err = wire.Reason(err, r.trial.runner.options.Timeout)
	}
	text, _ := json.Marshal(value) // it was JSON
	seen.Value, seen.At = string(text), r.trial.runner.now()
	return seen
}

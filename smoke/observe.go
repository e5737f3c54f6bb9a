package smoke

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/history"
	"github.com/fridaygate/fridaygate/smoke/probe"
)

// lookAgain is the pause between two looks at an effect that is not there yet.
const lookAgain = 20 * time.Millisecond

// observe looks at the effects of an event, under its id and its aliases together, until there are as many as are
// wanted, or more, or patience has run out; it gives the last look.
func (s *sender) observe(ctx context.Context, step int, want cases.Effects, patience time.Duration, results [][]byte) history.Observation {
	ctx, cancel := context.WithTimeout(ctx, patience+s.options.Timeout)
	defer cancel()
	deadline := s.options.Now().Add(patience)
	for {
		seen := s.count(ctx, step, results)
		if (seen.Err == "" && seen.Count >= want.Min) || !s.options.Now().Before(deadline) {
			return seen
		}
		if wait(ctx, lookAgain) != nil {
			if errors.Is(ctx.Err(), context.Canceled) {
				seen.Err = errInterrupted.Error() // what would have come, nobody knows
			}
			return seen
		}
	}
}

// count looks once.
func (s *sender) count(ctx context.Context, step int, results [][]byte) history.Observation {
	event := probe.Event{ID: s.round.EventID, Tenant: s.round.Tenant, Results: results}
	seen := history.Observation{Step: step, From: s.options.Now(), Where: s.check.probe.Where(event), Absent: true, NotFound: true}
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	for _, id := range append([]string{s.round.EventID}, s.round.Aliases...) {
		event.ID = id
		count, err := probe.Count{}, s.spend(ctx, 1)
		if err == nil {
			count, err = s.check.probe.Look(ctx, event)
		}
		if err != nil {
			status := new(probe.StatusError)
			seen.NotFound = seen.NotFound && errors.As(err, &status) && status.Status == http.StatusNotFound
			seen.Err = reason(err, s.options.Timeout)
			break
		}
		seen.NotFound = seen.NotFound && count.Absent && s.check.contract.Effects.HTTP.Absent == http.StatusNotFound
		seen.Count += count.N
		seen.Absent = seen.Absent && count.Absent
		event.Results = nil // they are the answers to all ids together
	}
	seen.At = s.options.Now()
	return seen
}

// state looks where the thing stands that a step's event tells of.
func (s *sender) state(ctx context.Context, step int, key string) history.State {
	sequence := s.check.contract.Sequence
	path := probe.Path(sequence.Path, "{key}", key, "{tenant}", s.round.Tenant)
	seen := history.State{Step: step, Where: "GET " + path + "#" + sequence.State}
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	body, status, err := []byte(nil), 0, s.spend(ctx, 1)
	if err == nil {
		body, status, err = probe.Get(ctx, probe.Options{Target: s.target, Client: s.connections.asks}, path)
	}
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("answered %d", status)
	}
	var value any
	if err == nil {
		value, err = probe.At(body, sequence.State)
	}
	if err != nil {
		seen.Err = reason(err, s.options.Timeout)
	}
	text, _ := json.Marshal(value) // it was JSON
	seen.Value, seen.At = string(text), s.options.Now()
	return seen
}

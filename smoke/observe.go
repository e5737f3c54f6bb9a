package smoke

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// lookAgain is the pause between two looks at an effect that is not there yet.
const lookAgain = 20 * time.Millisecond

// observe looks at the effects of one event, under its id and its aliases together, until there are as many as are
// wanted, or more, or patience has run out; it gives the last look.
func (l look) observe(ctx context.Context, patience time.Duration) history.Observation {
	s := l.sender
	ctx, cancel := context.WithTimeout(ctx, patience+s.options.Timeout)
	defer cancel()
	deadline := s.options.Now().Add(patience)
	for {
		seen := l.count(ctx)
		if (seen.Err == "" && seen.Count >= l.want.Min) || !s.options.Now().Before(deadline) {
			return seen
		}
		if pace.Wait(ctx, lookAgain) != nil {
			if errors.Is(ctx.Err(), context.Canceled) {
				seen.Err = pace.ErrInterrupted.Error() // what would have come, nobody knows
			}
			return seen
		}
	}
}

// count looks once.
func (l look) count(ctx context.Context) history.Observation {
	s := l.sender
	ids := []string{s.round.IDs()[l.event]}
	event := probe.Event{ID: ids[0], Tenant: s.round.Tenant, Results: l.results, Subject: s.subject}
	seen := history.Observation{Step: l.step, From: s.options.Now(), Where: l.through.Where(event), Absent: true, NotFound: true, Remote: l.through.effects.HTTP != nil}
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	if l.event == 0 && s.subject == nil { // a subject is one, under whichever id its event was taken
		ids = append(ids, s.round.Aliases...)
	}
	if len(s.round.Events) > 0 {
		seen.Event = ids[0]
	}
	for _, id := range ids {
		event.ID = id
		count, err := probe.Count{}, s.budget.Spend(ctx, 1)
		if err == nil {
			count, err = l.through.Look(ctx, event)
		}
		if err != nil {
			status := new(probe.StatusError)
			seen.NoCount = errors.As(err, new(*probe.NoCountError))
			seen.NotFound = seen.NotFound && errors.As(err, &status) && status.Status == http.StatusNotFound
			seen.Err = wire.Reason(err, s.options.Timeout)
			break
		}
		seen.NotFound = seen.NotFound && count.Absent && !count.Counted && l.through.effects.HTTP.Absent == http.StatusNotFound
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
	body, status, err := []byte(nil), 0, s.budget.Spend(ctx, 1)
	if err == nil {
		body, status, err = probe.Get(ctx, probe.Options{Target: s.target, Client: s.client.HTTP()}, path)
	}
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("answered %d", status)
	}
	var value any
	if err == nil {
		value, err = probe.At(body, sequence.State)
	}
	if err != nil {
		seen.Err = wire.Reason(err, s.options.Timeout)
	}
	text, _ := json.Marshal(value) // it was JSON
	seen.Value, seen.At = string(text), s.options.Now()
	return seen
}

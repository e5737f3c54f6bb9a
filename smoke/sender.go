package smoke

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// sendAgain is how long the gate waits before it repeats a delivery that is answered as in flight.
const sendAgain = 50 * time.Millisecond

// sender delivers the steps of one round and numbers its attempts.
type sender struct {
	*Plan
	check Check
	round cases.Round
	base  time.Time // the time that deliveries are signed at

	subject *probe.Subject // what the round's event is about, where effects are counted by that

	attempts *atomic.Int64 // so far, of the check

	mu     sync.Mutex
	beside []history.History // of deliveries that are not of the case
}

func (s *sender) number() int {
	return int(s.attempts.Add(1))
}

// step sends one step and gives its attempts once all have ended. A step that settles is sent again for as long
// as the receiver says that the event is in flight. The error says why it was not, or not wholly, sent.
func (s *sender) step(ctx context.Context, index int, step cases.Step) ([]history.Attempt, error) {
	if err := s.use(ctx, step); err != nil {
		return nil, err
	}
	policy := s.check.contract.Policy
	deadline := s.options.Now().Add(policy.InFlightLimit)
	var attempts []history.Attempt
	for {
		sent, err := s.copies(ctx, index, step)
		for i := range sent {
			sent[i].Resend = sent[i].Resend || len(attempts) > 0
		}
		attempts = append(attempts, sent...)
		if err != nil || len(sent) == 0 {
			return attempts, err
		}
		if step.Copies > 1 && !step.Settle {
			return s.raced(ctx, index, step, sent)
		}
		last := deciding(attempts)
		if !step.Settle || !s.busy(*last) {
			resends, err := s.persist(ctx, index, step, last)
			return append(attempts, resends...), err
		}
		if !s.options.Now().Before(deadline) {
			s.stuck(ctx, last)
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
func (s *sender) copies(ctx context.Context, index int, step cases.Step) ([]history.Attempt, error) {
	return s.client.Send(ctx, wire.Delivery{To: s.check.receiver, Round: s.round, Step: step, Index: index, Signed: s.base, Number: s.number})
}

// use does to the receiver what a step asks for before it is sent.
func (s *sender) use(ctx context.Context, step cases.Step) error {
	var err error
	switch hooks := s.check.hooks; step.Before {
	case cases.Restart:
		err = hooks.Restart(ctx)
	case cases.FailNext:
		err = hooks.FailNext(ctx)
	case cases.Advance:
		if err = hooks.Advance(ctx, step.Ahead); err == nil {
			s.ahead.Add(int64(step.Ahead))
			s.base = s.base.Add(step.Ahead)
		}
	}
	if err != nil && ctx.Err() != nil {
		err = pace.ErrInterrupted // whatever a hook says of that
	}
	if err != nil {
		return fmt.Errorf("hook %s: %w", step.Before, err)
	}
	if step.Pause > 0 {
		s.base = s.base.Add(step.Pause)
		return pace.Wait(ctx, step.Pause)
	}
	return nil
}

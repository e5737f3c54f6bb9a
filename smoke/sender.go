package smoke

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/history"
	"github.com/fridaygate/fridaygate/smoke/probe"
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
		last := &attempts[len(attempts)-1]
		if !step.Settle || !s.busy(*last) {
			resends, err := s.persist(ctx, index, step, last)
			return append(attempts, resends...), err
		}
		if !s.options.Now().Before(deadline) {
			s.stuck(ctx, last)
			return attempts, nil
		}
		last.Replaced = true
		if err := wait(ctx, sendAgain); err != nil {
			return attempts, err
		}
		step.Retry++
	}
}

var errInterrupted = errors.New("interrupted")

// wait waits, and gives an error when it was interrupted.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return errInterrupted
	case <-time.After(d):
		return nil
	}
}

// copies sends every copy of a step.
func (s *sender) copies(ctx context.Context, index int, step cases.Step) ([]history.Attempt, error) {
	if err := s.spend(ctx, step.Copies); err != nil {
		return nil, err
	}
	way := s.way(step)
	if step.Copies == 1 {
		return (&delivery{sender: s, step: step, index: index, way: way}).send(ctx), nil
	}
	all := make([][]history.Attempt, step.Copies)
	var copies errgroup.Group
	for i := range all {
		d := &delivery{sender: s, step: step, index: index, rival: step.Rival != nil && i%2 == 1, way: way}
		copies.Go(func() error {
			if step.Wire == cases.Staggered && wait(ctx, time.Duration(i)*step.Delay) != nil {
				return nil
			}
			all[i] = d.send(ctx)
			return nil
		})
		if way.flight != nil && i == 0 {
			way.parked(ctx) // the first opens the connection that the others share
		}
	}
	if way.flight != nil {
		way.launch(ctx, step.Copies)
		defer way.transport.CloseIdleConnections()
	}
	_ = copies.Wait() // no copy returns an error: what went wrong is in its attempt
	return slices.Concat(all...), nil
}

// way is how the copies of one step travel.
type way struct {
	transport *http.Transport
	barrier   *barrier // nil: no copy waits for another
	flight    *flight
	arrived   chan struct{} // one for each copy of a flight that is parked
	written   chan struct{} // one for each that has written its last byte
}

func (s *sender) way(step cases.Step) *way {
	w := &way{transport: s.connections.reused}
	switch step.Wire {
	case cases.Fresh, cases.Staggered, cases.LoseAnswer:
		w.transport = s.connections.fresh
	case cases.LastByte, cases.Torn, cases.Reset, cases.Drip, cases.HTTP1:
		w.transport = s.connections.bare
	}
	if step.Copies == 1 || step.Wire == cases.Staggered {
		return w
	}
	if step.Wire == cases.Whole && s.connections.http2 {
		w.flight = s.connections.newFlight()
		w.transport = w.flight.transport
		w.arrived, w.written = make(chan struct{}, step.Copies), make(chan struct{}, step.Copies)
	}
	w.barrier = newBarrier(step.Copies, w.flight != nil)
	return w
}

// parked waits until one more copy of a flight is parked.
func (w *way) parked(ctx context.Context) {
	select {
	case <-w.arrived:
	case <-ctx.Done():
	}
}

// launch waits until all copies of a flight are parked, lets them write their last bytes into the held
// connection, and then sends it all at once.
func (w *way) launch(ctx context.Context, copies int) {
	select {
	case <-w.barrier.all:
	case <-ctx.Done():
	}
	w.flight.hold()
	close(w.barrier.open)
	for range copies {
		select {
		case <-w.written:
		case <-ctx.Done():
		}
	}
	w.flight.release()
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
		err = errInterrupted // whatever a hook says of that
	}
	if err != nil {
		return fmt.Errorf("hook %s: %w", step.Before, err)
	}
	if step.Pause > 0 {
		s.base = s.base.Add(step.Pause)
		return wait(ctx, step.Pause)
	}
	return nil
}

package wire

import (
	"context"
	"net/http"

	"github.com/fridaygate/fridaygate/smoke/cases"
)

// way is how the copies of one step travel.
type way struct {
	transport *http.Transport
	barrier   *barrier // nil: no copy waits for another
	flight    *flight
	arrived   chan struct{} // one for each copy of a flight that is parked
	written   chan struct{} // one for each that has written its last byte
}

func (c *Client) way(step cases.Step) *way {
	w := &way{transport: c.reused}
	if c.only2.Load() { // a delivery that stops in the middle ends its stream (RST_STREAM), on a connection of its own
		step.Wire = overHTTP2(step.Wire)
	}
	switch step.Wire {
	case cases.Fresh, cases.Staggered:
		w.transport = c.fresh
	case cases.LoseAnswer:
		w.transport = c.unbuffered
	case cases.LastByte, cases.Torn, cases.Reset, cases.Drip, cases.HTTP1:
		w.transport = c.bare
	}
	if step.Copies == 1 || step.Wire == cases.Staggered {
		return w
	}
	if step.Wire == cases.Whole && c.http2.Load() {
		w.flight = c.newFlight()
		w.transport = w.flight.transport
		w.arrived, w.written = make(chan struct{}, step.Copies), make(chan struct{}, step.Copies)
	}
	w.barrier = newBarrier(step.Copies, w.flight != nil)
	return w
}

// overHTTP2 returns the way that a delivery takes to a receiver that has no HTTP/1.1: parked copies share one connection, and
// what needs a connection to itself has one.
func overHTTP2(w cases.Wire) cases.Wire {
	switch w {
	case cases.LastByte:
		return cases.Whole
	case cases.Torn, cases.Reset, cases.Drip, cases.HTTP1:
		return cases.Fresh
	}
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

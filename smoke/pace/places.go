package pace

import (
	"context"
	"slices"
	"sync"
)

// Places limits how much goes on at a time. Who goes on with what has begun comes before who begins. It is safe for
// concurrent use; create one with NewPlaces.
type Places struct {
	mu       sync.Mutex
	free     int
	going    []chan struct{} // who waits to go on, the longest first
	starting []chan struct{} // who waits to begin
}

// NewPlaces returns n places.
func NewPlaces(n int) *Places { return &Places{free: n} }

// Take waits for a place. Each place that was taken must be left once. The error is ErrInterrupted when ctx ends first.
func (p *Places) Take(ctx context.Context, goesOn bool) error {
	if ctx.Err() != nil {
		return ErrInterrupted
	}
	p.mu.Lock()
	if p.free > 0 {
		p.free--
		p.mu.Unlock()
		return nil
	}
	line := &p.starting
	if goesOn {
		line = &p.going
	}
	turn := make(chan struct{})
	*line = append(*line, turn)
	p.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	at := slices.Index(*line, turn)
	if at >= 0 {
		*line = slices.Delete(*line, at, at+1)
	}
	p.mu.Unlock()
	if at < 0 { // its turn came at the same time
		p.Leave()
	}
	return ErrInterrupted
}

// Leave gives a place to who waits for one.
func (p *Places) Leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, line := range []*[]chan struct{}{&p.going, &p.starting} {
		if len(*line) > 0 {
			close((*line)[0])
			*line = (*line)[1:]
			return
		}
	}
	p.free++
}

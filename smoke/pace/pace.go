package pace

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// Burst is how many requests may go out at once under a rate: the most copies that a case sends of one event.
const Burst = 8

// ErrInterrupted reports that a wait ended early because its context was canceled.
var ErrInterrupted = errors.New("interrupted")

// Budget counts the requests of a run. It is safe for concurrent use; create one with NewBudget.
type Budget struct {
	most  int64 // 0: no limit
	spent atomic.Int64
	kept  atomic.Int64 // of most: not to be spent yet
	rate  *rate.Limiter
	end   atomic.Pointer[time.Time] // of the wall time; nil: none
}

// NewBudget returns a budget of most requests in all, at most perSecond of them a second. Zero means no limit.
func NewBudget(most int, perSecond float64) *Budget {
	limit := rate.Inf
	if perSecond > 0 {
		limit = rate.Limit(perSecond)
	}
	return &Budget{most: int64(most), rate: rate.NewLimiter(limit, Burst)}
}

// Spend takes n requests, at most Burst, from the budget and waits until the rate allows them. The error is ErrInterrupted
// when ctx is canceled first.
func (b *Budget) Spend(ctx context.Context, n int) error {
	if spent, kept := b.spent.Add(int64(n)), b.kept.Load(); b.most > 0 && spent > b.most-kept {
		if kept > 0 {
			return fmt.Errorf("the budget of %d requests is used up, but for %d that are kept for the clean-up", b.most, kept)
		}
		return fmt.Errorf("the budget of %d requests is used up", b.most)
	}
	if err := b.rate.WaitN(ctx, n); errors.Is(err, context.Canceled) {
		return ErrInterrupted
	} else if err != nil {
		return fmt.Errorf("wait for the rate: %w", err)
	}
	return nil
}

// Keep keeps n requests of the budget from being spent until Release.
func (b *Budget) Keep(n int) { b.kept.Store(int64(n)) }

// Release lets what was kept be spent. What could not be spent before counts as not spent.
func (b *Budget) Release() {
	if free := b.most - b.kept.Swap(0); b.most > 0 && b.spent.Load() > free {
		b.spent.Store(free)
	}
}

// Wait waits for d. It returns ErrInterrupted when ctx ends first.
func Wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ErrInterrupted
	case <-time.After(d):
		return nil
	}
}

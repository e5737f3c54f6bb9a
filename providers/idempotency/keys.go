package idempotency

import (
	"context"
	"sync"
	"time"
)

// keys lets one goroutine at a time hold a key. The zero value is ready to use.
type keys struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed when the key is free again
}

// acquire takes the key, or gives up after wait: then ok is false. release must be called once.
func (k *keys) acquire(ctx context.Context, key string, wait time.Duration) (release func(), ok bool, err error) {
	patience := time.NewTimer(wait)
	defer patience.Stop()
	for {
		k.mu.Lock()
		busy, held := k.held[key]
		if !held {
			if k.held == nil {
				k.held = map[string]chan struct{}{}
			}
			free := make(chan struct{})
			k.held[key] = free
			k.mu.Unlock()
			return func() {
				k.mu.Lock()
				defer k.mu.Unlock()
				delete(k.held, key)
				close(free)
			}, true, nil
		}
		k.mu.Unlock()
		select {
		case <-busy:
		case <-patience.C:
			return nil, false, nil
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
}

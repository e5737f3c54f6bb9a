package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/pace"
)

// Confirmations serves the addresses that challenges ask the receiver to visit.
type Confirmations struct {
	server *http.Server

	mu      sync.Mutex
	visited map[string]bool // by path
}

// ListenForConfirmations serves address, a host and port, until it is closed.
func ListenForConfirmations(address string) (*Confirmations, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("challenge.confirm: %w", err)
	}
	c := &Confirmations{visited: map[string]bool{}}
	c.server = &http.Server{Handler: c, ReadTimeout: 10 * time.Second}
	go func() { _ = c.server.Serve(listener) }() // it ends when it is closed
	return c, nil
}

// ServeHTTP notes a visit.
func (c *Confirmations) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.visited[r.URL.Path] = true
	w.WriteHeader(http.StatusOK)
}

// confirm notes what a challenge asks of the receiver beside an answer's body.
func (t *transmission) confirm(ctx context.Context, answer *http.Response, a *history.Attempt) {
	c := t.Step.Challenge
	if c == nil {
		return
	}
	a.Header = answer.Header
	if t.To.Confirmations != nil {
		patience := t.To.Contract.Effects.Within
		if t.Step.Expect == cases.Declined {
			patience = t.To.Contract.Effects.Settle // nobody should come
		}
		a.Confirmed = t.To.Confirmations.came(ctx, "/"+c.Text, patience)
	}
}

// visitPause is the time between two checks for a visit.
const visitPause = 20 * time.Millisecond

// came waits until an address was visited, for so long at most, and reports whether it was.
func (c *Confirmations) came(ctx context.Context, path string, patience time.Duration) bool {
	for deadline := time.Now().Add(patience); ; {
		c.mu.Lock()
		came := c.visited[path]
		c.mu.Unlock()
		if came || !time.Now().Before(deadline) || pace.Wait(ctx, visitPause) != nil {
			return came
		}
	}
}

// Close stops serving.
func (c *Confirmations) Close() error {
	if err := c.server.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

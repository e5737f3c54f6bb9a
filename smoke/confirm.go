package smoke

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/history"
)

// confirmations serves the addresses that challenges ask the receiver to visit.
type confirmations struct {
	server *http.Server

	mu      sync.Mutex
	visited map[string]bool // by path
}

func listenForConfirmations(address string) (*confirmations, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("challenge.confirm: %w", err)
	}
	c := &confirmations{visited: map[string]bool{}}
	c.server = &http.Server{Handler: c, ReadTimeout: 10 * time.Second}
	go func() { _ = c.server.Serve(listener) }() // it ends when it is closed
	return c, nil
}

// ServeHTTP notes a visit.
func (c *confirmations) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.visited[r.URL.Path] = true
	w.WriteHeader(http.StatusOK)
}

// confirm notes what a challenge asks of the receiver beside an answer's body.
func (d *delivery) confirm(ctx context.Context, answer *http.Response, a *history.Attempt) {
	c := d.step.Challenge
	if c == nil {
		return
	}
	a.Header = answer.Header
	if d.check.confirmations != nil {
		patience := d.check.contract.Effects.Within
		if d.step.Expect == cases.Declined {
			patience = d.check.contract.Effects.Settle // nobody should come
		}
		a.Confirmed = d.check.confirmations.came(ctx, "/"+c.Text, patience)
	}
}

// came waits until an address was visited, for so long at most, and reports whether it was.
func (c *confirmations) came(ctx context.Context, path string, patience time.Duration) bool {
	for deadline := time.Now().Add(patience); ; {
		c.mu.Lock()
		came := c.visited[path]
		c.mu.Unlock()
		if came || !time.Now().Before(deadline) || wait(ctx, lookAgain) != nil {
			return came
		}
	}
}

func (c *confirmations) close() error {
	if err := c.server.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

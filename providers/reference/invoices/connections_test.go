package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers/idempotency"
)

// lines is a log whose lines can be waited for.
type lines chan string

// Write takes a line.
func (l lines) Write(text []byte) (int, error) {
	l <- string(text)
	return len(text), nil
}

func TestPendingInvoicesAreQueriedAgainWhenTheDatabaseHangs(t *testing.T) {
	r := start(t)
	hung, err := r.app.db.Conn(t.Context()) // there is no other
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	said, ended := make(lines, 1), make(chan error, 1)
	e := &enricher{store: r.app.store, timeout: 50 * time.Millisecond, log: slog.New(slog.NewTextHandler(said, nil))}
	go func() { ended <- e.resume(ctx) }()
	select {
	case line := <-said:
		require.Contains(t, line, "pending invoices cannot be read")
	case <-time.After(5 * time.Second):
		t.Error("it waits for ever")
	}
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	require.NoError(t, hung.Close())
}

// closingServer accepts connections, closes each, and counts them.
func closingServer(t *testing.T) (address string, accepted *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	accepted = &atomic.Int64{}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			_ = c.Close()
		}
	}()
	return listener.Addr().String(), accepted
}

// While Redis is away, a message holds its row of the outbox for one attempt, and not for what a client makes of it.
func TestPublishingIsTriedOnce(t *testing.T) {
	address, accepted := closingServer(t)
	s := newRedisStream("redis://"+address+"/0", "events", 1000)
	defer func() { require.NoError(t, s.Close()) }()
	for n := range int64(3) {
		require.Error(t, s.Publish(t.Context(), idempotency.Message{ID: 1}))
		require.Equal(t, n+1, accepted.Load(), "a connection that failed is not used again")
	}
}

// A Redis that was restarted while nothing was published costs no attempt.
func TestClosedIdleConnectionIsReplaced(t *testing.T) {
	c := &pingConn{}
	require.NoError(t, stillConnected(t.Context(), c, time.Now()))
	require.Zero(t, c.pings, "a connection in steady use costs no round trip more")
	require.NoError(t, stillConnected(t.Context(), c, time.Now().Add(-time.Minute)))
	require.Equal(t, 1, c.pings)
	c.err = io.EOF
	require.ErrorIs(t, stillConnected(t.Context(), c, time.Now().Add(-time.Minute)), io.EOF)
}

// pingConn counts its commands, and answers each with err.
type pingConn struct {
	redis.Conn
	pings int
	err   error
}

// DoContext counts one.
func (c *pingConn) DoContext(context.Context, string, ...any) (any, error) {
	c.pings++
	return "PONG", c.err
}

// ReceiveContext receives nothing.
func (c *pingConn) ReceiveContext(context.Context) (any, error) { return nil, c.err }

func TestDatabaseDown(t *testing.T) {
	r := start(t)
	require.NoError(t, r.app.db.Close())
	for _, w := range []*httptest.ResponseRecorder{
		r.send("evt_1", body("evt_1", invoicePaid)), r.get("/invoices/inv_1"), r.get("/totals?month=2026-11"), r.get("/events/evt_1"),
		r.get("/invoices?customer=c"), r.get("/readyz"),
	} {
		require.Equal(t, 503, w.Code)
	}
	require.Equal(t, 200, r.get("/healthz").Code)
}

package smoke_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke"
)

// inBubble replays against a receiver in a bubble of testing/synctest: time passes only when everyone waits, so what the
// receiver does late is late on a busy machine too, and no test waits for it. Connections are pipes in memory.
func inBubble(t *testing.T, o smoke.Options, receiver http.Handler) (r report.Report) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		pipes := &pipeListener{accepted: make(chan net.Conn), closed: make(chan struct{})}
		server := &http.Server{Handler: receiver, ReadHeaderTimeout: time.Hour}
		served := make(chan error)
		go func() { served <- server.Serve(pipes) }()
		o.Transport = &http.Transport{DialContext: pipes.dial}
		runner, err := smoke.NewRunner(o)
		require.NoError(t, err)
		r = runner.Run(t.Context(), nil)
		require.NoError(t, runner.Close())
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-served, http.ErrServerClosed)
		time.Sleep(time.Second) // net/http's server lingers on a connection that it closes
	})
	return r
}

// pipeListener accepts the other ends of the pipes that dial returns.
type pipeListener struct {
	accepted chan net.Conn
	once     sync.Once
	closed   chan struct{}
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.accepted <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accepted:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (*pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

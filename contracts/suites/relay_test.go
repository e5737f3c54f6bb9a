package suites_test

import (
	"context"
	"crypto/rand"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers/idempotency"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// The connection to PostgreSQL dies silently while a relay publishes, and PostgreSQL is reached under the same
// name again, as after a failover. The relay must not wait for an answer that never comes, and PostgreSQL must not keep
// the message locked for a relay that it will never hear of again: the message is published once more and marked.
func TestRelaySurvivesALostConnection(t *testing.T) {
	t.Parallel()
	line, address := ownDatabase(t, invoicesProvider(t))
	db, err := service.OpenDatabase(address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	store, err := idempotency.Open(t.Context(), db, idempotency.Options{Lease: 3 * time.Second})
	require.NoError(t, err)
	d := inbound()
	_, _, err = store.Process(t.Context(), d, func(ctx context.Context, tx *idempotency.Tx) (idempotency.Result, error) {
		return idempotency.Result{Status: 200}, tx.Emit(ctx, "test", "", []byte("{}"))
	})
	require.NoError(t, err)

	stream := &cutting{line: line}
	ctx, cancel := context.WithCancel(t.Context())
	var relay sync.WaitGroup
	relay.Go(func() { store.Relay(ctx, stream, nil) })
	defer relay.Wait()
	defer cancel()
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second) // the connection may be a dead one
		defer cancel()
		n, err := store.Published(ctx, d.Source, d.EventID)
		return err == nil && n == 1
	}, 30*time.Second, 50*time.Millisecond, "the message is marked as published")
	cancel()
	relay.Wait()
	require.Greater(t, len(stream.ids), 1)
	require.Len(t, slices.Compact(stream.ids), 1, "it is the same message each time, so that the stream can drop it")
}

// cutting is a stream during whose first message the line goes dead.
type cutting struct {
	line *line
	ids  []int64
}

// Publish notes the message.
func (c *cutting) Publish(_ context.Context, m idempotency.Message) error {
	c.ids = append(c.ids, m.ID)
	if len(c.ids) == 1 {
		c.line.cut()
	}
	return nil
}

// ownDatabase creates a database in the service's PostgreSQL that no service's relay reads, and returns its URL through a
// proxy that can be cut.
func ownDatabase(t *testing.T, r *running) (*line, string) {
	t.Helper()
	name := "own_" + strings.ToLower(rand.Text())
	_, err := r.connect(t).Exec(t.Context(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	u, err := url.Parse(r.Need("postgres").URL())
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := &line{listener: listener, to: u.Host}
	l.running.Go(l.accept)
	t.Cleanup(l.close)
	u.Host, u.Path = listener.Addr().String(), "/"+name
	return l, u.String()
}

// line leads connections to an address. Those that are cut stay open, and nothing that is sent on them arrives.
type line struct {
	listener net.Listener
	to       string
	running  sync.WaitGroup

	mu   sync.Mutex
	ends []net.Conn
	dead chan struct{} // of the connections since the last cut; closed by the next
}

func (l *line) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", l.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		l.mu.Lock()
		if l.dead == nil {
			l.dead = make(chan struct{})
		}
		dead := l.dead
		l.ends = append(l.ends, near, far)
		l.mu.Unlock()
		l.running.Go(func() { carry(near, far, dead) })
		l.running.Go(func() { carry(far, near, dead) })
	}
}

// carry copies bytes from one end to the other. Once the line is dead it discards them, and does not pass on an end either.
func carry(to, from net.Conn, dead <-chan struct{}) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		select {
		case <-dead:
			_, _ = io.Copy(io.Discard, from) // until an end is closed
			return
		default:
		}
		if _, failed := to.Write(buffer[:n]); err != nil || failed != nil {
			_ = to.Close()
			return
		}
	}
}

// cut makes the connections that there are dead.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.dead)
	l.dead = nil
}

func (l *line) close() {
	_ = l.listener.Close()
	l.mu.Lock()
	for _, end := range l.ends {
		_ = end.Close()
	}
	l.mu.Unlock()
	l.running.Wait()
}

package main

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/fridaygate/fridaygate/providers/idempotency"
)

// redisStream publishes on a Redis stream, each message once.
type redisStream struct {
	pool      *redis.Pool
	name      string
	maxLength int64
}

// redisTimeout bounds each step with Redis: connecting, the TLS handshake, sending, and waiting for the reply.
const redisTimeout = time.Second

// newRedisStream does not connect: a service starts, and says that it is not ready, while Redis is still starting.
// Nothing is tried twice: the relay tries again, and logs it.
func newRedisStream(url, name string, maxLength int64) *redisStream {
	dial := func(ctx context.Context) (redis.Conn, error) {
		return redis.DialURLContext(ctx, url, redis.DialConnectTimeout(redisTimeout), redis.DialTLSHandshakeTimeout(redisTimeout),
			redis.DialReadTimeout(redisTimeout), redis.DialWriteTimeout(redisTimeout))
	}
	pool := &redis.Pool{DialContext: dial, MaxIdle: 1, IdleTimeout: time.Minute, TestOnBorrowContext: stillConnected}
	return &redisStream{pool, name, maxLength}
}

// stillConnected finds a connection out that Redis closed while it was idle. One that was in use a moment ago is taken
// as it is.
func stillConnected(ctx context.Context, c redis.Conn, since time.Time) error {
	if time.Since(since) < redisTimeout {
		return nil
	}
	_, err := redis.DoContext(c, ctx, "PING")
	return err
}

// withConn runs do on a connection of the pool.
func (s *redisStream) withConn(ctx context.Context, do func(redis.Conn) error) error {
	c, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(c), c.Close())
}

// remembered is how long Redis knows that a message was published: longer than any relay tries again.
const remembered = 7 * 24 * time.Hour

// publishOnce adds the message unless it was added before, in one step. The braces keep both keys in one slot of a
// Redis Cluster.
var publishOnce = redis.NewScript(2, `
if redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[1]) then
	return redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*',
		'event_id', ARGV[3], 'source', ARGV[4], 'type', ARGV[5], 'traceparent', ARGV[6], 'data', ARGV[7])
end
return ''
`)

// Publish puts the message on the stream, or finds that it is there.
func (s *redisStream) Publish(ctx context.Context, m idempotency.Message) error {
	published := "{" + s.name + "}:published:" + m.Source + ":" + m.EventID + ":" + strconv.FormatInt(m.ID, 10)
	return s.withConn(ctx, func(c redis.Conn) error {
		_, err := publishOnce.DoContext(ctx, c, s.name, published, int(remembered.Seconds()), s.maxLength,
			m.EventID, m.Source, m.Type, m.TraceParent, m.Data)
		return err
	})
}

// Ready reports an error unless Redis answers.
func (s *redisStream) Ready(ctx context.Context) error {
	return s.withConn(ctx, func(c redis.Conn) error {
		_, err := redis.DoContext(c, ctx, "PING")
		return err
	})
}

// Close ends the connections.
func (s *redisStream) Close() error { return s.pool.Close() }

// memoryStream is the stream of a process on its own: it keeps the last messages, each once.
type memoryStream struct {
	maxLength int

	mu       sync.Mutex
	seen     map[int64]bool
	messages []idempotency.Message
}

// Publish keeps the message, and drops the oldest when there are too many.
func (s *memoryStream) Publish(_ context.Context, m idempotency.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[m.ID] {
		return nil
	}
	if s.seen == nil {
		s.seen = map[int64]bool{}
	}
	s.seen[m.ID] = true
	s.messages = append(s.messages, m)
	if len(s.messages) > s.maxLength {
		delete(s.seen, s.messages[0].ID)
		s.messages = s.messages[1:]
	}
	return nil
}

// Ready is always true.
func (s *memoryStream) Ready(context.Context) error { return nil }

// Close does nothing.
func (s *memoryStream) Close() error { return nil }

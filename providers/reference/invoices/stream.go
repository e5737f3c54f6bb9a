package main

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/fridaygate/fridaygate/providers/idempotency"
)

// redisStream publishes on a Redis stream, each message once.
type redisStream struct {
	client    *redis.Client
	name      string
	maxLength int64
}

func newRedisStream(url, name string, maxLength int64) (*redisStream, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, err
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = time.Second, time.Second, time.Second
	options.MaxRetries, options.DialerRetries = -1, 1 // the relay tries again, and says so
	return &redisStream{redis.NewClient(options), name, maxLength}, nil
}

// remembered is how long Redis knows that a message was published: longer than any relay tries again.
const remembered = 7 * 24 * time.Hour

// publishOnce adds the message unless it was added before, in one step. The braces keep both keys in one slot of a
// Redis Cluster.
var publishOnce = redis.NewScript(`
if redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[1]) then
	return redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'event_id', ARGV[3], 'source', ARGV[4], 'type', ARGV[5], 'traceparent', ARGV[6], 'data', ARGV[7])
end
return ''
`)

// Publish puts the message on the stream, or finds that it is there.
func (s *redisStream) Publish(ctx context.Context, m idempotency.Message) error {
	published := "{" + s.name + "}:published:" + m.Source + ":" + m.EventID + ":" + strconv.FormatInt(m.ID, 10)
	return publishOnce.Run(ctx, s.client, []string{s.name, published}, int(remembered.Seconds()), s.maxLength,
		m.EventID, m.Source, m.Type, m.TraceParent, m.Data).Err()
}

// Ready tells whether Redis answers.
func (s *redisStream) Ready(ctx context.Context) error { return s.client.Ping(ctx).Err() }

// Close ends the connections.
func (s *redisStream) Close() error { return s.client.Close() }

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

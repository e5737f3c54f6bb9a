package idempotency

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/fridaygate/fridaygate/providers/database"
)

// Tx is the transaction of one event's work.
type Tx struct {
	*sql.Tx
	store    *Store
	delivery Delivery
}

// Message is one message on its way to a stream.
type Message struct {
	ID          int64 // unique in its outbox: a stream that has seen it drops it
	Source      string
	EventID     string
	Type        string
	TraceParent string // W3C Trace Context of the event; "" for none
	Data        []byte // JSON
}

// Emit has a message published once the transaction is committed, and not if it is not. It waits in the outbox
// until a Relay has published it.
func (t *Tx) Emit(ctx context.Context, messageType, traceParent string, data []byte) error {
	_, err := t.ExecContext(ctx, `INSERT INTO outbox (source, event_id, type, traceparent, data) VALUES ($1, $2, $3, $4, $5)`,
		t.delivery.Source, t.delivery.EventID, messageType, traceParent, data)
	return err
}

// Published counts the messages of an event that are on the stream.
func (s *Store) Published(ctx context.Context, source, eventID string) (int, error) {
	var n int
	err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE source = $1 AND event_id = $2 AND published_at IS NOT NULL`, source,
		eventID).Scan(&n)
	return n, err
}

// Waiting counts the messages of an event that are not on the stream yet.
func (s *Store) Waiting(ctx context.Context, source, eventID string) (int, error) {
	var n int
	err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE source = $1 AND event_id = $2 AND published_at IS NULL`, source,
		eventID).Scan(&n)
	return n, err
}

// Publisher puts a message on a stream. It may be given a message again that it has published before, and must
// drop it then: a relay that dies between publishing and marking starts over.
type Publisher interface {
	Publish(ctx context.Context, m Message) error
}

// Relay publishes the messages of the outbox in the order of their rows, until ctx ends. After an error it calls failed, if
// that is not nil, and retries with growing pauses. Several relays may share one database: PostgreSQL hands each row to one
// of them at a time.
func (s *Store) Relay(ctx context.Context, to Publisher, failed func(error)) {
	const soonest, latest = 50 * time.Millisecond, 5 * time.Second
	retry := soonest
	for {
		n, err := s.relayOne(ctx, to)
		if ctx.Err() != nil {
			return
		}
		if n > 0 {
			retry = soonest
			continue
		}
		pause, wake := latest, s.wake
		if err != nil {
			if failed != nil {
				failed(err)
			}
			pause, wake = retry, nil // what just failed is not tried at once, whatever comes
			retry = min(2*retry, latest)
		}
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-time.After(pause):
		}
	}
}

// notify wakes the relay of this process.
func (s *Store) notify() {
	select {
	case s.wake <- struct{}{}:
	default: // it will look again anyway
	}
}

// relayOne publishes the oldest message that no other relay has locked, and returns how many that was: 0 or 1.
// It locks the message for at most one lease, even if its connection to the database dies silently.
func (s *Store) relayOne(ctx context.Context, to Publisher) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Lease)
	defer cancel()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("relay: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := s.bound(ctx, tx, 0); err != nil {
		return 0, fmt.Errorf("relay: %w", err)
	}
	lock := ""
	if s.db.Dialect == database.PostgreSQL {
		lock = " FOR UPDATE SKIP LOCKED"
	}
	var m Message
	err = tx.QueryRowContext(ctx,
		`SELECT id, source, event_id, type, traceparent, data FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT 1`+lock).
		Scan(&m.ID, &m.Source, &m.EventID, &m.Type, &m.TraceParent, &m.Data)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("relay: %w", err)
	}
	if err := to.Publish(ctx, m); err != nil {
		return 0, fmt.Errorf("relay: publish message %d of event %s: %w", m.ID, m.EventID, err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE outbox SET published_at = $2 WHERE id = $1`, m.ID, s.options.Now().UnixMicro()); err != nil {
		return 0, fmt.Errorf("relay: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("relay: %w", err)
	}
	return 1, nil
}

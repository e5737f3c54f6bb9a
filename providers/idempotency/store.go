package idempotency

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/fridaygate/fridaygate/providers/database"
)

// Outcome is what became of one delivery.
type Outcome string

// The outcomes of Process.
const (
	First    Outcome = "first"     // it was carried out now
	Replayed Outcome = "replayed"  // it was carried out before, with the same content: here is that result
	Mismatch Outcome = "mismatch"  // its id was used before, with other content
	InFlight Outcome = "in_flight" // another delivery of it is being carried out right now
)

// Delivery is one inbound event.
type Delivery struct {
	Source      string // who sends it; ids of two sources do not collide
	EventID     string // its identity, equal in every delivery of the event
	Type        string // what it is, for people
	Fingerprint string // of its content: Fingerprint or FingerprintBytes
}

// Result is the answer to an event. It is stored, and given again byte for byte.
type Result struct {
	Status      int
	ContentType string
	Body        []byte
}

// Record is what is stored of one event.
type Record struct {
	Delivery
	Result
	ReceivedAt time.Time
}

// Work carries one event out. Whatever it does through tx happens together with the stored result, or not at
// all; what it does elsewhere may happen twice, and belongs into Tx.Emit.
type Work func(ctx context.Context, tx *Tx) (Result, error)

// Options set the bounds of a Store.
type Options struct {
	Wait  time.Duration    // how long an overlapping delivery waits for the first; 0 does not wait
	Lease time.Duration    // how long an unfinished delivery may hold its event id; 15s when zero
	Now   func() time.Time // nil: time.Now
}

// Store remembers the events of all sources. It is safe for concurrent use, also by several processes.
type Store struct {
	db      *database.DB
	options Options
	running keys
	wake    chan struct{}
}

// Open creates the store's tables in db if necessary, and returns the store.
func Open(ctx context.Context, db *database.DB, o Options) (*Store, error) {
	if o.Lease == 0 {
		o.Lease = 15 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := database.Migrate(ctx, db, "idempotency", migrations(db.Dialect)); err != nil {
		return nil, err
	}
	return &Store{db: db, options: o, wake: make(chan struct{}, 1)}, nil
}

// Process carries out an event unless that was done before. An error means that the outcome is not known, for example
// because the database is unreachable or work failed, and that the sender should retry. Nothing was stored then, unless the
// commit got no answer: a later delivery finds out.
//
// Of overlapping deliveries within one process, one proceeds and the others wait without a database connection.
// Across processes, a later claim waits at PostgreSQL's unique key. PostgreSQL ends the claim of a process that died.
func (s *Store) Process(ctx context.Context, d Delivery, work Work) (Outcome, Result, error) {
	release, ok, err := s.running.acquire(ctx, d.Source+"\x00"+d.EventID, s.options.Wait)
	if err != nil {
		return "", Result{}, fmt.Errorf("process %s %s: %w", d.Source, d.EventID, err)
	}
	if !ok {
		return InFlight, Result{}, nil
	}
	defer release()
	outcome, result, err := s.process(ctx, d, work)
	if err != nil {
		return "", Result{}, fmt.Errorf("process %s %s: %w", d.Source, d.EventID, err)
	}
	if outcome == First {
		s.notify()
	}
	return outcome, result, nil
}

func (s *Store) process(ctx context.Context, d Delivery, work Work) (Outcome, Result, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Lease)
	defer cancel()
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return "", Result{}, err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	claimed, err := s.claim(ctx, tx, d)
	switch {
	case isLockTimeout(err):
		return InFlight, Result{}, nil
	case err != nil:
		return "", Result{}, err
	case !claimed:
		known, err := find(ctx, tx, d.Source, d.EventID)
		if err != nil {
			return "", Result{}, err
		}
		if known.Fingerprint != d.Fingerprint {
			return Mismatch, Result{}, nil
		}
		return Replayed, known.Result, nil
	}
	result, err := work(ctx, &Tx{Tx: tx, store: s, delivery: d})
	if err != nil {
		return "", Result{}, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE inbound_events SET status = $3, content_type = $4, body = $5 WHERE source = $1 AND event_id = $2`,
		d.Source, d.EventID, result.Status, result.ContentType, result.Body)
	if err != nil {
		return "", Result{}, err
	}
	if err := tx.Commit(); err != nil {
		return "", Result{}, err
	}
	return First, result, nil
}

// claim inserts the event id, and reports whether it was free. The row is invisible until its transaction ends, so
// every visible row has a result.
func (s *Store) claim(ctx context.Context, tx *sql.Tx, d Delivery) (bool, error) {
	if err := s.bound(ctx, tx, max(s.options.Wait, time.Millisecond)); err != nil {
		return false, err
	}
	inserted, err := tx.ExecContext(ctx,
		`INSERT INTO inbound_events (source, event_id, type, fingerprint, received_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (source, event_id) DO NOTHING`, d.Source, d.EventID, d.Type, d.Fingerprint, s.options.Now().UnixMicro())
	if err != nil {
		return false, err
	}
	n, err := inserted.RowsAffected()
	if err != nil || n == 0 {
		return false, err
	}
	return true, s.bound(ctx, tx, 0) // the work waits as long as ctx lets it
}

// bound limits how long the transaction waits for a lock in PostgreSQL (0: forever), and how long it lasts if its process
// hangs. SQLite needs neither: its only writer waited when the transaction began.
func (s *Store) bound(ctx context.Context, tx *sql.Tx, lock time.Duration) error {
	if s.db.Dialect != database.PostgreSQL {
		return nil
	}
	_, err := tx.ExecContext(ctx, `SELECT set_config('lock_timeout', $1, true), set_config('idle_in_transaction_session_timeout', $2, true)`,
		strconv.FormatInt(lock.Milliseconds(), 10), strconv.FormatInt(s.options.Lease.Milliseconds(), 10))
	return err
}

// isLockTimeout reports whether err is PostgreSQL's lock_not_available, which lock_timeout causes.
func isLockTimeout(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "55P03"
}

// ErrUnknown means that no delivery of the event was ever accepted.
var ErrUnknown = errors.New("no such event")

// Find returns the record of an event, or ErrUnknown if there is none.
func (s *Store) Find(ctx context.Context, source, eventID string) (Record, error) {
	return find(ctx, s.db, source, eventID)
}

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func find(ctx context.Context, q querier, source, eventID string) (Record, error) {
	r := Record{Delivery: Delivery{Source: source, EventID: eventID}}
	var received int64
	err := q.QueryRowContext(ctx,
		`SELECT type, fingerprint, status, content_type, body, received_at FROM inbound_events WHERE source = $1 AND event_id = $2`, source,
		eventID).
		Scan(&r.Type, &r.Fingerprint, &r.Status, &r.ContentType, &r.Body, &received)
	if errors.Is(err, sql.ErrNoRows) {
		return Record{}, ErrUnknown
	}
	r.ReceivedAt = time.UnixMicro(received).UTC()
	return r, err
}

package suites_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// held is a point at which PostgreSQL blocks a webhook's transaction until the test releases it. So the tests depend on no
// timing, and repeat nothing.
type held struct {
	what    string
	reached func(ctx context.Context) (bool, error)
	release func()
}

// holdWork blocks webhooks in their work: the test locks the invoices table, so a webhook's transaction waits there after it
// has claimed its event id. pg_locks shows when.
func (r *running) holdWork(t *testing.T) held {
	t.Helper()
	holder := r.connect(t)
	tx, err := holder.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "LOCK TABLE invoices IN ACCESS EXCLUSIVE MODE")
	require.NoError(t, err)
	return held{
		what: "the webhook's transaction holds its claim and waits for the invoices table",
		reached: func(ctx context.Context) (waits bool, err error) {
			err = holder.QueryRow(ctx, `
				SELECT EXISTS (
					SELECT FROM pg_locks wants JOIN pg_locks holds ON holds.pid = wants.pid
					WHERE wants.relation = 'invoices'::regclass AND NOT wants.granted
					AND holds.relation = 'inbound_events'::regclass AND holds.granted AND holds.mode = 'RowExclusiveLock')`).Scan(&waits)
			return waits, err
		},
		release: func() { _ = holder.Close(context.Background()) }, // a stopped PostgreSQL has released the lock
	}
}

// holdCommit blocks webhooks in their COMMIT: with a synchronous standby that does not exist, PostgreSQL makes the
// transaction durable and then waits for the standby before it answers (wait event SyncRep). At that moment the event is
// committed, and the provider does not know it yet.
func (r *running) holdCommit(t *testing.T) held {
	t.Helper()
	standby := func(name string) *pgx.Conn {
		db := r.connect(t)
		for _, statement := range []string{"ALTER SYSTEM SET synchronous_standby_names = '" + name + "'", "SELECT pg_reload_conf()"} {
			_, err := db.Exec(t.Context(), statement)
			require.NoError(t, err)
		}
		return db
	}
	db := standby("nobody")
	r.commitsWait(t, db)
	return held{
		what: "the webhook's COMMIT is durable and unanswered",
		reached: func(ctx context.Context) (waits bool, err error) {
			err = db.QueryRow(ctx, `
				SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND lower(query) LIKE 'commit%')`).Scan(&waits)
			return waits, err
		},
		release: func() { standby("") },
	}
}

// commitsWait returns when a COMMIT waits for the standby: PostgreSQL takes up the setting in its own time.
func (r *running) commitsWait(t *testing.T, db *pgx.Conn) {
	t.Helper()
	probe := r.connect(t)
	done := make(chan error, 1)
	r.eventually(t, "COMMIT waits for the standby", func(ctx context.Context) (bool, error) {
		go func() {
			_, err := probe.Exec(t.Context(), "CREATE TABLE IF NOT EXISTS commit_probe (); DROP TABLE commit_probe")
			done <- err
		}()
		for {
			select {
			case err := <-done:
				return false, err // it did not wait yet
			case <-time.After(5 * time.Millisecond):
			}
			var waits bool
			err := db.QueryRow(ctx, "SELECT coalesce(wait_event = 'SyncRep', false) FROM pg_stat_activity WHERE pid = $1",
				probe.PgConn().PID()).Scan(&waits)
			if err != nil || waits {
				return waits, err
			}
		}
	})
	// It is committed; only the wait for the standby is given up.
	_, err := db.Exec(t.Context(), "SELECT pg_cancel_backend($1)", int32(probe.PgConn().PID()))
	require.NoError(t, err)
	require.NoError(t, <-done)
}

package contracts_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/payments"
)

// PostgreSQL stops in the middle of a webhook: nothing of it remains, and the redelivery is carried out once.
//
// "In the middle" is made exact by a lock: this test holds the invoices table, so the webhook's transaction, which
// has claimed its event id by then, waits there. The test sees it wait in pg_locks before it stops PostgreSQL, so
// there is no moment to hit and nothing to repeat.
func TestDatabaseStopsInTheMiddleOfAWebhook(t *testing.T) {
	t.Parallel()
	p := ownInvoices(t)
	ctx := t.Context()
	event := paid("5001", 48250, day(3), day(20))

	holder := p.connect(t)
	tx, err := holder.Begin(ctx)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "LOCK TABLE invoices IN ACCESS EXCLUSIVE MODE")
	require.NoError(t, err)

	first := p.deliverLater(event)
	p.eventually(t, "the webhook's transaction holds its claim and waits for the invoices table", func(ctx context.Context) (bool, error) {
		var waiting bool
		err := holder.QueryRow(ctx, `
			SELECT EXISTS (
				SELECT FROM pg_locks wants JOIN pg_locks holds ON holds.pid = wants.pid
				WHERE wants.relation = 'invoices'::regclass AND NOT wants.granted
				AND holds.relation = 'inbound_events'::regclass AND holds.granted AND holds.mode = 'RowExclusiveLock')`).Scan(&waiting)
		return waiting, err
	})

	database := p.Need("postgres")
	require.NoError(t, database.Stop(ctx))
	require.Error(t, (<-first).err, "the sender must not be told that the event was accepted")
	require.NoError(t, database.Start(ctx))

	receipt := p.redeliver(t, event)
	require.Equal(t, payments.Accepted, receipt.Outcome, "nothing of the first delivery remained")
	require.Equal(t, 1, p.effects(t, event))
	require.Equal(t, payments.Replayed, p.redeliver(t, event).Outcome)
	require.Equal(t, 1, p.effects(t, event))
}

// The provider is killed between the commit of a webhook and its answer: the redelivery gives the stored result.
//
// "Between" is made exact by PostgreSQL itself: with a synchronous standby that does not exist, COMMIT makes
// the transaction durable and then waits for the standby before it answers (wait event SyncRep). In that
// moment the event is committed and the provider does not know it. The test sees the backend wait there,
// kills the provider with SIGKILL, and lets PostgreSQL go on.
func TestProviderIsKilledBetweenCommitAndAnswer(t *testing.T) {
	t.Parallel()
	p := ownInvoices(t)
	ctx := t.Context()
	event := paid("5002", 48250, day(3), day(20))
	db := p.connect(t)

	standby := func(name string) {
		for _, statement := range []string{"ALTER SYSTEM SET synchronous_standby_names = '" + name + "'", "SELECT pg_reload_conf()"} {
			_, err := db.Exec(ctx, statement)
			require.NoError(t, err)
		}
	}
	standby("nobody")
	p.commitsWait(t, db)

	first := p.deliverLater(event)
	p.eventually(t, "the webhook's COMMIT is durable and unanswered", func(ctx context.Context) (bool, error) {
		var waiting bool
		err := db.QueryRow(ctx, `
			SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND lower(query) LIKE 'commit%')`).Scan(&waiting)
		return waiting, err
	})
	require.NoError(t, p.Kill(ctx))
	require.Error(t, (<-first).err, "the sender got no answer")

	standby("")
	p.eventually(t, "the event is committed", func(ctx context.Context) (bool, error) {
		var n int
		err := db.QueryRow(ctx, "SELECT count(*) FROM inbound_events WHERE event_id = $1", event.ID).Scan(&n)
		return n == 1, err
	})

	require.NoError(t, p.Restart(ctx))
	receipt := p.redeliver(t, event)
	require.Equal(t, payments.Replayed, receipt.Outcome)
	require.Equal(t, 1, p.effects(t, event))
}

// delivery is what became of one.
type delivery struct {
	receipt payments.Receipt
	err     error
}

// deliverLater delivers once, in the background.
func (r *running) deliverLater(event payments.Event) <-chan delivery {
	done := make(chan delivery, 1)
	client := r.payments()
	go func() {
		receipt, err := client.Deliver(context.Background(), event)
		done <- delivery{receipt, err}
	}()
	return done
}

// redeliver does what a sender does: it delivers again until the answer is an acceptance.
func (r *running) redeliver(t *testing.T, event payments.Event) (receipt payments.Receipt) {
	t.Helper()
	var last error
	require.Eventually(t, func() bool {
		receipt, last = r.payments().Deliver(t.Context(), event)
		return last == nil
	}, 30*time.Second, 100*time.Millisecond, "redelivery of %s", event.ID)
	require.NoError(t, last)
	return receipt
}

// effects is how often the event was carried out, as the provider's journal says.
func (r *running) effects(t *testing.T, event payments.Event) int {
	t.Helper()
	resp, err := http.Get(r.URL() + "/events/" + event.ID + "?source=invoices")
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, string(body))
	var record struct{ Effects *int }
	require.NoError(t, json.Unmarshal(body, &record))
	require.NotNil(t, record.Effects, string(body))
	return *record.Effects
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
			default:
			}
			var waits bool
			err := db.QueryRow(ctx, "SELECT coalesce(wait_event = 'SyncRep', false) FROM pg_stat_activity WHERE pid = $1", probe.PgConn().PID()).Scan(&waits)
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

// eventually waits for something that another process does, and says what if it does not come.
func (r *running) eventually(t *testing.T, what string, holds func(ctx context.Context) (bool, error)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		ok, err := holds(ctx)
		if ok {
			return
		}
		select {
		case <-ctx.Done():
			logs, _ := r.Logs(t.Context())
			t.Fatalf("it never came that %s (last error: %v); the provider's log:\n%s", what, err, logs)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

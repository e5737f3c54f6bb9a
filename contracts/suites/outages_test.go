package suites_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/ledger"
	"github.com/fridaygate/fridaygate/consumers/payments"
	"github.com/fridaygate/fridaygate/providers"
)

// The service restarts between a delivery and its duplicate: its record of the event survives.
func TestProviderRestartsBetweenDeliveryAndDuplicate(t *testing.T) {
	t.Parallel()
	p := ownInvoices(t)
	event := paid("5000", 48250, day(3), day(20))
	first := p.redeliver(t, event)
	require.Equal(t, payments.Accepted, first.Outcome)
	require.NoError(t, p.Restart(t.Context()))
	second := p.redeliver(t, event)
	require.Equal(t, payments.Replayed, second.Outcome)
	require.Equal(t, first.Result, second.Result)
	p.settles(t, event)
}

// PostgreSQL fails in the middle of a webhook, and recovers. A webhook that was still at work left nothing behind; one that
// was being committed is complete. Either way, the event was carried out once after the redelivery.
//
// A receiver that claims the event, does the work and stores the result in more than one transaction breaks here, as
// does one that answers before the commit.
func TestDatabaseIsLostInTheMiddleOfAWebhook(t *testing.T) {
	t.Parallel()
	for i, loss := range losses {
		t.Run(loss.name, func(t *testing.T) {
			t.Parallel() // most of each is waiting for limits of time
			p := ownInvoices(t)
			for j, moment := range []struct {
				name   string
				hold   func(*running, *testing.T) held
				stored int // events, after PostgreSQL came back
			}{
				{"at work", (*running).holdWork, 0},
				{"at the commit", (*running).holdCommit, 1},
			} {
				ok := t.Run(moment.name, func(t *testing.T) {
					event := paid(fmt.Sprintf("51%d%d", i, j), 48250, day(3), day(20))
					place := moment.hold(p, t)
					first := p.deliverLater(event)
					p.eventually(t, place.what, place.reached)

					require.NoError(t, loss.lose(p.Need("postgres"), t.Context()))
					require.ErrorContains(t, (<-first).err, "cannot be told", "the sender must be told neither that it was accepted nor that it was not")
					require.NoError(t, loss.end(p.Need("postgres"), t.Context()))
					place.release()
					p.storedBecomes(t, event, moment.stored)
					p.settles(t, event)
				})
				if !ok {
					return // what it left behind would spoil the next
				}
			}
		})
	}
}

// The provider is killed between the commit of a webhook and its answer: the redelivery returns the stored result.
func TestProviderIsKilledBetweenCommitAndAnswer(t *testing.T) {
	t.Parallel()
	p := ownInvoices(t)
	event := paid("5002", 48250, day(3), day(20))
	place := p.holdCommit(t)
	first := p.deliverLater(event)
	p.eventually(t, place.what, place.reached)
	require.NoError(t, p.Kill(t.Context()))
	require.Error(t, (<-first).err, "the sender got no answer")

	place.release()
	p.storedBecomes(t, event, 1)
	require.NoError(t, p.Restart(t.Context()))
	require.Equal(t, payments.Replayed, p.redeliver(t, event).Outcome)
	p.settles(t, event)
}

// Redis fails while events come in, and recovers: every event is accepted meanwhile, waits in the outbox, and is then
// published once.
//
// A receiver that publishes while it works fails its senders here, or loses the message; one that publishes after the
// commit, and keeps no outbox, loses it.
func TestRedisIsLostWhileEventsComeIn(t *testing.T) {
	t.Parallel()
	p := ownInvoices(t)
	for i, loss := range losses {
		ok := t.Run(loss.name, func(t *testing.T) {
			named := func(n int) payments.Event { return paid(fmt.Sprintf("52%d%d", i, n), 48250, day(3), day(20)) }
			events := []payments.Event{named(0)}
			p.settles(t, events[0]) // so that the connection to Redis that is lost is one in use

			require.NoError(t, loss.lose(p.Need("redis"), t.Context()))
			said := p.saidInVain(t)
			for n := 1; n <= 3; n++ {
				receipt, err := p.payments().Deliver(t.Context(), named(n))
				require.NoError(t, err, "no sender need know of Redis")
				require.Equal(t, payments.Accepted, receipt.Outcome)
				events = append(events, named(n))
			}
			p.eventually(t, "the relay has tried in vain", func(context.Context) (bool, error) { return p.saidInVain(t) > said, nil })
			n, err := waiting(t.Context(), p.connect(t))
			require.NoError(t, err)
			require.Equal(t, 3, n, "of the events, none is on the stream, and none is lost")

			require.NoError(t, loss.end(p.Need("redis"), t.Context()))
			for _, event := range events {
				p.settles(t, event)
			}
		})
		if !ok {
			return // what it left behind would spoil the next
		}
	}
}

// The provider is killed when an event is on the stream and not yet marked so in the outbox: it is published again
// after the restart, and the stream recognises it. A publisher that appends without checking would add it twice.
//
// A lock freezes that moment: under it, the outbox can be read and its rows locked, but not written.
func TestProviderIsKilledBetweenPublishingAndMarking(t *testing.T) {
	t.Parallel()
	p := ownInvoices(t)
	ctx := t.Context()
	event := paid("5004", 48250, day(3), day(20))
	require.NoError(t, p.Need("redis").Pause(ctx))
	require.Equal(t, payments.Accepted, p.redeliver(t, event).Outcome)
	tx, err := p.connect(t).Begin(ctx)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "LOCK TABLE outbox IN SHARE MODE")
	require.NoError(t, err)
	require.NoError(t, p.Need("redis").Resume(ctx))
	watcher := p.connect(t)
	p.eventually(t, "the relay waits to mark what it has published", func(ctx context.Context) (waits bool, err error) {
		err = watcher.QueryRow(ctx,
			`SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'outbox'::regclass AND mode = 'RowExclusiveLock' AND NOT granted)`).Scan(&waits)
		return waits, err
	})
	require.Equal(t, 1, p.onStream(t, event))
	require.NoError(t, p.Kill(ctx))
	require.NoError(t, tx.Rollback(ctx))
	n, err := waiting(ctx, watcher)
	require.NoError(t, err)
	require.Equal(t, 1, n, "the message is not marked")
	require.NoError(t, p.Restart(ctx))
	p.settles(t, event)
}

// losses are the ways to lose a dependency: it crashes, hangs, or cannot be reached; and their ends.
var losses = []struct {
	name      string
	lose, end func(providers.Dependency, context.Context) error
}{
	{"stopped", providers.Dependency.Stop, providers.Dependency.Start},
	{"paused", providers.Dependency.Pause, providers.Dependency.Resume},
	{"cut off", providers.Dependency.Cut, providers.Dependency.Heal},
}

// storedBecomes waits until no webhook's transaction is under way any more, and compares what is stored of the event.
func (r *running) storedBecomes(t *testing.T, event payments.Event, want int) {
	t.Helper()
	db := r.connect(t)
	r.eventually(t, "no transaction holds a claim", func(ctx context.Context) (free bool, err error) {
		err = db.QueryRow(ctx,
			`SELECT NOT EXISTS (SELECT FROM pg_locks WHERE relation = 'inbound_events'::regclass AND mode = 'RowExclusiveLock')`).Scan(&free)
		return free, err
	})
	var stored int
	require.NoError(t, db.QueryRow(t.Context(), "SELECT count(*) FROM inbound_events WHERE event_id = $1", event.ID).Scan(&stored))
	require.Equal(t, want, stored)
}

// settles requires what must hold of an event in the end, whatever happened: a redelivery is accepted and the next one
// replayed, the event was carried out once, its invoice is there once, and so is its message on the stream.
func (r *running) settles(t *testing.T, event payments.Event) {
	t.Helper()
	r.redeliver(t, event)
	require.Equal(t, payments.Replayed, r.redeliver(t, event).Outcome)
	require.Equal(t, 1, r.effects(t, event))

	var list struct{ Invoices []struct{ ID, Status string } }
	r.read(t, "/invoices?limit=100&customer="+event.Data.Invoice.Customer, &list)
	var statuses []string
	for _, i := range list.Invoices {
		if i.ID == event.Data.Invoice.ID {
			statuses = append(statuses, i.Status)
		}
	}
	require.Equal(t, []string{event.Data.Invoice.Status}, statuses)

	db := r.connect(t)
	r.eventually(t, "the outbox is empty", func(ctx context.Context) (empty bool, err error) {
		n, err := waiting(ctx, db)
		return n == 0, err
	})
	require.Equal(t, 1, r.onStream(t, event)) // what is marked as published is not published again
}

// waiting counts the messages in the outbox that are not marked as published.
func waiting(ctx context.Context, db *pgx.Conn) (n int, err error) {
	err = db.QueryRow(ctx, "SELECT count(*) FROM outbox WHERE published_at IS NULL").Scan(&n)
	return n, err
}

// saidInVain counts the provider's log lines about failed publishing.
func (r *running) saidInVain(t *testing.T) int {
	t.Helper()
	logs, err := r.Logs(t.Context())
	require.NoError(t, err)
	return strings.Count(logs, "events wait in the outbox")
}

// onStream counts the entries of an event on the stream.
func (r *running) onStream(t *testing.T, event payments.Event) (n int) {
	t.Helper()
	entries, err := ledger.Messages(r.redisDo(t.Context(), "XRANGE", "events", "-", "+"))
	require.NoError(t, err)
	for _, entry := range entries {
		if entry.Fields["event_id"] == event.ID {
			n++
		}
	}
	return n
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

// effects returns how often the event was carried out, according to the provider's journal.
func (r *running) effects(t *testing.T, event payments.Event) int {
	t.Helper()
	var record struct{ Effects *int }
	r.read(t, "/events/"+event.ID+"?source=invoices", &record)
	require.NotNil(t, record.Effects)
	return *record.Effects
}

// read reads from the provider, and retries: one that lost its database may still hold dead connections.
func (r *running) read(t *testing.T, path string, out any) {
	t.Helper()
	r.eventually(t, "the provider answers "+path, func(ctx context.Context) (bool, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL()+path, nil)
		if err == nil {
			err = ask(req, out)
		}
		return err == nil, err
	})
}

// eventually waits until a condition holds, and names it if it does not.
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

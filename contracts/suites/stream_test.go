package suites_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/ledger"
)

// reader returns a new ledger reader on the shared Redis.
func reader(r *running, stream string) *ledger.Reader {
	return &ledger.Reader{
		Redis: r.redis, Stream: stream, Group: "ledger-" + strings.ToLower(rand.Text()), Name: "one", Block: 100 * time.Millisecond,
	}
}

// The ledger's real reader books what the invoices service really published, once, duplicates or not.
func TestLedgerBooksWhatInvoicesPublishes(t *testing.T) {
	t.Parallel()
	r := invoicesProvider(t)
	n := rand.Text()
	event := paid(n, 48250, day(3), day(20))
	for range 3 {
		r.redeliver(t, event)
	}
	last := created(n+"b", 100, day(21))
	r.redeliver(t, last)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var entries []ledger.Entry
	err := reader(r, "events").Run(ctx, func(e ledger.Entry) error {
		if strings.Contains(e.EventID, n) {
			entries = append(entries, e)
		}
		if e.EventID == last.ID {
			cancel()
		}
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, entries, 2, "three deliveries of one event, and one of another")
	require.Equal(t, event.ID, entries[0].EventID)
	require.Equal(t, int64(48250), entries[0].Amount)
}

// A ledger that restarts first books what it had read and not booked. Entries that it cannot read stay pending.
func TestLedgerLosesNothing(t *testing.T) {
	t.Parallel()
	r := invoicesProvider(t)
	stream := "ledger-test-" + strings.ToLower(rand.Text())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	add := func(fields map[string]string) {
		_, err := r.redisDo(ctx, "XADD", redis.Args{stream, "*"}.AddFlat(fields)...)
		require.NoError(t, err)
	}
	entry := map[string]string{
		"source": "invoices", "type": "invoice.paid",
		"data": `{"event_id":"evt_1","source":"invoices","type":"invoice.paid",
			"invoice_id":"inv_1","customer":"cus_1","currency":"EUR","amount":500,"occurred_at":"2026-11-20T16:45:12Z"}`,
	}
	add(entry)
	add(entry) // the outbox publishes at least once
	add(map[string]string{"data": "{"})

	full := errors.New("disk full")
	books := reader(r, stream)
	require.ErrorIs(t, books.Run(ctx, func(ledger.Entry) error { return full }), full)

	var book ledger.Book
	for range 2 { // it meets the malformed entry each time it starts
		err := books.Run(ctx, func(e ledger.Entry) error { _, err := book.Apply(e); return err })
		var malformed *ledger.MalformedError
		require.ErrorAs(t, err, &malformed)
	}
	require.Equal(t, map[string]int64{"EUR": 500}, book.Received("cus_1"))
	pending, err := redis.Values(r.redisDo(ctx, "XPENDING", stream, books.Group))
	require.NoError(t, err)
	require.Equal(t, int64(1), pending[0], "only the malformed entry is open")
}

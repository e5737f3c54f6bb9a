package suites_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers/idempotency"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// replica returns an idempotency store on the shared PostgreSQL, as another process would have it.
func replica(t *testing.T, r *running, o idempotency.Options) *idempotency.Store {
	t.Helper()
	db, err := service.OpenDatabase(r.Need("postgres").URL())
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	s, err := idempotency.Open(t.Context(), db, o)
	require.NoError(t, err)
	return s
}

func inbound() idempotency.Delivery {
	return idempotency.Delivery{Source: "test", EventID: "evt_" + rand.Text(), Type: "test", Fingerprint: idempotency.FingerprintBytes(nil)}
}

// Two replicas share nothing but PostgreSQL: of copies that reach both at the same time, one is carried out.
func TestReplicasCarryAnEventOutOnce(t *testing.T) {
	t.Parallel()
	r := invoicesProvider(t)
	replicas := []*idempotency.Store{
		replica(t, r, idempotency.Options{Wait: 10 * time.Second}), replica(t, r, idempotency.Options{Wait: 10 * time.Second}),
	}
	for round := range 10 {
		d := inbound()
		var carriedOut atomic.Int64
		var mu sync.Mutex
		outcomes := map[idempotency.Outcome]int{}
		var copies sync.WaitGroup
		for i := range 16 {
			copies.Go(func() {
				outcome, result, err := replicas[i%2].Process(t.Context(), d, func(context.Context, *idempotency.Tx) (idempotency.Result, error) {
					time.Sleep(5 * time.Millisecond)
					return idempotency.Result{Status: 200, Body: fmt.Append(nil, carriedOut.Add(1))}, nil
				})
				mu.Lock()
				defer mu.Unlock()
				outcomes[outcome]++
				if err != nil || string(result.Body) != "1" {
					t.Errorf("round %d: %s %q %v", round, outcome, result.Body, err)
				}
			})
		}
		copies.Wait()
		require.Equal(t, map[idempotency.Outcome]int{idempotency.First: 1, idempotency.Replayed: 15}, outcomes)
	}
}

// While one replica works, the other waits up to its limit and then answers "in flight", and delays no other event.
func TestReplicaReportsAnEventInFlight(t *testing.T) {
	t.Parallel()
	r := invoicesProvider(t)
	one, two := replica(t, r, idempotency.Options{}), replica(t, r, idempotency.Options{Wait: 50 * time.Millisecond})
	d := inbound()
	started, finish, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, _, err := one.Process(t.Context(), d, func(context.Context, *idempotency.Tx) (idempotency.Result, error) {
			close(started)
			<-finish
			return idempotency.Result{Status: 200}, nil
		})
		done <- err
	}()
	<-started
	nothing := func(context.Context, *idempotency.Tx) (idempotency.Result, error) { return idempotency.Result{}, nil }
	outcome, _, err := two.Process(t.Context(), d, nothing)
	require.NoError(t, err)
	require.Equal(t, idempotency.InFlight, outcome)
	outcome, _, err = two.Process(t.Context(), inbound(), nothing)
	require.NoError(t, err)
	require.Equal(t, idempotency.First, outcome)
	close(finish)
	require.NoError(t, <-done)
	outcome, _, err = two.Process(t.Context(), d, nothing)
	require.NoError(t, err)
	require.Equal(t, idempotency.Replayed, outcome)
}

// A provider that hangs in the middle of an event does not block the event for ever: PostgreSQL ends its transaction
// when the lease is over, and another process carries the event out.
//
// The provider hangs at a known place: PostgreSQL holds its webhook until it is paused, and then answers a process that
// does not read.
func TestPausedProviderDoesNotHoldAnEvent(t *testing.T) {
	t.Parallel()
	p := ownInvoices(t)
	ctx := t.Context()
	event := paid("5003", 48250, day(3), day(20))
	place := p.holdWork(t)
	first := p.deliverLater(event)
	p.eventually(t, place.what, place.reached)
	require.NoError(t, p.Pause(ctx))
	place.release()

	other := replica(t, p, idempotency.Options{Wait: time.Minute})
	d := idempotency.Delivery{Source: "invoices", EventID: event.ID, Type: "test", Fingerprint: idempotency.FingerprintBytes(nil)}
	outcome, _, err := other.Process(ctx, d, func(context.Context, *idempotency.Tx) (idempotency.Result, error) {
		return idempotency.Result{Status: 200, ContentType: "application/json", Body: []byte("{}")}, nil
	})
	require.NoError(t, err)
	require.Equal(t, idempotency.First, outcome, "the claim of the paused provider is gone")
	require.NoError(t, p.Resume(ctx))
	require.Error(t, (<-first).err, "the sender must not be told that the paused delivery was accepted")
	require.Zero(t, p.effects(t, event), "what the paused provider had done was undone")
}

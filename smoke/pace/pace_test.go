package pace_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/pace"
)

func TestBudgetEnds(t *testing.T) {
	b := pace.NewBudget(3, 0)
	require.NoError(t, b.Spend(t.Context(), 2))
	require.NoError(t, b.Spend(t.Context(), 1))
	require.EqualError(t, b.Spend(t.Context(), 1), "the budget of 3 requests is used up")
}

func TestNoLimitIsNoLimit(t *testing.T) {
	b := pace.NewBudget(0, 0)
	for range 1000 {
		require.NoError(t, b.Spend(t.Context(), pace.Burst))
	}
}

func TestRateHoldsRequestsBackAfterABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		b := pace.NewBudget(0, 100)
		require.NoError(t, b.Spend(t.Context(), pace.Burst))
		require.Zero(t, time.Since(began))
		for range 24 {
			require.NoError(t, b.Spend(t.Context(), 1))
		}
		require.InDelta(t, 240*time.Millisecond, time.Since(began), float64(time.Millisecond))
	})
}

func TestWaitsEndWhenTheyAreInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := pace.NewBudget(0, 0.001)
	require.NoError(t, b.Spend(t.Context(), pace.Burst))
	require.ErrorIs(t, b.Spend(ctx, 1), pace.ErrInterrupted)
	require.ErrorIs(t, pace.Wait(ctx, time.Hour), pace.ErrInterrupted)
}

package pace_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/pace"
)

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"7": 7 * time.Second, "Wed, 25 Nov 2026 12:01:00 GMT": time.Minute, "Wed, 25 Nov 2026 11:00:00 GMT": 0, "": -1, "soon": -1, "-1": -1,
	} {
		wait, asked := pace.RetryAfter(http.StatusTooManyRequests, http.Header{"Retry-After": {text}}, now)
		require.Equal(t, want >= 0, asked, text)
		require.Equal(t, max(0, want), wait, text)
	}
	_, asked := pace.RetryAfter(http.StatusCreated, http.Header{"Retry-After": {"7"}}, now)
	require.False(t, asked)
}

func TestWaitIsKeptToTheWallTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := pace.NewBudget(0, 0)
		require.Error(t, b.WaitAsAsked(t.Context(), time.Hour), "without a wall time")
		b.EndAt(time.Now().Add(10 * time.Second))
		started := time.Now()
		require.NoError(t, b.WaitAsAsked(t.Context(), 7*time.Second))
		require.Equal(t, 7*time.Second, time.Since(started))
		require.EqualError(t, b.WaitAsAsked(t.Context(), 7*time.Second), "it asks to wait 7s (Retry-After), and the wall time leaves 3s")
	})
}

package pace_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/pace"
)

func TestNoMoreThanThePlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		places := pace.NewPlaces(2)
		started := time.Now()
		for range 6 {
			go func() {
				if places.Take(t.Context(), false) == nil {
					time.Sleep(time.Second)
					places.Leave()
				}
			}()
		}
		synctest.Wait()
		require.NoError(t, places.Take(t.Context(), false))
		require.Equal(t, 3*time.Second, time.Since(started), "six take turns of two")
		places.Leave()
	})
}

func TestWhoGoesOnComesBeforeWhoBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		places := pace.NewPlaces(1)
		require.NoError(t, places.Take(t.Context(), false))
		var order []string
		wait := func(name string, goesOn bool) {
			go func() {
				if places.Take(t.Context(), goesOn) == nil {
					order = append(order, name)
					places.Leave()
				}
			}()
			synctest.Wait()
		}
		wait("begins", false)
		wait("goes on", true)
		wait("goes on later", true)
		places.Leave()
		synctest.Wait()
		require.Equal(t, []string{"goes on", "goes on later", "begins"}, order)
	})
}

func TestInterruptedWaitTakesNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		places := pace.NewPlaces(1)
		require.NoError(t, places.Take(t.Context(), false))
		ctx, cancel := context.WithCancel(t.Context())
		refused := make(chan error)
		go func() { refused <- places.Take(ctx, true) }()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-refused, pace.ErrInterrupted)
		require.ErrorIs(t, places.Take(ctx, false), pace.ErrInterrupted)
		places.Leave()
		require.NoError(t, places.Take(t.Context(), false), "the place is free")
	})
}

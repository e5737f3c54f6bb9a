package triage

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Values of the score interval, computed by hand from Wilson's formula with z = 3.09.
func TestBoundsAreWilsons(t *testing.T) {
	for _, c := range []struct {
		counted
		low, high float64
	}{
		{counted{0, 0}, 0, 1},
		{counted{0, 20}, 0, 0.3231},
		{counted{3, 5}, 0.1320, 0.9369},
		{counted{20, 20}, 0.6769, 1},
		{counted{500, 1000}, 0.4514, 0.5486},
	} {
		low, high := c.bounds()
		require.InDelta(t, c.low, low, 0.001, "%v", c.counted)
		require.InDelta(t, c.high, high, 0.001, "%v", c.counted)
	}
}

func TestAboveIsNotByChance(t *testing.T) {
	for c, above := range map[counted]bool{
		{1, 3}: false, {3, 3}: true, {2, 20}: false, {8, 20}: true, {55, 1000}: false, {80, 1000}: true, {0, 0}: false,
	} {
		require.Equal(t, above, c.above(0.05), "%v", c)
	}
	require.True(t, counted{1, 1000}.above(0), "where none is usual, one is unusual")
	require.False(t, counted{0, 1000}.above(0))
}

func TestCountersThatBeginAnewAreNoDifference(t *testing.T) {
	d, went := counted{5, 60}.minus(counted{3, 50})
	require.True(t, went)
	require.Equal(t, counted{2, 10}, d)
	_, went = counted{0, 10}.minus(counted{3, 50})
	require.False(t, went)
	_, went = counted{3, 10}.minus(counted{3, 50})
	require.False(t, went)
	d, went = counted{5, 50}.minus(counted{3, 50})
	require.True(t, went)
	require.Equal(t, counted{2, 2}, d, "what began before the window ended in it")
}

func TestPercentSaysSomething(t *testing.T) {
	for share, want := range map[float64]string{
		0: "0%", 0.1: "10%", 0.549: "54.9%", 1: "100%", 0.031: "3.1%", 0.0005: "0.05%", 1e-9: "under 0.001%",
	} {
		require.Equal(t, want, percent(share))
	}
}

func TestStepsAreInTheOrderOfThePlaybook(t *testing.T) {
	var names []string
	for _, one := range steps() {
		require.NotEmpty(t, one.Asks, one.Name)
		require.NotEmpty(t, one.Next, one.Name)
		names = append(names, one.Name)
	}
	require.Equal(t, []string{Duplicates, Mismatches, Replicas, Config, Timeouts, Cancellations, Contracts, Lineage, Logs}, names)
}

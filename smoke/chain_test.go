package smoke

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/cases"
)

func TestChainCountsWhatFollowsEachOther(t *testing.T) {
	one, two := cases.Round{Steps: make([]cases.Step, 1)}, cases.Round{Steps: make([]cases.Step, 2)}
	beside := one
	beside.Together = true
	require.Equal(t, 0, chain(nil))
	require.Equal(t, 3, chain([]cases.Round{one, two}), "rounds follow each other")
	require.Equal(t, 2, chain([]cases.Round{two, beside, beside}), "unless they go out together")
	nine := []cases.Round{one}
	for range atOnce {
		nine = append(nine, beside)
	}
	require.Equal(t, 2, chain(nine), "so many at a time")
}

func TestScoutIsFirstOrTheShortest(t *testing.T) {
	check := func(fixture, name string, chain int) Check { return Check{Fixture: fixture, Case: name, Chain: chain} }
	p := Plan{Checks: []Check{
		check("a", "dup-after-many", 77), check("a", "sig-missing", 2), check("a", "dup-seq", 2),
		check("b", "dup-seq", 1), check("b", "first", 1),
	}}
	require.Equal(t, map[string]int{"a": 1, "b": 4}, p.scouts())
	require.Equal(t, 79, p.LongestChain().Deliveries, "nobody waits for the longest")
	require.Equal(t, "dup-after-many", p.LongestChain().Case)
}

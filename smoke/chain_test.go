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

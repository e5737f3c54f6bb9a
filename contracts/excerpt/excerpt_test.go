package excerpt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
)

func TestHeadCountsCharacters(t *testing.T) {
	require.Equal(t, "café", excerpt.Head("café", 4))
	require.Equal(t, "caf…", excerpt.Head("café", 3))
	require.Equal(t, "", excerpt.Head("", 0))
}

func TestLastLines(t *testing.T) {
	require.Equal(t, []string{"b", "c"}, excerpt.LastLines("\na\nb\nc\n\n", 2))
	require.Equal(t, []string{"a"}, excerpt.LastLines("a", 2))
}

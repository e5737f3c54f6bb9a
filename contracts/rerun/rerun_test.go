package rerun_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/rerun"
)

func TestCommandNamesTheSubtestAlone(t *testing.T) {
	t.Run("a (b)/it's", func(t *testing.T) {
		require.Equal(t, `go test -run '^TestCommandNamesTheSubtestAlone$/^a_\(b\)$/^it'"'"'s$' ./contracts/rerun`, rerun.Command(t))
	})
}

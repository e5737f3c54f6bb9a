package spelling_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/spelling"
)

func TestNearest(t *testing.T) {
	names := []string{"github", "gitlab", "stripe"}
	for written, want := range map[string]struct {
		name string
		near bool
	}{
		"gihub":  {"github", true},
		"GitHub": {"github", true},
		"gitxab": {"gitlab", true},
		"strip":  {"stripe", true},
		"paypal": {"gitlab", false},
		"git":    {"github", false},
		"g":      {"github", false},
	} {
		name, near := spelling.Nearest(written, names)
		require.Equal(t, want.name, name, written)
		require.Equal(t, want.near, near, written)
	}
	name, near := spelling.Nearest("a", nil)
	require.Empty(t, name)
	require.False(t, near)
}

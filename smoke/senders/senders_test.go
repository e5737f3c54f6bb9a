package senders_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/senders"
)

func TestEveryNameOpens(t *testing.T) {
	names := senders.Names()
	require.True(t, slices.IsSorted(names))
	require.NotContains(t, names, senders.None)
	for _, name := range names {
		require.True(t, senders.Has(name))
		text, err := senders.Open(name)
		require.NoError(t, err)
		require.NotEmpty(t, text)
	}
}

func TestUnknownNameNamesTheNearest(t *testing.T) {
	for name, nearest := range map[string]string{"gihub": "github", "Stripe": "stripe", "slack-command": "slack-commands", "sns": "aws-sns"} {
		require.False(t, senders.Has(name))
		_, err := senders.Open(name)
		require.ErrorContains(t, err, "did you mean "+nearest+"?")
	}
	for _, name := range []string{"", "../github", "github.yaml", "none"} {
		_, err := senders.Open(name)
		require.ErrorContains(t, err, "no such profile", name)
	}
}

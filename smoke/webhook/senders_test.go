package webhook_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/senders"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// eachProfile runs do for every profile.
func eachProfile(t *testing.T, do func(t *testing.T, name string)) {
	t.Helper()
	require.GreaterOrEqual(t, len(senders.Names()), 37)
	for _, name := range senders.Names() {
		t.Run(name, func(t *testing.T) { do(t, name) })
	}
}

// The examples hold what a profile cannot: the receiver's address, and what it shares with its sender.
func TestEveryProfileLoadsWithAMinimalFile(t *testing.T) {
	eachProfile(t, func(t *testing.T, name string) {
		c, err := webhook.Load("../senders/examples/" + name)
		require.NoError(t, err)
		require.Equal(t, name, c.Sender)
		require.Equal(t, webhook.Success, c.Policy.Duplicate, "an answer's status is all that a vendor looks at")
		require.Equal(t, webhook.AnyMismatch, c.Policy.Mismatch, "no vendor sends two contents under one id")
		require.NotEmpty(t, c.Policy.Delivered)
		require.True(t, c.Retries.Span() > 0 || c.Retries.None != "", "dup-late needs to know how late")
	})
}

// A profile holds nothing that depends on the receiver.
func TestProfileSaysNothingOfTheReceiver(t *testing.T) {
	eachProfile(t, func(t *testing.T, name string) {
		c, err := webhook.Profile(name)
		require.NoError(t, err)
		require.Empty(t, c.Receiver)
		require.Empty(t, c.Endpoint.Path)
		require.Empty(t, c.Signature.SecretEnv)
		require.Zero(t, c.Effects)
		require.Zero(t, c.Hooks)
		require.Empty(t, c.KnownFailures)
		require.Empty(t, c.Fresh)
	})
}

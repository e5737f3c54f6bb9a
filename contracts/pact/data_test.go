package pact_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Programs of teams read what Verify returns as data: its Verdict is a field, computed as Verify returns.
func TestWhatVerifyReturnsIsData(t *testing.T) {
	got := pact.Verify(t.Context(), pact.Options{Provider: "shop", URL: "http://127.0.0.1:1", Sources: []pact.Source{pact.Files(t.TempDir())}})
	require.Equal(t, verdict.Unknown, got.Verdict)
	require.Equal(t, "unknown", got.Verdict.String())
	require.Len(t, got.Problems, 1)
	require.Empty(t, got.Results)
	require.Empty(t, got.Notes)
}

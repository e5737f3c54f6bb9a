package verification

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWordsOfTheLibraryHoldNoPathsBacktracesOrEscapes(t *testing.T) {
	p := &planned{setup: Setup{Interaction: Interaction{Pact: "pacts/web-shop.json"}}}
	require.Equal(t, "Failed to load pact 'pacts/web-shop.json': no such file\nCaused by: it is gone", p.words(
		"\x1b[31mFailed\x1b[0m to load pact '/tmp/fridaygate-pacts-12/pact-3.json': no such file\nCaused by: it is gone\n\nStack backtrace:\n"+
			"   0: anyhow::error::<impl anyhow::Error>::msg\n             at /cargo/anyhow/src/error.rs:12:3\n   1: pact_verifier::verify\n"+
			"note: run with `RUST_BACKTRACE=full`"))
}

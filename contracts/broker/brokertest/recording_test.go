package brokertest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A run of some subtests may ask less than what is recorded, and nothing else.
func TestPartOfARecordingIsWithinIt(t *testing.T) {
	recorded := []string{"GET /", "GET /", "GET /pacts", "PUT /pacts"}
	for _, some := range [][]string{nil, {"GET /"}, {"GET /", "GET /"}, {"GET /", "PUT /pacts"}, recorded} {
		require.True(t, within(some, recorded), some)
	}
	for _, some := range [][]string{{"GET /webhooks"}, {"GET /", "GET /", "GET /"}, {"PUT /pacts", "PUT /pacts"}} {
		require.False(t, within(some, recorded), some)
	}
}

package contracts

import (
	"testing"

	"github.com/fridaygate/fridaygate/providers/testcache"
)

// uncached keeps go test from caching this result, which depends on what go test cannot see.
func uncached(t *testing.T) {
	t.Helper()
	if err := testcache.Disable(); err != nil {
		t.Errorf("UNKNOWN: %v", err)
	}
}

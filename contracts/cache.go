package contracts

import (
	"errors"
	"flag"
	"os"
	"testing"
)

// uncached keeps Go from calling this run's result the result of a later run, as what it depends on is not in files.
// go test keeps a result with the list of files and variables that the tests looked at, which they write down in a file
// of its own; without the list, it keeps none.
func uncached(t *testing.T) {
	t.Helper()
	list := flag.Lookup("test.testlogfile")
	if list == nil || list.Value.String() == "" {
		return // this run is not to be kept
	}
	if err := os.Remove(list.Value.String()); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("UNKNOWN: go test would keep this result, which depends on more than files: use -count=1 (%v)", err)
	}
}

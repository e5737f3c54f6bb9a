// Package rerun names the command that runs one test again. It does not run it.
package rerun

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// Command returns the go test command that runs only t, in the folder of its package.
func Command(t *testing.T) string {
	levels := strings.Split(t.Name(), "/")
	for i, level := range levels {
		levels[i] = "^" + regexp.QuoteMeta(level) + "$"
	}
	return fmt.Sprintf("go test -run '%s' .", strings.ReplaceAll(strings.Join(levels, "/"), "'", `'\''`))
}

// Package spelling suggests the name that somebody meant to write. It does not know what the names stand for.
package spelling

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the name that takes the fewest edits (Levenshtein distance) to become written, whatever the case of the letters;
// the first one of several, and "" if there are no names. It reports whether the name is near enough to be meant: one letter may
// differ, and one more for every four letters of written.
func Nearest(written string, names []string) (nearest string, near bool) {
	fewest := -1
	for _, name := range names {
		edits := levenshtein.ComputeDistance(strings.ToLower(written), strings.ToLower(name))
		if fewest < 0 || edits < fewest {
			nearest, fewest = name, edits
		}
	}
	return nearest, fewest >= 0 && fewest < len(written) && fewest <= 1+len(written)/4
}

package shard

import (
	"fmt"
	"strconv"
	"strings"
)

// Shard is one part of a run. The zero value is the whole run, which is not split.
type Shard struct {
	Index int    // from 1 to Of
	Of    int    // how many parts the run has
	From  string // the variables that it was read from; "" when it was given as numbers
}

// Auto is the shard that is read from the variables of a CI system.
const Auto = "auto"

// String returns the shard as Parse reads it, such as "3/8".
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Of) }

// Split reports whether other machines have parts of the run too.
func (s Shard) Split() bool { return s.Of > 1 }

// Parse reads a shard: "3/8" is the third of eight, counted from 1 as GitLab, Playwright, Jest and Vitest do. "auto" is read
// from the variables of the CI system, and "auto/8" too, where the system does not say how many there are. Nothing is read
// from variables unless it is asked for: a variable that is set for another reason would leave out checks.
func Parse(text string, lookup func(string) (string, bool)) (Shard, error) {
	index, of, both := strings.Cut(text, "/")
	if !both {
		if text != Auto {
			return Shard{}, fmt.Errorf("%q: write 3/8 for the third of eight shards, auto, or auto/8", text)
		}
		return detect(0, lookup)
	}
	n, err := strconv.Atoi(of)
	if err != nil || n < 1 {
		return Shard{}, fmt.Errorf("%q: the number of shards must be a whole number of at least 1", text)
	}
	if index == Auto {
		return detect(n, lookup)
	}
	s := Shard{Of: n}
	if s.Index, err = strconv.Atoi(index); err != nil || s.Index < 1 || s.Index > n {
		return Shard{}, fmt.Errorf("%q: shards are counted from 1: the first of %d is 1/%d, the last %d/%d", text, n, n, n, n)
	}
	return s, nil
}

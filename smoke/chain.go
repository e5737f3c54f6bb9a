package smoke

import (
	"slices"

	"github.com/fridaygate/fridaygate/smoke/cases"
)

// chain returns how many deliveries of a case follow each other, whatever else runs at the same time: the steps of a round,
// and rounds that do not go out together. Copies of a step are one delivery, as they are sent at once.
func chain(rounds []cases.Round) (n int) {
	for len(rounds) > 0 {
		together := 1
		for together < len(rounds) && rounds[together].Together {
			together++
		}
		for group := range slices.Chunk(rounds[:together], atOnce) {
			longest := 0
			for _, round := range group {
				longest = max(longest, len(round.Steps))
			}
			n += longest
		}
		rounds = rounds[together:]
	}
	return n
}

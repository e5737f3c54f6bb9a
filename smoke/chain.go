package smoke

import (
	"slices"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke/cases"
)

// LongestChain returns the check whose deliveries, with those of the first check of its fixture, are the most that follow
// each other. However many checks run at a time, the plan takes as long as these deliveries.
func (p Plan) LongestChain() report.Chain {
	var longest report.Chain
	first := map[string]int{} // the chain of each fixture's first check, for which the others wait
	for _, c := range p.Checks {
		n := c.Chain
		if before, known := first[c.Fixture]; known {
			n += before
		} else if c.Contract == nil {
			first[c.Fixture] = n
		}
		if n > longest.Deliveries {
			longest = report.Chain{Check: c.Named(), Deliveries: n}
		}
	}
	return longest
}

// longestChain returns the longest chain; nil when nothing is delivered.
func (p Plan) longestChain() *report.Chain {
	longest := p.LongestChain()
	if longest.Deliveries == 0 {
		return nil
	}
	return &longest
}

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

package smoke

import (
	"slices"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke/cases"
)

// LongestChain returns the check whose deliveries, with those of its fixture's scout, are the most that follow each other.
// However many checks run at a time, the plan takes as long as these deliveries.
func (p Plan) LongestChain() report.Chain {
	var longest report.Chain
	scouts := p.scouts()
	for i, c := range p.Checks {
		n := c.Chain
		if scout, waits := scouts[c.Fixture]; waits && c.Contract == nil && scout != i {
			n += p.Checks[scout].Chain
		}
		if n > longest.Deliveries {
			longest = report.Chain{Check: c.Named(), Deliveries: n}
		}
	}
	return longest
}

// scouts returns the index of the check of each fixture that the others wait for: first, or else the one with the fewest
// deliveries that follow each other. One that needs power over the receiver is the last choice.
func (p Plan) scouts() map[string]int {
	scouts := map[string]int{}
	for i, c := range p.Checks {
		if c.Contract != nil {
			continue
		}
		if at, known := scouts[c.Fixture]; !known || c.sooner(p.Checks[at]) {
			scouts[c.Fixture] = i
		}
	}
	return scouts
}

// sooner reports whether a check is a better scout than one before it in the plan.
func (c Check) sooner(other Check) bool {
	if other.Case == firstCase || len(c.Needs) > 0 {
		return false
	}
	return c.Case == firstCase || c.Chain < other.Chain
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

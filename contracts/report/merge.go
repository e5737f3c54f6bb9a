package report

import (
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Merge returns one report of several, in the order of their first check. What only one of them can have, such as a target,
// is left out unless all agree. It trusts that they belong together: see Joiner.
func Merge(all ...Report) Report {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Report) int { return strings.Compare(a.first(), b.first()) })
	var sum Report
	planned, ran := 0, 0
	for _, r := range all {
		planned, ran = planned+len(r.Planned), ran+len(r.Results)
	}
	sum.Planned, sum.Results = make([]Check, 0, planned), make([]Result, 0, ran)
	for i, r := range all {
		if i == 0 {
			sum.Target, sum.RunID, sum.RunTag, sum.Revision, sum.Started, sum.Ended = r.Target, r.RunID, r.RunTag, r.Revision, r.Started, r.Ended
			sum.ConfigHash = r.ConfigHash
		}
		sum.add(r)
	}
	sum.Problems, sum.Notes, sum.Except = once(sum.Problems), once(sum.Notes), once(sum.Except)
	return sum
}

// add adds what another report has.
func (r *Report) add(one Report) {
	r.Target, r.RunID, r.RunTag = agreed(r.Target, one.Target), agreed(r.RunID, one.RunID), agreed(r.RunTag, one.RunTag)
	r.Revision, r.ConfigHash = agreed(r.Revision, one.Revision), agreed(r.ConfigHash, one.ConfigHash)
	if one.Started.Before(r.Started) {
		r.Started = one.Started
	}
	if one.Ended.After(r.Ended) {
		r.Ended = one.Ended
	}
	r.Interrupted = r.Interrupted || one.Interrupted
	if len(one.Planned) == 0 && len(one.Problems) == 0 {
		r.problem("one of the reports planned no check")
	}
	r.Problems, r.Notes = append(r.Problems, one.Problems...), append(r.Notes, one.Notes...)
	r.Planned, r.Results = append(r.Planned, one.Planned...), append(r.Results, one.proven()...)
	r.WhyNotRun, r.NotApplicable = append(r.WhyNotRun, one.NotRun()...), append(r.NotApplicable, one.NotApplicable...)
	r.Except, r.Excluded = append(r.Except, one.Except...), append(r.Excluded, one.Excluded...)
	r.Unselected += one.Unselected
	if one.Chain != nil && (r.Chain == nil || one.Chain.Deliveries > r.Chain.Deliveries) {
		r.Chain = one.Chain
	}
}

// once returns each value once, in their order.
func once[T comparable](all []T) []T {
	known := map[T]bool{}
	return slices.DeleteFunc(all, func(one T) bool {
		again := known[one]
		known[one] = true
		return again
	})
}

func agreed(a, b string) string {
	if a != b {
		return ""
	}
	return a
}

// first returns what a report is sorted by.
func (r Report) first() string {
	if len(r.Planned) == 0 {
		return ""
	}
	return string(r.Planned[0].Kind) + "/" + r.Planned[0].Subject
}

// proven returns the results, without a verdict if the run is void.
func (r Report) proven() []Result {
	if !r.Void {
		return r.Results
	}
	all := slices.Clone(r.Results)
	for i := range all {
		all[i].Verdict, all[i].Findings, all[i].Inconclusive, all[i].Because = verdict.Unknown, nil, []string{r.Problem()}, nil
	}
	return all
}

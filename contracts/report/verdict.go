package report

import (
	"cmp"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Tally counts results by what became of them.
type Tally struct {
	Passed  int `json:"passed"`
	Known   int `json:"known_failures"` // failed as webhook.yaml expects: not among Passed
	Pending int `json:"pending"`        // failed, and their provider never kept the pact: not among Passed
	Advice  int `json:"advice"`         // passed, but advice was not followed: not among Passed
	Failed  int `json:"failed"`
	Unknown int `json:"unknown"`
}

// Verdict returns the verdict of the run. It is Fail when a check failed, and Pass only when at least one check was planned,
// every planned one ran and passed, there was no problem, and it was not interrupted.
func (r Report) Verdict() verdict.Verdict {
	if r.Void {
		return verdict.Unknown
	}
	all := make([]verdict.Verdict, len(r.Results))
	for i, result := range r.Results {
		all[i] = result.Verdict
	}
	v := verdict.Of(len(r.Planned), all)
	if v == verdict.Pass && (r.Interrupted || len(r.Problems) > 0 || len(r.NotRun()) > 0) {
		return verdict.Unknown
	}
	return v
}

// Exit returns the exit code of the run.
func (r Report) Exit() int {
	if r.Interrupted {
		return verdict.ExitInterrupted
	}
	return r.Verdict().Exit()
}

// Ran counts the results.
func (r Report) Ran() Tally {
	var t Tally
	for _, result := range r.Results {
		*t.counter(result)++
	}
	return t
}

func (t *Tally) counter(r Result) *int {
	switch {
	case r.Verdict == verdict.Fail:
		return &t.Failed
	case r.Verdict != verdict.Pass:
		return &t.Unknown
	case r.Pending:
		return &t.Pending
	case r.Known != "":
		return &t.Known
	case len(r.Advice) > 0:
		return &t.Advice
	}
	return &t.Passed
}

// NotRun returns the checks that were planned and have no result, in the order of the plan, each with its reason.
func (r Report) NotRun() []NotRun {
	results := map[Check]int{}
	for _, result := range r.Results {
		results[result.Check]++
	}
	why := map[Check]string{}
	for _, n := range r.WhyNotRun {
		why[n.Check] = n.Why
	}
	interrupted := ""
	if r.Interrupted {
		interrupted = "interrupted"
	}
	var all []NotRun
	for _, c := range r.Planned {
		if results[c]--; results[c] < 0 {
			all = append(all, NotRun{c, cmp.Or(why[c], r.Problem(), interrupted, "it did not run")})
		}
	}
	return all
}

package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/history"
	"github.com/fridaygate/fridaygate/smoke/judge"
)

// Report is one run.
type Report struct {
	Target        string          `json:"target"`
	RunID         string          `json:"run_id"`  // the same run id and fixtures send the same bytes
	RunTag        string          `json:"run_tag"` // all event ids of this run contain it
	Started       time.Time       `json:"started"`
	Ended         time.Time       `json:"ended"`
	Interrupted   bool            `json:"interrupted,omitempty"`
	Problem       string          `json:"problem,omitempty"` // why no check could run at all, or not to its end
	Void          bool            `json:"void,omitempty"`    // the run's name was used before: what its results show may be the earlier run's doing
	Planned       []Planned       `json:"planned"`
	Ran           Tally           `json:"ran"`
	Verdict       verdict.Verdict `json:"verdict"`
	Results       []Result        `json:"results"` // of the checks that ran, in the order of the plan
	NotRun        []NotRun        `json:"not_run,omitempty"`
	NotApplicable []NotApplicable `json:"not_applicable,omitempty"`
	Except        []string        `json:"except,omitempty"`   // globs of the cases to leave out…
	Excluded      []Planned       `json:"excluded,omitempty"` // …and what they left out, which was not planned
}

// Planned is one check of the plan.
type Planned struct {
	Fixture string `json:"fixture"`
	Case    string `json:"case"`
}

// Tally counts results by verdict.
type Tally struct {
	Known   int `json:"known_failures"` // failed as webhook.yaml says that they do
	Passed  int `json:"passed"`
	Advice  int `json:"advice"` // passed, but advice was not followed: not among Passed
	Failed  int `json:"failed"`
	Unknown int `json:"unknown"`
}

// Result is one check that ran.
type Result struct {
	Fixture      string            `json:"fixture"`
	Case         string            `json:"case"`
	Severity     string            `json:"severity,omitempty"`
	Holds        string            `json:"holds,omitempty"` // what a correct receiver does
	Verdict      verdict.Verdict   `json:"verdict"`
	Findings     []verdict.Finding `json:"findings,omitempty"`     // the rules broken
	Advice       []verdict.Finding `json:"advice,omitempty"`       // the rules broken of a case that is advice
	WhyAdvice    string            `json:"why_advice,omitempty"`   // why the case is advice; "" when it is contract
	Inconclusive []string          `json:"inconclusive,omitempty"` // what could not be looked at
	Notes        []string          `json:"notes,omitempty"`        // what the contract leaves out, with its reason
	Known        string            `json:"known,omitempty"`        // why, and until when, it is known to fail
	Excused      []verdict.Finding `json:"excused,omitempty"`      // the rules broken by a case that is known to fail
	Took         time.Duration     `json:"took_ns"`
	Histories    []history.History `json:"histories,omitempty"` // one a round

	Counterexamples []judge.Counterexample `json:"counterexamples,omitempty"`
}

// Curl returns the command that sends the last attempt of the first finding again, or "".
func (r Result) Curl() string {
	found := slices.Concat(r.Findings, r.Advice, r.Excused)
	if len(found) == 0 || len(found[0].Attempts) == 0 {
		return ""
	}
	last := found[0].Attempts[len(found[0].Attempts)-1]
	for _, h := range r.Histories {
		for _, a := range h.Attempts {
			if a.Number == last && a.Request != nil {
				return a.Request.Curl
			}
		}
	}
	return ""
}

// NotRun is a check that was planned and has no result.
type NotRun struct {
	Fixture string `json:"fixture"`
	Case    string `json:"case"`
	Why     string `json:"why"`
}

// NotApplicable is a case that was selected and does not apply to a fixture. It was not planned.
type NotApplicable struct {
	Fixture  string `json:"fixture"`
	Case     string `json:"case"`
	Severity string `json:"severity"`
	Why      string `json:"why"`

	Unrelated bool `json:"unrelated,omitempty"` // it cannot concern a contract of this kind, such as a case of batches where there are none
}

// Judge sets the tally, the verdict and what did not run from what was planned and what ran.
func (r *Report) Judge() {
	r.Ran, r.NotRun = Tally{}, r.missing()
	all := make([]verdict.Verdict, len(r.Results))
	for i, result := range r.Results {
		all[i] = result.Verdict
		switch {
		case result.Verdict == verdict.Pass && result.Known != "":
			r.Ran.Known++
		case result.Verdict == verdict.Pass && len(result.Advice) > 0:
			r.Ran.Advice++
		case result.Verdict == verdict.Pass:
			r.Ran.Passed++
		case result.Verdict == verdict.Fail:
			r.Ran.Failed++
		default:
			r.Ran.Unknown++
		}
	}
	r.Verdict = verdict.Of(len(r.Planned), all)
	if r.Void || (r.Interrupted && r.Verdict == verdict.Pass) {
		r.Verdict = verdict.Unknown
	}
}

// missing returns the checks that were planned and have no result, in the order of the plan, each with its reason.
func (r *Report) missing() []NotRun {
	has := map[Planned]bool{}
	for _, result := range r.Results {
		has[Planned{result.Fixture, result.Case}] = true
	}
	why := map[Planned]string{}
	for _, n := range r.NotRun {
		why[Planned{n.Fixture, n.Case}] = n.Why
	}
	var all []NotRun
	for _, p := range r.Planned {
		if !has[p] {
			all = append(all, NotRun{p.Fixture, p.Case, cmp.Or(why[p], r.Problem, r.interruption(), "it did not run")})
		}
	}
	return all
}

func (r *Report) interruption() string {
	if r.Interrupted {
		return "interrupted"
	}
	return ""
}

// Exit gives the exit code that says what the run came to.
func (r *Report) Exit() int {
	if r.Interrupted {
		return verdict.ExitInterrupted
	}
	return r.Verdict.Exit()
}

package report

import (
	"slices"
	"time"

	"github.com/fridaygate/fridaygate/smoke/history"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/verdict"
)

// Report is one run.
type Report struct {
	Target        string          `json:"target"`
	Seed          string          `json:"seed"`    // the same seed and fixtures send the same bytes
	RunTag        string          `json:"run_tag"` // all event ids of this run contain it
	Started       time.Time       `json:"started"`
	Ended         time.Time       `json:"ended"`
	Interrupted   bool            `json:"interrupted,omitempty"`
	Problem       string          `json:"problem,omitempty"` // why no check could run at all
	Planned       []Planned       `json:"planned"`
	Ran           Tally           `json:"ran"`
	Verdict       verdict.Verdict `json:"verdict"`
	Results       []Result        `json:"results"` // of the checks that ran, in the order of the plan
	NotApplicable []NotApplicable `json:"not_applicable,omitempty"`
}

// Planned is one check of the plan.
type Planned struct {
	Fixture string `json:"fixture"`
	Case    string `json:"case"`
}

// Tally counts results by verdict.
type Tally struct {
	Passed  int `json:"passed"`
	Advice  int `json:"advice"` // passed, but advice was not followed: not among Passed
	Failed  int `json:"failed"`
	Unknown int `json:"unknown"`
}

// Result is one check that ran.
type Result struct {
	Fixture   string            `json:"fixture"`
	Case      string            `json:"case"`
	Severity  string            `json:"severity,omitempty"`
	Holds     string            `json:"holds,omitempty"` // what a correct receiver does
	Verdict   verdict.Verdict   `json:"verdict"`
	Findings  []verdict.Finding `json:"findings,omitempty"`   // the rules broken
	Advice    []verdict.Finding `json:"advice,omitempty"`     // the rules broken of a case that is advice
	WhyAdvice string            `json:"why_advice,omitempty"` // why the case is advice; "" when it is contract
	Unseen    []string          `json:"unseen,omitempty"`     // what could not be looked at
	Notes     []string          `json:"notes,omitempty"`      // what the contract leaves out, with its reason
	Known     string            `json:"known,omitempty"`      // why, and until when, it is known to fail
	Excused   []verdict.Finding `json:"excused,omitempty"`    // the rules broken by a case that is known to fail
	Took      time.Duration     `json:"took_ns"`
	Histories []history.History `json:"histories,omitempty"` // one a round

	Counterexamples []judge.Counterexample `json:"counterexamples,omitempty"`
}

// NotApplicable is a case that was selected and does not apply to a fixture. It was not planned.
type NotApplicable struct {
	Fixture string `json:"fixture"`
	Case    string `json:"case"`
	Why     string `json:"why"`
}

// Judge sets the tally and the verdict from what was planned and what ran.
func (r *Report) Judge() {
	r.Ran = Tally{}
	all := make([]verdict.Verdict, len(r.Results))
	for i, result := range r.Results {
		all[i] = result.Verdict
		switch {
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
	if r.Interrupted && r.Verdict == verdict.Pass {
		r.Verdict = verdict.Unknown
	}
}

// NotRun gives the checks that were planned and have no result, in the order of the plan.
func (r *Report) NotRun() []Planned {
	ran := map[Planned]bool{}
	for _, result := range r.Results {
		ran[Planned{result.Fixture, result.Case}] = true
	}
	return slices.DeleteFunc(slices.Clone(r.Planned), func(p Planned) bool { return ran[p] })
}

// Exit gives the exit code that says what the run came to.
func (r *Report) Exit() int {
	if r.Interrupted {
		return verdict.ExitInterrupted
	}
	return r.Verdict.Exit()
}

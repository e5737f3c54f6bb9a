package judge

import (
	"fmt"
	"slices"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Opinion is the judgement of one case.
type Opinion struct {
	Verdict      verdict.Verdict
	Findings     []verdict.Finding // the rules broken, when the verdict is Fail
	Advice       []verdict.Finding // the rules broken of a case that is advice: they change no verdict
	Inconclusive []string          // what could not be looked at; a Pass has none
	Because      []string          // the causes of that, each once, without the step and the event
	Notes        []string          // what the contract leaves out, with its reason

	Counterexamples []history.Counterexample // one for each round whose history is inconsistent
}

// Case judges one case from the histories of its rounds, in the rounds' order. A rule that was seen to break
// makes it Fail, unless the case is advice; otherwise anything that could not be looked at makes it Unknown. Only a case of which every
// step was answered and every effect seen passes.
func Case(c cases.Case, contract *webhook.Contract, rounds []history.History) Opinion {
	var o Opinion
	var found, advised []finding
	disagree := false
	if len(c.Rounds) == 0 {
		o.Inconclusive = append(o.Inconclusive, "nothing was planned")
	}
	for i, planned := range c.Rounds {
		r := round{contract: contract}
		if i < len(rounds) {
			r.judge(planned, rounds[i])
		} else {
			r.couldNotTell("round %d of %d did not run", i+1, len(c.Rounds))
		}
		if c.Advice != "" && !planned.Control {
			advised = append(advised, r.findings...)
		} else {
			found = append(found, r.findings...)
		}
		o.Inconclusive, o.Because = append(o.Inconclusive, r.inconclusive...), append(o.Because, r.because...)
		if r.example != nil {
			o.Counterexamples = append(o.Counterexamples, *r.example)
		}
		if r.disagree != "" {
			o.Inconclusive, o.Because, disagree = append(o.Inconclusive, r.disagree), append(o.Because, r.disagree), true
		}
	}
	broken, inconclusive := states(c, rounds)
	found = append(found, broken...)
	o.Inconclusive, o.Because = append(o.Inconclusive, inconclusive...), append(o.Because, inconclusive...)
	o.Findings, o.Advice = merge(found), merge(advised)
	o.Inconclusive, o.Because = once(o.Inconclusive), once(o.Because)
	if why := contract.Effects.None; why != "" {
		o.Notes = append(o.Notes, "effects are not judged: "+why)
	}
	if why := contract.Scheme.Unsigned; why != "" {
		o.Notes = append(o.Notes, "deliveries are not signed: "+why)
	}
	switch {
	case disagree: // whatever was found, one of the judges is wrong
	case len(o.Findings) > 0:
		o.Verdict = verdict.Fail
	case len(o.Inconclusive) == 0:
		o.Verdict = verdict.Pass
	}
	return o
}

// states judges the state of the subject of a case's events.
func states(c cases.Case, rounds []history.History) (broken []finding, inconclusive []string) {
	before := ""
	for i, planned := range c.Rounds {
		for j, step := range planned.Steps {
			if step.State.Key == "" || i >= len(rounds) {
				continue
			}
			at := slices.IndexFunc(rounds[i].States, func(s history.State) bool { return s.Step == j })
			switch {
			case at < 0:
				inconclusive = append(inconclusive, step.Name+": its state was not looked at")
			case rounds[i].States[at].Err != "":
				inconclusive = append(inconclusive, fmt.Sprintf("%s: state: %s: %s", step.Name, rounds[i].States[at].Where, rounds[i].States[at].Err))
			case step.State.Keep && before != "" && rounds[i].States[at].Value != before:
				broken = append(broken, finding{key: "state-kept", Finding: verdict.Finding{
					Rule: "state-kept", Where: rounds[i].States[at].Where + ", after " + step.Name, Expected: before, Got: rounds[i].States[at].Value,
					Attempts: numbers(rounds[i].Attempts),
				}})
			case step.State.Move && rounds[i].States[at].Value == before:
				broken = append(broken, finding{key: "state-moved", Finding: verdict.Finding{
					Rule: "state-moved", Where: rounds[i].States[at].Where + ", after " + step.Name, Expected: "another state than before", Got: before,
					Attempts: numbers(rounds[i].Attempts),
				}})
			default:
				before = rounds[i].States[at].Value
			}
		}
	}
	return broken, inconclusive
}

// finding is a finding with the key that distinguishes it from others of its case.
type finding struct {
	verdict.Finding
	key string
}

// merge keeps the first finding of each key, and adds how often it was made.
func merge(all []finding) []verdict.Finding {
	var kept []verdict.Finding
	times := map[string]int{}
	for _, f := range all {
		times[f.key]++
	}
	seen := map[string]bool{}
	for _, f := range all {
		if seen[f.key] {
			continue
		}
		seen[f.key] = true
		if n := times[f.key]; n > 1 {
			f.Got = fmt.Sprintf("%s (%d times; this is the first)", f.Got, n)
		}
		kept = append(kept, f.Finding)
	}
	return kept
}

// once removes repetitions.
func once(all []string) []string {
	var kept []string
	for _, s := range all {
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

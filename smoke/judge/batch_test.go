package judge_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// seenOf returns an observation of the effects of one event of a batch.
func seenOf(id string, step, count int) history.Observation {
	o := seen(step, count)
	o.Event = id
	return o
}

func TestEachEventOfABatchHasItsOwnEffects(t *testing.T) {
	batch := cases.Case{Name: "a batch", Rounds: []cases.Round{{
		EventID: "evt_1", Events: []string{"evt_1", "evt_2"},
		Steps: []cases.Step{step("first", cases.Accepted, 1), step("dup", cases.Repeated, 1)},
	}}}
	partial := cases.Case{Name: "a part", Rounds: []cases.Round{{
		EventID: "evt_1", Events: []string{"evt_1", "evt_2"},
		Steps: []cases.Step{{Name: "first", Copies: 1, Expect: cases.Accepted, Each: []cases.Effects{cases.One, cases.None}}},
	}}}
	both := as{got(0, 200, "r"), got(1, 200, "r")}
	for name, c := range map[string]struct {
		planned  cases.Case
		attempts as
		seen     os
		want     verdict.Verdict
		rules    []string
	}{
		"each once": {
			batch, both, os{seenOf("evt_1", 0, 1), seenOf("evt_2", 0, 1), seenOf("evt_1", 1, 1), seenOf("evt_2", 1, 1)}, verdict.Pass, nil,
		},
		"the second twice": {
			batch, both, os{seenOf("evt_1", 0, 1), seenOf("evt_2", 0, 1), seenOf("evt_1", 1, 1), seenOf("evt_2", 1, 2)},
			verdict.Fail, []string{"effect-count"},
		},
		"one twice and the other not": {
			batch, both, os{seenOf("evt_1", 0, 2), seenOf("evt_2", 0, 0), seenOf("evt_1", 1, 2), seenOf("evt_2", 1, 0)},
			verdict.Fail, []string{"effect-count", "effect-count", "effect-count", "effect-count"},
		},
		"the second was not looked at": {batch, both, os{seenOf("evt_1", 0, 1), seenOf("evt_1", 1, 1)}, verdict.Unknown, nil},
		"a part, as wanted":            {partial, as{got(0, 200, "r")}, os{seenOf("evt_1", 0, 1), seenOf("evt_2", 0, 0)}, verdict.Pass, nil},
		"more than a part": {
			partial, as{got(0, 200, "r")}, os{seenOf("evt_1", 0, 1), seenOf("evt_2", 0, 1)}, verdict.Fail, []string{"effect-count"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := judge.Case(c.planned, under(webhook.Policy{}), rounds(c.attempts, c.seen...))
			require.Equal(t, c.want, o.Verdict, "%v %v", o.Findings, o.Inconclusive)
			var rules []string
			for _, f := range o.Findings {
				rules = append(rules, f.Rule)
			}
			require.Equal(t, c.rules, rules)
		})
	}
}

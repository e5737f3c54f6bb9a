package judge_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

func instant(second int) time.Time { return time.Unix(int64(second), 0) }

// during sets when an attempt was under way, in seconds.
func during(from, to int, a history.Attempt) history.Attempt {
	a.Started, a.Ended = instant(from), instant(to)
	return a
}

// at sets when effects were observed.
func at(second int, o history.Observation) history.Observation {
	o.From, o.At = instant(second), instant(second)
	return o
}

// Every single answer and every count is one that the case allows. Together they are impossible for a correct
// receiver.
func TestAnImpossibleOrderIsAFailure(t *testing.T) {
	rivals := one(cases.Step{Name: "two at once", Copies: 2, Rival: []byte("x"), Expect: cases.OneWins, Effects: cases.One})
	unheard := one(atMostOne(step("unheard", cases.Unheard, 0)), atMostOne(step("unheard again", cases.Unheard, 0)))
	torn := cases.Step{Name: "torn", Copies: 1, Wire: cases.Torn, Expect: cases.Unheard, Effects: cases.AtMostOne}
	stray := one(torn, atMostOne(step("other", cases.Refused, 0)))
	arrived := one(atMostOne(step("unheard", cases.Unheard, 0)), atMostOne(step("other", cases.Refused, 0)))
	for name, c := range map[string]struct {
		c        cases.Case
		attempts as
		seen     os
		rule     string // "" when there is an order
		shown    []int
	}{
		"refused for what overlaps it": {
			rivals, as{during(0, 2, got(0, 200, "a")), during(1, 3, rival(409, ""))}, os{at(9, seen(0, 1))}, "", nil,
		},
		"refused before anything was there": {
			rivals, as{during(2, 3, got(0, 200, "a")), during(0, 1, rival(409, ""))}, os{at(9, seen(0, 1))}, "conflict-before-first", []int{1, 2},
		},
		"an effect that comes late": {
			unheard, as{during(0, 1, cut(0)), during(3, 4, cut(1))}, os{at(2, seen(0, 0)), at(5, seen(1, 1))}, "", nil,
		},
		"an effect that goes away": {
			unheard, as{during(0, 1, cut(0)), during(3, 4, cut(1))}, os{at(2, seen(0, 1)), at(5, seen(1, 0))}, "effect-lost", []int{1, 2},
		},
		"refused for what may have arrived": {
			arrived, as{during(0, 1, cut(0)), during(2, 3, got(1, 409, ""))}, os{at(1, seen(0, 0)), at(4, seen(1, 1))}, "", nil,
		},
		"refused for what never arrived": {
			stray, as{during(0, 1, cut(0)), during(2, 3, got(1, 409, ""))},
			os{at(1, seen(0, 0)), at(4, seen(1, 1))}, "conflict-from-nothing", []int{2},
		},
		"an effect of what never arrived": {one(torn), as{during(0, 1, cut(0))}, os{at(2, seen(0, 1))}, "effect-from-nothing", []int{1}},
		"no effect of what never arrived": {one(torn), as{during(0, 1, cut(0))}, os{at(2, seen(0, 0))}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := judge.Case(c.c, under(webhook.Policy{}), rounds(c.attempts, c.seen...))
			if c.rule == "" {
				require.Equal(t, verdict.Pass, o.Verdict, "%+v", o)
				require.Empty(t, o.Counterexamples)
				return
			}
			require.Equal(t, verdict.Fail, o.Verdict, "%+v", o)
			require.Len(t, o.Findings, 1)
			require.Equal(t, c.rule, o.Findings[0].Rule)
			require.ElementsMatch(t, c.shown, o.Findings[0].Attempts)
			require.Len(t, o.Counterexamples, 1)
			require.Equal(t, "evt_1", o.Counterexamples[0].EventID)
			require.Equal(t, c.rule, o.Counterexamples[0].Rule)
			require.NotEmpty(t, o.Counterexamples[0].Operations)
		})
	}
}

// An answer that was lost may have come: nobody then waits for an effect, and a receiver that works later than it
// answers has effects.within for it.
func TestEffectThatNobodyWaitedForMayShowWithinItsTime(t *testing.T) {
	c := one(atMostOne(step("unheard", cases.Unheard, 0)), atMostOne(step("retry", cases.Repeated, 1)))
	lasting := func(d time.Duration) *webhook.Contract {
		contract := under(webhook.Policy{})
		contract.Effects.Within = d
		return contract
	}
	attempts := as{during(0, 1, got(0, 202, "a")), during(3, 4, got(1, 202, "a"))}
	late := rounds(attempts, at(2, seen(0, 0)), at(5, seen(1, 1)))
	require.Equal(t, verdict.Pass, judge.Case(c, lasting(2*time.Second), late).Verdict)
	tooLate := judge.Case(c, lasting(time.Second/2), late)
	require.Equal(t, verdict.Fail, tooLate.Verdict)
	require.Equal(t, "effect-lost", tooLate.Findings[0].Rule)
}

func TestTimesThatContradictEachOtherAreUnknown(t *testing.T) {
	o := judge.Case(one(step("first", cases.Accepted, 1)), under(webhook.Policy{}),
		rounds(as{during(2, 1, got(0, 200, "a"))}, at(3, seen(0, 1))))
	require.Equal(t, verdict.Unknown, o.Verdict)
	require.Contains(t, o.Inconclusive[0], "was the clock set back?")
	require.Empty(t, o.Counterexamples)
}

func TestAnswersWithMoreThanOneValueAreNotOneJSONResult(t *testing.T) {
	c := one(step("first", cases.Accepted, 1), step("dup", cases.Repeated, 1))
	o := judge.Case(c, under(webhook.Policy{}), rounds(as{got(0, 200, `{"a":1}`), got(1, 200, `{"a":1}]`)}, seen(0, 1), seen(1, 1)))
	require.Equal(t, verdict.Fail, o.Verdict)
}

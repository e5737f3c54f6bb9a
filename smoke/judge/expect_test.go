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

// under is a contract with a policy.
func under(p webhook.Policy) *webhook.Contract {
	if p.Duplicate == "" {
		p.Duplicate = webhook.SameResult
	}
	if p.Mismatch == "" {
		p.Mismatch = webhook.Reject409
	}
	p.InFlight = []int{425, 503}
	return &webhook.Contract{Policy: p, Effects: webhook.Effects{HTTP: &webhook.HTTPProbe{}}}
}

// rival is the answer to the other one of two contents.
func rival(status int, body string) history.Attempt {
	a := got(0, status, body)
	a.Rival = true
	return a
}

func cut(step int) history.Attempt {
	return history.Attempt{Step: step, Err: "not listened to, on purpose", Cut: true}
}

func unreachable(step int) history.Attempt {
	return history.Attempt{Step: step, Err: "connection refused", Unreachable: true}
}

func took(d time.Duration) history.Attempt {
	a := got(0, 200, "")
	a.Sent, a.FirstByte = time.Unix(0, 0), time.Unix(0, 0).Add(d)
	return a
}

func saying(content cases.Content, s cases.Step) cases.Step {
	s.Says = content
	return s
}

func atMostOne(s cases.Step) cases.Step {
	s.Effects = cases.AtMostOne
	return s
}

// ruling is an input of the judge, and the expected result.
type ruling struct {
	name     string
	policy   webhook.Policy
	c        cases.Case
	attempts as
	seen     os
	want     verdict.Verdict
	rules    []string
}

func (r ruling) holds(t *testing.T) {
	t.Run(r.name, func(t *testing.T) {
		o := judge.Case(r.c, under(r.policy), rounds(r.attempts, r.seen...))
		require.Equal(t, r.want, o.Verdict, "%+v", o)
		var rules []string
		for _, f := range o.Findings {
			rules = append(rules, f.Rule)
			require.NotEmpty(t, f.Attempts)
		}
		require.Equal(t, r.rules, rules, "%+v", o.Findings)
	})
}

func TestOneOfTwoContentsWins(t *testing.T) {
	c := one(cases.Step{Name: "two at once", Copies: 4, Rival: []byte("x"), Expect: cases.OneWins, Effects: cases.One})
	unprocessable := webhook.Policy{Mismatch: webhook.Reject422}
	quarantine := webhook.Policy{Mismatch: webhook.AckAndQuarantine}
	anyAnswer := webhook.Policy{Mismatch: webhook.AnyMismatch, Duplicate: webhook.Success}
	once, twice := os{seen(0, 1)}, os{seen(0, 2)}
	for _, r := range []ruling{
		{"the first wins", webhook.Policy{}, c, as{got(0, 200, "a"), rival(409, ""), got(0, 200, "a"), rival(409, "")}, once, verdict.Pass, nil},
		{"the rival wins", webhook.Policy{}, c, as{got(0, 409, ""), rival(200, "b"), got(0, 409, ""), rival(200, "b")}, once, verdict.Pass, nil},
		{
			"the others are in flight", webhook.Policy{}, c,
			as{got(0, 200, "a"), rival(425, ""), got(0, 425, ""), rival(503, "")}, once, verdict.Pass, nil,
		},
		{
			"both win", webhook.Policy{}, c, as{got(0, 200, "a"), rival(200, "b"), got(0, 425, ""), rival(409, "")},
			once, verdict.Fail, []string{"one-content"},
		},
		{
			"both are carried out", webhook.Policy{}, c, as{got(0, 200, "a"), rival(409, ""), got(0, 200, "a"), rival(409, "")},
			twice, verdict.Fail, []string{"effect-count"},
		},
		{
			"neither wins", webhook.Policy{}, c, as{got(0, 409, ""), rival(409, ""), got(0, 409, ""), rival(409, "")},
			os{seen(0, 0)}, verdict.Fail, []string{"accepted"},
		},
		{
			"the winner has two results", webhook.Policy{}, c,
			as{got(0, 200, "a"), rival(409, ""), got(0, 200, "b"), rival(409, "")}, once, verdict.Fail, []string{"same-result"},
		},
		{
			"a copy crashes", webhook.Policy{}, c, as{got(0, 200, "a"), rival(500, ""), got(0, 200, "a"), rival(409, "")},
			once, verdict.Fail, []string{"race-answer"},
		},
		{
			"the loser has the other status", unprocessable, c,
			as{got(0, 200, "a"), rival(409, ""), got(0, 200, "a"), rival(422, "")}, once, verdict.Fail, []string{"race-answer"},
		},
		{
			"the loser is unprocessable", unprocessable, c,
			as{got(0, 200, "a"), rival(422, ""), got(0, 200, "a"), rival(422, "")}, once, verdict.Pass, nil,
		},
		{
			"the loser is quarantined", quarantine, c,
			as{got(0, 200, "a"), rival(202, "q"), got(0, 200, "a"), rival(202, "q")}, once, verdict.Pass, nil,
		},
		{
			"the loser is carried out too", quarantine, c,
			as{got(0, 200, "a"), rival(202, "q"), got(0, 200, "a"), rival(202, "q")}, twice, verdict.Fail, []string{"effect-count"},
		},
		{
			"the loser is refused all the same", quarantine, c,
			as{got(0, 200, "a"), rival(409, ""), got(0, 200, "a"), rival(202, "q")}, once, verdict.Fail, []string{"race-answer"},
		},
		{
			"any answer: both accepted", anyAnswer, c,
			as{got(0, 200, "a"), rival(200, "b"), got(0, 200, "a"), rival(202, "")}, once, verdict.Pass, nil,
		},
		{
			"any answer: the loser is refused", anyAnswer, c,
			as{got(0, 200, "a"), rival(400, ""), got(0, 200, "a"), rival(409, "")}, once, verdict.Pass, nil,
		},
		{
			"any answer: the loser is carried out too", anyAnswer, c,
			as{got(0, 200, "a"), rival(200, "b"), got(0, 200, "a"), rival(200, "")}, twice, verdict.Fail, []string{"effect-count"},
		},
		{
			"any answer: a copy crashes", anyAnswer, c, as{got(0, 200, "a"), rival(500, ""), got(0, 200, "a"), rival(200, "")},
			once, verdict.Fail, []string{"race-answer"},
		},
		{"a copy is lost", webhook.Policy{}, c, as{got(0, 200, "a"), lost(0), got(0, 200, "a"), rival(409, "")}, once, verdict.Unknown, nil},
	} {
		r.holds(t)
	}
}

func TestOtherContentUnderAKnownID(t *testing.T) {
	first := step("first", cases.Accepted, 1)
	different := one(first, saying(cases.OtherContent, step("broken", cases.Different, 1)))
	settled := one(first, saying(cases.OpenContent, step("open", cases.Settled, 1)),
		saying(cases.OpenContent, step("again", cases.Settled, 1)))
	two, three := os{seen(0, 1), seen(1, 1)}, os{seen(0, 1), seen(1, 1), seen(2, 1)}
	any2xx := webhook.Policy{Duplicate: webhook.Success}
	for _, r := range []ruling{
		{"different, as the policy says", webhook.Policy{}, different, as{got(0, 200, "a"), got(1, 409, "")}, two, verdict.Pass, nil},
		{"different, and refused as broken", webhook.Policy{}, different, as{got(0, 200, "a"), got(1, 400, "")}, two, verdict.Pass, nil},
		{
			"different, and accepted", webhook.Policy{}, different,
			as{got(0, 200, "a"), got(1, 200, "a")}, two, verdict.Fail, []string{"mismatch-answer"},
		},
		{
			"different, and it crashes", webhook.Policy{}, different,
			as{got(0, 200, "a"), got(1, 500, "")}, two, verdict.Fail, []string{"mismatch-answer"},
		},
		{
			"different, and carried out", webhook.Policy{}, different, as{got(0, 200, "a"), got(1, 400, "")},
			os{seen(0, 1), seen(1, 2)}, verdict.Fail, []string{"effect-count"},
		},

		{"settled as the same", webhook.Policy{}, settled, as{got(0, 200, "a"), got(1, 200, "a"), got(2, 200, "a")}, three, verdict.Pass, nil},
		{"settled as another", webhook.Policy{}, settled, as{got(0, 200, "a"), got(1, 409, ""), got(2, 409, "")}, three, verdict.Pass, nil},
		{
			"settled once so and once so", webhook.Policy{}, settled,
			as{got(0, 200, "a"), got(1, 200, "a"), got(2, 409, "")}, three, verdict.Fail, []string{"stable-answer"},
		},
		{
			"settled once so and once so, the other way", webhook.Policy{}, settled,
			as{got(0, 200, "a"), got(1, 409, ""), got(2, 200, "a")}, three, verdict.Fail, []string{"stable-answer"},
		},
		{
			"settled as neither", webhook.Policy{}, settled, as{got(0, 200, "a"), got(1, 200, "b"), got(2, 400, "")},
			three, verdict.Fail, []string{"mismatch-answer"},
		},
		{"settled with any success", any2xx, settled, as{got(0, 200, "1"), got(1, 204, ""), got(2, 204, "")}, three, verdict.Pass, nil},
		{
			"settled, and carried out again", webhook.Policy{}, settled, as{got(0, 200, "a"), got(1, 200, "a"), got(2, 200, "a")},
			os{seen(0, 1), seen(1, 2), seen(2, 2)}, verdict.Fail, []string{"effect-count", "effect-count"},
		},
	} {
		r.holds(t)
	}
}

func TestHandledMayBeAcceptedOrRejectedButTheSameEachTime(t *testing.T) {
	handled := one(atMostOne(step("odd", cases.Handled, 0)), atMostOne(step("odd again", cases.Handled, 0)))
	none, once := os{seen(0, 0), seen(1, 0)}, os{seen(0, 1), seen(1, 1)}
	for _, r := range []ruling{
		{"taken", webhook.Policy{}, handled, as{got(0, 200, "a"), got(1, 200, "a")}, once, verdict.Pass, nil},
		{"taken without an effect", webhook.Policy{}, handled, as{got(0, 200, "a"), got(1, 200, "a")}, none, verdict.Pass, nil},
		{
			"taken with two", webhook.Policy{}, handled, as{got(0, 200, "a"), got(1, 200, "a")},
			os{seen(0, 1), seen(1, 2)}, verdict.Fail, []string{"effect-count"},
		},
		{"refused", webhook.Policy{}, handled, as{got(0, 422, ""), got(1, 422, "")}, none, verdict.Pass, nil},
		{
			"refused, and another time taken", webhook.Policy{}, handled,
			as{got(0, 422, ""), got(1, 200, "")}, none, verdict.Fail, []string{"stable-answer"},
		},
		{"crashes", webhook.Policy{}, handled, as{got(0, 500, ""), got(1, 500, "")}, none, verdict.Fail, []string{"handled"}},
	} {
		r.holds(t)
	}
}

func TestGoldenDeliveryAfterOneThatMayHaveBeenTaken(t *testing.T) {
	c := one(atMostOne(step("odd", cases.Handled, 0)), saying(cases.OpenContent, step("golden", cases.AcceptedOnce, 1)))
	for _, r := range []ruling{
		{"after a refusal", webhook.Policy{}, c, as{got(0, 400, ""), got(1, 200, "a")}, os{seen(0, 0), seen(1, 1)}, verdict.Pass, nil},
		{"as the same", webhook.Policy{}, c, as{got(0, 200, "a"), got(1, 200, "a")}, os{seen(0, 1), seen(1, 1)}, verdict.Pass, nil},
		{"as other content", webhook.Policy{}, c, as{got(0, 200, "a"), got(1, 409, "")}, os{seen(0, 1), seen(1, 1)}, verdict.Pass, nil},
		{
			"refused too", webhook.Policy{}, c, as{got(0, 400, ""), got(1, 409, "")}, os{seen(0, 0), seen(1, 0)}, verdict.Fail, []string{"accepted"},
		},
		{"crashes", webhook.Policy{}, c, as{got(0, 200, "a"), got(1, 500, "")}, os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"accepted"}},
		{
			"two events", webhook.Policy{}, c, as{got(0, 200, "a"), got(1, 200, "b")},
			os{seen(0, 1), seen(1, 2)}, verdict.Fail, []string{"effect-count"},
		},
	} {
		r.holds(t)
	}
}

func TestAnyMismatchLeavesAnswersOpenAndEffectsNot(t *testing.T) {
	any4xx := webhook.Policy{Mismatch: webhook.AnyMismatch, Duplicate: webhook.Success}
	other := one(step("first", cases.Accepted, 1), step("other", cases.Refused, 1))
	original := one(step("first", cases.Accepted, 1), step("other", cases.Refused, 1), step("original", cases.Repeated, 1))
	race := one(cases.Step{Name: "two at once", Copies: 2, Rival: []byte("x"), Expect: cases.OneWins, Effects: cases.One})
	once, twice := os{seen(0, 1), seen(1, 1)}, os{seen(0, 1), seen(1, 2)}
	for _, r := range []ruling{
		{"acknowledged", any4xx, other, as{got(0, 200, "a"), got(1, 204, "")}, once, verdict.Pass, nil},
		{"refused in some way", any4xx, other, as{got(0, 200, "a"), got(1, 418, "")}, once, verdict.Pass, nil},
		{"crashes", any4xx, other, as{got(0, 200, "a"), got(1, 500, "")}, once, verdict.Fail, []string{"mismatch-answer"}},
		{"carried out", any4xx, other, as{got(0, 200, "a"), got(1, 200, "")}, twice, verdict.Fail, []string{"effect-count"}},
		{
			"the first still stands", any4xx, original, as{got(0, 200, "a"), got(1, 400, ""), got(2, 200, "a")},
			append(once, seen(2, 1)), verdict.Pass, nil,
		},
		{
			"the first stands no longer", any4xx, original, as{got(0, 200, "a"), got(1, 200, ""), got(2, 409, "")},
			append(once, seen(2, 1)), verdict.Fail, []string{"same-result"},
		},
		{"both acknowledged at once", any4xx, race, as{got(0, 200, "a"), rival(200, "b")}, os{seen(0, 1)}, verdict.Pass, nil},
		{"both carried out at once", any4xx, race, as{got(0, 200, "a"), rival(200, "b")}, os{seen(0, 2)}, verdict.Fail, []string{"effect-count"}},
	} {
		r.holds(t)
	}
}

// The finding about a deliberate choice names its key. A crash is never deliberate.
func TestFindingNamesTheKeyThatDecidesIt(t *testing.T) {
	first, other := step("first", cases.Accepted, 1), step("other", cases.Refused, 1)
	equal := step("again", cases.Repeated, 1)
	equal.Choice = "write policy.equality: bytes"
	once := os{seen(0, 1), seen(1, 1)}
	for name, r := range map[string]struct {
		c        cases.Case
		attempts as
		want     string
	}{
		"acknowledged":     {one(first, other), as{got(0, 200, "a"), got(1, 200, "")}, "write policy.mismatch: ack-and-quarantine"},
		"the other status": {one(first, other), as{got(0, 200, "a"), got(1, 422, "")}, "write policy.mismatch: reject-422"},
		"another status":   {one(first, other), as{got(0, 200, "a"), got(1, 400, "")}, "write policy.mismatch: any"},
		"crash":            {one(first, other), as{got(0, 200, "a"), got(1, 500, "")}, ""},
		"duplicate answered": {
			one(first, step("again", cases.Repeated, 1)), as{got(0, 200, "a"), got(1, 200, "b")}, "write policy.duplicate: success",
		},
		"other bytes": {one(first, equal), as{got(0, 200, "a"), got(1, 409, "")}, "write policy.equality: bytes"},
		"in flight":   {one(race(2)), as{got(0, 200, "a"), got(0, 409, "")}, "policy.in_flight decides this"},
	} {
		t.Run(name, func(t *testing.T) {
			o := judge.Case(r.c, under(webhook.Policy{}), rounds(r.attempts, once...))
			require.NotEmpty(t, o.Findings)
			require.Contains(t, o.Findings[0].Choice, r.want)
			require.Equal(t, r.want == "", o.Findings[0].Choice == "")
		})
	}
}

func TestAdviceNeverFailsACaseAndItsControlDoes(t *testing.T) {
	odd := cases.Round{EventID: "evt_1", Steps: []cases.Step{step("odd", cases.Rejected, 0)}}
	control := cases.Round{EventID: "evt_2", Control: true, Steps: []cases.Step{step("control", cases.Accepted, 1)}}
	c := cases.Case{Advice: "nobody sends it", Rounds: []cases.Round{odd, control}}
	taken, accepted := rounds(as{got(0, 200, "a")}, seen(0, 0))[0], rounds(as{got(0, 200, "a")}, seen(0, 1))[0]
	crashed, inconclusive := rounds(as{got(0, 500, "")}, seen(0, 0))[0], rounds(as{got(0, 200, "a")}, blind(0))[0]
	for name, r := range map[string]struct {
		rounds []history.History
		want   verdict.Verdict
		advice int
	}{
		"advice broken":                {[]history.History{taken, accepted}, verdict.Pass, 1},
		"control broken too":           {[]history.History{taken, crashed}, verdict.Fail, 1},
		"advice broken, not all seen":  {[]history.History{taken, inconclusive}, verdict.Unknown, 1},
		"advice could not be observed": {[]history.History{inconclusive, accepted}, verdict.Unknown, 1},
		"control did not run":          {[]history.History{taken}, verdict.Unknown, 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := judge.Case(c, under(webhook.Policy{}), r.rounds)
			require.Equal(t, r.want, o.Verdict, "%+v", o)
			require.Len(t, o.Advice, r.advice)
		})
	}
	c.Advice = ""
	require.Equal(t, verdict.Fail, judge.Case(c, under(webhook.Policy{}), []history.History{taken, accepted}).Verdict)
}

// A delivery that was refused has no effect for a reason that the finding names. One whose answer was lost has none for a
// reason that nobody knows.
func TestRefusedAnswerIsAFindingAndNoMore(t *testing.T) {
	c := one(step("first", cases.Accepted, 1))
	refused := judge.Case(c, under(webhook.Policy{}), rounds(as{got(0, 400, "")}, seen(0, 0)))
	require.Equal(t, verdict.Fail, refused.Verdict)
	require.Empty(t, refused.Inconclusive)
	c.Advice = "nobody sends it"
	require.Equal(t, verdict.Pass, judge.Case(c, under(webhook.Policy{}), rounds(as{got(0, 400, "")}, seen(0, 0))).Verdict)
	c.Advice = ""
	unanswered := judge.Case(c, under(webhook.Policy{}), rounds(as{lost(0)}, seen(0, 0)))
	require.Equal(t, verdict.Unknown, unanswered.Verdict)
	require.Len(t, unanswered.Inconclusive, 2)
}

func TestRejectedDeliveryMustNotRevealTheResult(t *testing.T) {
	const result = `{"charge":"ch_12345","amount":1200}`
	c := one(step("first", cases.Accepted, 1), step("forged", cases.Rejected, 1))
	once := os{seen(0, 1), seen(1, 1)}
	for _, r := range []ruling{
		{"rejected", webhook.Policy{}, c, as{got(0, 200, result), got(1, 401, `{"error":"signature"}`)}, once, verdict.Pass, nil},
		{
			"rejected with the result", webhook.Policy{}, c,
			as{got(0, 200, result), got(1, 401, `{"error":"signature","was":`+result+`}`)}, once, verdict.Fail, []string{"result-revealed"},
		},
		{
			"a result that says nothing is in many an answer", webhook.Policy{}, c,
			as{got(0, 200, "OK"), got(1, 401, "NO TOKEN")}, once, verdict.Pass, nil,
		},
		{"accepted", webhook.Policy{}, c, as{got(0, 200, result), got(1, 200, result)}, once, verdict.Fail, []string{"rejected"}},
	} {
		r.holds(t)
	}
}

func TestDeliveriesThatGoWrongOnPurpose(t *testing.T) {
	retry := step("retry", cases.Repeated, 1)
	unheard := one(atMostOne(step("unheard", cases.Unheard, 0)), retry)
	failing := one(atMostOne(step("failing", cases.Failing, 0)), retry)
	torn := one(cases.Step{Name: "torn", Copies: 1, Wire: cases.Torn, Expect: cases.Unheard}, retry)
	late, early := os{seen(0, 0), seen(1, 1)}, os{seen(0, 1), seen(1, 1)}
	for _, r := range []ruling{
		{"unheard, and taken by the retry", webhook.Policy{}, unheard, as{cut(0), got(1, 200, "a")}, late, verdict.Pass, nil},
		{"unheard, and taken before it", webhook.Policy{}, unheard, as{cut(0), got(1, 200, "a")}, early, verdict.Pass, nil},
		{
			"unheard, and taken by both", webhook.Policy{}, unheard, as{cut(0), got(1, 200, "a")},
			os{seen(0, 1), seen(1, 2)}, verdict.Fail, []string{"effect-count"},
		},
		{
			"unheard, and never taken", webhook.Policy{}, unheard, as{cut(0), got(1, 200, "a")},
			os{seen(0, 0), seen(1, 0)}, verdict.Fail, []string{"effect-count"},
		},
		{"unheard, and the retry refused", webhook.Policy{}, unheard, as{cut(0), got(1, 409, "")}, early, verdict.Fail, []string{"same-result"}},
		{
			"an answer that was faster than the cut counts", webhook.Policy{}, unheard,
			as{got(0, 200, "a"), got(1, 200, "b")}, early, verdict.Fail, []string{"same-result"},
		},
		{"unheard for another reason", webhook.Policy{}, unheard, as{lost(0), got(1, 200, "a")}, early, verdict.Unknown, nil},
		{"half a body is carried out", webhook.Policy{}, torn, as{cut(0), got(1, 200, "a")}, early, verdict.Fail, []string{"effect-count"}},
		{"half a body is not", webhook.Policy{}, torn, as{cut(0), got(1, 200, "a")}, late, verdict.Pass, nil},

		{"failing, and made good", webhook.Policy{}, failing, as{got(0, 500, ""), got(1, 200, "a")}, late, verdict.Pass, nil},
		{"failing without an answer", webhook.Policy{}, failing, as{lost(0), got(1, 200, "a")}, late, verdict.Pass, nil},
		{"failing, as a gateway says", webhook.Policy{}, failing, as{got(0, 503, ""), got(1, 200, "a")}, early, verdict.Pass, nil},
		{
			"failing, and lost", webhook.Policy{}, failing, as{got(0, 500, ""), got(1, 200, "a")},
			os{seen(0, 0), seen(1, 0)}, verdict.Fail, []string{"effect-count"},
		},
		{
			"failing, and done twice", webhook.Policy{}, failing, as{got(0, 500, ""), got(1, 200, "a")},
			os{seen(0, 1), seen(1, 2)}, verdict.Fail, []string{"effect-count"},
		},
		{
			"failing, and refused for ever", webhook.Policy{}, failing,
			as{got(0, 500, ""), got(1, 500, "")}, late, verdict.Fail, []string{"same-result"},
		},
		{"failing, because nothing was there", webhook.Policy{}, failing, as{unreachable(0), got(1, 200, "a")}, late, verdict.Unknown, nil},
	} {
		r.holds(t)
	}
}

// RFC 9110, section 15.5.14: a server may close the connection on a body that is too large.
func TestClosedConnectionMayRefuse(t *testing.T) {
	closed := history.Attempt{Err: "the connection was closed without an answer", Closed: true}
	may := step("above the limit", cases.Rejected, 0)
	may.MayClose = true
	for _, r := range []ruling{
		{"closed", webhook.Policy{}, one(may), as{closed}, os{seen(0, 0)}, verdict.Pass, nil},
		{"closed, and carried out", webhook.Policy{}, one(may), as{closed}, os{seen(0, 1)}, verdict.Fail, []string{"effect-count"}},
		{"closed where it may not", webhook.Policy{}, one(step("forged", cases.Rejected, 0)), as{closed}, os{seen(0, 0)}, verdict.Unknown, nil},
	} {
		r.holds(t)
	}
}

func TestAnswersComeInTime(t *testing.T) {
	s := step("first", cases.Accepted, 1)
	s.Within = time.Second
	for _, r := range []ruling{
		{"in time", webhook.Policy{}, one(s), as{took(time.Second)}, os{seen(0, 1)}, verdict.Pass, nil},
		{"late", webhook.Policy{}, one(s), as{took(time.Second + 1)}, os{seen(0, 1)}, verdict.Fail, []string{"acknowledged"}},
		{
			"late where it does not matter", webhook.Policy{}, one(step("first", cases.Accepted, 1)),
			as{took(time.Hour)}, os{seen(0, 1)}, verdict.Pass, nil,
		},
	} {
		r.holds(t)
	}
}

// No answer at all is too late when the receiver answers something else meanwhile, and nobody knows when it does not.
func TestNoAnswerInTimeIsAFindingWhereTheReceiverIsThere(t *testing.T) {
	s := step("first", cases.Accepted, 1)
	s.Within = time.Second
	a := history.Attempt{Err: "no whole answer within 2s", TimedOut: true, Sent: time.Unix(1, 0), Ended: time.Unix(3, 0)}
	look := seen(0, 1)
	look.From, look.At = time.Unix(3, 1), time.Unix(3, 2)
	there := look
	there.Remote = true
	for _, r := range []ruling{
		{"the receiver answers the look at its effects", webhook.Policy{}, one(s), as{a}, os{there}, verdict.Fail, []string{"acknowledged"}},
		{"effects are seen elsewhere", webhook.Policy{}, one(s), as{a}, os{look}, verdict.Unknown, nil},
		{"the sender's limit is not known", webhook.Policy{}, one(step("first", cases.Accepted, 1)), as{a}, os{there}, verdict.Unknown, nil},
	} {
		r.holds(t)
	}
}

func TestLateEventMustNotMoveStateBack(t *testing.T) {
	newer, older := step("newer", cases.Accepted, 1), atMostOne(step("older", cases.Handled, 0))
	newer.State, older.State = cases.State{Key: "inv_1"}, cases.State{Key: "inv_1", Keep: true}
	c := cases.Case{Rounds: []cases.Round{{EventID: "evt_2", Steps: []cases.Step{newer}}, {EventID: "evt_1", Steps: []cases.Step{older}}}}
	at := func(value, err string) []history.State {
		return []history.State{{Where: "GET /invoices/inv_1#/status", Value: value, Err: err}}
	}
	for name, r := range map[string]struct {
		before, after      []history.State
		want               verdict.Verdict
		rule, inconclusive string
	}{
		"kept":     {at(`"paid"`, ""), at(`"paid"`, ""), verdict.Pass, "", ""},
		"set back": {at(`"paid"`, ""), at(`"created"`, ""), verdict.Fail, "state-kept", ""},
		"lost":     {at(`"paid"`, ""), at(`null`, ""), verdict.Fail, "state-kept", ""},
		"not seen": {
			at(`"paid"`, ""), at("", "answered 500"), verdict.Unknown, "", "older: state: GET /invoices/inv_1#/status: answered 500",
		},
		"never seen":    {at("", "answered 404"), at(`"paid"`, ""), verdict.Unknown, "", "newer: state: "},
		"not looked at": {at(`"paid"`, ""), nil, verdict.Unknown, "", "older: its state was not looked at"},
	} {
		t.Run(name, func(t *testing.T) {
			first := rounds(as{got(0, 200, "a")}, seen(0, 1))[0]
			second := rounds(as{got(0, 200, "b")}, seen(0, 1))[0]
			first.States, second.States = r.before, r.after
			o := judge.Case(c, under(webhook.Policy{}), []history.History{first, second})
			require.Equal(t, r.want, o.Verdict, "%+v", o)
			if r.rule != "" {
				require.Equal(t, r.rule, o.Findings[0].Rule)
			}
			if r.inconclusive != "" {
				require.Contains(t, o.Inconclusive[0], r.inconclusive)
			}
		})
	}
}

func TestAnyAnswerToAMismatchLeavesTheEffectsClosed(t *testing.T) {
	policy := webhook.Policy{Mismatch: webhook.AnyMismatch, Duplicate: webhook.Success}
	c := one(step("first", cases.Accepted, 1), saying(cases.OtherContent, step("other", cases.Refused, 1)))
	once, twice := os{seen(0, 1), seen(1, 1)}, os{seen(0, 1), seen(1, 2)}
	for _, r := range []ruling{
		{"acknowledged", policy, c, as{got(0, 200, "a"), got(1, 200, "")}, once, verdict.Pass, nil},
		{"refused", policy, c, as{got(0, 200, "a"), got(1, 400, "")}, once, verdict.Pass, nil},
		{"in conflict", policy, c, as{got(0, 200, "a"), got(1, 409, "")}, once, verdict.Pass, nil},
		{"acknowledged and carried out", policy, c, as{got(0, 200, "a"), got(1, 200, "")}, twice, verdict.Fail, []string{"effect-count"}},
		{"crashes", policy, c, as{got(0, 200, "a"), got(1, 500, "")}, once, verdict.Fail, []string{"mismatch-answer"}},
	} {
		r.holds(t)
	}
}

func TestOnlyWhatTheSenderCountsIsDelivered(t *testing.T) {
	policy := webhook.Policy{Delivered: []webhook.Statuses{{From: 200, To: 200}}}
	c := one(step("first", cases.Accepted, 1))
	ruling{"counted", policy, c, as{got(0, 200, "a")}, os{seen(0, 1)}, verdict.Pass, nil}.holds(t)
	ruling{"not counted", policy, c, as{got(0, 202, "a")}, os{seen(0, 1)}, verdict.Fail, []string{"accepted"}}.holds(t)
}

func TestEventInOrderMovesTheState(t *testing.T) {
	earlier, later := step("earlier", cases.Accepted, 1), step("later", cases.Accepted, 1)
	earlier.State, later.State = cases.State{Key: "inv_1"}, cases.State{Key: "inv_1", Move: true}
	c := cases.Case{Rounds: []cases.Round{{EventID: "evt_1", Steps: []cases.Step{earlier}}, {EventID: "evt_2", Steps: []cases.Step{later}}}}
	for after, want := range map[string]verdict.Verdict{`"paid"`: verdict.Pass, `"open"`: verdict.Fail} {
		first, second := rounds(as{got(0, 200, "a")}, seen(0, 1))[0], rounds(as{got(0, 200, "b")}, seen(0, 1))[0]
		first.States, second.States = []history.State{{Value: `"open"`}}, []history.State{{Value: after}}
		o := judge.Case(c, under(webhook.Policy{}), []history.History{first, second})
		require.Equal(t, want, o.Verdict, "%+v", o)
		if want == verdict.Fail {
			require.Equal(t, "state-moved", o.Findings[0].Rule)
		}
	}
}

func TestEffectsOfFillersAreNotProbed(t *testing.T) {
	c := one(step("another event", cases.Accepted, 0))
	require.Equal(t, verdict.Unknown, judge.Case(c, under(webhook.Policy{}), rounds(as{got(0, 200, "")})).Verdict)
	c.Rounds[0].Filler = true
	require.Equal(t, verdict.Pass, judge.Case(c, under(webhook.Policy{}), rounds(as{got(0, 200, "")})).Verdict)
	require.Equal(t, verdict.Fail, judge.Case(c, under(webhook.Policy{}), rounds(as{got(0, 500, "")})).Verdict)
}

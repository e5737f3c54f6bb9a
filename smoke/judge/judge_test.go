package judge_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// step and case builders: only what a rule uses.
func step(name string, expect cases.Expect, effects int) cases.Step {
	s := cases.Step{Name: name, Copies: 1, Expect: expect, Effects: cases.Effects{Min: effects, Max: effects}}
	if expect == cases.Refused {
		s.Says = cases.OtherContent
	}
	return s
}

func race(copies int) cases.Step {
	return cases.Step{Name: "race", Copies: copies, Expect: cases.Raced, Effects: cases.One}
}

func one(steps ...cases.Step) cases.Case {
	return cases.Case{Name: "a case", Rounds: []cases.Round{{EventID: "evt_1", Steps: steps}}}
}

func got(step, status int, body string) history.Attempt {
	return history.Attempt{Step: step, Status: status, Body: []byte(body), ContentType: "application/json"}
}

func lost(step int) history.Attempt { return history.Attempt{Step: step, Err: "connection reset"} }

// persisted is an attempt that was repeated without another answer, while others had one.
func persisted(a history.Attempt) history.Attempt {
	a.Persisted = 4
	return a
}

// inFlight is an attempt that was answered as in flight for longer than it may be.
func inFlight(a history.Attempt) history.Attempt {
	a.StillInFlight = true
	return a
}

func seen(step, count int) history.Observation {
	return history.Observation{Step: step, Count: count, Where: "GET /events"}
}

func blind(step int) history.Observation {
	return history.Observation{Step: step, Err: "connection refused", Where: "GET /events"}
}

func rounds(attempts []history.Attempt, seen ...history.Observation) []history.History {
	for i := range attempts {
		attempts[i].Number = i + 1
	}
	return []history.History{{EventID: "evt_1", Attempts: attempts, Observations: seen}}
}

type (
	as = []history.Attempt
	os = []history.Observation
)

func TestJudgeFindsTheBrokenRule(t *testing.T) {
	contract := func(change func(*webhook.Contract)) *webhook.Contract {
		c := &webhook.Contract{
			Policy:  webhook.Policy{Duplicate: webhook.SameResult, Mismatch: webhook.Reject409, InFlight: []int{425, 503}},
			Effects: webhook.Effects{HTTP: &webhook.HTTPProbe{}},
		}
		if change != nil {
			change(c)
		}
		return c
	}
	first := one(step("first", cases.Accepted, 1))
	dup := one(step("first", cases.Accepted, 1), step("dup", cases.Repeated, 1))
	mismatch := one(step("first", cases.Accepted, 1), step("other", cases.Refused, 1), step("again", cases.Repeated, 1))
	forged := one(step("forged", cases.Rejected, 0))
	racing := one(race(3))
	success := contract(func(c *webhook.Contract) { c.Policy.Duplicate = webhook.Success })
	quarantine := contract(func(c *webhook.Contract) { c.Policy.Mismatch = webhook.AckAndQuarantine })
	unprocessable := contract(func(c *webhook.Contract) { c.Policy.Mismatch = webhook.Reject422 })
	ignoring := contract(func(c *webhook.Contract) { c.Policy.ResultIgnore = []string{"/at", "/meta/request~1id"} })
	inconclusive := contract(func(c *webhook.Contract) { c.Effects = webhook.Effects{None: "a black box"} })

	for _, c := range []struct {
		name     string
		contract *webhook.Contract // nil: the plain one
		c        cases.Case
		attempts as
		seen     os
		want     verdict.Verdict
		rules    []string
	}{
		{"first accepted", nil, first, as{got(0, 200, "{}")}, os{seen(0, 1)}, verdict.Pass, nil},
		{"first refused", nil, first, as{got(0, 400, "{}")}, os{seen(0, 1)}, verdict.Fail, []string{"accepted"}},
		{"first crashes", nil, first, as{got(0, 500, "")}, os{seen(0, 1)}, verdict.Fail, []string{"accepted"}},
		{"accepted and not carried out", nil, first, as{got(0, 200, "")}, os{seen(0, 0)}, verdict.Fail, []string{"effect-count"}},
		{"accepted and carried out twice", nil, first, as{got(0, 200, "")}, os{seen(0, 2)}, verdict.Fail, []string{"effect-count"}},

		{"no answer is unknown", nil, first, as{lost(0)}, os{seen(0, 1)}, verdict.Unknown, nil},
		{"no answer and no effect is unknown", nil, first, as{lost(0)}, os{seen(0, 0)}, verdict.Unknown, nil},
		{"no answer and two effects is a failure", nil, first, as{lost(0)}, os{seen(0, 2)}, verdict.Fail, []string{"effect-count"}},
		{"bad gateway is unknown", nil, first, as{got(0, 502, "")}, os{seen(0, 0)}, verdict.Unknown, nil},
		{"unavailable is unknown", nil, first, as{got(0, 503, "")}, os{seen(0, 0)}, verdict.Unknown, nil},
		{"gateway timeout is unknown", nil, first, as{got(0, 504, "")}, os{seen(0, 0)}, verdict.Unknown, nil},
		{"redirect is a finding", nil, first, as{got(0, 302, "")}, os{seen(0, 0)}, verdict.Fail, []string{"redirect"}},
		{
			"redirect of a duplicate is one finding", nil, dup, as{got(0, 200, "a"), got(1, 308, "")},
			os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"redirect"},
		},
		{
			"bad gateway again and again, and others are answered", nil, first,
			as{persisted(got(0, 502, ""))}, os{seen(0, 0)}, verdict.Fail, []string{"accepted"},
		},
		{
			"unavailable for one duplicate alone", nil, dup, as{got(0, 200, "a"), persisted(got(1, 503, ""))},
			os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"same-result"},
		},
		{
			"connection closed on one forged delivery alone", nil, forged,
			as{persisted(lost(0))}, os{seen(0, 0)}, verdict.Fail, []string{"rejected"},
		},
		{
			"in flight after the limit", nil, dup, as{got(0, 200, "a"), inFlight(got(1, 425, ""))},
			os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"in-flight-limit"},
		},
		{
			"in flight after the limit, as unavailable", nil, dup, as{got(0, 200, "a"), inFlight(got(1, 503, ""))},
			os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"in-flight-limit"},
		},
		{"endless answer is unknown", nil, first, as{{Status: 200, Truncated: true}}, os{seen(0, 1)}, verdict.Unknown, nil},
		{"effects that cannot be seen are unknown", nil, first, as{got(0, 200, "")}, os{blind(0)}, verdict.Unknown, nil},
		{"effects that were not looked at are unknown", nil, first, as{got(0, 200, "")}, nil, verdict.Unknown, nil},
		{"effects that the contract excuses", inconclusive, first, as{got(0, 200, "")}, nil, verdict.Pass, nil},
		{"nothing sent is unknown", nil, first, nil, os{seen(0, 0)}, verdict.Unknown, nil},
		{
			"a failure outranks what was not seen", nil, dup, as{got(0, 200, "1"), got(1, 200, "2")},
			os{blind(0)}, verdict.Fail, []string{"same-result"},
		},

		{"duplicate with the same bytes", nil, dup, as{got(0, 200, "a"), got(1, 200, "a")}, os{seen(0, 1), seen(1, 1)}, verdict.Pass, nil},
		{
			"duplicate with the same JSON", nil, dup, as{got(0, 200, `{"a":1,"b":2}`), got(1, 200, `{"b":2, "a":1}`)},
			os{seen(0, 1), seen(1, 1)}, verdict.Pass, nil,
		},
		{
			"duplicate with another result", nil, dup, as{got(0, 200, `{"n":1}`), got(1, 200, `{"n":2}`)},
			os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"same-result"},
		},
		{
			"duplicate with a number a double cannot tell", nil, dup, as{got(0, 200, `9007199254740992`), got(1, 200, `9007199254740993`)},
			os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"same-result"},
		},
		{
			"duplicate with another status", nil, dup, as{got(0, 201, "a"), got(1, 200, "a")},
			os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"same-result"},
		},
		{
			"duplicate refused", nil, dup, as{got(0, 200, "a"), got(1, 409, "a")}, os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"same-result"},
		},
		{
			"sequential duplicate called in flight", nil, dup, as{got(0, 200, "a"), got(1, 425, "")},
			os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"same-result"},
		},
		{
			"duplicate carried out again", nil, dup, as{got(0, 200, "a"), got(1, 200, "a")},
			os{seen(0, 1), seen(1, 2)}, verdict.Fail, []string{"effect-count"},
		},
		{
			"any success will do where the policy says so", success, dup,
			as{got(0, 200, "1"), got(1, 204, "")}, os{seen(0, 1), seen(1, 1)}, verdict.Pass, nil,
		},
		{
			"a refusal will not", success, dup, as{got(0, 200, "1"), got(1, 404, "")},
			os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"same-result"},
		},
		{
			"ignored parts may differ", ignoring, dup,
			as{got(0, 200, `{"n":1,"at":1,"meta":{"request/id":1}}`), got(1, 200, `{"n":1,"at":2,"meta":{}}`)},
			os{seen(0, 1), seen(1, 1)}, verdict.Pass, nil,
		},
		{
			"other parts may not", ignoring, dup, as{got(0, 200, `{"n":1,"at":1}`), got(1, 200, `{"n":2,"at":2}`)},
			os{seen(0, 1), seen(1, 1)}, verdict.Fail, []string{"same-result"},
		},

		{
			"mismatch refused", nil, mismatch, as{got(0, 200, "a"), got(1, 409, ""), got(2, 200, "a")},
			os{seen(0, 1), seen(1, 1), seen(2, 1)}, verdict.Pass, nil,
		},
		{
			"mismatch answered with the old result", nil, mismatch, as{got(0, 200, "a"), got(1, 200, "a"), got(2, 200, "a")},
			os{seen(0, 1), seen(1, 1), seen(2, 1)}, verdict.Fail, []string{"mismatch-answer"},
		},
		{
			"mismatch overwrites", nil, mismatch, as{got(0, 200, "a"), got(1, 409, ""), got(2, 200, "b")},
			os{seen(0, 1), seen(1, 1), seen(2, 1)}, verdict.Fail, []string{"same-result"},
		},
		{
			"mismatch carried out", nil, mismatch, as{got(0, 200, "a"), got(1, 409, ""), got(2, 200, "a")},
			os{seen(0, 1), seen(1, 2), seen(2, 2)}, verdict.Fail, []string{"effect-count", "effect-count"},
		},
		{
			"mismatch with the other status", unprocessable, mismatch, as{got(0, 200, "a"), got(1, 409, ""), got(2, 200, "a")},
			os{seen(0, 1), seen(1, 1), seen(2, 1)}, verdict.Fail, []string{"mismatch-answer"},
		},
		{
			"mismatch unprocessable", unprocessable, mismatch, as{got(0, 200, "a"), got(1, 422, ""), got(2, 200, "a")},
			os{seen(0, 1), seen(1, 1), seen(2, 1)}, verdict.Pass, nil,
		},
		{
			"mismatch quarantined", quarantine, mismatch, as{got(0, 200, "a"), got(1, 202, ""), got(2, 200, "a")},
			os{seen(0, 1), seen(1, 1), seen(2, 1)}, verdict.Pass, nil,
		},

		{"forged rejected", nil, forged, as{got(0, 401, "")}, os{seen(0, 0)}, verdict.Pass, nil},
		{"forged accepted", nil, forged, as{got(0, 200, "")}, os{seen(0, 0)}, verdict.Fail, []string{"rejected"}},
		{"forged crashes", nil, forged, as{got(0, 500, "")}, os{seen(0, 0)}, verdict.Fail, []string{"rejected"}},
		{"forged rejected and carried out", nil, forged, as{got(0, 401, "")}, os{seen(0, 1)}, verdict.Fail, []string{"effect-count"}},

		{"race won by one", nil, racing, as{got(0, 200, "a"), got(0, 425, ""), got(0, 503, "")}, os{seen(0, 1)}, verdict.Pass, nil},
		{
			"race in which all have the result", nil, racing,
			as{got(0, 200, "a"), got(0, 200, "a"), got(0, 200, "a")}, os{seen(0, 1)}, verdict.Pass, nil,
		},
		{
			"race with two results", nil, racing, as{got(0, 200, "a"), got(0, 200, "b"), got(0, 425, "")},
			os{seen(0, 1)}, verdict.Fail, []string{"same-result"},
		},
		{
			"race won by nobody", nil, racing, as{got(0, 425, ""), got(0, 425, ""), got(0, 425, "")},
			os{seen(0, 0)}, verdict.Fail, []string{"accepted"},
		},
		{
			"race with a crash", nil, racing, as{got(0, 200, "a"), got(0, 500, ""), got(0, 425, "")},
			os{seen(0, 1)}, verdict.Fail, []string{"race-answer"},
		},
		{
			"race carried out twice", nil, racing, as{got(0, 200, "a"), got(0, 200, "a"), got(0, 425, "")},
			os{seen(0, 2)}, verdict.Fail, []string{"effect-count"},
		},
		{"race with a lost copy", nil, racing, as{got(0, 200, "a"), lost(0), got(0, 425, "")}, os{seen(0, 1)}, verdict.Unknown, nil},
		{"race that lost the winner's answer", nil, racing, as{lost(0), got(0, 425, ""), got(0, 425, "")}, os{seen(0, 1)}, verdict.Unknown, nil},
		{"race with a copy missing", nil, racing, as{got(0, 200, "a"), got(0, 200, "a")}, os{seen(0, 1)}, verdict.Unknown, nil},
		{"a step that expects nothing", nil, one(step("empty", 0, 0)), as{got(0, 200, "")}, os{seen(0, 0)}, verdict.Unknown, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.contract == nil {
				c.contract = contract(nil)
			}
			o := judge.Case(c.c, c.contract, rounds(c.attempts, c.seen...))
			require.Equal(t, c.want, o.Verdict, "%+v", o)
			var rules []string
			for _, f := range o.Findings {
				rules = append(rules, f.Rule)
				require.NotEmpty(t, f.Where)
				require.NotEmpty(t, f.Expected)
				require.NotEmpty(t, f.Got)
				require.NotEmpty(t, f.Attempts)
			}
			require.Equal(t, c.rules, rules)
			if c.want == verdict.Unknown {
				require.NotEmpty(t, o.Inconclusive)
			}
		})
	}
}

func TestARoundThatDidNotRunIsUnknown(t *testing.T) {
	c := one(step("first", cases.Accepted, 1))
	c.Rounds = append(c.Rounds, c.Rounds[0])
	o := judge.Case(c, &webhook.Contract{Effects: webhook.Effects{HTTP: &webhook.HTTPProbe{}}}, rounds(as{got(0, 200, "")}, seen(0, 1)))
	require.Equal(t, verdict.Unknown, o.Verdict)
	require.Equal(t, []string{"round 2 of 2 did not run"}, o.Inconclusive)
	require.Equal(t, verdict.Unknown, judge.Case(cases.Case{}, &webhook.Contract{}, nil).Verdict)
}

func TestResultSchemaIsARule(t *testing.T) {
	contract, err := webhook.Load("../../fixtures/invoices")
	require.NoError(t, err)
	c := one(step("first", cases.Accepted, 1))
	for body, want := range map[string]verdict.Verdict{
		`{"event_id":"e","type":"invoice.paid","status":"processed","invoice":{"id":"i","status":"paid"}}`: verdict.Pass,
		`{"event_id":"e","type":"invoice.paid","status":"processed"}`:                                      verdict.Fail,
		`ok`: verdict.Fail,
	} {
		o := judge.Case(c, contract, rounds(as{got(0, 200, body)}, seen(0, 1)))
		require.Equal(t, want, o.Verdict, "%s: %+v", body, o)
	}
	page := got(0, 200, "<html>sign in</html>")
	page.ContentType = "text/html; charset=utf-8"
	o := judge.Case(c, contract, rounds(as{page}, seen(0, 0)))
	require.Equal(t, verdict.Unknown, o.Verdict, "a sign-in page is not the receiver")
	require.Contains(t, o.Inconclusive[0], "is the target the receiver?")
}

// What limits how many requests come refuses no event: 429 (RFC 6585, section 4), and 503 to every copy.
func TestLimitOfRequestsIsUnknown(t *testing.T) {
	contract := under(webhook.Policy{InFlight: []int{409, 429, 503}})
	for name, c := range map[string]struct {
		c    cases.Case
		all  as
		want verdict.Verdict
	}{
		"429 to a delivery":     {one(step("first", cases.Accepted, 0)), as{got(0, 429, "")}, verdict.Unknown},
		"400 to a delivery":     {one(step("first", cases.Accepted, 0)), as{got(0, 400, "")}, verdict.Fail},
		"429 to a stranger":     {one(step("unsigned", cases.Rejected, 0)), as{got(0, 429, "")}, verdict.Pass},
		"503 and 429 to copies": {one(race(2)), as{got(0, 503, ""), got(0, 429, "")}, verdict.Unknown},
		"409 to every copy":     {one(race(2)), as{got(0, 409, ""), got(0, 409, "")}, verdict.Fail},
	} {
		o := judge.Case(c.c, contract, rounds(c.all, seen(0, 0)))
		require.Equal(t, c.want, o.Verdict, "%s: %+v", name, o)
	}
}

// Whether an answer is valid that takes too long to check, nobody knows.
func TestResultThatTakesTooLongToCheckIsUnknown(t *testing.T) {
	endless, err := schema.Load("testdata/endless.schema.json")
	require.NoError(t, err)
	contract := under(webhook.Policy{})
	contract.ResultSchema = endless
	for body, want := range map[string]verdict.Verdict{
		strings.Repeat("[", 100) + "1" + strings.Repeat("]", 100): verdict.Unknown, "[[1]]": verdict.Pass,
	} {
		o := judge.Case(one(step("first", cases.Accepted, 1)), contract, rounds(as{got(0, 200, body)}, seen(0, 1)))
		require.Equal(t, want, o.Verdict, "%+v", o)
	}
}

func TestOneFindingARuleAndHowOften(t *testing.T) {
	o := judge.Case(one(race(3)), &webhook.Contract{Effects: webhook.Effects{None: "x"}},
		rounds(as{got(0, 200, "a"), got(0, 500, "boom"), got(0, 500, "boom")}))
	require.Len(t, o.Findings, 1)
	require.Equal(t, "500 Internal Server Error boom (2 times; this is the first)", o.Findings[0].Got)
	require.Equal(t, []string{"effects are not judged: x"}, o.Notes)
}

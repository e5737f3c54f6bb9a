package judge_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

func TestAnswerToAChallenge(t *testing.T) {
	plain := func(status int, body string) history.Attempt {
		a := got(0, status, body)
		a.ContentType, a.Header = "text/plain; charset=utf-8", http.Header{"Allow": {"POST"}}
		return a
	}
	lost := history.Attempt{Err: "connection refused", Unreachable: true}
	for name, c := range map[string]struct {
		answer  webhook.Answer
		confirm string
		attempt history.Attempt
		agreed  verdict.Verdict // if it must agree
		wrong   verdict.Verdict // if it must not
	}{
		"the body":       {webhook.Answer{Body: "abc"}, "", plain(200, "abc\n"), verdict.Pass, verdict.Fail},
		"a quoted body":  {webhook.Answer{Body: "abc"}, "", plain(200, `"abc"`), verdict.Fail, verdict.Pass},
		"a part of it":   {webhook.Answer{Contains: "abc"}, "", plain(200, `{"challenge":"abc"}`), verdict.Pass, verdict.Fail},
		"another status": {webhook.Answer{Body: "abc", Status: 200}, "", plain(202, "abc"), verdict.Fail, verdict.Pass},
		"refused":        {webhook.Answer{Body: "abc"}, "", plain(403, "abc"), verdict.Fail, verdict.Pass},
		"an error":       {webhook.Answer{Body: "abc"}, "", plain(500, "abc"), verdict.Fail, verdict.Fail},
		"members": {
			webhook.Answer{JSON: map[string]any{"type": 1}}, "", plain(200, `{"type":1,"more":2}`), verdict.Pass, verdict.Fail,
		},
		"another member":     {webhook.Answer{JSON: map[string]any{"type": 1}}, "", plain(200, `{"type":"1"}`), verdict.Fail, verdict.Pass},
		"no object":          {webhook.Answer{JSON: map[string]any{"type": 1}}, "", plain(200, `[1]`), verdict.Fail, verdict.Pass},
		"the media type":     {webhook.Answer{Body: "abc", ContentType: "text/plain"}, "", plain(200, "abc"), verdict.Pass, verdict.Fail},
		"another media type": {webhook.Answer{Body: "abc", ContentType: "text/html"}, "", plain(200, "abc"), verdict.Fail, verdict.Pass},
		"a header": {
			webhook.Answer{Headers: map[string][]string{"Allow": {"GET", "POST"}}}, "", plain(200, ""), verdict.Pass, verdict.Fail,
		},
		"another header value": {webhook.Answer{Headers: map[string][]string{"Allow": {"GET"}}}, "", plain(200, ""), verdict.Fail, verdict.Pass},
		"not confirmed":        {webhook.Answer{}, "127.0.0.1:9", plain(200, ""), verdict.Fail, verdict.Pass},
		"nobody answered":      {webhook.Answer{Body: "abc"}, "", lost, verdict.Unknown, verdict.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			for expect, want := range map[cases.Expect]verdict.Verdict{cases.Agreed: c.agreed, cases.Declined: c.wrong} {
				asked := &cases.Challenge{Challenge: webhook.Challenge{Method: "GET", Confirm: c.confirm, Answer: c.answer}}
				o := judge.Case(one(cases.Step{Name: "challenge", Copies: 1, Expect: expect, Challenge: asked}), under(webhook.Policy{}),
					rounds(as{c.attempt}))
				require.Equal(t, want, o.Verdict, "%v: %v %v", expect, o.Findings, o.Inconclusive)
			}
		})
	}
}

// A token that is not the receiver's shows as a refusal of the right request: that is no broken contract.
func TestChallengeRefusedForItsTokenIsUnknown(t *testing.T) {
	c := one(cases.Step{
		Name: "challenge", Copies: 1, Expect: cases.Agreed,
		Challenge: &cases.Challenge{Challenge: webhook.Challenge{Answer: webhook.Answer{Body: "abc"}}},
	})
	contract := under(webhook.Policy{})
	contract.Challenge.TokenEnv = "META_VERIFY_TOKEN"
	for status, want := range map[int]verdict.Verdict{403: verdict.Unknown, 401: verdict.Unknown, 404: verdict.Fail, 500: verdict.Fail} {
		o := judge.Case(c, contract, rounds(as{got(0, status, "no")}))
		require.Equal(t, want, o.Verdict, "%d: %+v", status, o)
	}
}

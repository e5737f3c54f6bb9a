package webhook_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/payload"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

func TestEveryRuleOfTheBody(t *testing.T) {
	for _, r := range []rule{
		{"body", "{format: ndjson}", "{format: yaml}", "body.format"},
		{"body", "{format: form, field: payload}", "{format: json, field: payload}", "body.field"},
		{"body", "{field: payload}", `{field: "a\nb"}`, "body.field"},
		{"body", "{events: /items/*/it}", "{format: xml, events: /items/*}", "body.events"},
		{"body", "{events: /*}", "{events: '*'}", "body.events"},
		{"body", "{encoding: gzip}", "{encoding: br}", "body.encoding"},
		{"body", "{encoding: gzip, signed: plain}", "{signed: plain}", "body.signed"},
		{"body", "{encoding: gzip, signed: sent}", "{encoding: gzip, signed: both}", "body.signed"},
	} {
		r.holds(t)
	}
	for key, values := range map[string][2]string{
		"event_id": {"{pointer: /id}\nbody: {format: ndjson}", "{header: X-Id}\nbody: {format: ndjson}"},
	} {
		_, err := load(t, with(t, key, values[0]))
		require.NoError(t, err)
		_, err = load(t, with(t, key, values[1]))
		require.ErrorContains(t, err, "event_id.pointer: is missing")
	}
	_, err := load(t, with(t, "event_id", "{form: id}\nbody: {field: payload}"))
	require.ErrorContains(t, err, "event_id.form")
}

func TestTheContentTypeNamesTheBodyUnlessTheFileDoes(t *testing.T) {
	for text, want := range map[string]payload.Kind{
		"{path: /}": payload.JSON,
		"{path: /, content_type: application/x-www-form-urlencoded}":  payload.Form,
		"{path: /, content_type: text/plain}":                         "",
		"{path: /, content_type: text/plain}\nbody: {format: ndjson}": payload.NDJSON,
	} {
		c, err := load(t, with(t, "endpoint", text))
		require.NoError(t, err)
		require.Equal(t, want, c.BodyKind())
		require.Equal(t, want == payload.NDJSON, c.Batch())
	}
}

func TestEveryRuleOfTheChallenge(t *testing.T) {
	const echo = "answer: {body: '{challenge}'}"
	for _, r := range []rule{
		{"challenge", "{method: GET, " + echo + "}", "{query: 'a={challenge}', " + echo + "}", "challenge.method"},
		{"challenge", "{method: OPTIONS, " + echo + "}", "{method: HEAD, " + echo + "}", "challenge.method"},
		{"challenge", "{method: POST, body: x, " + echo + "}", "{method: GET, body: x, " + echo + "}", "challenge.body"},
		{
			"challenge", "{method: GET, query: 'a={challenge}&b', " + echo + "}",
			"{method: GET, query: '?a={challenge}', " + echo + "}", "challenge.query",
		},
		{"challenge", "{method: GET, " + echo + "}", "{method: GET, token_env: T, " + echo + "}", "challenge.token_env"},
		{
			"challenge", "{method: POST, body: '{token}', token_env: T, " + echo + "}",
			"{method: POST, body: '{token}', token_env: 'a b', " + echo + "}", "challenge.token_env",
		},
		{
			"challenge", "{method: POST, body: '{confirm_url}', confirm: '127.0.0.1:9'}",
			"{method: POST, body: '{confirm_url}', " + echo + "}", "challenge.confirm",
		},
		{
			"challenge", "{method: POST, body: '{confirm_url}', confirm: '127.0.0.1:9'}",
			"{method: POST, body: '{confirm_url}', confirm: here}", "challenge.confirm",
		},
		{
			"challenge", "{method: GET, headers: {X-A: b}, " + echo + "}",
			"{method: GET, headers: {'X A': b}, " + echo + "}", "challenge.headers.X A",
		},
		{"challenge", "{method: GET, answer: {json: {type: 1}}}", "{method: GET, answer: {status: 200}}", "challenge.answer"},
		{
			"challenge", "{method: GET, answer: {status: 204, contains: x}}",
			"{method: GET, answer: {status: 403, contains: x}}", "challenge.answer.status",
		},
		{
			"challenge", "{method: OPTIONS, answer: {headers: {Allow: [POST]}}}",
			"{method: OPTIONS, answer: {headers: {Allow: []}}}", "challenge.answer.headers.Allow",
		},
	} {
		r.holds(t)
	}
	c, err := load(t, good)
	require.NoError(t, err)
	require.False(t, c.Challenge.Told())
	require.Equal(t, webhook.Body{}, c.Body)
}

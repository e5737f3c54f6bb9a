package webhook_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// with returns the good contract with one of its keys, at the top, set to another value.
func with(t *testing.T, key, value string) string {
	t.Helper()
	line := regexp.MustCompile(`(?m)^` + key + `:.*\n`)
	return line.ReplaceAllString(good, "") + key + ": " + value + "\n"
}

// rule is a rule of webhook.yaml: two values that differ in what the rule is about alone.
type rule struct{ key, good, bad, at string }

func (r rule) holds(t *testing.T) {
	t.Helper()
	_, err := load(t, with(t, r.key, r.good))
	require.NoError(t, err, "%s: %s", r.key, r.good)
	_, err = load(t, with(t, r.key, r.bad))
	require.Error(t, err, "%s: %s", r.key, r.bad)
	require.Regexp(t, `(?m)webhook\.yaml:\d+:\d+: `+regexp.QuoteMeta(r.at)+`: `, err.Error(), "the message starts with the place and the key")
	require.Len(t, strings.Split(err.Error(), "\n"), 1, "one mistake, one message: %s", err)
}

func TestEveryRuleOfTheReceiver(t *testing.T) {
	for _, r := range []rule{
		{"receiver", "x", `""`, "receiver"},
		{"endpoint", "{path: /, method: PUT}", "{path: /, method: GET}", "endpoint.method"},
		{"endpoint", "{path: /, method: PATCH}", "{path: /, method: post}", "endpoint.method"},
		{"endpoint", "{path: /hook}", "{path: hook}", "endpoint.path"},
		{"endpoint", "{path: /, method: DELETE}", "{path: /, method: HEAD}", "endpoint.method"},
		{"endpoint", `{path: "/hook?token=1&id={event_id}"}`, `{path: "/hook#x"}`, "endpoint.path"},
		{"endpoint", `{path: "/hook?type={event_type}"}`, `{path: "/hook/{event_type}"}`, "endpoint.path"},
		{"endpoint", `{path: /, query: "id={event_id}&data={/data/id}"}`, `{path: /, query: "?id=1"}`, "endpoint.query"},
		{"endpoint", `{path: /, query: "id={/data/id}"}`, `{path: /, query: "id={data/id}"}`, "endpoint.query"},
		{"endpoint", `{path: "/hook?id={event_id}"}`, `{path: "/hook?id={id}"}`, "endpoint.path"},
		{"endpoint", `{path: "/hook?a=%20"}`, `{path: "/hook?a=%2"}`, "endpoint.path"},
		{
			"endpoint", "{path: /, headers: {X-Hook: '{event_type} {delivery_id}'}}",
			"{path: /, headers: {X-Hook: '{kind}'}}", "endpoint.headers.X-Hook",
		},
		{"endpoint", "{path: /, headers: {X-Hook: fixed}}", `{path: /, headers: {X-Hook: "a\nb"}}`, "endpoint.headers.X-Hook"},
		{"endpoint", "{path: /, headers: {X-Hook: fixed}}", "{path: /, headers: {X Hook: fixed}}", "endpoint.headers.X Hook"},
		{"endpoint", "{path: /, headers: {User-Agent: a}}", "{path: /, headers: {content-length: '5'}}", "endpoint.headers.Content-Length"},
		{
			"endpoint", "{path: /, content_type: application/x-www-form-urlencoded}",
			`{path: /, content_type: "application/json\nX: y"}`, "endpoint.content_type",
		},
		{"endpoint", "{path: /, url: 'https://x.example/hook?a=b'}", "{path: /, url: x.example/hook}", "endpoint.url"},
		{"endpoint", "{path: /, url: 'http://x.example'}", "{path: /, url: 'ftp://x.example'}", "endpoint.url"},
		{"endpoint", "{path: /, url: 'http://x.example'}", "{path: /, url: 'http://%x'}", "endpoint.url"},
		{"endpoint", "{path: /, retry_header: X-Retry}", `{path: /, retry_header: "X Retry"}`, "endpoint.retry_header"},
		{"endpoint", "{path: /, body_limit: 67108864}", "{path: /, body_limit: 67108865}", "endpoint.body_limit"},
		{"endpoint", "{path: /, body_limit: 0}", "{path: /, body_limit: -1}", "endpoint.body_limit"},

		{"event_id", "{header: X-Id, pointer: /id}", "{form: id, pointer: /id}", "event_id"},
		{"event_id", "{header: X-Id, form: id}", `{header: "X-Id:"}`, "event_id.header"},
		{"event_id", "{pointer: /a~1b~0}", "{pointer: id}", "event_id.pointer"},
		{"event_id", "{pointer: /a//b}", "{pointer: /a~2}", "event_id.pointer"},
		{"event_id", "{pointer: /a}", "{pointer: /a~}", "event_id.pointer"},
		{"event_id", "{fields: [/a, /b]}", "{fields: [/a, /b], header: X-Id}", "event_id"},
		{"event_id", "{fields: [/a, /b]}", "{fields: [/a, b]}", "event_id.fields[1]"},
		{"event_id", "{fields: [/a]}", "{fields: [/a], pointer: /b}", "event_id"},
		{"event_id", "{header: X-Id, golden: evt_1}", `{header: X-Id, golden: "evt_1\n"}`, "event_id.golden"},
		{"event_type", "{header: X-Type, names: {push: Push Hook}}", `{header: X-Type, names: {push: "Push\r\nHook"}}`, "event_type.names.push"},
		{"delivery_id", "{header: X-Delivery, per: attempt}", "{header: X-Delivery, per: retry}", "delivery_id.per"},
		{"delivery_id", "{header: X-Delivery}", "{header: 'X Delivery'}", "delivery_id.header"},
		{"event_type", "{pointer: /type}", "{pointer: type}", "event_type.pointer"},
		{"event_type", "{header: X-Type}", "{header: 'é'}", "event_type.header"},
		{"tenant", "{pointer: /account, other: b}", "{pointer: /account}", "tenant"},
		{"tenant", "{header: X-Account, other: b, golden: a}", "{other: b}", "tenant"},
		{"tenant", "{header: X-Account, other: b, golden: a}", "{header: X-Account, pointer: /account, other: b, golden: a}", "tenant"},
		{"tenant", "{header: X-Account, other: b, golden: a}", "{header: X-Account, other: b}", "tenant"},
		{"tenant", "{pointer: /account, other: b}", "{pointer: /account, other: b, golden: a}", "tenant"},
		{"tenant", "{header: X-Account, other: b, golden: a}", "{header: X-Account, other: a, golden: a}", "tenant.other"},
		{"tenant", "{header: X-Account, other: b, golden: a}", "{header: X(Account), other: b, golden: a}", "tenant.header"},
		{"tenant", "{pointer: /account, other: b}", "{pointer: account, other: b}", "tenant.pointer"},

		{"policy", "{duplicate: success}", "{duplicate: any}", "policy.duplicate"},
		{"policy", "{mismatch: ack-and-quarantine}", "{mismatch: reject-400}", "policy.mismatch"},
		{"policy", "{mismatch: any}", "{mismatch: all}", "policy.mismatch"},
		{"policy", "{equality: bytes}", "{equality: text}", "policy.equality"},
		{"policy", "{unicode: nfc}", "{unicode: nfkc}", "policy.unicode"},
		{"policy", "{in_flight: [400, 599]}", "{in_flight: [399]}", "policy.in_flight[0]"},
		{"policy", "{in_flight: []}", "{in_flight: [600]}", "policy.in_flight[0]"},
		{"policy", "{result_ignore: [/at]}", "{result_ignore: [at]}", "policy.result_ignore[0]"},
		{"policy", "{in_flight_limit: 1s}", "{in_flight_limit: -1s}", "policy.in_flight_limit"},
		{"policy", "{acknowledge: 1s}", "{acknowledge: -1s}", "policy.acknowledge"},
	} {
		r.holds(t)
	}
}

func TestEveryRuleOfEffects(t *testing.T) {
	for _, r := range []rule{
		{"effects", "{none: nobody looks}", "{}", "effects"},
		{
			"effects", "{http: {path: '/a/{subject}', subject: /account}}",
			"{http: {path: '/a/{event_id}', subject: /account}}", "effects.http.path",
		},
		{"effects", "{http: {path: '/a/{event_id}'}}", "{http: {path: '/a/{event_id}/{subject}'}}", "effects.http.path"},
		{
			"effects", "{http: {path: '/a/{subject}', subject: /account, amount: /sum}}",
			"{http: {path: '/a/{event_id}', amount: /sum}}", "effects.http",
		},
		{
			"effects", "{http: {path: '/a/{subject}', subject: /account}}",
			"{http: {path: '/a/{subject}', subject: account}}", "effects.http.subject",
		},
		{"effects", "{result: {pointer: /id}}", "{result: {pointer: /id}, none: nobody looks}", "effects"},
		{"effects", "{none: x, within: 0s}", "{none: x, within: -1s}", "effects.within"},
		{"effects", `{http: {path: "/e/{event_id}"}}`, `{http: {path: "e/{event_id}"}}`, "effects.http.path"},
		{"effects", `{http: {path: "/e?id={event_id}"}}`, `{http: {path: "/e/{id}"}}`, "effects.http.path"},
		{"effects", `{http: {path: "/{event_id}", absent: 400}}`, `{http: {path: "/{event_id}", absent: 204}}`, "effects.http.absent"},
		{"effects", `{http: {path: "/{event_id}", absent: 499}}`, `{http: {path: "/{event_id}", absent: 500}}`, "effects.http.absent"},
		{"effects", `{http: {path: "/{event_id}", count: /n}}`, `{http: {path: "/{event_id}", count: n}}`, "effects.http.count"},
		{"effects", `{command: {run: [count, "{event_id}"]}}`, `{command: {run: [count]}}`, "effects.command.run"},
		{"effects", `{command: {run: [count, "--id={event_id}"]}}`, `{command: {run: []}}`, "effects.command.run"},
		{"effects", `{command: {run: [count, "{event_id}"]}}`, `{command: {run: ["{event_id}"]}}`, "effects.command.run[0]"},
		{"effects", `{command: {run: [count, "{event_id}"]}}`, `{command: {run: ["", "{event_id}"]}}`, "effects.command.run[0]"},
		{"effects", `{sql: {url_env: DB, query: "select $1"}}`, `{sql: {query: "select $1"}}`, "effects.sql.url_env"},
		{
			"effects", `{sql: {url_env: DB, query: "select $1"}}`,
			`{sql: {url_env: "postgres://u:p@db/x", query: "select $1"}}`, "effects.sql.url_env",
		},
		{"effects", `{sql: {url_env: DB, query: "select $1, $2"}}`, `{sql: {url_env: DB, query: "select ?"}}`, "effects.sql.query"},
		{
			"effects", `{sink: {listen: "localhost:8080", event: {header: X}}}`,
			`{sink: {listen: localhost, event: {header: X}}}`, "effects.sink.listen",
		},
		{"effects", `{sink: {listen: ":8080", event: {header: X}}}`, `{sink: {listen: ":0", event: {header: X}}}`, "effects.sink.listen"},
		{
			"effects", `{sink: {listen: "[::1]:8080", event: {header: X}}}`,
			`{sink: {listen: "[::1]:65536", event: {header: X}}}`, "effects.sink.listen",
		},
		{"effects", `{sink: {listen: ":1", event: {pointer: /id}}}`, `{sink: {listen: ":1"}}`, "effects.sink.event"},
		{
			"effects", `{sink: {listen: ":1", event: {pointer: /id}}}`,
			`{sink: {listen: ":1", event: {pointer: /id, header: X}}}`, "effects.sink.event",
		},
		{
			"effects", `{sink: {listen: ":1", event: {pointer: /id}}}`, `{sink: {listen: ":1", event: {pointer: id}}}`, "effects.sink.event.pointer",
		},
		{
			"effects", `{sink: {listen: ":1", event: {header: X-Id}}}`,
			`{sink: {listen: ":1", event: {header: "X Id"}}}`, "effects.sink.event.header",
		},
		{"effects", `{result: {pointer: /id}}`, `{result: {pointer: ""}}`, "effects.result.pointer"},
		{"effects", `{result: {pointer: /id}}`, `{result: {pointer: id}}`, "effects.result.pointer"},

		{"hooks", `{restart: [systemctl, restart, x]}`, `{restart: [""]}`, "hooks.restart[0]"},
		{"hooks", `{fail_next: [touch, x]}`, `{fail_next: ["", x]}`, "hooks.fail_next[0]"},
		{"hooks", `{advance: [clock, "+{seconds}s"]}`, `{advance: [clock]}`, "hooks.advance"},
		{"hooks", `{advance: [clock, "{seconds}"]}`, `{advance: ["{seconds}", x]}`, "hooks.advance[0]"},
		{"hooks", `{restart: [x]}`, `{restart: []}`, "hooks.restart"},

		{"known_failures", `[{case: "dup-*", reason: x, until: 2026-12-31}]`, `[{reason: x, until: 2026-12-31}]`, "known_failures[0].case"},
		{"known_failures", `[{case: x, reason: x, until: 2026-12-31}]`, `[{case: "[", reason: x, until: 2026-12-31}]`, "known_failures[0].case"},
		{
			"known_failures", `[{case: x, fixture: "a*", reason: x, until: 2026-12-31}]`,
			`[{case: x, fixture: "[", reason: x, until: 2026-12-31}]`, "known_failures[0].fixture",
		},
		{"known_failures", `[{case: x, reason: x, until: 2026-12-31}]`, `[{case: x, until: 2026-12-31}]`, "known_failures[0].reason"},
		{"known_failures", `[{case: x, reason: x, until: 2026-12-31}]`, `[{case: x, reason: x}]`, "known_failures[0].until"},
	} {
		r.holds(t)
	}
	_, err := load(t, with(t, "known_failures", `[{case: x, reason: x, until: 2026-13-01}]`))
	require.ErrorContains(t, err, "must be a date such as 2026-12-31")
}

func TestEveryRuleOfASequence(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.json", "b.json"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(`{"id":"x"}`), 0o600))
	}
	read := func(sequence string) error {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "webhook.yaml"), []byte(with(t, "sequence", sequence)), 0o600))
		_, err := webhook.Load(dir)
		return err
	}
	require.NoError(t, read(`{fixtures: [a, b], key: /id, path: "/x/{key}", state: /status}`))
	require.NoError(t, read(`{fixtures: [a, b], key: /id, path: "/x/{key}"}`), "the whole answer is the state")
	for sequence, at := range map[string]string{
		`{fixtures: [a], key: /id, path: "/x/{key}"}`:              "sequence.fixtures: ",
		`{key: /id, path: "/x/{key}"}`:                             "sequence.fixtures: ",
		`{fixtures: [a, c], key: /id, path: "/x/{key}"}`:           `sequence.fixtures[1]: "c"`,
		`{fixtures: [a, b], path: "/x/{key}"}`:                     "sequence.key: ",
		`{fixtures: [a, b], key: id, path: "/x/{key}"}`:            "sequence.key: ",
		`{fixtures: [a, b], key: /id}`:                             "sequence.path: ",
		`{fixtures: [a, b], key: /id, path: "x/{key}"}`:            "sequence.path: ",
		`{fixtures: [a, b], key: /id, path: "/x/{id}"}`:            "sequence.path: ",
		`{fixtures: [a, b], key: /id, path: "/x/{key}", state: s}`: "sequence.state: ",
	} {
		require.ErrorContains(t, read(sequence), at, sequence)
	}
}

// An unknown key is a typing mistake, at any depth.
func TestUnknownKeysAreRefusedEverywhere(t *testing.T) {
	for key, value := range map[string]string{
		"endpoint":       `{path: /, typo: 1}`,
		"signature":      `{scheme: hmac, header: X, secret_env: S, typo: 1}`,
		"event_id":       `{pointer: /id, typo: 1}`,
		"event_type":     `{pointer: /id, typo: 1}`,
		"tenant":         `{pointer: /id, other: b, typo: 1}`,
		"policy":         `{typo: 1}`,
		"sequence":       `{typo: 1}`,
		"hooks":          `{typo: 1}`,
		"known_failures": `[{case: x, reason: x, until: 2026-12-31, typo: 1}]`,
		"typo":           `1`,
	} {
		_, err := load(t, with(t, key, value))
		require.Regexp(t, `webhook\.yaml:\d+:\d+: (`+key+`(\[0\])?\.)?typo: unknown key: `, err.Error(), key)
	}
	for _, effects := range []string{
		`{none: x, typo: 1}`,
		`{http: {path: "/{event_id}", typo: 1}}`,
		`{command: {run: [x, "{event_id}"], typo: 1}}`,
		`{sql: {url_env: DB, query: "$1", typo: 1}}`,
		`{sink: {listen: ":1", event: {header: X}, typo: 1}}`,
		`{sink: {listen: ":1", event: {header: X, typo: 1}}}`,
		`{result: {pointer: /id, typo: 1}}`,
	} {
		_, err := load(t, with(t, "effects", effects))
		require.ErrorContains(t, err, `typo: unknown key: `, effects)
	}
}

func TestSignatureSettingsOfHMAC(t *testing.T) {
	const start = "{scheme: hmac, secret_env: S, header: X-Sig"
	for _, r := range []rule{
		{"signature", start + "}", "{scheme: hmac, secret_env: S}", "signature.header"},
		{"signature", "{scheme: jwt, secret_env: S, lifetime: 5m}", "{scheme: jwt, secret_env: S, lifetime: 6m}", "signature.lifetime"},
		{"signature", start + "}", "{scheme: hmac, secret_env: S, header: X Sig}", "signature.header"},
		{"signature", start + ", id_header: X-Id}", start + ", id_header: X Id}", "signature.id_header"},
		{"signature", start + ", id_header: X-Id}", start + ", id_header: x-sig}", "signature.id_header"},
		{"signature", start + ", timestamp_header: X-T}", start + ", timestamp_header: 'X:T'}", "signature.timestamp_header"},
		{
			"signature", start + `, timestamp_header: X-T, template: "{timestamp}{body}"}`,
			start + `, template: "{timestamp}{body}"}`, "signature.timestamp_header",
		},
		{"signature", start + `, template: "{id}.{body}{url}"}`, start + `, template: "id"}`, "signature.template"},
		{"signature", start + `, template: "{body}"}`, start + `, template: "{body}{nonce}"}`, "signature.template"},
		{"signature", start + ", algorithm: sha512}", start + ", algorithm: md5}", "signature.algorithm"},
		{"signature", start + ", encoding: base64}", start + ", encoding: base58}", "signature.encoding"},
		{"signature", start + `, prefix: "v1="}`, start + `, prefix: " v1="}`, "signature.prefix"},
		{"signature", start + ", key_id: k}", start + ", reason: k}", "signature.reason"},
		{"signature", start + ", timestamp_unit: ms}", start + ", timestamp_unit: us}", "signature.timestamp_unit"},
		{"signature", "{scheme: none, reason: the id is fetched back}", "{scheme: none, reason: x, secret_env: S}", "signature.secret_env"},
		{"signature", "{scheme: none, reason: the id is fetched back}", "{scheme: none}", "signature.reason"},
		{"signature", "{scheme: github, secret_env: S}", "{scheme: github, secret_env: S, prefix: x}", "signature.prefix"},
		{"signature", start + "}", "{scheme: hmac, secret_env: 'not a name', header: X-Sig}", "signature.secret_env"},
		{"signature", start + ", tolerance: 1m}", start + ", tolerance: -1m}", "signature.tolerance"},
	} {
		r.holds(t)
	}
}

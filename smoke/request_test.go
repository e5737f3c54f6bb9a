package smoke_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
)

// deliveries returns what a receiver gets of one case.
func deliveries(t *testing.T, name string, files map[string]string) []seen {
	t.Helper()
	box := &recorder{}
	server := httptest.NewServer(box)
	defer server.Close()
	r := run(t, smoke.Options{
		Target: server.URL, Cases: []string{name}, RunID: t.Name(), Fixtures: []string{folder(t, files)},
		LookupEnv: func(string) (string, bool) { return secret, true },
	})
	require.Equal(t, verdict.Pass, r.Verdict(), "%+v", r.Results)
	return box.requests()
}

const blackGitHub = `
receiver: box
sender: github
endpoint:
  path: "/hook?type={event_type}&fixed=a%20b"
  headers: {X-Id: "{event_id}", X-Other: "{delivery_id}", X-Time: "{timestamp}", X-Fixed: file}
signature: {secret_env: SECRET}
effects: {none: "this test looks at the wire alone"}
`

func TestHeadersOfTheSenderAreSent(t *testing.T) {
	all := deliveries(t, "dup-seq", map[string]string{"webhook.yaml": blackGitHub, "pull_request.opened.json": `{"total":1}`})
	require.Len(t, all, 2)
	for _, one := range all {
		require.Equal(t, "pull_request", one.header.Get("X-GitHub-Event"), "the file's name, up to the first dot")
		require.True(t, strings.HasPrefix(one.header.Get("User-Agent"), "GitHub-Hookshot/"))
		require.Equal(t, one.header.Get("X-GitHub-Delivery"), one.header.Get("X-Id"))
		require.Regexp(t, `^[0-9]{10}$`, one.header.Get("X-Time"))
		require.Equal(t, "file", one.header.Get("X-Fixed"))
		require.Equal(t, "type=pull_request&fixed=a%20b", one.query)
	}
	require.NotEqual(t, all[0].header.Get("X-Id"), all[0].header.Get("X-Other"))
	require.Equal(t, all[0].header.Get("X-Other"), all[1].header.Get("X-Other"), "a retry repeats the delivery's id")
}

func TestGoldenHeadersAreSentAndSignatureAndIDAreMadeAnew(t *testing.T) {
	golden := "X-GitHub-Event: push\nX-GitHub-Delivery: 11111111-2222-4333-8444-555555555555\nX-Hub-Signature: sha1=00\n" +
		"X-Hub-Signature-256: sha256=00\n" +
		"Content-Type: application/json; charset=utf-8\nContent-Length: 7\nHost: example.com\nX-Fixed: golden\nUser-Agent: GitHub-Hookshot/1\n"
	all := deliveries(t, "first", map[string]string{"webhook.yaml": blackGitHub, "any.json": `{"total":1}`, "any.headers": golden})
	require.Len(t, all, 1)
	h := all[0].header
	require.Equal(t, "push", h.Get("X-GitHub-Event"))
	require.Equal(t, "application/json; charset=utf-8", h.Get("Content-Type"))
	require.Equal(t, "golden", h.Get("X-Fixed"), "the golden delivery's line goes over the file's")
	require.Equal(t, "GitHub-Hookshot/1", h.Get("User-Agent"))
	require.NotEqual(t, "11111111-2222-4333-8444-555555555555", h.Get("X-GitHub-Delivery"))
	require.NotEqual(t, "sha256=00", h.Get("X-Hub-Signature-256"))
	require.NotEqual(t, "sha1=00", h.Get("X-Hub-Signature"))
}

func TestGoldenLineOfAPlaceholderIsMadeAnew(t *testing.T) {
	golden := "X-Kind: invoice.paid\nX-Own-Id: 8209829119461545081\nX-Time: 1\nX-Fixed: golden\n"
	all := deliveries(t, "unknown-type", map[string]string{"any.json": `{"a":1}`, "any.headers": golden, "webhook.yaml": `
receiver: box
sender: none
endpoint: {path: /hook, headers: {X-Kind: "{event_type}", X-Own-Id: "{event_id}", X-Time: "{timestamp}", X-Fixed: file}}
signature: {scheme: github, secret_env: SECRET}
event_id: {header: X-Id}
effects: {none: wire}
`})
	require.Equal(t, "fridaygate.unknown", all[0].header.Get("X-Kind"))
	require.Equal(t, "invoice.paid", all[1].header.Get("X-Kind"), "the type is read from the golden line")
	require.Regexp(t, `^82[0-9]{17}$`, all[1].header.Get("X-Id"), "and so is the form of the id")
	require.Equal(t, all[1].header.Get("X-Id"), all[1].header.Get("X-Own-Id"))
	require.NotEqual(t, "1", all[1].header.Get("X-Time"))
	require.Equal(t, "golden", all[1].header.Get("X-Fixed"))
}

func TestTypeThatTravelsInAHeader(t *testing.T) {
	const head, tail = "receiver: box\nsender: none\nendpoint: {path: /hook}\nsignature: {scheme: github, secret_env: SECRET}\n" +
		"event_id: {header: X-GitHub-Delivery}\nevent_type: ", "\neffects: {none: wire}\n"
	for name, c := range map[string]struct{ place, headers, want string }{
		"headers of the fixture":     {"{header: X-Kind, pointer: /kind, golden: g}", "X-Kind: h", "h"},
		"the body":                   {"{header: X-Kind, pointer: /kind, golden: g}", "X-Other: h", "push"},
		"the body, by another name":  {"{header: X-Kind, pointer: /kind, names: {push: Push Hook}}", "X-Other: h", "Push Hook"},
		"golden":                     {"{header: X-Kind, pointer: /absent, golden: g}", "X-Other: h", "g"},
		"the file's name":            {"{header: X-Kind}", "X-Other: h", "orders-paid"},
		"the file's name, separated": {"{header: X-Kind, separator: /}", "X-Other: h", "orders/paid"},
	} {
		t.Run(name, func(t *testing.T) {
			all := deliveries(t, "first", map[string]string{
				"webhook.yaml": head + c.place + tail, "orders-paid.2.json": `{"kind":"push"}`, "orders-paid.2.headers": c.headers,
			})
			require.Equal(t, c.want, all[0].header.Get("X-Kind"))
		})
	}
	all := deliveries(t, "unknown-type", map[string]string{"webhook.yaml": head + "{header: X-Kind}" + tail, "push.json": `{"a":1}`})
	require.Equal(t, "fridaygate.unknown", all[0].header.Get("X-Kind"))
	require.Equal(t, "push", all[1].header.Get("X-Kind"), "the control is of a known type")
	all = deliveries(t, "unknown-type", map[string]string{
		"webhook.yaml": head + "{header: X-Kind, pointer: /kind}" + tail, "push.json": `{"kind":"push"}`,
	})
	require.Equal(t, "fridaygate.unknown", all[0].header.Get("X-Kind"))
	require.JSONEq(t, `{"kind":"fridaygate.unknown"}`, string(all[0].body), "header and body agree")
}

func TestDeliveryIDOfEachAttempt(t *testing.T) {
	for per, same := range map[string]bool{"event": true, "attempt": false} {
		all := deliveries(t, "dup-seq", map[string]string{
			"webhook.yaml": blackBox + "delivery_id: {header: X-Delivery, golden: DLV-0123456789ABCDEF, per: " + per + "}\n",
			"a.json":       `{"total":1}`,
		})
		require.Len(t, all, 2)
		require.Equal(t, same, all[0].header.Get("X-Delivery") == all[1].header.Get("X-Delivery"))
	}
}

// A request whose body is empty may be sent twice by net/http if it has one of these headers.
func TestIdempotencyKeyMakesNoResend(t *testing.T) {
	all := deliveries(t, "first", map[string]string{
		"webhook.yaml": strings.Replace(blackBox, "path: /hook", `path: /hook, headers: {Idempotency-Key: "{event_id}"}`, 1),
		"a.json":       `{"total":1}`,
	})
	require.Equal(t, all[0].header.Get("Webhook-Id"), all[0].header.Get("Idempotency-Key"), "it arrives all the same")
}

package formats_test

import (
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/receivers/formats"
)

// asked holds the webhook.yaml text for each vendor's documented challenge:
// https://developers.facebook.com/docs/graph-api/webhooks/getting-started
// https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint
// https://docs.slack.dev/reference/events/url_verification
// https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint
// https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#4-abuse-protection
var asked = map[string]string{
	"meta": `{method: GET, query: "hub.mode=subscribe&hub.verify_token={token}&hub.challenge={challenge}", token_env: TOKEN,
		answer: {status: 200, body: "{challenge}"}}`,
	"zoom": `{method: POST, signed: true,
		body: '{"event":"endpoint.url_validation","payload":{"plainToken":"{challenge}"},"plainToken":"{challenge}"}',
		answer: {status: 200, json: {plainToken: "{challenge}", encryptedToken: "{hmac}"}}}`,
	"slack": `{method: POST, signed: true, body: '{"type":"url_verification","token":"{token}","challenge":"{challenge}"}', token_env: TOKEN,
		answer: {status: 200, contains: "{challenge}"}}`,
	"discord": `{method: POST, signed: true, body: '{"type":1}', answer: {status: 200, json: {type: 1}}}`,
	"sns": `{method: POST, content_type: text/plain, body: '{"Type":"SubscriptionConfirmation","SubscribeURL":"{confirm_url}"}',
		confirm: "$LISTEN"}`,
	"cloudevents": `{method: OPTIONS, headers: {WebHook-Request-Origin: events.example.com},
		answer: {headers: {WebHook-Allowed-Origin: [events.example.com, "*"]}}}`,
}

const token = "verify-me"

// challenge makes the two cases about challenges against an endpoint, and returns what each case came to.
func challenge(t *testing.T, sender string, e formats.Endpoint) map[string]verdict.Verdict {
	t.Helper()
	dir := t.TempDir()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, free.Close())
	contract := "receiver: x\nendpoint: {path: /hook}\nsignature: {scheme: hmac, header: X-Signature, secret_env: SECRET}\n" +
		"event_id: {pointer: /id}\n" +
		"effects: {none: it takes no events, within: 300ms, settle: 10ms}\n" +
		"challenge: " + strings.Replace(asked[sender], "$LISTEN", free.Addr().String(), 1) + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "webhook.yaml"), []byte(contract), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "golden.json"), []byte(event), 0o600))
	server := httptest.NewServer(e.Start(secret, token))
	defer server.Close()
	runner, err := smoke.NewRunner(smoke.Options{
		Target: server.URL, Fixtures: []string{dir}, RunID: e.Name, Cases: []string{"challenge*"},
		LookupEnv: func(name string) (string, bool) {
			return map[string]string{"SECRET": secret, "TOKEN": token}[name], true
		},
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	got := map[string]verdict.Verdict{}
	for _, result := range runner.Run(t.Context(), nil).Results {
		got[result.Case] = result.Verdict
		require.NotEqual(t, verdict.Unknown, result.Verdict, "%s: %v", result.Case, result.Inconclusive)
	}
	return got
}

func TestEveryChallengeIsJudged(t *testing.T) {
	t.Parallel()
	require.Len(t, asked, len(formats.Endpoints))
	for sender, endpoints := range formats.Endpoints {
		for _, e := range endpoints {
			t.Run(e.Name, func(t *testing.T) {
				got := challenge(t, sender, e)
				require.Contains(t, got, "challenge")
				open := sender == "sns" || sender == "cloudevents" // anybody may send it
				_, applies := got["challenge-wrong-token"]
				require.Equal(t, !open, applies)
				for name, v := range got {
					want := verdict.Pass
					if name == e.Case {
						want = verdict.Fail
					}
					if name == "challenge-wrong-token" && e.Case == "challenge" {
						continue // its control is the right challenge
					}
					require.Equal(t, want, v, "%s: %s", name, e.Bug)
				}
			})
		}
	}
}

func TestTokenOfAChallengeMustBeSet(t *testing.T) {
	dir := t.TempDir()
	contract := "receiver: x\nendpoint: {path: /hook}\nsignature: {scheme: hmac, header: X-Signature, secret_env: SECRET}\n" +
		"event_id: {pointer: /id}\n" +
		"effects: {none: it takes no events}\nchallenge: " + asked["meta"] + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "webhook.yaml"), []byte(contract), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "golden.json"), []byte(event), 0o600))
	_, err := smoke.NewRunner(smoke.Options{
		Target: "http://127.0.0.1:1", Fixtures: []string{dir}, RunID: "x",
		LookupEnv: func(name string) (string, bool) { return secret, name == "SECRET" },
	})
	require.ErrorContains(t, err, "challenge.token_env: the variable TOKEN is not set")
}

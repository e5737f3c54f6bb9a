package webhook_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/webhook"
)

const minimal = `receiver: hooks
endpoint: {path: /hooks}
signature: {secret_env: HOOK_SECRET}
effects: {none: "the receiver is a black box"}
`

func TestFileGoesOverTheProfileKeyByKey(t *testing.T) {
	c, err := load(t, minimal+`sender: github
event_id: {pointer: /id}
policy: {mismatch: reject-422, delivered: [200, 202-204]}
`)
	require.NoError(t, err)
	require.Equal(t, "github", c.Sender)
	require.Equal(t, "github", c.Signature.Scheme, "of the profile, beside the file's secret_env")
	require.Equal(t, "HOOK_SECRET", c.Signature.SecretEnv)
	require.Equal(t, webhook.Place{Pointer: "/id"}, c.EventID.Place, "a place named by the file replaces the profile's")
	require.Equal(t, "X-GitHub-Event", c.EventType.Header)
	require.Equal(t, webhook.Success, c.Policy.Duplicate)
	require.Equal(t, webhook.Reject422, c.Policy.Mismatch)
	require.Equal(t, []webhook.Statuses{{From: 200, To: 200}, {From: 202, To: 204}}, c.Policy.Delivered)
	require.Equal(t, 10*time.Second, c.Policy.Acknowledge)
}

func TestHeadersOfFileAndProfileAreSentTogether(t *testing.T) {
	c, err := load(t, `receiver: hooks
sender: github
endpoint: {path: /hooks, headers: {x-hook: own, user-agent: Mine, accept: ""}}
signature: {secret_env: HOOK_SECRET}
effects: {none: "the receiver is a black box"}
`)
	require.NoError(t, err)
	require.Equal(t, "own", c.Endpoint.Headers["X-Hook"])
	require.Equal(t, "Mine", c.Endpoint.Headers["User-Agent"], "names of headers have no case")
	require.NotEmpty(t, c.Endpoint.Headers["X-Github-Hook-Id"])
	require.NotContains(t, c.Endpoint.Headers, "Accept", "an empty value leaves the profile's header out")
}

func TestProfileOfTheSchemeIsImplied(t *testing.T) {
	c, err := load(t, good)
	require.NoError(t, err)
	require.Equal(t, "stripe", c.Sender)
	require.Equal(t, webhook.AnyMismatch, c.Policy.Mismatch)

	c, err = load(t, good+"sender: none\n")
	require.NoError(t, err)
	require.Equal(t, webhook.Reject409, c.Policy.Mismatch, "none leaves every profile out")
	require.Empty(t, c.Endpoint.Headers)
}

func TestMistakesInTheFileAreShownInItsOwnLines(t *testing.T) {
	_, err := load(t, minimal+"sender: github\nevent_id: {ponter: /id}\n")
	require.ErrorContains(t, err, "webhook.yaml:6:12: event_id.ponter: unknown key: did you mean pointer?")
}

func TestStatusesAreASetOfAnswers(t *testing.T) {
	c, err := load(t, good+"policy: {delivered: [200, 202-203, 4xx]}\n")
	require.NoError(t, err)
	for status, delivered := range map[int]bool{200: true, 201: false, 202: true, 203: true, 204: false, 410: true, 500: false} {
		require.Equal(t, delivered, c.Policy.Delivers(status), status)
	}
	for _, wrong := range []string{"99", "600", "203-202", "2x", "6xx", "200 OK", "200-", "-200"} {
		_, err := load(t, good+"policy: {delivered: ['"+wrong+"']}\n")
		require.ErrorContains(t, err, "policy.delivered[0]: ", wrong)
	}
	require.True(t, webhook.Policy{}.Delivers(299), "2xx where nothing is said")
	require.False(t, webhook.Policy{}.Delivers(300))
}

func TestTypeOfAFileName(t *testing.T) {
	for _, c := range []struct{ separator, file, want string }{
		{"", "pull_request", "pull_request"},
		{"", "pull_request.opened", "pull_request"},
		{"/", "orders-paid", "orders/paid"},
		{":", "pullrequest-created.2", "pullrequest:created"},
		{".", "invoice.paid", "invoice.paid"},
		{".", "invoice-paid", "invoice.paid"},
	} {
		require.Equal(t, c.want, webhook.EventType{Separator: c.separator}.FromFile(c.file), c.file)
	}
}

func TestChallengeOfAProfileNeedsTheReceiversToken(t *testing.T) {
	c, err := load(t, minimal+"sender: meta\n")
	require.NoError(t, err)
	require.False(t, c.Challenge.Told(), "without a token there is nothing to ask with")
	c, err = load(t, minimal+"sender: meta\nchallenge: {token_env: HOOK_TOKEN}\n")
	require.NoError(t, err)
	require.Equal(t, "GET", c.Challenge.Method)
	require.Equal(t, "HOOK_TOKEN", c.Challenge.TokenEnv)
}

package webhook_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/sign"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

const good = `receiver: invoices
endpoint: {path: /hooks}
signature: {scheme: stripe, secret_env: HOOK_SECRET}
event_id: {pointer: /id}
effects: {none: "the receiver is a black box"}
`

func load(t *testing.T, text string) (*webhook.Contract, error) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "webhook.yaml"), []byte(text), 0o600))
	return webhook.Load(dir)
}

func TestDefaults(t *testing.T) {
	c, err := load(t, good+"sender: none\n")
	require.NoError(t, err)
	require.Equal(t, "POST", c.Endpoint.Method)
	require.Equal(t, "application/json", c.Endpoint.ContentType)
	require.Equal(t, 5*time.Minute, c.Signature.Tolerance)
	require.Equal(t, webhook.SameResult, c.Policy.Duplicate)
	require.Equal(t, webhook.Reject409, c.Policy.Mismatch)
	require.Equal(t, []int{409, 425, 429, 503}, c.Policy.InFlight)
	require.Equal(t, "Stripe-Signature", c.Scheme.Header)
	require.Nil(t, c.PayloadSchema)
}

func TestGoldenContractsLoad(t *testing.T) {
	for _, dir := range []string{"../../fixtures/invoices", "../../fixtures/stripe"} {
		c, err := webhook.Load(dir)
		require.NoError(t, err)
		require.NotNil(t, c.PayloadSchema)
		require.NotNil(t, c.ResultSchema)
		require.Equal(t, 2*time.Second, c.Effects.Within)
	}
}

func TestSignatureIsConfiguredInPlace(t *testing.T) {
	c, err := load(t, strings.Replace(good, "scheme: stripe", `scheme: hmac, header: X-Sig, id_header: X-Id, timestamp_header: X-Time,
  template: "{timestamp}.{body}", algorithm: sha512, encoding: base64, prefix: "v1=", tolerance: 1m`, 1))
	require.NoError(t, err)
	require.Equal(t, sign.Config{
		Scheme: "hmac", Header: "X-Sig", IDHeader: "X-Id", TimestampHeader: "X-Time",
		Template: "{timestamp}.{body}", Algorithm: "sha512", Encoding: "base64", Prefix: "v1=",
	}, c.Signature.Config)
	require.Equal(t, "HOOK_SECRET", c.Signature.SecretEnv)
	require.Equal(t, time.Minute, c.Signature.Tolerance)
	require.Equal(t, "X-Sig", c.Scheme.Header)
}

func TestMistakesSayWhereAndWhat(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		want     []string
	}{
		"unknown key": {"receiver:", "reveiver:", []string{"webhook.yaml:1:1: reveiver: unknown key: did you mean receiver?"}},
		"wrong type": {
			"effects: {none: \"the receiver is a black box\"}", "effects: [1]",
			[]string{"webhook.yaml:5:10: effects: must be keys with values, and is a list"},
		},
		"not YAML":              {"receiver: invoices", "receiver: [", []string{"webhook.yaml:1:11: it is not YAML"}},
		"no receiver":           {"receiver: invoices", "receiver: \"\"", []string{"receiver: is empty"}},
		"bad method":            {"path: /hooks", "path: /hooks, method: GET", []string{"endpoint.method"}},
		"path without slash":    {"path: /hooks", "path: hooks", []string{"endpoint.path"}},
		"unknown scheme":        {"scheme: stripe", "scheme: strip", []string{"signature.scheme", "standard-webhooks, stripe, svix"}},
		"unknown signature key": {"scheme: stripe", "scheme: stripe, secret: hunter2", []string{":3:29: signature.secret: unknown key"}},
		"signature's settings": {
			"scheme: stripe", "scheme: hmac, template: x", []string{"signature.header: is missing", "signature.template: \"x\""},
		},
		"setting of wrong type": {"scheme: stripe", "scheme: [stripe]", []string{":3:21: signature.scheme: must be text"}},
		"secret in the file":    {"HOOK_SECRET", "whsec_a+b/c=", []string{"signature.secret_env", "environment variable"}},
		"no secret variable":    {", secret_env: HOOK_SECRET", "", []string{"signature.secret_env"}},
		"bad tolerance": {
			"HOOK_SECRET", "HOOK_SECRET, tolerance: soon", []string{`signature.tolerance: "soon": must be a time with its unit`},
		},
		"no event id":           {"event_id: {pointer: /id}", "sender: none", []string{"event_id: is missing"}},
		"pointer without slash": {"pointer: /id", "pointer: id", []string{"event_id.pointer", "JSON Pointer"}},
		"schema that is missing": {
			"effects:", "schema: nowhere.schema.json\neffects:", []string{"schema: ", "nowhere.schema.json", "no such file"},
		},
		"unknown sender": {
			"receiver: invoices", "receiver: invoices\nsender: gihub", []string{"sender: \"gihub\"", "did you mean github?"},
		},
		"answer delivered": {"effects:", "policy: {delivered: [maybe]}\neffects:", []string{"maybe", "204", "2xx"}},
		"bad policy": {
			"effects:", "policy: {duplicate: maybe, mismatch: maybe, in_flight: [200]}\neffects:",
			[]string{"policy.duplicate", "policy.mismatch", "policy.in_flight"},
		},
		"bad glob to enforce":  {"effects:", "enforce: [\"[\"]\neffects:", []string{"enforce[0]", "pattern"}},
		"bad word for invalid": {"effects:", "policy: {invalid: refuse}\neffects:", []string{"policy.invalid", "reject, accept or any"}},
		"second probe is none": {
			"{none: \"the receiver is a black box\"}", "{http: {path: \"/e/{event_id}\"}, also: {none: \"no\"}}",
			[]string{"effects.also: must be one more way"},
		},
		"second probe is wrong": {
			"{none: \"the receiver is a black box\"}",
			"{http: {path: \"/e/{event_id}\"}, also: {command: {run: [count]}}}", []string{"effects.also.command.run"},
		},
		"no effects":            {"effects: {none: \"the receiver is a black box\"}", "", []string{"effects: is missing"}},
		"both kinds of effects": {"{none: \"the", "{http: {path: \"/e/{event_id}\"}, none: \"the", []string{"effects: says more than one of"}},
		"probe without the id": {
			"{none: \"the receiver is a black box\"}", "{http: {path: /e, absent: 200}}", []string{"effects.http.path", "effects.http.absent"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, c.old, c.new, 1)
			require.NotEqual(t, good, text)
			_, err := load(t, text)
			require.Error(t, err)
			require.Contains(t, err.Error(), "webhook.yaml")
			for _, want := range c.want {
				require.Contains(t, err.Error(), want)
			}
		})
	}
}

func TestMissingFileNamesTheFoldersThatHaveOne(t *testing.T) {
	_, err := webhook.Load("../../fixtures")
	require.ErrorContains(t, err, "did you mean ../../fixtures/invoices or ../../fixtures/stripe?")
	_, err = webhook.Load(t.TempDir())
	require.ErrorContains(t, err, "does not exist")
}

func FuzzContract(f *testing.F) {
	f.Add(good)
	f.Add("receiver: [")
	f.Add("effects: {http: {path: \"/{event_id}\", within: -1s}}")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := load(t, text)
		if err == nil {
			require.NotEmpty(t, c.Receiver)
			require.NotEmpty(t, c.Scheme.Name)
		}
	})
}

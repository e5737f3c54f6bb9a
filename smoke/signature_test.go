package smoke_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/sign"
	"github.com/fridaygate/fridaygate/smoke/verdict"
)

// The signature and the time of a delivery may travel in its body: what is on the wire is what was signed.
func TestSignatureAndTimeInTheBodyAreSent(t *testing.T) {
	all := deliveries(t, "dup-seq", map[string]string{"a.json": `{"at": 1, "id": "evt_1"}`, "webhook.yaml": `
receiver: box
endpoint: {path: /hook}
signature: {scheme: hmac, secret_env: SECRET, pointer: /sig, timestamp_pointer: /at, timestamp_unit: ms, template: "{/id}.{/at}"}
event_id: {pointer: /id}
effects: {none: "this test looks at the wire alone"}
`})
	require.Len(t, all, 2)
	for _, one := range all {
		require.Regexp(t, `^\{"sig":"[0-9a-f]{64}","at": [0-9]{13}, "id": "evt_[^"]+"\}$`, string(one.body))
	}
	scheme, err := sign.New(sign.Config{Scheme: "hmac", Header: "X", Template: "{/id}.{/at}"})
	require.NoError(t, err)
	want, err := scheme.Sign(secret, sign.Message{Body: all[0].body})
	require.NoError(t, err)
	require.Contains(t, string(all[0].body), want.Get("X"))
}

func TestUnsignedDeliveriesNeedNoSecretAndTheReportSaysWhy(t *testing.T) {
	box := &recorder{}
	server := httptest.NewServer(box)
	defer server.Close()
	o := smoke.Options{Target: server.URL, Cases: []string{"first", "sig-*", "bad-sig-*", "ts-*"}, Seed: t.Name(), Variable: func(string) (string, bool) { return "", false }}
	o.Fixtures = []string{folder(t, map[string]string{"a.json": `{"id":"evt_1"}`, "webhook.yaml": `
receiver: box
endpoint: {path: /hook}
signature: {scheme: none, reason: "the id is fetched back"}
event_id: {pointer: /id}
effects: {none: "this test looks at the wire alone"}
`})}
	r := run(t, o)
	require.Equal(t, verdict.Pass, r.Verdict, "%+v", r.Results)
	require.Len(t, r.Results, 1, "no other case applies")
	require.Contains(t, strings.Join(r.Results[0].Notes, " "), "deliveries are not signed: the id is fetched back")
	require.Len(t, box.requests(), 1)
}

package smoke_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
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

// stripeSignatures returns the time and the signatures of a Stripe-Signature, as version=value.
func stripeSignatures(r *http.Request) (at string, all []string) {
	for part := range strings.SplitSeq(r.Header.Get("Stripe-Signature"), ",") {
		if name, value, _ := strings.Cut(part, "="); name == "t" {
			at = value
		} else {
			all = append(all, part)
		}
	}
	return at, all
}

// A receiver has to look at every signature of its version, and at no other.
func TestRotationCatchesAReceiverThatLooksAtOnePlaceAlone(t *testing.T) {
	for name, c := range map[string]struct {
		accepts func(all []string, right string) bool
		want    verdict.Verdict
	}{
		"any of them":     {slices.Contains[[]string], verdict.Pass},
		"the first alone": {func(all []string, right string) bool { return all[0] == right }, verdict.Fail},
		"the last alone":  {func(all []string, right string) bool { return all[len(all)-1] == right }, verdict.Fail},
		"first and last":  {func(all []string, right string) bool { return all[0] == right || all[len(all)-1] == right }, verdict.Fail},
		"none beside unknown": {func(all []string, right string) bool {
			return slices.Contains(all, right) && strings.HasPrefix(all[0], "v1=")
		}, verdict.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				at, all := stripeSignatures(r)
				mac := hmac.New(sha256.New, []byte(secret))
				mac.Write([]byte(at + "." + string(body)))
				if r.Method == http.MethodPost && (err != nil || !c.accepts(all, "v1="+hex.EncodeToString(mac.Sum(nil)))) {
					w.WriteHeader(http.StatusBadRequest)
				}
			}))
			defer server.Close()
			o := smoke.Options{Target: server.URL, Cases: []string{"first", "sig-rotation"}, Seed: t.Name(), Variable: func(string) (string, bool) { return secret, true }}
			o.Fixtures = []string{folder(t, map[string]string{"a.json": `{"id":"evt_1","type":"a"}`, "webhook.yaml": `
receiver: box
endpoint: {path: /hook}
signature: {scheme: stripe, secret_env: SECRET}
effects: {none: "this test looks at the wire alone"}
`})}
			require.Equal(t, c.want, run(t, o).Verdict)
		})
	}
}

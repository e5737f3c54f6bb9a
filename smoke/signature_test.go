package smoke_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/sign"
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
	o := smoke.Options{
		Target: server.URL, RunID: t.Name(), Cases: []string{"first", "sig-*", "bad-sig-*", "ts-*"},
		LookupEnv: func(string) (string, bool) { return "", false },
	}
	o.Fixtures = []string{folder(t, map[string]string{"a.json": `{"id":"evt_1"}`, "webhook.yaml": `
receiver: box
endpoint: {path: /hook}
signature: {scheme: none, reason: "the id is fetched back"}
event_id: {pointer: /id}
effects: {none: "this test looks at the wire alone"}
`})}
	r := run(t, o)
	require.Equal(t, verdict.Pass, r.Verdict(), "%+v", r.Results)
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

// A receiver must check every signature of its version, and no other.
func TestRotationCatchesAReceiverThatChecksOnePlaceOnly(t *testing.T) {
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
			o := smoke.Options{
				Target: server.URL, RunID: t.Name(), Cases: []string{"first", "sig-rotation"},
				LookupEnv: func(string) (string, bool) { return secret, true },
			}
			o.Fixtures = []string{folder(t, map[string]string{"a.json": `{"id":"evt_1","type":"a"}`, "webhook.yaml": `
receiver: box
endpoint: {path: /hook}
signature: {scheme: stripe, secret_env: SECRET}
effects: {none: "this test looks at the wire alone"}
`})}
			require.Equal(t, c.want, run(t, o).Verdict())
		})
	}
}

type adyenItem struct {
	PspReference, OriginalReference, MerchantAccountCode, MerchantReference, EventCode, Success string

	Amount struct {
		Value    json.Number
		Currency string
	}
	AdditionalData struct{ HmacSignature string }
}

// adyenReceiver verifies each item of Adyen's batch, with independent code.
func adyenReceiver(t *testing.T, key string, verifies bool) http.HandlerFunc {
	raw, err := hex.DecodeString(key)
	require.NoError(t, err)
	return func(w http.ResponseWriter, r *http.Request) {
		var batch struct {
			NotificationItems []struct{ NotificationRequestItem adyenItem }
		}
		body, err := io.ReadAll(r.Body)
		if r.Method != http.MethodPost {
			return
		}
		if err != nil || json.Unmarshal(body, &batch) != nil || len(batch.NotificationItems) == 0 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		for _, item := range batch.NotificationItems {
			i := item.NotificationRequestItem
			mac := hmac.New(sha256.New, raw)
			mac.Write([]byte(strings.Join([]string{
				i.PspReference, i.OriginalReference, i.MerchantAccountCode, i.MerchantReference,
				i.Amount.Value.String(), i.Amount.Currency, i.EventCode, i.Success,
			}, ":")))
			got, err := base64.StdEncoding.Strict().DecodeString(i.AdditionalData.HmacSignature)
			if verifies && (err != nil || !hmac.Equal(got, mac.Sum(nil))) {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
		}
	}
}

func TestSignatureInsideTheBodyIsAskedForLikeAnyOther(t *testing.T) {
	const key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
	for verifies, want := range map[bool]verdict.Verdict{true: verdict.Pass, false: verdict.Fail} {
		server := httptest.NewServer(adyenReceiver(t, key, verifies))
		defer server.Close()
		o := smoke.Options{
			Target: server.URL, RunID: t.Name(), Cases: []string{"first", "dup-seq", "sig-*", "bad-sig-*"},
			LookupEnv: func(string) (string, bool) { return key, true },
		}
		o.Fixtures = []string{folder(t, map[string]string{
			"a.json": `{"live":"false","notificationItems":[{"NotificationRequestItem":{"additionalData":{"hmacSignature":"golden"},` +
				`"amount":{"value":1130,"currency":"EUR"},"pspReference":"7914073381342284","eventCode":"AUTHORISATION",` +
				`"merchantAccountCode":"TestMerchant",` +
				`"merchantReference":"TestPayment-1407325143704","success":"true"}}]}`,
			"webhook.yaml": `
receiver: box
sender: none
endpoint: {path: /hook}
signature: {scheme: adyen, secret_env: SECRET}
event_id: {pointer: /notificationItems/0/NotificationRequestItem/pspReference}
policy: {duplicate: success}
effects: {none: "this test looks at signatures alone"}
`,
		})}
		r := run(t, o)
		require.Equal(t, want, r.Verdict())
		var broken []string
		for _, result := range r.Results {
			if result.Verdict == verdict.Fail {
				broken = append(broken, result.Case)
			}
		}
		if !verifies {
			require.Subset(t, broken, []string{
				"sig-missing", "sig-wrong-key", "sig-body-tampered", "sig-empty-secret", "sig-malformed-empty", "bad-sig-after-success",
			})
		}
	}
}

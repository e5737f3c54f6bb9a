package cases

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/sign"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// signedCases returns the cases of a body that a scheme signs, by name.
func signedCases(t *testing.T, config sign.Config, body, id string, enforce ...string) map[string]Case {
	t.Helper()
	scheme, err := sign.New(config)
	require.NoError(t, err)
	c := &webhook.Contract{Scheme: scheme, EventID: webhook.EventID{Place: webhook.Place{Pointer: id}}, Enforce: enforce}
	c.Endpoint.ContentType = "application/json"
	all, err := Derive(fixtures.Fixture{Name: "a", Body: []byte(body)}, c, "friday", "sig-*", "bad-sig-*", "ts-*")
	require.NoError(t, err)
	byName := map[string]Case{}
	for _, one := range all {
		byName[one.Name] = one
	}
	return byName
}

func TestRightSignatureInAnotherFormIsAdviceUnlessEnforced(t *testing.T) {
	github := sign.Config{Scheme: "github"}
	all := signedCases(t, github, `{"id":"evt_1"}`, "/id")
	for _, name := range []string{"no-prefix", "quoted", "wrong-separator", "wrong-encoding", "repeated-prefix"} {
		require.Contains(t, all["sig-malformed-"+name].Advice, "does no harm", name)
	}
	for _, name := range []string{"empty", "too-short", "garbage", "bad-alphabet", "prefix-only"} {
		require.Empty(t, all["sig-malformed-"+name].Advice, name)
		require.NotEmpty(t, all["sig-malformed-"+name].Rounds, name)
	}
	require.Empty(t, signedCases(t, github, `{"id":"evt_1"}`, "/id", "sig-malformed-*")["sig-malformed-no-prefix"].Advice)
}

func TestOldSignatureThatTheSenderSendsTooIsAdvice(t *testing.T) {
	downgrade := func(scheme string, enforce ...string) string {
		return signedCases(t, sign.Config{Scheme: scheme}, `{"id":"evt_1"}`, "/id", enforce...)["sig-downgrade"].Advice
	}
	require.Contains(t, downgrade("github"), "the sender sends this signature too")
	require.Empty(t, downgrade("github", "sig-downgrade"), "enforced")
	require.Empty(t, downgrade("stripe"))
}

func TestBodyThatTheVendorItselfRewritesIsAdvice(t *testing.T) {
	reformatted := func(scheme string, enforce ...string) string {
		return signedCases(t, sign.Config{Scheme: scheme}, `{"id":"evt_1"}`, "/id", enforce...)["sig-body-reformatted"].Advice
	}
	for _, scheme := range []string{"workos", "sentry", "zoom"} {
		require.Contains(t, reformatted(scheme), "verifies the body as it writes it again", scheme)
		require.Empty(t, reformatted(scheme, "sig-body-reformatted"), "enforced")
	}
	require.Empty(t, reformatted("stripe"))
}

func TestTamperedBodyIsOneWhoseSignedFieldsAreChanged(t *testing.T) {
	const item = `{"pspReference":"evt_1","amount":{"value":1000,"currency":"EUR"},"note":"n"}`
	const body = `{"notificationItems":[{"NotificationRequestItem":` + item + `}]}`
	adyen := signedCases(t, sign.Config{Scheme: "adyen"}, body, "/notificationItems/0/NotificationRequestItem/pspReference")
	step := adyen["sig-body-tampered"].Rounds[0].Steps[0]
	require.Equal(t, strings.Replace(string(step.Signed), "1000", "11000", 1), string(step.Body))
	for name, config := range map[string]sign.Config{"token": {Scheme: "gitlab"}, "manifest": {Scheme: "mercadopago"}} {
		all := signedCases(t, config, `{"id":"evt_1"}`, "/id")
		require.Equal(t, "the signature does not cover the body", all["sig-body-tampered"].NotApplicable, name)
	}
	require.Equal(t, "the body is not JSON", signedNotJSON(t))
}

func signedNotJSON(t *testing.T) string {
	t.Helper()
	_, err := signedField([]string{"/a"})(nil, []byte("a=1"))
	require.Error(t, err)
	return err.Error()
}

func TestTimesOfAnyAgeAreNotAskedForWhereTheVendorAcceptsThem(t *testing.T) {
	for name, want := range map[string]map[string]bool{
		"discord": {}, "stripe": {"ts-old": true, "ts-garbage": true}, "linear": {"ts-old": true, "ts-future": true, "ts-garbage": true},
	} {
		all := signedCases(t, sign.Config{Scheme: name}, `{"id":"evt_1"}`, "/id")
		for _, one := range []string{"ts-old", "ts-future", "ts-garbage"} {
			require.Equal(t, want[one], all[one].NotApplicable == "", "%s %s: %s", name, one, all[one].NotApplicable)
		}
	}
}

func TestNoCaseAsksForASignatureWhereThereIsNone(t *testing.T) {
	for name, one := range signedCases(t, sign.Config{Scheme: "mollie"}, `{"id":"evt_1"}`, "/id") {
		require.NotEmpty(t, one.NotApplicable, name)
	}
}

package redact_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/redact"
)

const key = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func TestSecretIsReplacedInEveryForm(t *testing.T) {
	raw, err := base64.StdEncoding.DecodeString(key)
	require.NoError(t, err)
	r := redact.New(map[string]string{"HOOK_SECRET": "whsec_" + key, "TOKEN": "a b/c+d"})
	for form, text := range map[string]string{
		"whole": "whsec_" + key, "without its prefix": key, "decoded": string(raw), "hex": hex.EncodeToString(raw),
		"in Basic authentication": base64.StdEncoding.EncodeToString([]byte("user:whsec_" + key)),
	} {
		t.Run(form, func(t *testing.T) { require.Contains(t, r.Text("<"+text+">"), "[HOOK_SECRET") })
	}
	require.Equal(t, "token=[TOKEN, encoded]", r.Text("token="+url.QueryEscape("a b/c+d")))
	require.Equal(t, "nothing secret", r.Text("nothing secret"))
}

func TestShortTextIsNoSecret(t *testing.T) {
	require.Equal(t, "abc", redact.New(map[string]string{"TOKEN": "abc"}).Text("abc"))
}

func TestZeroValueReplacesNothing(t *testing.T) {
	require.Equal(t, key, redact.Redactor{}.Text(key))
}

func TestShellFillsInTheVariable(t *testing.T) {
	r := redact.New(map[string]string{"TOKEN": "swordfish"})
	require.Equal(t, `curl -H 'X-Token: '"$TOKEN"''`, r.Shell(r.Text(`curl -H 'X-Token: swordfish'`)))
}

func TestValueRedactsEverythingThatAReportHolds(t *testing.T) {
	type part struct {
		Text    string
		Bytes   []byte
		Headers map[string][]string
		Next    *part
		Kept    string `json:"-"`
	}
	value := part{
		Text: "swordfish", Bytes: []byte("a swordfish"), Headers: map[string][]string{"a": {"swordfish"}},
		Next: &part{Text: "swordfish"}, Kept: "swordfish",
	}
	redact.New(map[string]string{"TOKEN": "swordfish"}).Value(&value)
	require.Equal(t, part{
		Text: "[TOKEN]", Bytes: []byte("a [TOKEN]"), Headers: map[string][]string{"a": {"[TOKEN]"}},
		Next: &part{Text: "[TOKEN]"}, Kept: "swordfish",
	}, value)
}

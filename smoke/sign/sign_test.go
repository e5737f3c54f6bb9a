package sign_test

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/sign"
)

type vector struct {
	Scheme, Secret, ID, Timestamp, Body string
	Headers                             map[string]string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var all []vector
	require.NoError(t, json.Unmarshal(text, &all))
	require.NotEmpty(t, all)
	return all
}

func (v vector) message(t *testing.T) sign.Message {
	t.Helper()
	seconds, err := strconv.ParseInt(v.Timestamp, 10, 64)
	require.NoError(t, err)
	return sign.Message{ID: v.ID, Time: time.Unix(seconds, 0), Body: []byte(v.Body)}
}

func TestPublishedVectors(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range vectors(t) {
		scheme, ok := sign.Lookup(v.Scheme)
		require.True(t, ok, v.Scheme)
		got, err := scheme.Sign(v.Secret, v.message(t))
		require.NoError(t, err)
		require.Len(t, got, len(v.Headers))
		for name, value := range v.Headers {
			require.Equal(t, value, got.Get(name), name)
		}
		seen[v.Scheme] = true
	}
	for _, name := range strings.Split(sign.Names(), ", ") {
		require.True(t, seen[name], "scheme %s has no vector", name)
	}
}

func TestOtherSecretSignsDifferently(t *testing.T) {
	for _, v := range vectors(t) {
		scheme, _ := sign.Lookup(v.Scheme)
		other := scheme.OtherSecret(v.Secret)
		require.NotEqual(t, v.Secret, other)
		require.Equal(t, other, scheme.OtherSecret(v.Secret))
		got, err := scheme.Sign(other, v.message(t))
		require.NoError(t, err)
		require.NotEmpty(t, got.Get(scheme.Header))
		require.NotEqual(t, v.Headers[scheme.Header], got.Get(scheme.Header))
	}
}

func TestBadSecretIsAnErrorThatDoesNotShowIt(t *testing.T) {
	for name, secrets := range map[string][]string{
		"standard-webhooks": {"", "hunter2", "whsec_", "whsec_!hunter2"},
		"stripe":            {""},
	} {
		scheme, ok := sign.Lookup(name)
		require.True(t, ok)
		for _, secret := range secrets {
			_, err := scheme.Sign(secret, sign.Message{Time: time.Unix(1, 0)})
			require.Error(t, err, secret)
			require.NotContains(t, err.Error(), "hunter2")
		}
	}
}

func TestUnknownSchemeIsNotFound(t *testing.T) {
	_, ok := sign.Lookup("sha1-of-nothing")
	require.False(t, ok)
}

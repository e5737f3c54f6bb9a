package receivers

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCorrectReceiverVerifiesSignatures(t *testing.T) {
	text := func(id string) string { return body(id, "invoice.paid") }
	right := func(r *http.Request) string { return r.Header.Get("webhook-signature") }
	set := func(change func(r *http.Request) string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("webhook-signature", change(r)) }
	}
	accepted := map[string]func(id string) func(*http.Request){
		"as it should be": func(string) func(*http.Request) { return func(*http.Request) {} },
		"rotation, second": func(string) func(*http.Request) {
			return set(func(r *http.Request) string { return "v1,AAAA " + right(r) })
		},
		"rotation, first": func(string) func(*http.Request) {
			return set(func(r *http.Request) string { return right(r) + " v1,AAAA" })
		},
		"beside v1a": func(string) func(*http.Request) {
			return set(func(r *http.Request) string { return "v1a,AAAA " + right(r) })
		},
		"just in the past": func(id string) func(*http.Request) { return dated(seconds(-tolerance+10*time.Second), text(id)) },
		"just ahead":       func(id string) func(*http.Request) { return dated(seconds(tolerance-10*time.Second), text(id)) },
	}
	refused := map[string]func(id string) func(*http.Request){
		"wrong key":          func(id string) func(*http.Request) { return keyed("another", text(id)) },
		"body tampered with": func(id string) func(*http.Request) { return keyed(testKey(), text(id)+" ") },
		"id tampered with":   func(string) func(*http.Request) { return header("webhook-id", "evt_other") },
		"time tampered with": func(string) func(*http.Request) { return header("webhook-timestamp", seconds(time.Second)) },
		"old version": func(string) func(*http.Request) {
			return set(func(r *http.Request) string { return "v0" + right(r)[2:] })
		},
		"no version":           func(string) func(*http.Request) { return set(func(r *http.Request) string { return right(r)[3:] }) },
		"sha1=":                func(string) func(*http.Request) { return header("webhook-signature", "sha1=abc") },
		"shortened":            func(string) func(*http.Request) { return set(func(r *http.Request) string { return right(r)[:20] }) },
		"odd hex":              func(string) func(*http.Request) { return header("webhook-signature", "v1,abc") },
		"bad base64":           func(string) func(*http.Request) { return header("webhook-signature", "v1,@@@@") },
		"v1, alone":            func(string) func(*http.Request) { return header("webhook-signature", "v1,") },
		"a comma":              func(string) func(*http.Request) { return header("webhook-signature", ",") },
		"spaces":               func(string) func(*http.Request) { return header("webhook-signature", "  ") },
		"no id":                func(string) func(*http.Request) { return func(r *http.Request) { r.Header.Del("webhook-id") } },
		"no timestamp":         func(string) func(*http.Request) { return func(r *http.Request) { r.Header.Del("webhook-timestamp") } },
		"timestamp is a word":  func(id string) func(*http.Request) { return dated("yesterday", text(id)) },
		"timestamp is a float": func(id string) func(*http.Request) { return dated(seconds(0)+".0", text(id)) },
		"timestamp is huge":    func(id string) func(*http.Request) { return dated("9223372036854775807", text(id)) },
		"timestamp is tiny":    func(id string) func(*http.Request) { return dated("-9223372036854775808", text(id)) },
		"timestamp overflows":  func(id string) func(*http.Request) { return dated("99999999999999999999", text(id)) },
		"too far ahead":        func(id string) func(*http.Request) { return dated(seconds(tolerance+time.Minute), text(id)) },
		"in milliseconds":      func(id string) func(*http.Request) { return dated(seconds(0)+"000", text(id)) },
	}
	s := newSender(t, Correct)
	for name, edit := range accepted {
		id := s.id()
		require.True(t, s.send(id, text(id), edit(id)).accepted(), name)
	}
	for name, edit := range refused {
		id := s.id()
		a := s.send(id, text(id), edit(id))
		require.Equal(t, http.StatusUnauthorized, a.status, name)
		n, status := s.effects(id, "")
		require.Zero(t, n)
		require.Equal(t, http.StatusNotFound, status, name)
		require.True(t, s.send(id, text(id)).accepted(), name)
	}
}

func TestWrongSignatureAfterSuccessRevealsNothing(t *testing.T) {
	s := newSender(t, Correct)
	id := s.id()
	first := s.send(id, body(id, "invoice.paid"))
	again := s.send(id, body(id, "invoice.paid"), keyed("another", body(id, "invoice.paid")))
	require.Equal(t, http.StatusUnauthorized, again.status)
	require.NotContains(t, again.body, "processed")
	require.Equal(t, first, s.send(id, body(id, "invoice.paid")))
}

func TestSecretThatIsNoKeyRefusesEverything(t *testing.T) {
	for _, secret := range []string{"", "whsec_", "whsec_@@@", "@"} {
		s := &sender{to: Correct.Start(secret), name: "empty"}
		for _, key := range []string{"", secret, testKey()} {
			id := s.id()
			text := body(id, "invoice.paid")
			require.Equal(t, http.StatusUnauthorized, s.send(id, text, keyed(key, text)).status, secret)
		}
	}
}

func TestSecretIsBase64(t *testing.T) {
	secret := base64.StdEncoding.EncodeToString([]byte("a key of some length"))
	require.Equal(t, [][]byte{[]byte("a key of some length")}, configuredKey("whsec_"+secret))
	require.Equal(t, [][]byte{[]byte("a key of some length")}, configuredKey(secret))
}

package sign_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/sign"
)

type vector struct {
	Scheme, Secret, ID, Timestamp, Method, URL, Body string
	ContentType                                      string `json:"content_type"`
	Config                                           map[string]string
	Headers                                          map[string]string
	Request                                          map[string]string // headers that are there before it is signed
	Sent                                             string            // the body on the wire, where the scheme changes it
	Source                                           string

	// Origin is published (by the vendor or the specification), library (a vendor's own made or accepted it), page (computed
	// after the vendor's page alone) or ours (a scheme without a vendor).
	Origin string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var all struct{ Vectors []vector }
	require.NoError(t, json.Unmarshal(text, &all))
	require.NotEmpty(t, all.Vectors)
	return all.Vectors
}

func (v vector) config(t testing.TB) sign.Config {
	t.Helper()
	text, err := yaml.Marshal(v.Config)
	require.NoError(t, err)
	c := sign.Config{Scheme: v.Scheme}
	require.NoError(t, yaml.UnmarshalWithOptions(text, &c, yaml.Strict()))
	return c
}

func (v vector) scheme(t testing.TB) sign.Scheme {
	t.Helper()
	s, err := sign.New(v.config(t))
	require.NoError(t, err)
	return s
}

func (v vector) message(t testing.TB) sign.Message {
	t.Helper()
	m := sign.Message{ID: v.ID, Body: []byte(v.Body), Method: v.Method, URL: v.URL, ContentType: v.ContentType, Header: http.Header{}}
	for name, value := range v.Request {
		m.Header.Set(name, value)
	}
	number, err := strconv.ParseInt(v.Timestamp, 10, 64)
	switch {
	case v.Timestamp == "":
	case strings.Contains(v.Timestamp, "T"):
		m.Time, err = time.Parse(time.RFC3339, v.Timestamp)
		require.NoError(t, err)
	case len(v.Timestamp) == 13:
		m.Time = time.UnixMilli(number)
	default:
		require.NoError(t, err)
		m.Time = time.Unix(number, 0)
	}
	return m
}

// each runs a test for every vector.
func each(t *testing.T, test func(t *testing.T, v vector, s sign.Scheme, m sign.Message)) {
	t.Helper()
	for i, v := range vectors(t) {
		t.Run(strconv.Itoa(i)+" "+v.Scheme, func(t *testing.T) { test(t, v, v.scheme(t), v.message(t)) })
	}
}

func signed(t testing.TB, s sign.Scheme, secret string, m sign.Message) http.Header {
	t.Helper()
	h, err := s.Sign(secret, m)
	require.NoError(t, err)
	return h
}

func TestPublishedVectors(t *testing.T) {
	each(t, func(t *testing.T, v vector, s sign.Scheme, m sign.Message) {
		got := signed(t, s, v.Secret, m)
		if v.Sent != "" {
			var body []byte
			got, body = s.Embed(got, m.Body)
			require.Equal(t, v.Sent, string(body))
		}
		for name, value := range v.Headers {
			require.Equal(t, value, got.Get(name), name)
		}
		require.Len(t, got, len(v.Headers))
		require.NotEmpty(t, v.Source)
		require.Contains(t, []string{"published", "library", "page", "ours"}, v.Origin)
	})
}

func TestEverySchemeHasAVector(t *testing.T) {
	var seen []string
	for _, v := range vectors(t) {
		seen = append(seen, v.Scheme)
	}
	slices.Sort(seen)
	names := slices.DeleteFunc(strings.Split(sign.Names(), ", "), func(name string) bool { return name == "none" || name == "mollie" })
	slices.Sort(names)
	require.Equal(t, names, slices.Compact(seen))
}

func TestSchemeSaysWhatItIs(t *testing.T) {
	each(t, func(t *testing.T, v vector, s sign.Scheme, m sign.Message) {
		require.Equal(t, v.Scheme, s.Name)
		m.ID = "evt_9"
		got := signed(t, s, v.Secret, m)
		require.NotEmpty(t, got.Get(s.Header))
		if s.IDHeader != "" {
			require.Equal(t, "evt_9", got.Get(s.IDHeader))
		}
		require.Equal(t, s.Covers.ID || s.Covers.Time, s.Mix != nil)
		// what verifies them takes any time
		anyTime := v.Scheme == "workos" || v.Scheme == "hubspot" || (v.Scheme == "jwt" || v.Scheme == "vonage") && s.Ageless
		require.Equal(t, s.Covers.Time && !anyTime, s.GarbageTime != nil)
	})
}

// What Covers names changes the signature, and nothing else does.
func TestCoversNamesExactlyWhatTheSignatureCovers(t *testing.T) {
	each(t, func(t *testing.T, v vector, s sign.Scheme, m sign.Message) {
		of := func(change func(*sign.Message)) string {
			m := m
			change(&m)
			value := signed(t, s, v.Secret, m).Get(s.Header)
			if at := strings.LastIndex(value, "1="); at > 0 && strings.ContainsAny(value[:at], ",;") {
				return value[at:] // the time is before it
			}
			return value
		}
		same := of(func(*sign.Message) {})
		require.Equal(t, same, of(func(*sign.Message) {}))
		unread := v.Scheme == "vonage" // whose library does not look at what covers the body
		require.Equal(t, s.Covers.Body || unread,
			same != of(func(m *sign.Message) { m.Body = []byte("{ " + strings.TrimPrefix(string(m.Body), "{")) }))
		for _, field := range s.Fields {
			require.NotEqual(t, same, of(func(m *sign.Message) {
				value := fieldOf(t, m.Body, field)
				m.Body = []byte(strings.Replace(string(m.Body), value, value[:len(value)-1]+"0"+value[len(value)-1:], 1))
			}), field)
		}
		require.Equal(t, s.Covers.ID, same != of(func(m *sign.Message) { m.ID += "x" }))
		require.Equal(t, s.Covers.Time, same != of(func(m *sign.Message) { m.Time = m.Time.Add(time.Minute) }))
		require.Equal(t, s.Covers.URL, same != of(func(m *sign.Message) { m.URL = strings.Replace(m.URL, "id=", "id=x", 1) + "x" }))
	})
}

// fieldOf returns the text of the value at a JSON Pointer.
func fieldOf(t *testing.T, body []byte, pointer string) string {
	t.Helper()
	for _, name := range strings.Split(pointer[1:], "/") {
		if body[0] == '[' {
			var all []json.RawMessage
			require.NoError(t, json.Unmarshal(body, &all))
			body = all[0]
			continue
		}
		var all map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(body, &all))
		body = all[name]
	}
	require.NotEmpty(t, body, pointer)
	return string(body)
}

func TestOtherSecretIsOfTheSameFormAndSignsDifferently(t *testing.T) {
	each(t, func(t *testing.T, v vector, s sign.Scheme, m sign.Message) {
		other := s.OtherSecret(v.Secret)
		require.NotEqual(t, v.Secret, other)
		require.Equal(t, other, s.OtherSecret(v.Secret))
		want, got := signed(t, s, v.Secret, m).Get(s.Header), signed(t, s, other, m).Get(s.Header)
		require.NotEqual(t, want, got)
		if s.Covers.Body {
			require.InDelta(t, len(want), len(got), 8) // ASN.1 DER has no one length
		}
	})
}

func TestBadSecretIsAnErrorThatDoesNotShowIt(t *testing.T) {
	standard := []string{
		"", "hunter2", "whsec_", "whsec_!hunter2", "whsk_!hunter2", "whsk_", "whsk_aHVudGVyMg==",
		"whsk_aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnRlcjJodW50ZXIyIQ==",
	}
	ed := []string{"", "hunter2!", "aHVudGVyMg==", "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----\n"}
	for _, c := range []struct {
		config  sign.Config
		secrets []string
	}{
		{sign.Config{Scheme: "standard-webhooks"}, standard},
		{sign.Config{Scheme: "svix"}, standard},
		{sign.Config{Scheme: "stripe"}, []string{""}},
		{sign.Config{Scheme: "github"}, []string{""}},
		{sign.Config{Scheme: "slack"}, []string{""}},
		{sign.Config{Scheme: "shopify"}, []string{""}},
		{sign.Config{Scheme: "square"}, []string{""}},
		{sign.Config{Scheme: "twilio"}, []string{""}},
		{sign.Config{Scheme: "hmac", Header: "X-Signature"}, []string{""}},
		{sign.Config{Scheme: "http-message-signatures"}, []string{""}},
		{sign.Config{Scheme: "http-message-signatures", Algorithm: "ed25519"}, ed},
	} {
		s, err := sign.New(c.config)
		require.NoError(t, err)
		for _, secret := range c.secrets {
			_, err := s.Sign(secret, sign.Message{Time: time.Unix(1, 0)})
			require.ErrorContains(t, err, "the secret", "%s %q", s.Name, secret)
			require.NotContains(t, err.Error(), "hunter2")
			require.NotContains(t, err.Error(), "aHVudGVy")
			if s.GarbageTime != nil {
				_, err = s.GarbageTime(secret, sign.Message{})
				require.Error(t, err)
			}
			if s.Downgrade != nil {
				_, err = s.Downgrade(secret, sign.Message{})
				require.Error(t, err)
			}
		}
	}
}

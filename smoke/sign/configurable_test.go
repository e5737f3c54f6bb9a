package sign_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/sign"
)

func made(t *testing.T, c sign.Config) sign.Scheme {
	t.Helper()
	s, err := sign.New(c)
	require.NoError(t, err)
	return s
}

// What is signed is shown by HMAC-SHA256 over the text that the scheme's description names, computed here.
func TestTemplateFillsEveryPartOfADelivery(t *testing.T) {
	const body = `{"data":{"id":"DX","n":12.50,"a":[{"~/":true}]}}`
	sum := sha256.Sum256([]byte(body))
	m := sign.Message{
		ID: "evt_1", Time: time.UnixMilli(1700000000123), Body: []byte(body), Method: "PUT",
		URL: "https://a.example/b%20c?data.id=7&x=%26", Header: http.Header{"X-Request-Id": {"r-1"}},
	}
	for template, want := range map[string]string{
		"":                               body,
		"{body}":                         body,
		"{id}.{body}":                    "evt_1." + body,
		"{method}{url}{body}{timestamp}": "PUT" + m.URL + body + "1700000000",
		"{path}|{query}":                 "/b%20c|data.id=7&x=%26",
		"id:{query:data.id};request-id:{header:x-request-id};ts:{timestamp};": "id:7;request-id:r-1;ts:1700000000;",
		"{/data/id}{/data/n}{/data/a/0/~0~1}{/no/thing}":                      "DX12.50true",
		"{body_sha256}":                         hex.EncodeToString(sum[:]),
		"{body_sha256_base64}":                  "rqXme1NuI1OrRsVin2Lgb1L+J3j2iC46hMSbs0LkPlE=",
		"{body_crc32}":                          "1724924657",
		"{query:data.id|lower}{/data/id|lower}": "7dx",
		"{form_pairs}":                          body, // a form of one name without a value
		"{key_id}{timestamp}":                   "k71700000000",
		`{"braces": {body}, {}, {UP} {`:         `{"braces": ` + body + `, {}, {UP} {`,
	} {
		s := made(t, sign.Config{Scheme: "hmac", Header: "X", TimestampHeader: "T", Template: template, KeyID: "k7"})
		require.Equal(t, hmacOf(t, "hmac", "secret", want), signed(t, s, "secret", m).Get("X"), template)
	}
}

// A part of the delivery is never taken for a placeholder.
func TestTemplateIsFilledOnce(t *testing.T) {
	s := made(t, sign.Config{Scheme: "hmac", Header: "X", IDHeader: "I", Template: "{id}{body}"})
	m := sign.Message{ID: "{body}", Body: []byte("{id}")}
	require.Equal(t, hmacOf(t, "hmac", "secret", "{body}{id}"), signed(t, s, "secret", m).Get("X"))
}

func TestTimestampUnits(t *testing.T) {
	m := sign.Message{Time: time.UnixMilli(1700000000123)}
	for unit, want := range map[string]string{"": "1700000000", "s": "1700000000", "ms": "1700000000123", "rfc3339": "2023-11-14T22:13:20Z"} {
		s := made(t, sign.Config{Scheme: "hmac", Header: "X", TimestampHeader: "T", TimestampUnit: unit, Template: "{timestamp}.{body}"})
		h := signed(t, s, "secret", m)
		require.Equal(t, want, h.Get("T"), unit)
		require.Equal(t, hmacOf(t, "hmac", "secret", want+"."), h.Get("X"), unit)
	}
}

func TestKeysAndEncodings(t *testing.T) {
	raw := strings.Repeat("k", 32)
	for name, c := range map[string]struct {
		config sign.Config
		secret string
	}{
		"raw":                {sign.Config{}, raw},
		"base64":             {sign.Config{Key: "base64"}, "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="},
		"hex":                {sign.Config{Key: "hex"}, strings.Repeat("6b", 32)},
		"hex after a prefix": {sign.Config{Key: "hex", KeyPrefix: "sk_"}, "sk_" + strings.Repeat("6B", 32)},
		"raw after a prefix": {sign.Config{KeyPrefix: "sk_"}, "sk_" + raw},
	} {
		c.config.Scheme, c.config.Header = "hmac", "X"
		s := made(t, c.config)
		require.Equal(t, hmacOf(t, "hmac", raw, ""), signed(t, s, c.secret, sign.Message{}).Get("X"), name)
		other := s.OtherSecret(c.secret)
		require.NotEqual(t, c.secret, other)
		_, err := s.Sign(other, sign.Message{})
		require.NoError(t, err, name)
	}
	for encoding, want := range map[string]string{
		"hex":       "f9e66e179b6747ae54108f82f8ade8b3c25d76fd30afde6c395822c530196169",
		"hex-upper": "F9E66E179B6747AE54108F82F8ADE8B3C25D76FD30AFDE6C395822C530196169",
		"base64":    "+eZuF5tnR65UEI+C+K3os8Jddv0wr95sOVgixTAZYWk=", "base64url": "-eZuF5tnR65UEI-C-K3os8Jddv0wr95sOVgixTAZYWk",
	} { // of "secret" over nothing, as OpenSSL computes it
		require.Equal(t, want,
			signed(t, made(t, sign.Config{Scheme: "hmac", Header: "X", Encoding: encoding}), "secret", sign.Message{}).Get("X"))
	}
}

func TestFormatHoldsTheTimeAndMixTakesItFromTheFields(t *testing.T) {
	s := made(t, sign.Config{
		Scheme: "hmac", Header: "X", Template: "{timestamp}:{body}", Format: "ts={timestamp};h1={signature}", Separator: ";",
	})
	m := sign.Message{Time: time.Unix(1700000000, 0), Body: []byte("{}")}
	h := signed(t, s, "secret", m)
	want := hmacOf(t, "hmac", "secret", "1700000000:{}")
	require.Equal(t, http.Header{"X": {"ts=1700000000;h1=" + want}}, h)
	m.Time = m.Time.Add(time.Second)
	require.Equal(t, "ts=1700000001;h1="+want, s.Mix(h, signed(t, s, "secret", m)).Get("X"))
	garbage, err := s.GarbageTime("secret", m)
	require.NoError(t, err)
	require.Equal(t, "ts=not-a-number;h1="+hmacOf(t, "hmac", "secret", "not-a-number:{}"), garbage.Get("X"))
	old, err := s.Downgrade("secret", m)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(old.Get("X"), "ts=1700000001;h0="), old.Get("X"))
	require.Equal(t, sign.Parts{Body: true, Time: true}, s.Covers)
	got := map[string]string{}
	for _, v := range s.Malformed(h) {
		got[v.Name] = v.Header.Get("X")
	}
	require.Equal(t, "h1="+want, got["no-time"])
	require.Equal(t, "ts=1700000000", got["no-signature"])
	require.Equal(t, "ts=1700000000,h1="+want, got["wrong-list-separator"])
	require.Equal(t, "ts=1700000000;h1=h1="+want, got["repeated-prefix"])
}

func TestFreshnessSaysWhichTimesTheVendorRefuses(t *testing.T) {
	for freshness, want := range map[string][2]bool{"": {false, false}, "both": {false, false}, "old": {true, false}, "none": {true, true}} {
		s := made(t, sign.Config{Scheme: "hmac", Header: "X", TimestampHeader: "T", Template: "{timestamp}", Freshness: freshness})
		require.Equal(t, want, [2]bool{s.Future, s.Ageless}, freshness)
	}
}

func TestTokenCoversNothing(t *testing.T) {
	s := made(t, sign.Config{Scheme: "token", Header: "X-Gitlab-Token"})
	require.Equal(t, sign.Parts{}, s.Covers)
	require.Equal(t, http.Header{"X-Gitlab-Token": {"s3cret"}}, signed(t, s, "s3cret", sign.Message{Body: []byte("{}")}))
	require.Nil(t, s.SignEmpty)
	bearer := made(t, sign.Config{Scheme: "token", Header: "Authorization", Format: "Bearer {secret}"})
	require.Equal(t, "Bearer ", bearer.SignEmpty(sign.Message{}).Get("Authorization"))
	basic := made(t, sign.Config{Scheme: "token", Header: "Authorization", Format: "Basic {secret}", Encoding: "base64"})
	require.True(t, strings.HasPrefix(basic.OtherSecret("user:password"), "user:"), "a stranger knows the user, and not the password")
	for _, v := range s.Malformed(signed(t, s, "a", sign.Message{})) {
		require.NotEqual(t, "a", v.Header.Get("X-Gitlab-Token"), "%s is the token itself", v.Name)
	}
}

func TestNoneHasNoSignatureAndSaysWhy(t *testing.T) {
	s := made(t, sign.Config{Scheme: "none", Reason: "the id is fetched back"})
	require.Equal(t, "the id is fetched back", s.Unsigned)
	require.Empty(t, signed(t, s, "", sign.Message{}))
	require.Empty(t, s.Header)
	require.Empty(t, s.Malformed(nil))
	_, err := sign.New(sign.Config{Scheme: "none"})
	require.ErrorContains(t, err, "reason: is missing")
}

func TestMistakesInFormatTemplateAndPlaces(t *testing.T) {
	for name, c := range map[string]struct {
		config sign.Config
		want   string
	}{
		"format without signature":  {sign.Config{Format: "v1="}, "format: \"v1=\": must contain {signature} once"},
		"format with another part":  {sign.Config{Format: "{body}, {signature}"}, "format: {body}: must be"},
		"format without text":       {sign.Config{Format: "{timestamp}{signature}"}, "format: \"{timestamp}{signature}\": needs text"},
		"format and prefix":         {sign.Config{Format: "{signature}", Prefix: "a"}, "prefix: is there beside format"},
		"template of words":         {sign.Config{Template: "hello"}, "template: \"hello\": must contain a part"},
		"no such part":              {sign.Config{Template: "{header:a b}"}, "template: {header:a b}: is no part"},
		"no such pointer":           {sign.Config{Template: "{/a~2}"}, "template: {/a~2}: is no part"},
		"time that travels nowhere": {sign.Config{Template: "{timestamp}{body}"}, "timestamp_header: is missing"},
		"unit":                      {sign.Config{TimestampUnit: "us"}, `timestamp_unit: "us": must be s, ms or rfc3339`},
		"pointer and header":        {sign.Config{Pointer: "/a"}, "pointer: is there beside header"},
		"timestamp pointer":         {sign.Config{TimestampPointer: "a"}, `timestamp_pointer: "a": must be a JSON Pointer`},
		"freshness":                 {sign.Config{Freshness: "5m"}, `freshness: "5m": must be both, old or none`},
		"key":                       {sign.Config{Key: "base32"}, `key: "base32": must be raw, base64 or hex`},
		"sha1 header":               {sign.Config{SHA1Header: "a b"}, `sha1_header: "a b"`},
	} {
		c.config.Scheme, c.config.Header = "hmac", "X"
		_, err := sign.New(c.config)
		require.ErrorContains(t, err, c.want, name)
		require.NotContains(t, err.Error(), "\n", name)
	}
}

// Golden deliveries and malformed ones must hold no signature that a receiver could take.
func TestStripRemovesEverySignature(t *testing.T) {
	for _, c := range []struct {
		config sign.Config
		header http.Header
	}{
		{sign.Config{Scheme: "github"}, http.Header{"X-Hub-Signature": {"1"}, "X-Hub-Signature-256": {"1"}}},
		{
			sign.Config{Scheme: "docusign"},
			http.Header{"X-Docusign-Signature-1": {"1"}, "X-Docusign-Signature-2": {"1"}, "X-Docusign-Signature-100": {"1"}},
		},
	} {
		c.header.Set("X-Other", "1")
		c.header.Set("X-Docusign-Signature-Kind", "1")
		got := made(t, c.config).Strip(c.header)
		require.Equal(t, http.Header{"X-Other": {"1"}, "X-Docusign-Signature-Kind": {"1"}}, got)
	}
}

func TestKeyIDIsNoPlaceholder(t *testing.T) {
	s := made(t, sign.Config{Scheme: "hmac", Header: "X", Template: "{key_id}|{body}", KeyID: "{body}"})
	require.Equal(t, hmacOf(t, "hmac", "secret", "{body}|b"), signed(t, s, "secret", sign.Message{Body: []byte("b")}).Get("X"))
}

// Mandrill's scheme: HMAC-SHA1 over the URL and a form's pairs.
func TestFormPairsAreSortedByName(t *testing.T) {
	s := made(t, sign.Config{Scheme: "hmac", Header: "X", Template: "{url}{form_pairs}"})
	m := sign.Message{URL: "https://a.example/", Body: []byte("b=2&a=1+%26&b=0")}
	require.Equal(t, hmacOf(t, "hmac", "secret", "https://a.example/a1 &b0b2"), signed(t, s, "secret", m).Get("X"))
}

// A secret may travel in the body, as Figma's passcode and Microsoft Graph's clientState do, and so may a signature, as
// Mailgun's does.
func TestTokensAndSignaturesInTheBody(t *testing.T) {
	figma := made(t, sign.Config{Scheme: "token", Pointer: "/passcode"})
	_, body := figma.Embed(signed(t, figma, "s3cret", sign.Message{}), []byte(`{"passcode":"old","a":1}`))
	require.Equal(t, `{"passcode":"s3cret","a":1}`, string(body))
	_, body = figma.Embed(figma.Strip(signed(t, figma, "s3cret", sign.Message{})), body)
	require.Equal(t, `{"a":1}`, string(body))

	graph := made(t, sign.Config{Scheme: "token", Pointer: "/value/*/clientState"})
	_, body = graph.Embed(signed(t, graph, "s3cret", sign.Message{}), []byte(`{"value":[{"clientState":"x"},{}]}`))
	require.Equal(t, `{"value":[{"clientState":"s3cret"},{"clientState":"s3cret"}]}`, string(body))

	mailgun := made(t, sign.Config{
		Scheme: "hmac", Pointer: "/signature/signature", TimestampPointer: "/signature/timestamp", Template: "{timestamp}{/signature/token}",
	})
	require.True(t, mailgun.Covers.Time)
	golden := []byte(`{"signature":{"timestamp":"1","token":"t","signature":"old"}}`)
	_, body = mailgun.Embed(signed(t, mailgun, "key", sign.Message{Time: time.Unix(1700000000, 0), Body: golden}), golden)
	require.Equal(t, `{"signature":{"timestamp":"1700000000","token":"t","signature":"`+hmacOf(t, "hmac", "key", "1700000000t")+`"}}`,
		string(body))
}

// Recurly's header is a time and signatures, without names.
func TestRotateListsSignaturesWithoutNames(t *testing.T) {
	s := made(t, sign.Config{
		Scheme: "hmac", Header: "X", Template: "{timestamp}.{body}", Format: "{timestamp},{signature}", Separator: ",", TimestampUnit: "ms",
	})
	m := sign.Message{Time: time.UnixMilli(5)}
	a, b := signed(t, s, "a", m), signed(t, s, "b", m)
	require.Equal(t, "5,"+hmacOf(t, "hmac", "b", "5.")+","+hmacOf(t, "hmac", "a", "5."), s.Rotate([]http.Header{b}, a, nil).Get("X"))
}

package sign_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/sign"
)

// sendable reports whether net/http sends the value: it refuses control characters but the tab.
func sendable(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return r != '\t' && (r < ' ' || r == 0x7f) })
}

func TestMalformedVariantsAreNamedAndSendableAndDiffer(t *testing.T) {
	each(t, func(t *testing.T, v vector, s sign.Scheme, m sign.Message) {
		good := signed(t, s, v.Secret, m)
		before := good.Clone()
		all := s.Malformed(good)
		require.Equal(t, before, good, "what was given is left alone")
		require.GreaterOrEqual(t, len(all), 10)
		values := map[string]string{}
		var names []string
		for _, variant := range all {
			names = append(names, variant.Name)
			key := ""
			for _, name := range []string{s.Header, "Signature-Input"} {
				for _, value := range variant.Header.Values(name) {
					require.True(t, sendable(value), "%s: %q", variant.Name, value)
					key += name + ": " + value + "\n"
				}
			}
			require.Empty(t, values[key], "%s is the same as %s", variant.Name, values[key])
			values[key] = variant.Name
			if !strings.HasPrefix(variant.Name, "input-") {
				require.NotEqual(t, good.Get(s.Header), variant.Header.Get(s.Header), variant.Name)
				require.Len(t, variant.Header, len(s.Strip(good))+1, variant.Name)
			}
			variant.Header.Set("X-Mine", "1") // each header is its caller's own
		}
		require.Empty(t, good.Get("X-Mine"))
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(names))), len(names))
		for _, name := range []string{"empty", "too-short", "odd-length", "bad-alphabet", "non-ascii"} {
			require.Contains(t, names, name)
		}
		if strings.ContainsAny(good.Get(s.Header), ",:") {
			require.Subset(t, names, []string{"prefix-only", "no-prefix", "wrong-separator"})
		}
	})
}

func TestMalformedValues(t *testing.T) {
	for name, c := range map[string]struct {
		config sign.Config
		value  string
		want   map[string]string
	}{
		"standard-webhooks": {sign.Config{Scheme: "standard-webhooks"}, "v1,AAECAwQFBgcICQoLDA0ODw==", map[string]string{
			"empty": "", "prefix-only": "v1,", "no-prefix": "AAECAwQFBgcICQoLDA0ODw==", "wrong-separator": "v1=AAECAwQFBgcICQoLDA0ODw==",
			"too-short": "v1,AAECAwQFBgcI", "too-long": "v1,AAECAwQFBgcICQoLDA0ODwA=", "odd-length": "v1,AAECAwQFBgcICQoLD",
			"bad-alphabet": "v1,!AECAwQFBgcICQoLDA0ODw==", "wrong-encoding": "v1,000102030405060708090a0b0c0d0e0f",
		}},
		"stripe": {sign.Config{Scheme: "stripe"}, "t=12,v1=0001020304050607", map[string]string{
			"no-time": "v1=0001020304050607", "no-signature": "t=12", "prefix-only": "t=12,v1=",
			"wrong-separator": "t=12,v1:0001020304050607", "wrong-list-separator": "t=12;v1=0001020304050607",
			"too-short": "t=12,v1=00010203", "odd-length": "t=12,v1=000102034050607", "too-long": "t=12,v1=000102030405060700",
		}},
		"shopify": {sign.Config{Scheme: "shopify"}, "AAECAwQFBgcICQoLDA0ODw==", map[string]string{
			"unknown-prefix": "v0=AAECAwQFBgcICQoLDA0ODw==", "not-utf8": "\xff\xfeECAwQFBgcICQoLDA0ODw==",
		}},
		"http-message-signatures": {sign.Config{Scheme: "http-message-signatures"}, "sig1=:AAECAwQFBgcICQoLDA0ODw==:", map[string]string{
			"prefix-only": "sig1=::", "no-prefix": "AAECAwQFBgcICQoLDA0ODw==", "wrong-separator": "sig1=*AAECAwQFBgcICQoLDA0ODw==:",
			"quoted": `"sig1=:AAECAwQFBgcICQoLDA0ODw==:"`, "one-character": "sig1=:a:",
		}},
		"hmac": {
			sign.Config{Scheme: "hmac", Header: "Signature", Prefix: "a"}, "aaabb",
			map[string]string{"prefix-only": "a", "no-prefix": "aabb", "odd-length": "aaab"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := sign.New(c.config)
			require.NoError(t, err)
			got := map[string]string{}
			for _, v := range s.Malformed(http.Header{http.CanonicalHeaderKey(s.Header): {c.value}}) {
				got[v.Name] = v.Header.Get(s.Header)
			}
			for name, want := range c.want {
				require.Equal(t, want, got[name], name)
			}
		})
	}
}

// Decoders of hex that vendors' libraries use read more than hex. What they make of a malformed signature is never the
// right one, whatever zeros the right one begins or ends with.
func TestMalformedHexIsNotTheRightSignatureToALenientDecoder(t *testing.T) {
	zero := strings.Repeat("00", 3)
	for _, right := range []string{
		zero + "0102030405060708", "0102030405060708" + zero, zero + "8899aabbccdd0eff" + zero, "00112233445566778899aabbccddeeff",
	} {
		s, err := sign.New(sign.Config{Scheme: "discord"})
		require.NoError(t, err)
		variants := s.Malformed(http.Header{http.CanonicalHeaderKey(s.Header): {right}, "X-Signature-Timestamp": {"1700000000"}})
		for _, name := range []string{"odd-length", "too-short", "bad-alphabet", "non-ascii", "not-utf8", "one-character"} {
			at := slices.IndexFunc(variants, func(v sign.Variant) bool { return v.Name == name })
			require.NotEqual(t, -1, at, name)
			value := variants[at].Header.Get(s.Header)
			require.NotEqual(t, pairsByParseInt(right), pairsByParseInt(value), "%s of %s, as discord-interactions decodes it", name, right)
			require.NotEqual(t, strings.TrimLeft(right, "0"), strings.TrimLeft(value, "0"), "%s of %s, as a big integer", name, right)
		}
	}
}

// pairsByParseInt decodes as value.match(/.{1,2}/g) and parseInt(pair, 16) do in JavaScript, where a header is Latin-1.
func pairsByParseInt(value string) []byte {
	var all []byte
	for pair := range slices.Chunk([]byte(value), 2) {
		digits := strings.TrimRightFunc(string(pair[:1]), notHex)
		if digits != "" {
			digits = strings.TrimRightFunc(string(pair), notHex)
		}
		n, _ := strconv.ParseUint(digits, 16, 8) // NaN becomes 0 in a Uint8Array
		all = append(all, byte(n))
	}
	return all
}

func notHex(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }

func TestEmptyKeySignsDifferently(t *testing.T) {
	each(t, func(t *testing.T, v vector, s sign.Scheme, m sign.Message) {
		if s.SignEmpty == nil {
			plain := v.Config["format"] == "" && (v.Scheme == "token" || v.Scheme == "gitlab") // it would be the empty header
			asymmetric := slices.Contains([]string{"ed25519", "RS256", "ES256", "EdDSA"}, v.Config["algorithm"]) ||
				slices.Contains([]string{"ed25519", "ecdsa", "rsa", "discord", "sendgrid", "paypal", "aws-sns"}, v.Scheme)
			require.True(t, plain || asymmetric)
			return
		}
		good, empty := signed(t, s, v.Secret, m), s.SignEmpty(m)
		require.Len(t, empty, len(good))
		require.NotEmpty(t, empty.Get(s.Header))
		require.NotEqual(t, good.Get(s.Header), empty.Get(s.Header))
	})
}

// HMAC-SHA256 of nothing under no key, which many languages print in their documentation.
func TestEmptyKeyIsReallyEmpty(t *testing.T) {
	s, err := sign.New(sign.Config{Scheme: "github"})
	require.NoError(t, err)
	require.Equal(t, "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", s.SignEmpty(sign.Message{}).Get(s.Header))
}

func TestMixHasTheFieldsOfOneAndTheSignatureOfTheOther(t *testing.T) {
	each(t, func(t *testing.T, v vector, s sign.Scheme, m sign.Message) {
		if s.Mix == nil {
			return
		}
		later := m
		later.ID, later.Time = m.ID+"x", m.Time.Add(time.Second)
		a, b := signed(t, s, v.Secret, m), signed(t, s, v.Secret, later)
		mixed := s.Mix(a, b)
		require.NotEqual(t, a, mixed)
		require.NotEqual(t, b, mixed)
		require.Equal(t, a, s.Mix(a, a))
		if slices.Contains([]string{"stripe", "paddle", "mercadopago", "workos", "jwt", "vonage"}, s.Name) { // the time is in the same header
			before, last := "1=", strings.LastIndex
			if s.Name == "jwt" || s.Name == "vonage" {
				before = "."
			}
			of, to := a.Get(s.Header), b.Get(s.Header)
			require.Equal(t, to[:last(to, before)]+of[last(of, before):], mixed.Get(s.Header))
			return
		}
		require.Equal(t, a.Get(s.Header), mixed.Get(s.Header))
		a.Del(s.Header)
		b.Del(s.Header)
		mixed.Del(s.Header)
		require.Equal(t, b, mixed)
		require.NotEqual(t, a, mixed)
	})
}

func TestRotateCarriesSignaturesInTheGivenOrder(t *testing.T) {
	for name, c := range map[string]struct {
		config sign.Config
		want   [3]string // of one, two and three, with s1, s2, s3 for the signatures
	}{
		"standard-webhooks": {sign.Config{Scheme: "standard-webhooks"}, [3]string{"v1,s2", "v1,s1 v1,s2", "v1,s1 v1,s2 v1,s3"}},
		"svix":              {sign.Config{Scheme: "svix"}, [3]string{"v1,s2", "v1,s1 v1,s2", "v1,s1 v1,s2 v1,s3"}},
		"stripe":            {sign.Config{Scheme: "stripe"}, [3]string{"t=1,v1=s2", "t=1,v1=s1,v1=s2", "t=1,v1=s1,v1=s2,v1=s3"}},
		"time at the end": {
			sign.Config{Scheme: "hmac", Header: "X", Format: "a;v1={signature};ts={timestamp}", Separator: ";", Template: "{timestamp}{body}"},
			[3]string{"a;v1=s2;ts=1", "a;v1=s1;v1=s2;ts=1", "a;v1=s1;v1=s2;v1=s3;ts=1"},
		},
		"http-message-signatures": {
			sign.Config{Scheme: "http-message-signatures"},
			[3]string{"sig1=:s2:", "other0=:s1:, sig1=:s2:", "other0=:s1:, sig1=:s2:, other2=:s3:"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := sign.New(c.config)
			require.NoError(t, err)
			secrets := []string{s.OtherSecret("1"), s.OtherSecret("2"), s.OtherSecret("3")}
			m := sign.Message{ID: "i", Body: []byte("b"), Time: time.Unix(1, 0)}
			var all []http.Header
			var names []string
			for i, secret := range secrets {
				h := signed(t, s, secret, m)
				all = append(all, h)
				_, signature, _ := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(h.Get(s.Header), ";ts=1"), ":"), map[string]string{
					"standard-webhooks": ",", "svix": ",", "stripe": "v1=", "hmac": "v1=", "http-message-signatures": "=:",
				}[s.Name])
				names = append(names, signature, "s"+strconv.Itoa(i+1))
			}
			shown := func(h http.Header) string { return strings.NewReplacer(names...).Replace(h.Get(s.Header)) }
			require.Equal(t, c.want[0], shown(s.Rotate(nil, all[1], nil)))
			require.Equal(t, c.want[1], shown(s.Rotate(all[:1], all[1], nil)))
			require.Equal(t, c.want[2], shown(s.Rotate(all[:1], all[1], all[2:])))
		})
	}
}

func TestRotateNumbersHeadersWhereTheConfigurationDoes(t *testing.T) {
	s, err := sign.New(sign.Config{Scheme: "hmac", Header: "X-Signature-{n}"})
	require.NoError(t, err)
	require.Equal(t, "X-Signature-1", s.Header)
	a, b := signed(t, s, "a", sign.Message{}), signed(t, s, "b", sign.Message{})
	require.Equal(t, http.Header{"X-Signature-1": a["X-Signature-1"], "X-Signature-2": b["X-Signature-1"]}, s.Rotate([]http.Header{a}, b, nil))
}

// An unknown version beside the valid one is what Downgrade makes, in the list of Rotate.
func TestRotateKeepsAnUnknownVersionBesideTheValidOne(t *testing.T) {
	for name, want := range map[string]string{"stripe": "t=1,v0=S,v1=S", "standard-webhooks": "v0,S v1,S"} {
		s, err := sign.New(sign.Config{Scheme: name})
		require.NoError(t, err)
		secret, m := s.OtherSecret(""), sign.Message{ID: "i", Time: time.Unix(1, 0)}
		valid := signed(t, s, secret, m)
		unknown, err := s.Downgrade(secret, m)
		require.NoError(t, err)
		signature := valid.Get(s.Header)[strings.LastIndex(strings.TrimRight(valid.Get(s.Header), "="),
			map[string]string{"stripe": "=", "standard-webhooks": ","}[name])+1:]
		require.Equal(t, strings.ReplaceAll(want, "S", signature), s.Rotate([]http.Header{unknown}, valid, nil).Get(s.Header))
	}
}

// The time is the only thing wrong: what signs it is right.
func TestGarbageTimeIsSigned(t *testing.T) {
	for name, c := range map[string]struct {
		config sign.Config
		header string
		signed string // the bytes that the signature covers
	}{
		"stripe": {sign.Config{Scheme: "stripe"}, "Stripe-Signature", "not-a-number.b"},
		"slack":  {sign.Config{Scheme: "slack"}, "X-Slack-Request-Timestamp", "v0:not-a-number:b"},
		"hmac": {
			sign.Config{Scheme: "hmac", Header: "X", TimestampHeader: "T", Template: "{timestamp}{body}"}, "T", "not-a-numberb",
		},
		"standard-webhooks": {sign.Config{Scheme: "standard-webhooks"}, "webhook-timestamp", "i.not-a-number.b"},
		"svix":              {sign.Config{Scheme: "svix"}, "svix-timestamp", "i.not-a-number.b"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := sign.New(c.config)
			require.NoError(t, err)
			secret := s.OtherSecret("")
			h, err := s.GarbageTime(secret, sign.Message{ID: "i", Body: []byte("b"), Time: time.Unix(1, 0)})
			require.NoError(t, err)
			require.Contains(t, h.Get(c.header), "not-a-number")
			require.Contains(t, h.Get(s.Header), hmacOf(t, s.Name, secret, c.signed))
		})
	}
	s, err := sign.New(sign.Config{Scheme: "http-message-signatures"})
	require.NoError(t, err)
	h, err := s.GarbageTime("secret", sign.Message{Time: time.Unix(1, 0)})
	require.NoError(t, err)
	require.Contains(t, h.Get("Signature-Input"), ";created=not-a-number;expires=301")
}

func TestDowngradeClaimsAnotherVersionAndNoCurrentOne(t *testing.T) {
	for name, c := range map[string]struct {
		config sign.Config
		header string // "" when the scheme has no versions
		want   string // how the value starts
	}{
		"standard-webhooks":       {sign.Config{Scheme: "standard-webhooks"}, "webhook-signature", "v0,"},
		"svix":                    {sign.Config{Scheme: "svix"}, "svix-signature", "v0,"},
		"stripe":                  {sign.Config{Scheme: "stripe"}, "Stripe-Signature", "t=1,v0="},
		"slack":                   {sign.Config{Scheme: "slack"}, "X-Slack-Signature", "v1="},
		"github":                  {sign.Config{Scheme: "github"}, "X-Hub-Signature", "sha1="},
		"shopify":                 {sign.Config{Scheme: "shopify"}, "", ""},
		"square":                  {sign.Config{Scheme: "square"}, "x-square-signature", ""},
		"twilio":                  {sign.Config{Scheme: "twilio"}, "", ""},
		"http-message-signatures": {sign.Config{Scheme: "http-message-signatures"}, "", ""},
		"hmac":                    {sign.Config{Scheme: "hmac", Header: "X"}, "", ""},
		"hmac with a word":        {sign.Config{Scheme: "hmac", Header: "X", Prefix: "sig="}, "", ""},
		"hmac with a hash":        {sign.Config{Scheme: "hmac", Header: "X", Prefix: "sha256="}, "X", "sha1="},
		"hmac with a version":     {sign.Config{Scheme: "hmac", Header: "X", Prefix: "v2:"}, "X", "v0:"},
		"hmac with version 0":     {sign.Config{Scheme: "hmac", Header: "X", Prefix: "v0="}, "X", "v1="},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := sign.New(c.config)
			require.NoError(t, err)
			require.Equal(t, c.header != "", s.Downgrade != nil)
			if s.Downgrade == nil {
				return
			}
			secret, m := s.OtherSecret(""), sign.Message{ID: "i", Body: []byte("b"), Time: time.Unix(1, 0)}
			good := signed(t, s, secret, m)
			old, err := s.Downgrade(secret, m)
			require.NoError(t, err)
			require.Len(t, old, len(s.Strip(good))+1)
			require.True(t, strings.HasPrefix(old.Get(c.header), c.want), old.Get(c.header))
			require.NotEqual(t, good.Get(s.Header), old.Get(s.Header))
			switch c.want {
			case "sha1=": // in hex
				require.Len(t, old.Get(c.header), len("sha1=")+40)
			case "": // SHA-1 in base64
				require.Len(t, old.Get(c.header), 28)
				require.Empty(t, old.Get(s.Header))
			default: // the signature is right, its version alone is not
				require.Equal(t, good.Get(s.Header)[len(c.want):], old.Get(s.Header)[len(c.want):])
			}
		})
	}
}

func TestTwilioAddressCarriesTheBodysDigest(t *testing.T) {
	s, err := sign.New(sign.Config{Scheme: "twilio"})
	require.NoError(t, err)
	const digest = "bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" // of {}
	for given, want := range map[string]string{
		"https://a.example/b":               "https://a.example/b?" + digest,
		"https://a.example/b?c=d":           "https://a.example/b?c=d&" + digest,
		"https://a.example/b?bodySHA256=00": "https://a.example/b?bodySHA256=00",
	} {
		m := sign.Message{URL: given, Body: []byte("{}"), ContentType: "application/json"}
		require.Equal(t, want, s.Address(m))
		at := m
		at.URL = want
		require.Equal(t, signed(t, s, "s", m), signed(t, s, "s", at), "what is signed is the address")
		m.ContentType = "application/x-www-form-urlencoded"
		require.Equal(t, given, s.Address(m))
	}
}

// New and its schemes never panic, for any file, secret and request.
func FuzzSign(f *testing.F) {
	for _, v := range vectors(f) {
		text := "scheme=" + v.Scheme
		for key, value := range v.Config {
			text += "\n" + key + "=" + value
		}
		f.Add(text, v.Secret, v.URL, v.ContentType, []byte(v.Body), v.Headers["Signature"])
	}
	for _, text := range []string{
		"scheme=hmac\nheader=X", "scheme=hmac\npointer=/a/b\ntimestamp_pointer=/t\nencoding=base64url\nkey=hex",
		"scheme=hmac\nheader=X\nformat=a;v1={signature};t={timestamp}\nseparator=;\ntemplate={timestamp}{/a}{query:b}{header:c}",
		"scheme=hmac\nheader=X-{n}\nformat=sha512={signature}\nalgorithm=sha512\nsha1_header=Y\nid_header=Z\ntemplate={id}{url}",
		"scheme=ed25519\nheader=X\nformat=v0,{signature}\nseparator= ", "scheme=token\nheader=X\nformat=Basic {secret}\nencoding=base64",
		"scheme=none\nreason=r",
	} {
		f.Add(text, "secret", "https://a.example/b?b=c", "", []byte(`{"a":{"b":1}}`), "a;v1=;t=")
	}
	f.Fuzz(func(t *testing.T, config, secret, url, contentType string, body []byte, value string) {
		s, err := sign.New(configOf(config))
		if err != nil {
			require.Empty(t, s.Name)
			return
		}
		m := sign.Message{ID: "evt_1", Time: time.Unix(1, 0), Body: body, URL: url, ContentType: contentType}
		good, err := s.Sign(secret, m)
		if err != nil {
			good = http.Header{}
		}
		other, err := s.Sign(s.OtherSecret(secret), m)
		require.NoError(t, err, "another secret is always a good one")
		if s.Header == "" {
			require.Empty(t, other)
			return
		}
		require.NotEmpty(t, other.Get(s.Header))
		require.Empty(t, s.Strip(other).Get(s.Header))
		strange := http.Header{http.CanonicalHeaderKey(s.Header): {value}}
		for _, h := range []http.Header{good, other, strange, {}, nil} {
			require.GreaterOrEqual(t, len(s.Malformed(h)), 10)
			if s.Mix != nil {
				s.Mix(h, other)
				s.Mix(other, h)
			}
			if s.Rotate != nil {
				s.Rotate([]http.Header{h}, other, nil)
				s.Rotate(nil, h, []http.Header{other})
			}
			if s.Embed != nil {
				_, embedded := s.Embed(h, body)
				require.Equal(t, json.Valid(body), json.Valid(embedded))
			}
		}
		for _, v := range s.Malformed(other) {
			require.True(t, sendable(v.Header.Get(s.Header)), v.Name)
		}
		if s.GarbageTime != nil {
			_, _ = s.GarbageTime(secret, m)
		}
		if s.Downgrade != nil {
			_, _ = s.Downgrade(secret, m)
		}
		if s.SignEmpty != nil {
			require.NotEmpty(t, s.SignEmpty(m).Get(s.Header))
		}
	})
}

// configOf reads a configuration of lines such as header=X.
func configOf(text string) sign.Config {
	var c sign.Config
	v := reflect.ValueOf(&c).Elem()
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("yaml") == key {
				v.Field(i).SetString(value)
			}
		}
	}
	return c
}

// hmacOf computes the signature header from the scheme's description, independently of its code.
func hmacOf(t *testing.T, scheme, secret, text string) string {
	t.Helper()
	key := []byte(secret)
	if after, ok := strings.CutPrefix(secret, "whsec_"); ok && scheme != "stripe" {
		var err error
		key, err = base64.StdEncoding.DecodeString(after)
		require.NoError(t, err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	if scheme == "standard-webhooks" || scheme == "svix" {
		return base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return hex.EncodeToString(mac.Sum(nil))
}

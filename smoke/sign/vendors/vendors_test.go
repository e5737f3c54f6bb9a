package vendors

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	shopify "github.com/bold-commerce/go-shopify/v4"
	"github.com/google/go-github/v74/github"
	remitly "github.com/remitly-oss/httpsig-go"
	"github.com/slack-go/slack"
	square "github.com/square/square-go-sdk"
	squarehooks "github.com/square/square-go-sdk/webhooks/client"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v82"
	"github.com/stripe/stripe-go/v82/webhook"
	svix "github.com/svix/svix-webhooks/go"
	twilio "github.com/twilio/twilio-go/client"
	"github.com/yaronf/httpsign"

	"github.com/fridaygate/fridaygate/smoke/sign"
)

// delivery is what a receiver got.
type delivery struct {
	*http.Request
	url  string // whole
	body []byte
}

// vendor is one library's verification of one scheme.
type vendor struct {
	config  sign.Config
	secret  string
	kind    string // content type; application/json when empty
	body    string
	verify  func(secret string, d delivery) error
	lenient bool // accepts a downgraded signature
	strict  bool // refuses times ahead of its clock, unlike the vendor's other libraries
}

const (
	key  = "a secret of some length, 32 bytes"
	json = `{"hello":"world","n":1}`
	seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=" // RFC 8032 section 7.1, test 1
)

var whsec = "whsec_" + base64.StdEncoding.EncodeToString([]byte(key))

var vendors = map[string]vendor{
	"standard-webhooks": {
		config: sign.Config{Scheme: "standard-webhooks"}, secret: whsec, body: json,
		verify: func(secret string, d delivery) error {
			hook, err := standardwebhooks.NewWebhook(secret)
			if err != nil {
				return err
			}
			return hook.Verify(d.body, d.Header)
		},
	},
	"svix": {
		config: sign.Config{Scheme: "svix"}, secret: whsec, body: json,
		verify: func(secret string, d delivery) error {
			hook, err := svix.NewWebhook(secret)
			if err != nil {
				return err
			}
			return hook.Verify(d.body, d.Header)
		},
	},
	"stripe-go": {
		config: sign.Config{Scheme: "stripe"}, secret: "whsec_test_secret",
		body: `{"id":"evt_1","object":"event","api_version":"` + stripe.APIVersion + `"}`,
		verify: func(secret string, d delivery) error {
			_, err := webhook.ConstructEvent(d.body, d.Header.Get("Stripe-Signature"), secret)
			return err
		},
	},
	"go-github": {
		config: sign.Config{Scheme: "github"}, secret: key, body: json, lenient: true,
		verify: func(secret string, d delivery) error {
			_, err := github.ValidatePayload(d.Request, []byte(secret))
			return err
		},
	},
	"slack-go": {
		config: sign.Config{Scheme: "slack"}, secret: key, body: json, strict: true,
		verify: func(secret string, d delivery) error {
			verifier, err := slack.NewSecretsVerifier(d.Header, secret)
			if err != nil {
				return err
			}
			if _, err := verifier.Write(d.body); err != nil {
				return err
			}
			return verifier.Ensure()
		},
	},
	"go-shopify": {
		config: sign.Config{Scheme: "shopify"}, secret: "hush", body: json,
		verify: func(secret string, d delivery) error {
			return is(shopify.App{ApiSecret: secret}.VerifyWebhookRequest(d.Request))
		},
	},
	"go-shopify, verbose": {
		config: sign.Config{Scheme: "shopify"}, secret: "hush", body: json,
		verify: func(secret string, d delivery) error {
			ok, err := shopify.App{ApiSecret: secret}.VerifyWebhookRequestVerbose(d.Request)
			return errors.Join(err, is(ok))
		},
	},
	"square-go-sdk": {
		config: sign.Config{Scheme: "square"}, secret: key, body: json,
		verify: func(secret string, d delivery) error {
			return (&squarehooks.Client{}).VerifySignature(d.Context(), &square.VerifySignatureRequest{
				RequestBody: string(d.body), SignatureHeader: d.Header.Get("x-square-hmacsha256-signature"),
				SignatureKey: secret, NotificationURL: d.url,
			})
		},
	},
	"twilio-go, form": {
		config: sign.Config{Scheme: "twilio"}, secret: key, verify: twilioBody,
		kind: "application/x-www-form-urlencoded", body: "To=%2B18005551212&From=%2B14158675309&Body=hello+w%C3%B6rld&Empty=",
	},
	"twilio-go, JSON": {config: sign.Config{Scheme: "twilio"}, secret: key, body: json, verify: twilioBody},
	"httpsign, hmac-sha256": {
		config: sign.Config{Scheme: "http-message-signatures"}, secret: strings.Repeat(key, 2), body: json, // it wants 64 bytes
		verify: func(secret string, d delivery) error {
			verifier, err := httpsign.NewHMACSHA256Verifier([]byte(secret), within(), covered())
			return verifyHTTPSign(verifier, err, d)
		},
	},
	"httpsign, ed25519": {
		config: sign.Config{Scheme: "http-message-signatures", Algorithm: "ed25519", KeyID: `a "key"`}, secret: seed, body: json,
		verify: func(secret string, d delivery) error {
			verifier, err := httpsign.NewEd25519Verifier(public(secret), within().SetKeyID(`a "key"`), covered())
			return verifyHTTPSign(verifier, err, d)
		},
	},
	"httpsig-go, hmac-sha256": {
		config: sign.Config{Scheme: "http-message-signatures", KeyID: "k1"}, secret: key, body: json,
		verify: func(secret string, d delivery) error {
			return verifyRemitly(remitly.KeySpec{KeyID: "k1", Algo: remitly.Algo_HMAC_SHA256, Secret: []byte(secret)}, d)
		},
	},
	"httpsig-go, ed25519": {
		config: sign.Config{Scheme: "http-message-signatures", Algorithm: "ed25519", KeyID: "k1"}, secret: seed, body: json,
		verify: func(secret string, d delivery) error {
			return verifyRemitly(remitly.KeySpec{KeyID: "k1", Algo: remitly.Algo_ED25519, PubKey: public(secret)}, d)
		},
	},
}

func is(ok bool) error {
	if !ok {
		return errors.New("not verified")
	}
	return nil
}

func twilioBody(secret string, d delivery) error {
	validator := twilio.NewRequestValidator(secret)
	return is(validator.ValidateBody(d.url, d.body, d.Header.Get("X-Twilio-Signature")))
}

func public(secret string) ed25519.PublicKey {
	raw, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		panic(err)
	}
	return ed25519.NewKeyFromSeed(raw).Public().(ed25519.PublicKey)
}

func within() *httpsign.VerifyConfig {
	return httpsign.NewVerifyConfig().SetNotOlderThan(5 * time.Minute)
}

func covered() httpsign.Fields {
	return httpsign.Headers("@method", "@target-uri", "content-digest", "content-type")
}

func verifyHTTPSign(verifier *httpsign.Verifier, err error, d delivery) error {
	if err != nil {
		return err
	}
	if err := httpsign.VerifyRequest("sig1", *verifier, d.Request); err != nil {
		return err
	}
	return httpsign.ValidateContentDigestHeader(d.Header.Values("Content-Digest"), &d.Body, []string{httpsign.DigestSha256})
}

type onlyKey struct{ remitly.KeySpec }

func (k onlyKey) FetchByKeyID(_ context.Context, _ http.Header, id string) (remitly.KeySpecer, error) {
	if id != k.KeyID {
		return nil, fmt.Errorf("no key %q", id)
	}
	return k.KeySpec, nil
}

func (k onlyKey) Fetch(context.Context, http.Header, remitly.MetadataProvider) (remitly.KeySpecer, error) {
	return nil, errors.New("no keyid")
}

// httpsig-go 1.2.0 makes @target-uri of the URL's RawPath, which is empty for most URLs, and RawQuery, without the
// question mark. It is given a RawPath with which that comes out as RFC 9421 section 2.2.2 says.
// It panics at a time that is not a number. net/http would end that request without an answer, which is no acceptance.
func verifyRemitly(k remitly.KeySpec, d delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	d.URL.RawPath = d.URL.EscapedPath() + "?"
	result, err := remitly.Verify(d.Request, onlyKey{k}, remitly.DefaultVerifyProfile)
	return errors.Join(err, is(err != nil || result.Verified))
}

// receiver verifies what it gets over HTTP with the vendor's library.
type receiver struct {
	vendor
	scheme  sign.Scheme
	address string
	verdict error // of the last delivery
}

func start(t *testing.T, v vendor) *receiver {
	t.Helper()
	s, err := sign.New(v.config)
	require.NoError(t, err)
	r := &receiver{vendor: v, scheme: s}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			r.verdict = err
			return
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		r.verdict = v.verify(v.secret, delivery{request, "http://" + request.Host + request.RequestURI, body})
	}))
	t.Cleanup(server.Close)
	r.address = server.URL + "/hooks/a?x=1"
	return r
}

func (r *receiver) message() sign.Message {
	m := sign.Message{ID: "evt_1", Time: time.Now(), Body: []byte(r.body), Method: "POST", URL: r.address, ContentType: r.kind}
	if m.ContentType == "" {
		m.ContentType = "application/json"
	}
	if r.scheme.Address != nil {
		m.URL = r.scheme.Address(m)
	}
	return m
}

// send returns the library's verdict: nil when it accepts.
func (r *receiver) send(t *testing.T, m sign.Message, signed http.Header) error {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), m.Method, m.URL, bytes.NewReader(m.Body))
	require.NoError(t, err)
	for name, values := range signed {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", m.ContentType)
	r.verdict = errors.New("not asked")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	if r.verdict != nil {
		require.NotEqual(t, "not asked", r.verdict.Error())
	}
	return r.verdict
}

func (r *receiver) signed(t *testing.T, m sign.Message) http.Header {
	t.Helper()
	h, err := r.scheme.Sign(r.secret, m)
	require.NoError(t, err)
	return h
}

func each(t *testing.T, test func(t *testing.T, r *receiver, m sign.Message)) {
	t.Helper()
	for _, some := range []map[string]vendor{vendors, ofData, tokens} {
		for name, v := range some {
			t.Run(name, func(t *testing.T) {
				r := start(t, v)
				test(t, r, r.message())
			})
		}
	}
}

func TestEveryVendorsSchemeIsHere(t *testing.T) {
	seen := slices.Concat(withoutLibrary, home)
	for _, some := range []map[string]vendor{vendors, ofData, tokens} {
		for _, v := range some {
			seen = append(seen, v.config.Scheme)
		}
	}
	slices.Sort(seen)
	require.Equal(t, strings.Split(sign.Names(), ", "), slices.Compact(seen))
}

func TestSignatureIsAccepted(t *testing.T) {
	each(t, func(t *testing.T, r *receiver, m sign.Message) { require.NoError(t, r.send(t, m, r.signed(t, m))) })
}

// The rejections below mean something: a library that refused everything would not pass TestSignatureIsAccepted.

func TestOtherSecretMissingSignatureAndOtherBodyAreRefused(t *testing.T) {
	each(t, func(t *testing.T, r *receiver, m sign.Message) {
		stranger, err := r.scheme.Sign(r.scheme.OtherSecret(r.secret), m)
		require.NoError(t, err)
		require.Error(t, r.send(t, m, stranger))
		if r.scheme.SignEmpty != nil {
			require.Error(t, r.send(t, m, r.scheme.SignEmpty(m)))
		}
		h := r.signed(t, m)
		changed := m
		changed.Body = []byte(strings.Replace(r.body, "l", "L", 1))
		if changed.Body[0] == 'T' || bytes.Equal(changed.Body, m.Body) {
			changed.Body = append([]byte("x"), m.Body...)
		}
		require.Error(t, r.send(t, changed, h))
		if r.scheme.Covers.URL {
			changed = m
			changed.URL += "&y=2"
			require.Error(t, r.send(t, changed, h))
		}
		require.Error(t, r.send(t, m, r.scheme.Strip(h)))
	})
}

func TestEveryMalformedSignatureIsRefused(t *testing.T) {
	each(t, func(t *testing.T, r *receiver, m sign.Message) {
		all := r.scheme.Malformed(r.signed(t, m))
		require.GreaterOrEqual(t, len(all), 10)
		for _, variant := range all {
			require.Error(t, r.send(t, m, variant.Header), variant.Name)
		}
	})
}

func TestFieldsChangedAfterSigningAreRefused(t *testing.T) {
	each(t, func(t *testing.T, r *receiver, m sign.Message) {
		if r.scheme.Mix == nil {
			require.False(t, r.scheme.Covers.ID || r.scheme.Covers.Time)
			return
		}
		if r.scheme.Covers.ID {
			other := m
			other.ID = "evt_2"
			require.Error(t, r.send(t, m, r.scheme.Mix(r.signed(t, m), r.signed(t, other))))
		}
		if r.scheme.Covers.Time {
			other := m
			other.Time = m.Time.Add(-10 * time.Second)
			require.Error(t, r.send(t, m, r.scheme.Mix(r.signed(t, m), r.signed(t, other))))
		}
	})
}

func TestRotationIsAcceptedWhereverTheValidSignatureIs(t *testing.T) {
	each(t, func(t *testing.T, r *receiver, m sign.Message) {
		if r.scheme.Rotate == nil {
			require.NotContains(t, []string{"standard-webhooks", "svix", "stripe", "http-message-signatures", "pagerduty"}, r.scheme.Name)
			return
		}
		other, err := r.scheme.Sign(r.scheme.OtherSecret(r.secret), m)
		require.NoError(t, err)
		valid, others := r.signed(t, m), []http.Header{other}
		require.NoError(t, r.send(t, m, r.scheme.Rotate(others, valid, nil)))
		require.NoError(t, r.send(t, m, r.scheme.Rotate(nil, valid, others)))
		require.NoError(t, r.send(t, m, r.scheme.Rotate(others, valid, others)))
		require.Error(t, r.send(t, m, r.scheme.Rotate(others, other, others)))
		if r.scheme.Downgrade != nil {
			unknown, err := r.scheme.Downgrade(r.secret, m)
			require.NoError(t, err)
			require.NoError(t, r.send(t, m, r.scheme.Rotate([]http.Header{unknown}, valid, []http.Header{unknown})))
			require.Error(t, r.send(t, m, r.scheme.Rotate([]http.Header{unknown}, other, nil)))
		}
	})
}

func TestTimesOutOfToleranceAreRefusedWhereTheSchemeHasOne(t *testing.T) {
	each(t, func(t *testing.T, r *receiver, m sign.Message) {
		if !r.scheme.Covers.Time {
			require.Nil(t, r.scheme.GarbageTime)
			return
		}
		at := func(d time.Duration) error {
			moved := m
			moved.Time = m.Time.Add(d)
			return r.send(t, moved, r.signed(t, moved))
		}
		if r.scheme.Ageless {
			require.NoError(t, at(-time.Hour), "the library refuses it now: say so in the scheme's file")
			require.NoError(t, at(time.Hour))
			return
		}
		require.NoError(t, at(-4*time.Minute))
		require.Error(t, at(-7*time.Minute))
		if r.scheme.Future && !r.strict {
			require.NoError(t, at(6*time.Minute))
		} else {
			require.Error(t, at(6*time.Minute))
		}
		garbage, err := r.scheme.GarbageTime(r.secret, m)
		require.NoError(t, err)
		require.Error(t, r.send(t, m, garbage))
	})
}

func TestDowngradeIsRefused(t *testing.T) {
	each(t, func(t *testing.T, r *receiver, m sign.Message) {
		if r.scheme.Downgrade == nil {
			return
		}
		old, err := r.scheme.Downgrade(r.secret, m)
		require.NoError(t, err)
		if r.lenient {
			require.NoError(t, r.send(t, m, old), "the library refuses it now: say so in github.go")
			return
		}
		require.Error(t, r.send(t, m, old))
	})
}

func TestMain(m *testing.M) {
	// The loopback must not be reached through a proxy.
	http.DefaultTransport.(*http.Transport).Proxy = nil
	os.Exit(m.Run())
}

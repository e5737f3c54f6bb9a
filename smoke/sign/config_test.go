package sign_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/sign"
)

func TestMistakesInTheConfigurationAreAllNamed(t *testing.T) {
	for name, c := range map[string]struct {
		config sign.Config
		want   []string // how each line of the error starts
	}{
		"unknown scheme": {sign.Config{Scheme: "sha1-of-nothing"}, []string{`scheme: "sha1-of-nothing": must be one of `}},
		"no scheme":      {sign.Config{}, []string{`scheme: ""`}},
		"keys that the scheme does not read": {
			sign.Config{
				Scheme: "stripe", Header: "a", IDHeader: "b", TimestampHeader: "c",
				Template: "d", Algorithm: "e", Encoding: "f", Prefix: "g", KeyID: "h",
			},
			[]string{"header: is not for stripe", "id_header:", "timestamp_header:", "template:", "algorithm:", "encoding:", "prefix:", "key_id:"},
		},
		"key of one configurable scheme on the other": {
			sign.Config{Scheme: "http-message-signatures", Header: "X", Algorithm: "sha256", KeyID: "é"},
			[]string{"header: is not for", `algorithm: "sha256": must be hmac-sha256 or ed25519`, "key_id: must be of printable ASCII"},
		},
		"hmac without a header": {sign.Config{Scheme: "hmac", Reason: "k"}, []string{"reason: is not for hmac", "header: is missing"}},
		"hmac's values": {
			sign.Config{
				Scheme: "hmac", Header: "a b", IDHeader: "X-A", TimestampHeader: "x-a",
				Template: "{time}", Algorithm: "md5", Encoding: "base32", Prefix: "x ",
			},
			[]string{
				`header: "a b"`, `timestamp_header: "x-a": is id_header already`, `encoding: "base32"`,
				`prefix: "x "`, "template: {time}: is no part", `algorithm: "md5"`,
			},
		},
		"hmac signs a time that travels nowhere": {
			sign.Config{Scheme: "hmac", Header: "X", Template: "{timestamp}{body}"}, []string{"timestamp_header: is missing"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sign.New(c.config)
			require.Error(t, err)
			_, several := err.(interface{ Unwrap() []error })
			require.True(t, several, "the error is a joined one")
			lines := strings.Split(err.Error(), "\n")
			require.Len(t, lines, len(c.want), err.Error())
			for i, want := range c.want {
				require.True(t, strings.HasPrefix(lines[i], want), "%q, want %q", lines[i], want)
			}
		})
	}
}

func TestFactsOfEveryScheme(t *testing.T) {
	type facts struct {
		header, id, retry string
		covers            sign.Parts
		future, ageless   bool
	}
	body, timed, timedURL := sign.Parts{Body: true}, sign.Parts{Body: true, Time: true}, sign.Parts{Body: true, Time: true, URL: true}
	all := map[string]facts{
		"adyen":                   {header: "body:/notificationItems/*/NotificationRequestItem/additionalData/hmacSignature"},
		"aws-sns":                 {header: "body:/Signature"},
		"bitbucket":               {header: "X-Hub-Signature", covers: body},
		"discord":                 {header: "X-Signature-Ed25519", covers: timed, future: true, ageless: true},
		"docusign":                {header: "X-DocuSign-Signature-1", covers: body},
		"dropbox":                 {header: "X-Dropbox-Signature", covers: body},
		"github":                  {header: "X-Hub-Signature-256", id: "X-GitHub-Delivery", covers: body},
		"gitlab":                  {header: "X-Gitlab-Token"},
		"http-message-signatures": {header: "Signature", covers: timedURL},
		"hubspot":                 {header: "X-HubSpot-Signature-v3", covers: timedURL, future: true},
		"intercom":                {header: "X-Hub-Signature", covers: body},
		"jwt":                     {header: "Authorization", covers: sign.Parts{Time: true}, future: true},
		"lemonsqueezy":            {header: "X-Signature", covers: body},
		"linear":                  {header: "Linear-Signature", covers: timed},
		"mercadopago":             {header: "x-signature", covers: sign.Parts{Time: true, URL: true}, future: true, ageless: true},
		"meta":                    {header: "X-Hub-Signature-256", covers: body},
		"mollie":                  {},
		"paddle":                  {header: "Paddle-Signature", covers: timed, future: true, ageless: true},
		"pagerduty":               {header: "X-PagerDuty-Signature", covers: body},
		"paypal":                  {header: "PAYPAL-TRANSMISSION-SIG", covers: timed, future: true, ageless: true},
		"razorpay":                {header: "X-Razorpay-Signature", covers: body},
		"sendgrid":                {header: "X-Twilio-Email-Event-Webhook-Signature", covers: timed, future: true, ageless: true},
		"sentry":                  {header: "Sentry-Hook-Signature", covers: body},
		"shopify":                 {header: "X-Shopify-Hmac-SHA256", id: "X-Shopify-Webhook-Id", covers: body},
		"slack":                   {header: "X-Slack-Signature", retry: "X-Slack-Retry-Num", covers: timed, future: true},
		"square": {
			header: "x-square-hmacsha256-signature", retry: "square-retry-number", covers: sign.Parts{Body: true, URL: true},
		},
		"standard-webhooks": {header: "webhook-signature", id: "webhook-id", covers: sign.Parts{Body: true, ID: true, Time: true}},
		"stripe":            {header: "Stripe-Signature", covers: timed, future: true},
		"svix":              {header: "svix-signature", id: "svix-id", covers: sign.Parts{Body: true, ID: true, Time: true}},
		"twilio":            {header: "X-Twilio-Signature", id: "I-Twilio-Idempotency-Token", covers: sign.Parts{Body: true, URL: true}},
		"vonage":            {header: "Authorization", covers: sign.Parts{Time: true}, future: true, ageless: true},
		"workos":            {header: "WorkOS-Signature", covers: timed, future: true},
		"zendesk":           {header: "X-Zendesk-Webhook-Signature", covers: timed, future: true, ageless: true},
		"zoom":              {header: "x-zm-signature", covers: timed, future: true, ageless: true},
	}
	for _, name := range strings.Split(sign.Names(), ", ") {
		want, ok := all[name]
		if !ok {
			require.Contains(t, []string{"ecdsa", "ed25519", "hmac", "none", "rsa", "token"}, name, "what it signs depends on its keys")
			continue
		}
		s, err := sign.New(sign.Config{Scheme: name})
		require.NoError(t, err)
		require.Equal(t, name, s.Name)
		require.Equal(t, want, facts{s.Header, s.IDHeader, s.RetryHeader, s.Covers, s.Future, s.Ageless}, name)
	}
}

func TestFreshnessAndOpenKeysGoOverAVendorsFile(t *testing.T) {
	s, err := sign.New(sign.Config{Scheme: "discord", Freshness: "both"})
	require.NoError(t, err)
	require.False(t, s.Ageless || s.Future)
	_, err = sign.New(sign.Config{Scheme: "bitbucket", Freshness: "both"})
	require.ErrorContains(t, err, "freshness: is not for bitbucket", "it signs no time")
	_, err = sign.New(sign.Config{Scheme: "paypal", KeyID: "WH-1"})
	require.NoError(t, err)
}

// An id that is signed but travels in the body alone cannot be changed after signing, so that there is nothing to mix.
func TestIDThatTravelsInTheBodyAloneIsNotCoveredByItself(t *testing.T) {
	c := sign.Config{Scheme: "hmac", Header: "X-Signature", Template: "{id}.{body}"}
	s, err := sign.New(c)
	require.NoError(t, err)
	require.False(t, s.Covers.ID)
	require.Nil(t, s.Mix)
	c.IDHeader = "X-Id"
	s, err = sign.New(c)
	require.NoError(t, err)
	require.True(t, s.Covers.ID)
	require.NotNil(t, s.Mix)
}

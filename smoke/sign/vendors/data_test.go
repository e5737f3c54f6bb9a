package vendors

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	paddle "github.com/PaddleHQ/paddle-go-sdk/v4"
	"github.com/PagerDuty/go-pagerduty/webhookv3"
	"github.com/bwmarrin/discordgo"
	"github.com/golang-jwt/jwt/v5"
	razorpay "github.com/razorpay/razorpay-go/utils"
	"github.com/sendgrid/sendgrid-go/helpers/eventwebhook"

	"github.com/fridaygate/fridaygate/smoke/sign"
)

// p256 is the key of RFC 6979 appendix A.2.5.
const p256 = "MDECAQEEIMmvqdhFunUWa1whV2ex0Wk0UMPbNuibEnuKYisSD2choAoGCCqGSM49AwEH"

// ofData are the vendors whose schemes are files of smoke/sign/schemes alone.
var ofData = map[string]vendor{
	"paddle-go-sdk": {
		config: sign.Config{Scheme: "paddle"}, secret: key, body: json,
		verify: func(secret string, d delivery) error {
			ok, err := paddle.NewWebhookVerifier(secret).Verify(d.Request)
			return errors.Join(err, is(ok))
		},
	},
	"razorpay-go": {
		config: sign.Config{Scheme: "razorpay"}, secret: key, body: json,
		verify: func(secret string, d delivery) error {
			return is(razorpay.VerifyWebhookSignature(string(d.body), d.Header.Get("X-Razorpay-Signature"), secret))
		},
	},
	"discordgo": {
		config: sign.Config{Scheme: "discord"}, secret: seed, body: json,
		verify: func(secret string, d delivery) error {
			return is(discordgo.VerifyInteraction(d.Request, public(secret)))
		},
	},
	"go-pagerduty": {
		config: sign.Config{Scheme: "pagerduty"}, secret: key, body: json,
		verify: func(secret string, d delivery) error { return webhookv3.VerifySignature(d.Request, secret) },
	},
	"sendgrid-go": {
		config: sign.Config{Scheme: "sendgrid"}, secret: p256, body: json,
		verify: func(secret string, d delivery) error {
			public, err := publicECDSA(secret)
			if err != nil {
				return err
			}
			ok, err := eventwebhook.VerifySignature(public, d.body, d.Header.Get(eventwebhook.VerificationHTTPHeader),
				d.Header.Get(eventwebhook.TimestampHTTPHeader))
			return errors.Join(err, is(ok))
		},
	},
}

// tokens are JSON Web Tokens as senders without a library of their own make them: receivers verify them with any library.
var tokens = map[string]vendor{
	"golang-jwt, HS256": {
		config: tokenOf("HS256"), secret: key, body: json,
		verify: func(secret string, d delivery) error { return verifyToken([]byte(secret), d) },
	},
	"golang-jwt, ES256": {
		config: tokenOf("ES256"), secret: p256, body: json,
		verify: func(secret string, d delivery) error {
			public, err := publicECDSA(secret)
			if err != nil {
				return err
			}
			return verifyToken(public, d)
		},
	},
}

func tokenOf(algorithm string) sign.Config {
	return sign.Config{
		Scheme: "jwt", Algorithm: algorithm, Lifetime: "5m",
		Claims: `{"iat":{timestamp},"exp":{expires},"url":"{url}","body_sha256":"{body_sha256}"}`,
	}
}

func verifyToken(key any, d delivery) error {
	token, ok := strings.CutPrefix(d.Header.Get("Authorization"), "Bearer ")
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return key, nil },
		jwt.WithValidMethods([]string{"HS256", "ES256"}))
	sum := sha256.Sum256(d.body)
	return errors.Join(err, is(ok && claims["url"] == d.url && claims["body_sha256"] == hex.EncodeToString(sum[:])))
}

func publicECDSA(secret string) (*ecdsa.PublicKey, error) {
	der, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		return nil, err
	}
	private, err := x509.ParseECPrivateKey(der)
	if err != nil {
		return nil, err
	}
	return &private.PublicKey, nil
}

// withoutLibrary are the schemes of vendors that have no verifier in Go. Those on npm made or accepted the vectors in
// smoke/sign/testdata.
var withoutLibrary = []string{
	"adyen", "aws-sns", "bitbucket", "docusign", "dropbox", "gitlab", "hubspot", "intercom", "lemonsqueezy", "linear", "mercadopago", "meta",
	"mollie", "paypal", "sentry", "vonage", "workos", "zendesk", "zoom",
}

// home are the schemes that have no vendor.
var home = []string{"ecdsa", "ed25519", "hmac", "none", "rsa", "token"}

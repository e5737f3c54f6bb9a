package sign

import (
	"crypto/sha256"
	"net/http"
)

// shopify is the scheme of Shopify's webhooks (https://shopify.dev/docs/apps/build/webhooks/subscribe/https,
// "Validate the origin"): HMAC-SHA256 over the body alone. Two headers, unsigned, tell a repeated delivery: the
// webhook's id and the event's; here they are the same.
func shopify() Scheme {
	return text(sha256.New, "", func(s signer, m Message, _ string) http.Header {
		return headers("X-Shopify-Hmac-SHA256", inBase64.encode(s.sign(m.Body)),
			"X-Shopify-Webhook-Id", m.ID, "X-Shopify-Event-Id", m.ID)
	}).fill(Scheme{
		Name:     "shopify",
		Header:   "X-Shopify-Hmac-SHA256",
		IDHeader: "X-Shopify-Webhook-Id",
		other:    hexSecret(""),
		form:     form{encoding: inBase64},
	})
}

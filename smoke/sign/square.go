package sign

import (
	"crypto/sha1" //nolint:gosec // Square's old signature was made with it
	"crypto/sha256"
	"net/http"
)

// square is the scheme of Square's webhooks (https://developer.squareup.com/docs/webhooks/step3validate):
// HMAC-SHA256 over the notification URL, as it is registered, followed by the body. The event's id is in the body.
// Retries are marked as https://developer.squareup.com/docs/webhooks/build-with-webhooks says. Downgrade sends what
// earlier editions of that page described, x-square-signature with SHA-1.
func square() Scheme {
	write := func(header string) func(signer, Message, string) http.Header {
		return func(s signer, m Message, _ string) http.Header {
			return headers(header, inBase64.encode(s.sign([]byte(m.URL+string(m.Body)))))
		}
	}
	s := text(sha256.New, "", write("x-square-hmacsha256-signature")).fill(Scheme{
		Name:        "square",
		Header:      "x-square-hmacsha256-signature",
		RetryHeader: "square-retry-number",
		Covers:      Parts{URL: true},
		other:       hexSecret(""),
		form:        form{encoding: inBase64},
	})
	s.Downgrade = text(sha1.New, "", write("x-square-signature")).fill(Scheme{}).Sign
	return s
}

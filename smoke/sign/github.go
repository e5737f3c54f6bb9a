package sign

import (
	"crypto/sha1" //nolint:gosec // GitHub's old signature is made with it
	"crypto/sha256"
	"net/http"
)

// github is the scheme of GitHub's webhooks (https://docs.github.com/webhooks, "Validating webhook deliveries"):
// HMAC-SHA256 over the body alone. Neither the delivery's id nor a time is signed. A redelivery has the id of the
// first delivery. Downgrade sends what GitHub still sends beside it for old receivers, X-Hub-Signature with SHA-1;
// go-github's ValidatePayload accepts that.
func github() Scheme {
	s := text(sha256.New, "sha256", func(s signer, m Message, _ string) http.Header {
		return headers("X-Hub-Signature-256", s.version+"="+inHex.encode(s.sign(m.Body)), "X-GitHub-Delivery", m.ID)
	}).fill(Scheme{
		Name:     "github",
		Header:   "X-Hub-Signature-256",
		IDHeader: "X-GitHub-Delivery",
		other:    hexSecret(""),
		form:     form{encoding: inHex, before: "="},
	})
	s.Downgrade = text(sha1.New, "sha1", func(s signer, m Message, _ string) http.Header {
		return headers("X-Hub-Signature", s.version+"="+inHex.encode(s.sign(m.Body)), "X-GitHub-Delivery", m.ID)
	}).fill(Scheme{}).Sign
	return s
}

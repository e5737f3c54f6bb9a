package sign

import (
	"crypto/sha256"
	"net/http"
	"strings"
)

// stripe is the scheme of Stripe's webhook endpoints (https://docs.stripe.com/webhooks, "Verify manually"):
// HMAC-SHA256 over `timestamp.body`. The key is the endpoint's secret as it stands, `whsec_` included: it is not
// decoded. v0 is what Stripe sends for test events beside v1, and receivers are told to ignore all but v1 to prevent
// downgrade attacks. stripe-go looks only at how old the time is, so that one from the future passes. An endpoint's
// old secret stays in use for up to a day after it is rolled, with one v1 for each.
func stripe() Scheme {
	const header = "Stripe-Signature"
	r := text(sha256.New, "v1", func(s signer, m Message, seconds string) http.Header {
		signature := s.sign([]byte(seconds + "." + string(m.Body)))
		return headers(header, "t="+seconds+","+s.version+"="+inHex.encode(signature))
	})
	r.old = "v0"
	return r.fill(Scheme{
		Name:   "stripe",
		Header: header,
		Covers: Parts{Time: true},
		Future: true,
		Mix: func(signature, fields http.Header) http.Header {
			seconds, _ := stripeParts(fields.Get(header))
			_, signed := stripeParts(signature.Get(header))
			return replaced(fields, header, seconds+","+signed)
		},
		Rotate: func(other, valid http.Header) http.Header {
			seconds, signed := stripeParts(valid.Get(header))
			_, first := stripeParts(other.Get(header))
			return replaced(valid, header, seconds+","+first+","+signed)
		},
		other: hexSecret("whsec_"),
		form: form{encoding: inHex, before: "=", more: func(signed http.Header) []Variant {
			seconds, signature := stripeParts(signed.Get(header))
			return []Variant{
				{"no-time", replaced(signed, header, signature)},
				{"no-signature", replaced(signed, header, seconds)},
				{"wrong-list-separator", replaced(signed, header, seconds+";"+signature)},
			}
		}},
	})
}

// stripeParts cuts a header's value into its time and its signatures.
func stripeParts(value string) (seconds, signatures string) {
	seconds, signatures, _ = strings.Cut(value, ",")
	return seconds, signatures
}

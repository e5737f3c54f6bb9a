package sign

import (
	"crypto/sha1" //nolint:gosec // Twilio signs with it
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// twilio is the scheme of Twilio's requests (https://www.twilio.com/docs/usage/security#validating-requests):
// HMAC-SHA1 over the URL, followed by the names and values of a form body in the order of the names; each name's
// values once, in order, as twilio-python does (twilio-go reads the first alone). A body of any other type is
// not signed itself: its SHA-256 is in the URL, as bodySHA256. The id's header, by which receivers recognise a
// repeated request, is not signed.
func twilio() Scheme {
	return text(sha1.New, func(s signer, m Message, _ string) http.Header {
		signed := twilioAddress(m)
		if isForm(m) {
			signed += formPairs(m.Body)
		}
		return headers("X-Twilio-Signature", inBase64.encode(s.sign([]byte(signed))), "I-Twilio-Idempotency-Token", m.ID)
	}).fill(Scheme{
		Name:     "twilio",
		Header:   "X-Twilio-Signature",
		IDHeader: "I-Twilio-Idempotency-Token",
		Covers:   Parts{Body: true, URL: true},
		Address:  twilioAddress,
		other:    func(_ string, key [sha256.Size]byte) string { return hex.EncodeToString(key[:16]) },
		form:     newForm(signaturePart, "", inBase64),
	})
}

// twilioAddress adds bodySHA256 to the URL if it belongs there and is missing.
func twilioAddress(m Message) string {
	if isForm(m) || strings.Contains(m.URL, "bodySHA256=") {
		return m.URL
	}
	separator := "?"
	if strings.Contains(m.URL, "?") {
		separator = "&"
	}
	digest := sha256.Sum256(m.Body)
	return m.URL + separator + "bodySHA256=" + hex.EncodeToString(digest[:])
}

func isForm(m Message) bool {
	kind, _, err := mime.ParseMediaType(m.ContentType)
	return err == nil && kind == "application/x-www-form-urlencoded"
}

func formPairs(body []byte) string {
	// A pair that cannot be read is left out, as most receivers leave it out.
	form, _ := url.ParseQuery(string(body))
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(form[name]))) {
			all.WriteString(name + value)
		}
	}
	return all.String()
}

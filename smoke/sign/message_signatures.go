package sign

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// lifetime is how long after created, in seconds, expires lies.
const lifetime = 300

// messageSignatures is HTTP Message Signatures (RFC 9421) over @method, @target-uri, the Content-Digest (RFC 9530,
// sha-256) and, where there is one, the Content-Type, with created, expires and, if configured, keyid. For
// hmac-sha256 the key is the secret's own bytes; for ed25519 it is PKCS #8 in PEM, or in base64 or hex any form that
// ed25519Key reads.
func messageSignatures(c Config) (Scheme, []error) {
	var mistakes []error
	r := recipe{signer: edSecret}
	other := otherEd25519
	switch c.Algorithm {
	case "", "hmac-sha256":
		r, other = text(sha256.New, nil), hexSecret
	case "ed25519":
	default:
		mistakes = append(mistakes, fmt.Errorf("algorithm: %q: must be hmac-sha256 or ed25519", c.Algorithm))
	}
	if strings.ContainsFunc(c.KeyID, func(r rune) bool { return r < ' ' || r > '~' }) {
		mistakes = append(mistakes, errors.New("key_id: must be of printable ASCII characters (RFC 9651 section 3.3.3)"))
	}
	r.write = func(s signer, m Message, created string) http.Header { return messageHeaders(s, m, created, c.KeyID) }
	return r.fill(Scheme{
		Name:   "http-message-signatures",
		Header: "Signature",
		Covers: Parts{Body: true, Time: true, URL: true},
		Rotate: rotateMessage,
		other:  other,
		form:   newForm("sig1=:{signature}:", "", inBase64),
		more:   malformedInputs,
	}), mistakes
}

func messageHeaders(s signer, m Message, created, keyID string) http.Header {
	digest := sha256.Sum256(m.Body)
	contentDigest := "sha-256=:" + inBase64.encode(digest[:]) + ":"
	covered := []component{{"@method", m.Method}, {"@target-uri", m.URL}, {"content-digest", contentDigest}}
	if kind := strings.TrimSpace(m.ContentType); kind != "" {
		covered = append(covered, component{"content-type", kind})
	}
	params := ";created=" + created + ";expires=" + strconv.FormatInt(m.Time.Unix()+lifetime, 10)
	if keyID != "" {
		params += `;keyid="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(keyID) + `"`
	}
	input, base := signatureBase(covered, params)
	return headers(
		"Content-Digest", contentDigest,
		"Signature-Input", "sig1="+input,
		"Signature", "sig1=:"+inBase64.encode(s.sign([]byte(base)))+":")
}

type component struct{ name, value string }

// signatureBase returns the signature's parameters and the text that is signed (RFC 9421 section 2.5).
func signatureBase(covered []component, params string) (input, base string) {
	names := make([]string, len(covered))
	for i, c := range covered {
		names[i] = `"` + c.name + `"`
		base += names[i] + ": " + c.value + "\n"
	}
	input = "(" + strings.Join(names, " ") + ")" + params
	return input, base + `"@signature-params": ` + input
}

// rotateMessage writes each signature under a separate label (RFC 9421 section 4.3); the valid one keeps its
// label. Labels are not signed.
func rotateMessage(before []http.Header, valid http.Header, after []http.Header) http.Header {
	both := valid
	for _, name := range []string{"Signature-Input", "Signature"} {
		var members []string
		for i, h := range slices.Concat(before, []http.Header{valid}, after) {
			member := h.Get(name)
			if _, value, _ := strings.Cut(member, "="); i != len(before) {
				member = "other" + strconv.Itoa(i) + "=" + value
			}
			members = append(members, member)
		}
		both = replaced(both, name, strings.Join(members, ", "))
	}
	return both
}

func malformedInputs(signed http.Header) []Variant {
	input := signed.Get("Signature-Input")
	without := replaced(signed, "Signature-Input", "")
	without.Del("Signature-Input")
	return []Variant{
		{Name: "input-missing", Header: without},
		{Name: "input-empty", Header: replaced(signed, "Signature-Input", "")},
		{Name: "input-garbage", Header: replaced(signed, "Signature-Input", "this is not a list")},
		{Name: "input-not-closed", Header: replaced(signed, "Signature-Input", strings.Replace(input, ")", "", 1))},
		{Name: "input-other-label", Header: replaced(signed, "Signature-Input", strings.Replace(input, "sig1=", "sig9=", 1))},
	}
}

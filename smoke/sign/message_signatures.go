package sign

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// lifetime is how long after created, in seconds, expires lies.
const lifetime = 300

// messageSignatures is HTTP Message Signatures (RFC 9421) over @method, @target-uri, the Content-Digest (RFC 9530,
// sha-256) and, where there is one, the Content-Type, with created, expires and, if configured, keyid. For
// hmac-sha256 the key is the secret's own bytes; for ed25519 it is PKCS #8 in PEM, or in base64 any form that
// privateKey reads.
func messageSignatures(c Config) (Scheme, []error) {
	var mistakes []error
	r := recipe{signer: edSecret}
	other := func(_ string, key [sha256.Size]byte) string { return base64.StdEncoding.EncodeToString(key[:]) }
	switch c.Algorithm {
	case "", "hmac-sha256":
		r, other = text(sha256.New, "", nil), hexSecret("")
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
		Covers: Parts{Time: true, URL: true},
		Rotate: rotateMessage,
		other:  other,
		form:   form{encoding: inBase64, before: "=:", after: ":", more: malformedInputs},
	}), mistakes
}

// edSecret reads an Ed25519 key from text.
func edSecret(secret string) (signer, error) {
	var raw []byte
	if block, _ := pem.Decode([]byte(secret)); block != nil {
		raw = block.Bytes
	} else {
		var err error
		if raw, err = base64.StdEncoding.DecodeString(secret); err != nil {
			return signer{}, errors.New("the secret is neither PEM nor base64 of an Ed25519 private key")
		}
	}
	key, err := privateKey(raw)
	return edSigner("", key), err
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

// signatureBase gives the signature's parameters and the text that is signed (RFC 9421 section 2.5).
func signatureBase(covered []component, params string) (input, base string) {
	names := make([]string, len(covered))
	for i, c := range covered {
		names[i] = `"` + c.name + `"`
		base += names[i] + ": " + c.value + "\n"
	}
	input = "(" + strings.Join(names, " ") + ")" + params
	return input, base + `"@signature-params": ` + input
}

// rotateMessage puts other's signature under a label of its own before the valid one (RFC 9421 section 4.3). The
// label is not signed.
func rotateMessage(other, valid http.Header) http.Header {
	both := valid
	for _, name := range []string{"Signature-Input", "Signature"} {
		_, first, _ := strings.Cut(other.Get(name), "=")
		both = replaced(both, name, "sig0="+first+", "+valid.Get(name))
	}
	return both
}

func malformedInputs(signed http.Header) []Variant {
	input := signed.Get("Signature-Input")
	without := replaced(signed, "Signature-Input", "")
	without.Del("Signature-Input")
	return []Variant{
		{"input-missing", without},
		{"input-empty", replaced(signed, "Signature-Input", "")},
		{"input-garbage", replaced(signed, "Signature-Input", "this is not a list")},
		{"input-not-closed", replaced(signed, "Signature-Input", strings.Replace(input, ")", "", 1))},
		{"input-other-label", replaced(signed, "Signature-Input", strings.Replace(input, "sig1=", "sig9=", 1))},
	}
}

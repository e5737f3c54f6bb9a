package sign

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
)

const secretPart = "{secret}"

// configuredToken sends the secret itself, in a separate header (GitLab's X-Gitlab-Token), as a bearer token
// (RFC 6750 section 2.1), or in base64 as HTTP basic authentication (RFC 7617). It covers nothing of the delivery.
func configuredToken(c Config) (Scheme, []error) {
	var mistakes []error
	if c.Format != "" && strings.Count(c.Format, secretPart) != 1 {
		mistakes = append(mistakes, mistake("format", "%q: must contain {secret} once", c.Format))
	}
	mistakes = append(mistakes, oneOf("encoding", c.Encoding, "plain", "base64")...)
	written := asIs
	if c.Encoding == "base64" {
		written = inBase64
	}
	if len(mistakes) > 0 {
		return Scheme{}, mistakes
	}
	c.Format = strings.ReplaceAll(c.Format, secretPart, signaturePart)
	c.Encoding = ""
	layout, mistakes := c.layout("hex")
	if len(mistakes) > 0 {
		return Scheme{}, mistakes
	}
	layout.form.encoding = written
	of := func(secret string) signer { return signer{sign: func([]byte) []byte { return []byte(secret) }} }
	r := recipe{write: layout.write, signer: func(secret string) (signer, error) {
		if secret == "" {
			return signer{}, errors.New("the secret is empty")
		}
		if strings.ContainsFunc(secret, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.TrimSpace(secret) != secret {
			return signer{}, errors.New("the secret has control characters, or space at its ends: no header carries it")
		}
		return of(secret), nil
	}}
	if layout.form.format != signaturePart {
		empty := of("")
		r.empty = &empty
	}
	s := r.fill(layout.scheme("token"))
	s.Covers = Parts{}
	s.other = func(secret string, key [sha256.Size]byte) string {
		if user, _, ok := strings.Cut(secret, ":"); ok && c.Format != "" {
			return user + ":" + inHex.encode(key[:]) // of basic authentication the password
		}
		return kind.FindString(secret) + inHex.encode(key[:])
	}
	return s, nil
}

// unsigned is no signature at all: the sender has none, as Mollie, whose receivers fetch what an id names.
func unsigned(c Config) (Scheme, []error) {
	if c.Reason == "" {
		return Scheme{}, []error{mistake("reason", "is missing: say why deliveries are not signed, and how the receiver knows that one is true")}
	}
	return Scheme{
		Name: "none", Unsigned: c.Reason,
		Sign:  func(string, Message) (http.Header, error) { return http.Header{}, nil },
		other: hexSecret,
	}, nil
}

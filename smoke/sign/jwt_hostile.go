package sign

import (
	"crypto/sha256"
	"net/http"
	"strings"
)

// downgrade returns a token that was not signed with the private key, and that a receiver accepts if it lets the token
// choose its algorithm (RFC 8725 section 2.1): an HMAC keyed with the public key, or of a shared key none at all.
func (j jwt) downgrade(secret string, m Message) (http.Header, error) {
	algorithm := jwtAlgorithms[j.config.Algorithm]
	if _, err := algorithm.signer(j.config, secret); err != nil {
		return nil, err
	}
	if algorithm.public == nil {
		return j.write("none", func([]byte) []byte { return nil }, m, unix(m)), nil
	}
	public, err := algorithm.public(secret)
	if err != nil {
		return nil, err
	}
	text, err := publicPEM(public)
	return j.write("HS256", keyed(sha256.New, "", text).sign, m, unix(m)), err
}

// malformed returns tokens whose head names another algorithm, or that lack a part.
func (j jwt) malformed(signed http.Header) []Variant {
	before, signature, after := j.form.split(signed.Get(j.config.Header))
	lead, token := "", before
	if at := strings.LastIndexByte(before, ' '); at >= 0 {
		lead, token = before[:at+1], before[at+1:]
	}
	parts := strings.Split(token+signature, ".")
	if len(parts) != 3 {
		return nil
	}
	var all []Variant
	add := func(name string, parts ...string) {
		all = append(all, Variant{Name: name, Header: replaced(signed, j.config.Header, lead+strings.Join(parts, ".")+after)})
	}
	other := "HS512"
	if j.config.Algorithm == other {
		other = "HS256"
	}
	add("alg-none", j.head("none"), parts[1], "")
	add("alg-none-capital", j.head("NONE"), parts[1], "")
	add("alg-none-signed", j.head("none"), parts[1], parts[2])
	add("alg-other", j.head(other), parts[1], parts[2])
	add("alg-missing", inBase64URL.encode([]byte(`{"typ":"JWT"}`)), parts[1], parts[2])
	add("two-parts", parts[0], parts[1])
	add("no-claims", parts[0], "", parts[2])
	return all
}

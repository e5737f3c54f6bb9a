package sign

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// jwtAlgorithm is how a token is signed under one name of RFC 7518 section 3.1 or RFC 8037 section 3.1.
type jwtAlgorithm struct {
	signer func(c Config, secret string) (signer, error)
	other  func(c Config, secret string, key [sha256.Size]byte) string
	empty  *signer // with an empty key; nil where there is none
	public func(secret string) (crypto.PublicKey, error)
}

var jwtAlgorithms = map[string]jwtAlgorithm{
	"HS256": sharedJWT(keyed(sha256.New, "", nil), func(key []byte) signer { return keyed(sha256.New, "", key) }),
	"HS512": sharedJWT(keyed(sha512.New, "", nil), func(key []byte) signer { return keyed(sha512.New, "", key) }),
	"RS256": {
		signer: func(_ Config, secret string) (signer, error) { return rsaSecret(crypto.SHA256)(secret) },
		other:  func(_ Config, secret string, key [sha256.Size]byte) string { return otherRSA(secret, key) },
		public: publicKey,
	},
	"ES256": {
		signer: func(_ Config, secret string) (signer, error) {
			s, err := ecdsaSecret(secret)
			der := s.sign
			return signer{sign: func(text []byte) []byte { return fixedSize(der(text)) }}, err
		},
		other:  func(_ Config, secret string, key [sha256.Size]byte) string { return otherECDSA(secret, key) },
		public: publicKey,
	},
	"EdDSA": {
		signer: func(_ Config, secret string) (signer, error) { return edSecret(secret) },
		other:  func(_ Config, secret string, key [sha256.Size]byte) string { return otherEd25519(secret, key) },
		public: func(secret string) (crypto.PublicKey, error) {
			key, err := edKey(secret)
			if err != nil {
				return nil, err
			}
			return key.Public(), nil
		},
	},
}

func sharedJWT(empty signer, with func(key []byte) signer) jwtAlgorithm {
	return jwtAlgorithm{
		empty: &empty,
		signer: func(c Config, secret string) (signer, error) {
			key, err := c.secretKey(secret)
			return with(key), err
		},
		other: Config.otherKey,
	}
}

// fixedSize writes an ECDSA signature on P-256 as RFC 7518 section 3.4 has it: r and s, 32 bytes each.
func fixedSize(der []byte) []byte {
	var both struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &both); err != nil {
		return nil // it never is: ecdsaSecret wrote it
	}
	raw := make([]byte, 64)
	both.R.FillBytes(raw[:32])
	both.S.FillBytes(raw[32:])
	return raw
}

const defaultClaims = `{"iat":{timestamp},"exp":{expires}}`

// jwt is the Config of a JSON Web Token (RFC 7519) in the compact form of RFC 7515 section 7.1.
type jwt struct {
	config   Config
	claims   template
	format   string // of the header's value; {signature} is the token
	form     form   // of the same value, in which the token's third part is the signature
	lifetime time.Duration
}

// configuredJWT sends a signed JSON Web Token. The token covers what its claims hold: most senders put the body's hash
// into one, and the time into iat or exp.
func configuredJWT(c Config) (Scheme, []error) {
	if orElse(c.Header, "Authorization") == "Authorization" && c.Prefix == "" {
		c.Format = orElse(c.Format, "Bearer "+signaturePart)
	}
	c.Header, c.Algorithm = orElse(c.Header, "Authorization"), orElse(c.Algorithm, "HS256")
	c.Claims, c.Lifetime = orElse(c.Claims, defaultClaims), orElse(c.Lifetime, "1m")
	expires := strings.Contains(c.Claims, "{expires}")
	if c.Freshness == "" {
		c.Freshness = map[bool]string{true: "old", false: "none"}[expires]
	}
	j, mistakes := c.jwt()
	if len(mistakes) > 0 {
		return Scheme{}, mistakes
	}
	signs := func(part string) bool { return strings.Contains(c.Claims, part) }
	algorithm := jwtAlgorithms[c.Algorithm]
	s := recipe{
		empty:  algorithm.empty,
		signer: func(secret string) (signer, error) { return algorithm.signer(c, secret) },
		write:  func(s signer, m Message, at string) http.Header { return j.write(c.Algorithm, s.sign, m, at) },
	}.fill(Scheme{
		Name: "jwt", Header: c.Header, IDHeader: c.IDHeader,
		Covers: Parts{
			Body: signs("{body"), ID: signs("{id}") && c.IDHeader != "", Time: signs("{timestamp}") || expires,
			URL: signs("{url}") || signs("{path}") || signs("{query"),
		},
		Future: c.Freshness != "both", Ageless: c.Freshness == "none",
		other: func(secret string, key [sha256.Size]byte) string { return algorithm.other(c, secret, key) },
		form:  j.form, more: j.malformed, Downgrade: j.downgrade,
	})
	if c.Freshness == "none" {
		s.GarbageTime = nil // whose receivers do not check the time
	}
	return s, nil
}

func (c Config) jwt() (jwt, []error) {
	all := c.checkPlaces()
	if jwtAlgorithms[c.Algorithm].signer == nil {
		all = append(all, mistake("algorithm", "%q: must be HS256, HS512, RS256, ES256 or EdDSA", c.Algorithm))
	}
	all = append(all, oneOf("key", c.Key, "raw", "base64", "hex")...)
	all = append(all, oneOf("freshness", c.Freshness, "both", "old", "none")...)
	format, wrong := c.valueFormat()
	all = append(all, wrong...)
	lifetime, err := time.ParseDuration(c.Lifetime)
	if err != nil || lifetime < time.Second {
		all = append(all, mistake("lifetime", "%q: must be a duration of a second or more, such as 1m", c.Lifetime))
	}
	j := jwt{config: c, format: format, lifetime: lifetime}
	j.form = newForm(strings.Replace(format, signaturePart, "{head}.{claims}."+signaturePart, 1), "", inBase64URL)
	if j.claims, err = parseTemplate(c.Claims, j.parts(), insideJSON); err != nil {
		all = append(all, mistake("claims", "%s", err))
	} else if !isObject(j.claims.fill(Message{}, "0")) {
		all = append(all, mistake("claims", "%q: must be a JSON object, such as %s", c.Claims, defaultClaims))
	}
	return j, all
}

// insideJSON escapes a text for the inside of a JSON string. A number stays as it is.
func insideJSON(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		return "" // it never is: a string is always encoded
	}
	return string(quoted[1 : len(quoted)-1])
}

func isObject(text []byte) bool {
	var object map[string]json.RawMessage
	return json.Unmarshal(text, &object) == nil && object != nil
}

// parts returns the placeholders that only claims have, or that have another meaning there.
func (j jwt) parts() map[string]part {
	own := j.config.ownParts()
	own["{expires}"] = func(_ Message, at string) string {
		seconds, err := strconv.ParseInt(at, 10, 64)
		if err != nil {
			return at
		}
		return strconv.FormatInt(seconds+int64(j.lifetime/time.Second), 10)
	}
	return own
}

// write returns the headers of a delivery whose token claims to be signed with an algorithm.
func (j jwt) write(algorithm string, sign func([]byte) []byte, m Message, at string) http.Header {
	payload := j.claims.fill(m, at)
	if at == notANumber && !json.Valid(payload) {
		payload = bytes.ReplaceAll(payload, []byte(notANumber), []byte(strconv.Quote(notANumber)))
	}
	text := j.head(algorithm) + "." + inBase64URL.encode(payload)
	token := text + "." + inBase64URL.encode(sign([]byte(text)))
	h := headers(j.config.Header, strings.NewReplacer(
		signaturePart, token, "{timestamp}", at, "{id}", m.ID, "{key_id}", j.config.KeyID,
	).Replace(j.format))
	if j.config.IDHeader != "" && m.ID != "" {
		h.Set(j.config.IDHeader, m.ID)
	}
	return h
}

// head returns a token's first part (RFC 7515 section 4.1).
func (j jwt) head(algorithm string) string {
	text, err := json.Marshal(struct {
		Algorithm string `json:"alg"`
		Type      string `json:"typ"`
		KeyID     string `json:"kid,omitempty"`
	}{algorithm, "JWT", j.config.KeyID})
	if err != nil {
		return "" // it never is: three texts are always encoded
	}
	return inBase64URL.encode(text)
}

func publicKey(secret string) (crypto.PublicKey, error) {
	key, err := parsePrivate(secret)
	if err != nil {
		return nil, err
	}
	signing, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("the secret is no private key that signs")
	}
	return signing.Public(), nil
}

package sign

import (
	"crypto/sha1" //nolint:gosec // some vendors sign with it
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"regexp"
	"strings"
)

var hashes = map[string]func() hash.Hash{"": sha256.New, "sha256": sha256.New, "sha512": sha512.New, "sha1": sha1.New}

// configuredHMAC is HMAC (RFC 2104) over a template.
func configuredHMAC(c Config) (Scheme, []error) {
	newHash := hashes[c.Algorithm]
	written, mistakes := c.layout("hex")
	mistakes = append(mistakes, oneOf("algorithm", c.Algorithm, "sha256", "sha512", "sha1")...)
	mistakes = append(mistakes, oneOf("key", c.Key, "raw", "base64", "hex")...)
	if c.SHA1Header != "" && !token.MatchString(c.SHA1Header) {
		mistakes = append(mistakes, mistake("sha1_header", "%q: must be the name of a header", c.SHA1Header))
	}
	if len(mistakes) > 0 {
		return Scheme{}, mistakes
	}
	with := func(newHash func() hash.Hash, l layout) recipe {
		empty := l.signer(newHash, nil)
		return recipe{time: l.time, empty: &empty, write: l.write, signer: func(secret string) (signer, error) {
			key, err := c.secretKey(secret)
			return l.signer(newHash, key), err
		}}
	}
	s := with(newHash, written).fill(written.scheme("hmac"))
	s.other = c.otherKey
	old := written
	old.form.format = written.form.old()
	switch {
	case c.SHA1Header != "":
		s.SendsOld = true
		old.place, old.sha1Header = c.SHA1Header, ""
		old.form.format = strings.ReplaceAll(written.form.format, "sha256", "sha1")
		s.Downgrade = with(sha1.New, old).fill(Scheme{}).Sign
	case strings.Contains(old.form.format, "sha1") && !strings.Contains(written.form.format, "sha1"):
		s.Downgrade = with(sha1.New, old).fill(Scheme{}).Sign
	case old.form.format != "":
		s.Downgrade = with(newHash, old).fill(Scheme{}).Sign
	}
	return s, nil
}

// signer signs with an HMAC, and beside it with SHA-1 where the layout has a header for that.
func (l layout) signer(newHash func() hash.Hash, key []byte) signer {
	s := keyed(newHash, "", key)
	if l.sha1Header != "" {
		s.sha1 = keyed(sha1.New, "", key).sign
	}
	return s
}

var keyEncodings = map[string]encoding{"": asIs, "raw": asIs, "base64": inBase64, "hex": inHex}

// secretKey returns the bytes of a shared key that a secret holds, with the encoding and prefix of c.
func (c Config) secretKey(secret string) ([]byte, error) {
	if secret == "" {
		return nil, errors.New("the secret is empty")
	}
	encoded, ok := strings.CutPrefix(secret, c.KeyPrefix)
	if !ok {
		return nil, fmt.Errorf("the secret does not start with %s", c.KeyPrefix)
	}
	key, err := keyEncodings[c.Key].decode(strings.TrimSpace(encoded))
	if c.Key == "" || c.Key == "raw" {
		key = []byte(encoded)
	}
	if err != nil {
		return nil, fmt.Errorf("the secret is not %s%s", c.Key, after(c.KeyPrefix))
	}
	if len(key) == 0 {
		return nil, fmt.Errorf("the secret has no key%s", after(c.KeyPrefix))
	}
	return key, nil
}

func after(prefix string) string {
	if prefix == "" {
		return ""
	}
	return " after " + prefix
}

// kind is how many vendors' secrets start, such as whsec_.
var kind = regexp.MustCompile(`^[A-Za-z]+_`)

// otherKey writes a key as secretKey reads it.
func (c Config) otherKey(secret string, key [sha256.Size]byte) string {
	switch c.Key {
	case "base64":
		return c.KeyPrefix + inBase64.encode(key[:])
	case "hex":
		return c.KeyPrefix + inHex.encode(key[:])
	}
	if c.KeyPrefix != "" {
		return c.KeyPrefix + inHex.encode(key[:])
	}
	return kind.FindString(secret) + inHex.encode(key[:])
}

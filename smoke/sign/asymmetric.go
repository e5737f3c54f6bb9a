package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	_ "embed" // stranger.pem
	"encoding/hex"
	"errors"
	"strings"
)

func configuredRSA(c Config) (Scheme, []error) {
	h := map[string]crypto.Hash{"": crypto.SHA256, "sha256": crypto.SHA256, "sha1": crypto.SHA1, "sha512": crypto.SHA512}[c.Algorithm]
	s, mistakes := c.asymmetric(rsaSecret(h), otherRSA, "base64")
	return s, append(mistakes, oneOf("algorithm", c.Algorithm, "sha256", "sha1", "sha512")...)
}

// asymmetric is a scheme whose secret is a private key. The receiver is configured with the public one.
func (c Config) asymmetric(
	read func(string) (signer, error), other func(string, [sha256.Size]byte) string, encoding string,
) (Scheme, []error) {
	written, mistakes := c.layout(encoding)
	if len(mistakes) > 0 {
		return Scheme{}, mistakes
	}
	with := func(l layout) recipe { return recipe{time: l.time, write: l.write, signer: read} }
	s := with(written).fill(written.scheme(c.Scheme))
	s.other = other
	old := written
	if old.form.format = written.form.old(); old.form.format != "" {
		s.Downgrade = with(old).fill(Scheme{}).Sign
	}
	return s, nil
}

// edSecret returns the signer of an Ed25519 key that is text: hex, or what derOf reads.
func edSecret(secret string) (signer, error) {
	key, err := edKey(secret)
	return edSigner("", key), err
}

func edKey(secret string) (ed25519.PrivateKey, error) {
	raw, err := hex.DecodeString(strings.TrimSpace(secret))
	if err != nil || len(raw) < ed25519.SeedSize {
		if raw, err = derOf(secret); err != nil {
			return nil, err
		}
	}
	return ed25519Key(raw)
}

func edSigner(version string, key ed25519.PrivateKey) signer {
	return signer{version: version, sign: func(text []byte) []byte { return ed25519.Sign(key, text) }}
}

func otherEd25519(_ string, key [sha256.Size]byte) string { return inBase64.encode(key[:]) }

// ecdsaSecret signs with ECDSA on P-256 over SHA-256; the signature is ASN.1 DER (RFC 3279 section 2.2.3), and the
// same for the same text (RFC 6979).
func ecdsaSecret(secret string) (signer, error) {
	parsed, err := parsePrivate(secret)
	if err != nil {
		return signer{}, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return signer{}, errors.New("the secret is no ECDSA private key on the curve P-256")
	}
	return signer{sign: func(text []byte) []byte {
		signature, err := key.Sign(nil, digest(text), crypto.SHA256)
		if err != nil {
			return nil // it never is: the key was parsed, and the digest is of the hash's size
		}
		return signature
	}}, nil
}

func otherECDSA(_ string, key [sha256.Size]byte) string {
	key[0] &= 0x7f // below the curve's order
	other, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), key[:])
	if err != nil {
		return ""
	}
	der, err := x509.MarshalPKCS8PrivateKey(other)
	if err != nil {
		return ""
	}
	return inBase64.encode(der)
}

// rsaSecret signs with RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2).
func rsaSecret(h crypto.Hash) func(string) (signer, error) {
	return func(secret string) (signer, error) {
		parsed, err := parsePrivate(secret)
		if err != nil {
			return signer{}, err
		}
		key, ok := parsed.(*rsa.PrivateKey)
		if !ok || key.Size() < 128 {
			return signer{}, errors.New("the secret is no RSA private key of 1024 bits or more")
		}
		return signer{sign: func(text []byte) []byte {
			sum := h.New()
			sum.Write(text)
			signature, err := rsa.SignPKCS1v15(nil, key, h, sum.Sum(nil))
			if err != nil {
				return nil // it never is: the key was parsed, and is longer than any digest
			}
			return signature
		}}, nil
	}
}

// stranger is an unused private key, embedded because Go generates no RSA keys from a seed.
//
//go:embed stranger.pem
var stranger string

func otherRSA(string, [sha256.Size]byte) string { return stranger }

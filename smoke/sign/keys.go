package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	_ "embed" // stranger.pem
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var keyEncodings = map[string]encoding{"": asIs, "raw": asIs, "base64": inBase64, "hex": inHex}

// secretKey returns the bytes of a shared key that a secret holds, encoded and after a prefix as c says.
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

// parsePrivate reads a private key: PEM (in which `\n` may stand for line ends, as many write it into a variable),
// or DER in base64, of PKCS #8 (RFC 5208), PKCS #1 (RFC 8017) or SEC 1 (RFC 5915). The parsers' own errors may show
// what they could not read, so they are not passed on.
func parsePrivate(secret string) (crypto.PrivateKey, error) {
	der, err := derOf(secret)
	if err != nil {
		return nil, err
	}
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	return nil, errors.New("the secret is no private key: give PKCS #8, as PEM or in base64")
}

func derOf(secret string) ([]byte, error) {
	if block, _ := pem.Decode([]byte(strings.ReplaceAll(secret, `\n`, "\n"))); block != nil {
		return block.Bytes, nil
	}
	der, err := base64.StdEncoding.DecodeString(strings.TrimSpace(secret))
	if err != nil {
		return nil, errors.New("the secret is neither PEM nor base64 of a private key")
	}
	return der, nil
}

// ed25519Key reads an Ed25519 private key in one of the forms that senders keep it in: the 32 bytes of RFC 8032
// section 5.1.5 (what the Standard Webhooks libraries put after `whsk_`), the same followed by the public key, as
// libsodium writes it, or PKCS #8 (RFC 8410).
func ed25519Key(raw []byte) (ed25519.PrivateKey, error) {
	switch len(raw) {
	case ed25519.SeedSize:
		return ed25519.NewKeyFromSeed(raw), nil
	case ed25519.PrivateKeySize:
		key := ed25519.NewKeyFromSeed(raw[:ed25519.SeedSize])
		if !bytes.Equal(key, raw) {
			return nil, errors.New("the secret's two halves, private and public key, do not belong together")
		}
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(raw)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, errors.New("the secret is no Ed25519 private key: give its 32 bytes, these and the public key, or PKCS #8")
	}
	return key, nil
}

// edSecret returns the signer of an Ed25519 key that is text: hex, or what derOf reads.
func edSecret(secret string) (signer, error) {
	raw, err := hex.DecodeString(strings.TrimSpace(secret))
	if err != nil || len(raw) < ed25519.SeedSize {
		if raw, err = derOf(secret); err != nil {
			return signer{}, err
		}
	}
	key, err := ed25519Key(raw)
	return edSigner("", key), err
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

// stranger is a private key that nobody uses: Go makes no RSA keys from a seed.
//
//go:embed stranger.pem
var stranger string

func otherRSA(string, [sha256.Size]byte) string { return stranger }

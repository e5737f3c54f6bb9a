package sign

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
)

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

// publicPEM writes a public key as the file that receivers are configured with: PEM of its PKIX form (RFC 5280).
func publicPEM(key crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

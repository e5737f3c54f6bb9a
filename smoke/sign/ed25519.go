package sign

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"errors"
)

// privateKey reads an Ed25519 private key in one of the forms that senders keep it in: the 32 bytes of RFC 8032
// section 5.1.5 (what the Standard Webhooks libraries put after `whsk_`), the same followed by the public key, as
// libsodium writes it, or PKCS #8 (RFC 8410).
func privateKey(raw []byte) (ed25519.PrivateKey, error) {
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
	// The parser's own errors may show what they could not read.
	parsed, err := x509.ParsePKCS8PrivateKey(raw)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, errors.New("the secret is no Ed25519 private key: give its 32 bytes, these and the public key, or PKCS #8")
	}
	return key, nil
}

package sign

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/require"
)

// The test request of RFC 9421 appendix B.2, with its key test-key-ed25519 (B.1.4) and its secret
// test-shared-secret (B.1.5).
const (
	rfcEd25519 = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"
	rfcShared  = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
)

func TestRFC9421AppendixB25(t *testing.T) {
	input, base := signatureBase([]component{
		{"date", "Tue, 20 Apr 2021 02:07:55 GMT"}, {"@authority", "example.com"}, {"content-type", "application/json"},
	}, `;created=1618884473;keyid="test-shared-secret"`)
	require.Equal(t, `("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"`, input)
	key, err := base64.StdEncoding.DecodeString(rfcShared)
	require.NoError(t, err)
	require.Equal(t, "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=", inBase64.encode(keyed(sha256.New, "", key).sign([]byte(base))))
}

func TestRFC9421AppendixB26(t *testing.T) {
	_, base := signatureBase([]component{
		{"date", "Tue, 20 Apr 2021 02:07:55 GMT"}, {"@method", "POST"}, {"@path", "/foo"}, {"@authority", "example.com"},
		{"content-type", "application/json"}, {"content-length", "18"},
	}, `;created=1618884473;keyid="test-key-ed25519"`)
	s, err := edSecret(rfcEd25519)
	require.NoError(t, err)
	require.Equal(t, "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
		inBase64.encode(s.sign([]byte(base))))
}

func TestEveryFormOfAnEd25519KeyIsTheSameKey(t *testing.T) {
	der, err := base64.StdEncoding.DecodeString(rfcEd25519)
	require.NoError(t, err)
	key, err := ed25519Key(der)
	require.NoError(t, err)
	want := edSigner("", key).sign([]byte("x"))
	for name, secret := range map[string]string{
		"PEM":                    string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"PKCS #8":                rfcEd25519,
		"seed":                   base64.StdEncoding.EncodeToString(key.Seed()),
		"seed and public key":    base64.StdEncoding.EncodeToString(key),
		"whsk_, seed":            "whsk_" + base64.StdEncoding.EncodeToString(key.Seed()),
		"whsk_, with public key": "whsk_" + base64.StdEncoding.EncodeToString(key),
	} {
		read := edSecret
		if secret[:5] == "whsk_" {
			read = standardSigner
		}
		s, err := read(secret)
		require.NoError(t, err, name)
		require.Equal(t, want, s.sign([]byte("x")), name)
	}
}

func TestKeyIDIsEscapedAndContentTypeLeftOutWhenEmpty(t *testing.T) {
	s, mistakes := messageSignatures(Config{KeyID: `a"\b`})
	require.Empty(t, mistakes)
	h, err := s.Sign("secret", Message{Method: "POST", ContentType: " "})
	require.NoError(t, err)
	require.Contains(t, h.Get("Signature-Input"), `sig1=("@method" "@target-uri" "content-digest");created=`)
	require.Contains(t, h.Get("Signature-Input"), `;keyid="a\"\\b"`)
}

package sign_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/sign"
)

func pkcs8(t *testing.T, key crypto.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// jwtKeys returns for each algorithm the secret, and what golang-jwt verifies with.
func jwtKeys(t *testing.T) map[string]struct {
	secret string
	verify any
} {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	public, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return map[string]struct {
		secret string
		verify any
	}{
		"HS256": {"a shared secret", []byte("a shared secret")},
		"HS512": {"a shared secret", []byte("a shared secret")},
		"RS256": {pkcs8(t, rsaKey), &rsaKey.PublicKey},
		"ES256": {pkcs8(t, ecKey), &ecKey.PublicKey},
		"EdDSA": {hex.EncodeToString(edKey.Seed()), public},
	}
}

func TestTokensAreValidAndWhatIsMadeOfThemIsNot(t *testing.T) {
	for algorithm, key := range jwtKeys(t) {
		t.Run(algorithm, func(t *testing.T) {
			s, err := sign.New(sign.Config{
				Scheme: "jwt", Algorithm: algorithm, KeyID: "k1",
				Claims: `{"iat":{timestamp},"exp":{expires},"sub":"{/name}","payload_hash":"{body_sha256}"}`,
			})
			require.NoError(t, err)
			require.Equal(t, sign.Parts{Body: true, Time: true}, s.Covers)
			require.True(t, s.Future)
			require.False(t, s.Ageless)
			claims := jwt.MapClaims{}
			accepted := func(h http.Header) error {
				token, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer ")
				if !ok {
					return http.ErrNoCookie
				}
				claims = jwt.MapClaims{}
				_, err := jwt.ParseWithClaims(token, claims, func(token *jwt.Token) (any, error) {
					require.Equal(t, "k1", token.Header["kid"])
					return key.verify, nil
				}, jwt.WithValidMethods([]string{algorithm}))
				return err
			}
			m := sign.Message{Time: time.Now(), Body: []byte(`{"name":"a \"quoted\" <name>"}`)}
			good := signed(t, s, key.secret, m)
			require.NoError(t, accepted(good))
			require.Equal(t, `a "quoted" <name>`, claims["sub"])
			require.InDelta(t, m.Time.Unix()+60, claims["exp"], 0)

			require.Error(t, accepted(signed(t, s, s.OtherSecret(key.secret), m)))
			old := m
			old.Time = m.Time.Add(-6 * time.Minute)
			require.ErrorIs(t, accepted(signed(t, s, key.secret, old)), jwt.ErrTokenExpired)
			require.ErrorIs(t, accepted(s.Mix(good, signed(t, s, key.secret, old))), jwt.ErrTokenSignatureInvalid)
			garbage, err := s.GarbageTime(key.secret, m)
			require.NoError(t, err)
			require.Error(t, accepted(garbage))
			old0, err := s.Downgrade(key.secret, m)
			require.NoError(t, err)
			require.Error(t, accepted(old0))
			if s.SignEmpty != nil {
				require.Error(t, accepted(s.SignEmpty(m)))
			}
			all := s.Malformed(good)
			require.GreaterOrEqual(t, len(all), 20)
			for _, variant := range all {
				if token := strings.TrimPrefix(variant.Header.Get("Authorization"), "Bearer "); strings.Count(token, ".") == 2 && !variant.Right {
					_, err := jwt.NewParser(jwt.WithValidMethods([]string{algorithm})).Parse(token,
						func(*jwt.Token) (any, error) { return key.verify, nil })
					require.Error(t, err, variant.Name)
				}
			}
		})
	}
}

// A receiver checks the age of a token without exp only if the file says so.
func TestTokenWithoutExpiryHasNoAgeUnlessTheFileSaysSo(t *testing.T) {
	c := sign.Config{Scheme: "jwt", Header: "Plaid-Verification", Claims: `{"iat":{timestamp}}`}
	s, err := sign.New(c)
	require.NoError(t, err)
	require.True(t, s.Ageless)
	require.Nil(t, s.GarbageTime)
	require.NotContains(t, signed(t, s, "secret", sign.Message{Time: time.Now()}).Get("Plaid-Verification"), "Bearer")
	c.Freshness = "old"
	s, err = sign.New(c)
	require.NoError(t, err)
	require.False(t, s.Ageless)
	require.NotNil(t, s.GarbageTime)
}

func TestMistakesInATokensKeysAreNamed(t *testing.T) {
	for want, c := range map[string]sign.Config{
		"algorithm: ":                      {Algorithm: "none"},
		"claims: ":                         {Claims: `{"iat":{timestamp}`},
		"claims: {body_md5}":               {Claims: `{"hash":"{body_md5}"}`},
		"lifetime: ":                       {Lifetime: "soon"},
		"freshness: ":                      {Freshness: "new"},
		"timestamp_unit: is not for jwt":   {TimestampUnit: "ms"},
		"timestamp_header: is not for jwt": {TimestampHeader: "X-Time"},
	} {
		c.Scheme = "jwt"
		_, err := sign.New(c)
		require.ErrorContains(t, err, want)
	}
}

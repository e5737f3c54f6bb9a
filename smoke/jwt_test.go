package smoke_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
)

// jwtReceiver takes deliveries whose token in Authorization holds the body's hash. Each field is a bug.
type jwtReceiver struct {
	key any // what it verifies with

	unverified bool // does not check the signature
	anyMethod  bool // lets the token choose how it is verified: not at all, or with the public key as a shared one
	eternal    bool // does not check exp
	anyBody    bool // does not compare the body with its hash
}

func (r jwtReceiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if request.Method == http.MethodPost && (err != nil || r.check(request.Header.Get("Authorization"), body) != nil) {
		w.WriteHeader(http.StatusUnauthorized)
	}
}

func (r jwtReceiver) check(authorization string, body []byte) error {
	token, ok := strings.CutPrefix(authorization, "Bearer ")
	if !ok {
		return errors.New("no token")
	}
	var options []jwt.ParserOption
	if !r.anyMethod {
		options = append(options, jwt.WithValidMethods([]string{"HS256", "RS256"}))
	}
	if r.eternal {
		options = append(options, jwt.WithoutClaimsValidation())
	}
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(options...)
	var err error
	if r.unverified {
		_, _, err = parser.ParseUnverified(token, claims)
	} else {
		_, err = parser.ParseWithClaims(token, claims, r.keyFor)
	}
	sum := sha256.Sum256(body)
	if err == nil && !r.anyBody && claims["body_sha256"] != hex.EncodeToString(sum[:]) {
		return errors.New("the hash of another body")
	}
	return err
}

func (r jwtReceiver) keyFor(token *jwt.Token) (any, error) {
	public, asymmetric := r.key.(*rsa.PublicKey)
	switch {
	case r.anyMethod && strings.EqualFold(token.Method.Alg(), "none"):
		return jwt.UnsafeAllowNoneSignatureType, nil
	case r.anyMethod && asymmetric && token.Method.Alg() == "HS256":
		der, err := x509.MarshalPKIXPublicKey(public)
		return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), err
	}
	return r.key, nil
}

// jwtRun runs every case about signatures and times against a receiver.
func jwtRun(t *testing.T, algorithm, signingKey string, r jwtReceiver) (verdict.Verdict, []string) {
	t.Helper()
	server := httptest.NewServer(r)
	defer server.Close()
	o := smoke.Options{
		Target: server.URL, RunID: t.Name(), Cases: []string{"first", "sig-*", "ts-*"},
		LookupEnv: func(string) (string, bool) { return signingKey, true },
	}
	o.Fixtures = []string{folder(t, map[string]string{"a.json": `{"id":"evt_1","type":"a","amount":1}`, "webhook.yaml": `
receiver: box
endpoint: {path: /hook}
signature:
  scheme: jwt
  secret_env: SECRET
  algorithm: ` + algorithm + `
  claims: '{"iss":"a sender","iat":{timestamp},"exp":{expires},"jti":"{id}","body_sha256":"{body_sha256}"}'
event_id: {pointer: /id}
effects: {none: "this test looks at the answers alone"}
`})}
	report := run(t, o)
	var failed []string
	for _, result := range report.Results {
		if result.Verdict == verdict.Fail {
			failed = append(failed, result.Case)
		}
	}
	return report.Verdict(), failed
}

func TestTokensAreVerifiedInEveryPart(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)}))
	for algorithm, keys := range map[string]struct {
		signing string
		verify  any
	}{"HS256": {secret, []byte(secret)}, "RS256": {text, &private.PublicKey}} {
		t.Run(algorithm, func(t *testing.T) {
			got, failed := jwtRun(t, algorithm, keys.signing, jwtReceiver{key: keys.verify})
			require.Equal(t, verdict.Pass, got, "%v", failed)
			for _, bug := range []struct {
				receiver jwtReceiver
				caught   string
			}{
				{jwtReceiver{key: keys.verify, unverified: true}, "sig-wrong-key"},
				{jwtReceiver{key: keys.verify, anyMethod: true}, "sig-downgrade"},
				{jwtReceiver{key: keys.verify, eternal: true}, "ts-old"},
				{jwtReceiver{key: keys.verify, anyBody: true}, "sig-body-tampered"},
			} {
				got, failed := jwtRun(t, algorithm, keys.signing, bug.receiver)
				require.Equal(t, verdict.Fail, got, bug.caught)
				require.True(t, slices.Contains(failed, bug.caught), "%s: %v", bug.caught, failed)
			}
		})
	}
}

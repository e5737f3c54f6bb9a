package vendors

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// certified is an RSA key with the certificate that says whose it is.
type certified struct {
	key                        *rsa.PrivateKey
	certificate                *x509.Certificate
	privatePEM, certificatePEM string
}

// issue makes a key and its certificate, which issuer signs, or the key itself if issuer is nil.
func issue(t *testing.T, name string, issuer *certified) *certified {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	c := &certified{key: key, privatePEM: pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		BasicConstraintsValid: true, IsCA: issuer == nil,
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.certificate, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	require.NoError(t, err)
	c.certificatePEM = pemOf("CERTIFICATE", der)
	c.certificate, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	return c
}

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

package vendors

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const payPalWebhook = "1JE4291016473214C" // signature.key_id of the example

// payPal is a receiver that verifies deliveries by itself, without PayPal's API:
// https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod. None of PayPal's libraries does: they
// ask the API.
func payPal(t *testing.T) vendor {
	t.Helper()
	authority := issue(t, "an authority that issues PayPal's certificates", nil)
	paypal := issue(t, "messageverificationcerts.paypal.com", authority)
	roots := x509.NewCertPool()
	roots.AddCert(authority.certificate)
	api := &http.Client{Transport: served200(paypal.certificatePEM)}
	return vendor{sender: "paypal", secret: paypal.privatePEM, read: func(d delivery) ([]event, error) {
		key, err := payPalKey(api, roots, d.Header.Get("PAYPAL-CERT-URL"))
		if err != nil {
			return nil, err
		}
		signature, err := base64.StdEncoding.DecodeString(d.Header.Get("PAYPAL-TRANSMISSION-SIG"))
		if err != nil {
			return nil, err
		}
		text := fmt.Sprintf("%s|%s|%s|%d",
			d.Header.Get("PAYPAL-TRANSMISSION-ID"), d.Header.Get("PAYPAL-TRANSMISSION-TIME"), payPalWebhook, crc32.ChecksumIEEE(d.body))
		digest := sha256.Sum256([]byte(text))
		if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature); err != nil {
			return nil, err
		}
		return member(d.body, "id")
	}}
}

// payPalKey fetches the certificate of a delivery, which must be PayPal's.
func payPalKey(api *http.Client, roots *x509.CertPool, address string) (*rsa.PublicKey, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || !strings.HasSuffix(u.Hostname(), ".paypal.com") {
		return nil, errors.Join(err, fmt.Errorf("%q is not PayPal's", address))
	}
	answer, err := api.Get(address)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	block, _ := pem.Decode(text)
	if err != nil || block == nil {
		return nil, errors.Join(err, errors.New("no certificate"))
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	if _, err := certificate.Verify(x509.VerifyOptions{Roots: roots, DNSName: "messageverificationcerts.paypal.com"}); err != nil {
		return nil, err
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	return key, valid(ok)
}

// served200 answers every request with a text: a stand-in of PayPal's API.
type served200 string

func (s served200) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(s)))}, nil
}

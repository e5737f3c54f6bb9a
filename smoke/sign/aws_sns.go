package sign

import (
	"crypto"
	"net/http"
	"strings"
)

const snsSignature = "/Signature"

// snsFields are signed where a message has them, in this order, each as its name and value on a line of their own.
// A Notification has no SubscribeURL and no Token.
var snsFields = []string{"/Message", "/MessageId", "/Subject", "/SubscribeURL", "/Timestamp", "/Token", "/TopicArn", "/Type"}

// awsSNS is the scheme of Amazon SNS's HTTP endpoints (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html):
// RSA over some fields of the body, with SHA-1 as SignatureVersion 1, which is the default of a topic and of
// algorithm, or with SHA-256 as SignatureVersion 2. The signature is in the body.
//
// The secret is an RSA private key. The receiver has to fetch its certificate from key_url, which is put into
// SigningCertURL, and to accept that host and issuer in place of Amazon's.
func awsSNS(c Config) (Scheme, []error) {
	c.Algorithm = orElse(c.Algorithm, "sha1")
	mistakes := oneOf("algorithm", c.Algorithm, "sha1", "sha256")
	h, version := crypto.SHA1, "1"
	if c.Algorithm == "sha256" {
		h, version = crypto.SHA256, "2"
	}
	s := recipe{signer: rsaSecret(h), write: func(s signer, m Message, _ string) http.Header {
		signed := http.Header{
			inBody + snsSignature:        {inBase64.encode(s.sign(snsText(m.Body)))},
			inBody + "/SignatureVersion": {version},
		}
		if c.KeyURL != "" {
			signed[inBody+"/SigningCertURL"] = []string{c.KeyURL}
		}
		return signed
	}}.fill(Scheme{
		Name:   "aws-sns",
		Header: inBody + snsSignature,
		Fields: []string{"/Message", "/MessageId"},
		other:  otherRSA,
		form:   newForm(signaturePart, "", inBase64),
	})
	places := []string{snsSignature, "/SignatureVersion"}
	if c.KeyURL != "" {
		places = append(places, "/SigningCertURL")
	}
	s.Embed = embedAt(places...)
	return s, mistakes
}

func snsText(body []byte) []byte {
	var text strings.Builder
	for _, field := range snsFields {
		if at, ok := locate(body, field); ok && string(body[at.start:at.end]) != "null" {
			text.WriteString(field[1:] + "\n" + textAt(body, field) + "\n")
		}
	}
	return []byte(text.String())
}

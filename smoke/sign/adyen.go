package sign

import (
	"crypto/sha256"
	"net/http"
	"strconv"
	"strings"
)

const (
	adyenItem      = "/notificationItems/*/NotificationRequestItem"
	adyenSignature = adyenItem + "/additionalData/hmacSignature"
)

// adyenFields are signed of each item, in this order.
var adyenFields = []string{
	"/pspReference", "/originalReference", "/merchantAccountCode", "/merchantReference",
	"/amount/value", "/amount/currency", "/eventCode", "/success",
}

// adyen is the scheme of Adyen's standard webhooks
// (https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures): each item of the batch
// holds its own HMAC-SHA256 over some of its fields, in base64. The secret is the key in hex. (Adyen's newer webhooks
// carry an HMAC over the body in the header HmacSignature: scheme hmac with key hex and encoding base64 signs these.)
func adyen() Scheme {
	keys := Config{Key: "hex"}
	empty := keyed(sha256.New, "", nil)
	s := recipe{
		empty: &empty,
		signer: func(secret string) (signer, error) {
			key, err := keys.secretKey(secret)
			return keyed(sha256.New, "", key), err
		},
		write: func(s signer, m Message, _ string) http.Header {
			var all []string
			for i := 0; ; i++ {
				item := strings.Replace(adyenItem, "*", strconv.Itoa(i), 1)
				if _, ok := locate(m.Body, item); !ok && i > 0 {
					return http.Header{inBody + adyenSignature: all}
				}
				values := make([]string, len(adyenFields))
				for j, field := range adyenFields {
					values[j] = textAt(m.Body, item+field)
				}
				all = append(all, inBase64.encode(s.sign([]byte(strings.Join(values, ":")))))
			}
		},
	}.fill(Scheme{
		Name:   "adyen",
		Header: inBody + adyenSignature,
		Embed:  embedAt(adyenSignature),
		other:  keys.otherKey,
		form:   newForm(signaturePart, "", inBase64),
	})
	for _, field := range []string{"/amount/value", "/merchantReference", "/pspReference"} {
		s.Fields = append(s.Fields, strings.Replace(adyenItem, "*", "0", 1)+field)
	}
	return s
}

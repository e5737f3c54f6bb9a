package sign

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
)

// standardWebhooks is the scheme of the Standard Webhooks specification 1.0.0, "Signature scheme": over
// `id.timestamp.body`, HMAC-SHA256 ("v1") with the bytes that the base64 after `whsec_` stands for, or Ed25519
// ("v1a") with the key after `whsk_`. The header is a list, separated by spaces.
func standardWebhooks() Scheme {
	return idTimeBody("standard-webhooks", "webhook-")
}

// svix is the same under the names that Svix gave the headers before they became a standard
// (https://docs.svix.com/receiving/verifying-payloads/how-manual).
func svix() Scheme {
	return idTimeBody("svix", "svix-")
}

func idTimeBody(name, prefix string) Scheme {
	empty := keyed(sha256.New, "v1", nil)
	return recipe{
		signer: standardSigner,
		empty:  &empty,
		old:    "v0",
		write: func(s signer, m Message, seconds string) http.Header {
			signature := s.sign([]byte(m.ID + "." + seconds + "." + string(m.Body)))
			return headers(prefix+"id", m.ID, prefix+"timestamp", seconds, prefix+"signature", s.version+","+inBase64.encode(signature))
		},
	}.fill(Scheme{
		Name:     name,
		Header:   prefix + "signature",
		IDHeader: prefix + "id",
		Covers:   Parts{Body: true, ID: true, Time: true},
		other: func(secret string, key [sha256.Size]byte) string {
			kind := "whsec_"
			if strings.HasPrefix(secret, "whsk_") {
				kind = "whsk_"
			}
			return kind + base64.StdEncoding.EncodeToString(key[:])
		},
		form: newForm("v1,{signature}", " ", inBase64),
	})
}

func standardSigner(secret string) (signer, error) {
	if encoded, ok := strings.CutPrefix(secret, "whsk_"); ok {
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return signer{}, errors.New("the secret is not base64 after whsk_")
		}
		key, err := ed25519Key(raw)
		return edSigner("v1a", key), err
	}
	encoded, ok := strings.CutPrefix(secret, "whsec_")
	if !ok {
		return signer{}, errors.New("the secret does not start with whsec_ or whsk_")
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return signer{}, errors.New("the secret is not base64 after whsec_")
	}
	if len(key) == 0 {
		return signer{}, errors.New("the secret has no key after whsec_")
	}
	return keyed(sha256.New, "v1", key), nil
}

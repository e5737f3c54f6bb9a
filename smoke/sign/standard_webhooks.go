package sign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// standardWebhooks is the symmetric scheme of the Standard Webhooks specification, "v1":
// HMAC-SHA256 over `id.timestamp.body` with the bytes that the base64 after `whsec_` stands for.
var standardWebhooks = Scheme{
	Name:   "standard-webhooks",
	Header: "webhook-signature",
	Sign: func(secret string, m Message) (http.Header, error) {
		key, err := standardKey(secret)
		if err != nil {
			return nil, err
		}
		seconds := strconv.FormatInt(m.Time.Unix(), 10)
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(m.ID + "." + seconds + "."))
		mac.Write(m.Body)
		h := http.Header{}
		h.Set("webhook-id", m.ID)
		h.Set("webhook-timestamp", seconds)
		h.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		return h, nil
	},
	other: func(key [sha256.Size]byte) string {
		return "whsec_" + base64.StdEncoding.EncodeToString(key[:])
	},
}

func standardKey(secret string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(secret, "whsec_")
	if !ok {
		return nil, errors.New("a standard-webhooks secret starts with whsec_")
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errors.New("a standard-webhooks secret is base64 after whsec_")
	}
	if len(key) == 0 {
		return nil, errors.New("a standard-webhooks secret has a key after whsec_")
	}
	return key, nil
}

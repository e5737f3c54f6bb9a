package sign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
)

// stripe is the scheme of Stripe's webhook endpoints, "v1": HMAC-SHA256 over `timestamp.body`. The key is the
// endpoint's secret as it stands, `whsec_` included: it is not decoded.
var stripe = Scheme{
	Name:   "stripe",
	Header: "Stripe-Signature",
	Sign: func(secret string, m Message) (http.Header, error) {
		if secret == "" {
			return nil, errors.New("a stripe secret is not empty")
		}
		seconds := strconv.FormatInt(m.Time.Unix(), 10)
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(seconds + "."))
		mac.Write(m.Body)
		h := http.Header{}
		h.Set("Stripe-Signature", "t="+seconds+",v1="+hex.EncodeToString(mac.Sum(nil)))
		return h, nil
	},
	other: hexSecret("whsec_"),
}

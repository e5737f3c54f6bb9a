package sign

import (
	"crypto/sha256"
	"net/http"
)

// slack is the scheme of Slack's requests (https://docs.slack.dev/authentication/verifying-requests-from-slack/):
// HMAC-SHA256 over `v0:timestamp:body`. v0 is the only version there is. The event's id is in the body. Retries
// are marked as https://docs.slack.dev/apis/events-api/ says.
func slack() Scheme {
	r := text(sha256.New, "v0", func(s signer, m Message, seconds string) http.Header {
		signature := s.sign([]byte("v0:" + seconds + ":" + string(m.Body)))
		return headers("X-Slack-Signature", s.version+"="+inHex.encode(signature), "X-Slack-Request-Timestamp", seconds)
	})
	r.old = "v1"
	return r.fill(Scheme{
		Name:        "slack",
		Header:      "X-Slack-Signature",
		RetryHeader: "X-Slack-Retry-Num",
		Covers:      Parts{Time: true},
		other:       hexSecret(""),
		form:        form{encoding: inHex, before: "="},
	})
}

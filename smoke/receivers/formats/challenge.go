package formats

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
)

// Endpoint answers a sender's challenge at /hook. It takes no events.
type Endpoint struct {
	Name string // of the sender whose challenge it answers, and of its bug
	Bug  string // "" when it is correct
	Case string // the case that must catch the bug

	answer answerer
}

type answerer func(e shared, r *http.Request, body []byte) (status int, contentType, text string)

// shared holds the secrets that endpoint and sender share.
type shared struct{ secret, token string }

func (e shared) signed(r *http.Request, body []byte) bool {
	got, err := hex.DecodeString(r.Header.Get("X-Signature"))
	return err == nil && hmac.Equal(got, e.mac(body))
}

func (e shared) mac(text []byte) []byte {
	mac := hmac.New(sha256.New, []byte(e.secret))
	mac.Write(text)
	return mac.Sum(nil)
}

func (e shared) knows(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(e.token)) == 1
}

// Start returns the running endpoint, which shares secret and token with its sender.
func (e Endpoint) Start(secret, token string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		status, contentType, text := e.answer(shared{secret, token}, r, body)
		if origin := r.Header.Get("WebHook-Request-Origin"); origin != "" && text == "" {
			w.Header().Set("WebHook-Allowed-Origin", origin)
		}
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text) // a client that is gone needs no answer
	})
}

// fields reads the texts of a JSON object.
func fields(body []byte) map[string]string {
	var all map[string]any
	_ = json.Unmarshal(body, &all) // what cannot be read has no fields
	texts := map[string]string{}
	for name, value := range all {
		texts[name], _ = value.(string)
	}
	return texts
}

const plainText = "text/plain; charset=utf-8"

// subscribed answers Meta's check: hub.challenge, if hub.verify_token is the shared token.
func subscribed(checks bool) answerer {
	return func(e shared, r *http.Request, _ []byte) (int, string, string) {
		query := r.URL.Query()
		if r.Method != http.MethodGet || query.Get("hub.mode") != "subscribe" || (checks && !e.knows(query.Get("hub.verify_token"))) {
			return http.StatusForbidden, plainText, "no"
		}
		return http.StatusOK, plainText, query.Get("hub.challenge")
	}
}

func subscribedInJSON(e shared, r *http.Request, body []byte) (int, string, string) {
	status, _, text := subscribed(true)(e, r, body)
	quoted, _ := json.Marshal(text) // a text
	return status, "application/json", string(quoted)
}

// echoed answers a signed challenge with what reply makes of it.
func echoed(checks bool, reply func(e shared, said map[string]string) (contentType, text string)) answerer {
	return func(e shared, r *http.Request, body []byte) (int, string, string) {
		if checks && !e.signed(r, body) {
			return http.StatusUnauthorized, plainText, "no"
		}
		contentType, text := reply(e, fields(body))
		return http.StatusOK, contentType, text
	}
}

// encrypted is Zoom's answer.
func encrypted(e shared, said map[string]string) (contentType, text string) {
	plain := said["plainToken"]
	return "application/json", `{"plainToken":"` + plain + `","encryptedToken":"` + hex.EncodeToString(e.mac([]byte(plain))) + `"}`
}

func unencrypted(_ shared, said map[string]string) (contentType, text string) {
	return "application/json", `{"plainToken":"` + said["plainToken"] + `","encryptedToken":"` + said["plainToken"] + `"}`
}

// visited confirms a subscription by requesting SubscribeURL, as Amazon SNS requires.
func visited(goes bool) answerer {
	return func(_ shared, r *http.Request, body []byte) (int, string, string) {
		if address := fields(body)["SubscribeURL"]; goes {
			request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, address, nil)
			if err != nil {
				return http.StatusBadRequest, plainText, "no"
			}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				return http.StatusBadGateway, plainText, "no"
			}
			_ = answer.Body.Close()
		}
		return http.StatusOK, plainText, "ok"
	}
}

func constant(contentType, text string) func(shared, map[string]string) (string, string) {
	return func(shared, map[string]string) (string, string) { return contentType, text }
}

// Endpoints lists the endpoints that answer challenges: for each sender a correct one, and then broken ones.
var Endpoints = map[string][]Endpoint{
	"meta": {
		{Name: "meta", answer: subscribed(true)},
		{Name: "meta-any-token", Bug: "echoes the challenge whatever the token", Case: "challenge-wrong-token", answer: subscribed(false)},
		{Name: "meta-json", Bug: "answers with JSON", Case: "challenge", answer: subscribedInJSON},
	},
	"zoom": {
		{Name: "zoom", answer: echoed(true, encrypted)},
		{Name: "zoom-plain", Bug: "does not sign the token", Case: "challenge", answer: echoed(true, unencrypted)},
		{Name: "zoom-unchecked", Bug: "signs any token for anybody", Case: "challenge-wrong-token", answer: echoed(false, encrypted)},
	},
	"slack": {
		{Name: "slack", answer: echoed(true, func(_ shared, said map[string]string) (string, string) { return plainText, said["challenge"] })},
		{Name: "slack-ok", Bug: "answers ok", Case: "challenge", answer: echoed(true, constant(plainText, "ok"))},
	},
	"discord": {
		{Name: "discord", answer: echoed(true, constant("application/json", `{"type":1}`))},
		{
			Name: "discord-unchecked", Bug: "answers a PING that nobody signed",
			Case: "challenge-wrong-token", answer: echoed(false, constant("application/json", `{"type":1}`)),
		},
	},
	"sns": {
		{Name: "sns", answer: visited(true)},
		{Name: "sns-unconfirmed", Bug: "acknowledges the subscription and does not confirm it", Case: "challenge", answer: visited(false)},
	},
	"cloudevents": {
		{Name: "cloudevents", answer: func(shared, *http.Request, []byte) (int, string, string) { return http.StatusOK, plainText, "" }},
		{
			Name: "cloudevents-silent", Bug: "allows no origin", Case: "challenge",
			answer: func(shared, *http.Request, []byte) (int, string, string) { return http.StatusOK, plainText, "ok" },
		},
	},
}

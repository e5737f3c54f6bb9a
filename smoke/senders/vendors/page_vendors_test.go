package vendors

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Intercom signs with it
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pageVendors are receivers as the pages that the profiles name describe them.
var pageVendors = map[string]vendor{
	"bitbucket": {sender: "bitbucket", secret: secret, read: func(d delivery) ([]event, error) {
		if err := signedHex(d, "X-Hub-Signature", "sha256=", string(d.body)); err != nil {
			return nil, err
		}
		return named(d, "X-Request-UUID")
	}},
	"docusign": {sender: "docusign", secret: secret, read: func(d delivery) ([]event, error) {
		if !slices.ContainsFunc([]string{"1", "2", "3"}, func(n string) bool { // one header for each of the account's keys
			return signed(d.Header.Get("X-DocuSign-Signature-"+n), base64.StdEncoding.DecodeString, sha256.New, string(d.body)) == nil
		}) {
			return nil, errSignature
		}
		var e struct {
			Event, GeneratedDateTime string
			Data                     struct{ EnvelopeID string }
		}
		err := json.Unmarshal(d.body, &e)
		return keyed(err, e.Data.EnvelopeID, e.Event, e.GeneratedDateTime)
	}},
	"dropbox": {sender: "dropbox", secret: secret, read: func(d delivery) ([]event, error) {
		if err := signedHex(d, "X-Dropbox-Signature", "", string(d.body)); err != nil {
			return nil, err
		}
		var e struct {
			ListFolder struct{ Accounts []string } `json:"list_folder"`
		}
		if err := json.Unmarshal(d.body, &e); err != nil || len(e.ListFolder.Accounts) == 0 {
			return nil, errors.Join(err, errors.New("no accounts"))
		}
		return identified(e.ListFolder.Accounts...), nil
	}, agree: func(d delivery) string { return d.URL.Query().Get("challenge") }},
	"intercom": {sender: "intercom", secret: secret, read: func(d delivery) ([]event, error) {
		value := strings.TrimPrefix(d.Header.Get("X-Hub-Signature"), "sha1=")
		if err := signed(value, hex.DecodeString, sha1.New, string(d.body)); err != nil {
			return nil, err
		}
		return member(d.body, "id")
	}},
	"lemonsqueezy": {sender: "lemonsqueezy", secret: secret, read: func(d delivery) ([]event, error) {
		if err := signedHex(d, "X-Signature", "", string(d.body)); err != nil {
			return nil, err
		}
		var e struct {
			Meta struct {
				EventName string `json:"event_name"`
			}
			Data struct {
				ID         string
				Attributes struct {
					UpdatedAt string `json:"updated_at"`
				}
			}
		}
		err := json.Unmarshal(d.body, &e)
		return keyed(err, e.Data.ID, e.Meta.EventName, e.Data.Attributes.UpdatedAt)
	}},
	"meta": {sender: "meta", secret: secret, read: func(d delivery) ([]event, error) {
		if err := signedHex(d, "X-Hub-Signature-256", "sha256=", string(d.body)); err != nil {
			return nil, err
		}
		var e struct {
			Entry []struct {
				ID   string
				Time json.Number
			}
		}
		if err := json.Unmarshal(d.body, &e); err != nil || len(e.Entry) != 1 {
			return nil, errors.Join(err, errors.New("no entry"))
		}
		return keyed(nil, e.Entry[0].Time.String(), e.Entry[0].ID)
	}, agree: func(d delivery) string {
		if query := d.URL.Query(); query.Get("hub.mode") == "subscribe" && query.Get("hub.verify_token") == secret {
			return query.Get("hub.challenge")
		}
		return ""
	}},
	"sentry": {sender: "sentry", secret: secret, read: func(d delivery) ([]event, error) {
		if err := signedHex(d, "Sentry-Hook-Signature", "", string(d.body)); err != nil {
			return nil, err
		}
		return named(d, "Request-ID")
	}},
	"zendesk": {sender: "zendesk", secret: secret, read: func(d delivery) ([]event, error) {
		text := d.Header.Get("X-Zendesk-Webhook-Signature-Timestamp") + string(d.body)
		if err := signed(d.Header.Get("X-Zendesk-Webhook-Signature"), base64.StdEncoding.DecodeString, sha256.New, text); err != nil {
			return nil, err
		}
		return member(d.body, "id")
	}},
	"zoom": {sender: "zoom", secret: secret, read: func(d delivery) ([]event, error) {
		at := d.Header.Get("x-zm-request-timestamp")
		if err := errors.Join(recent(at), signedHex(d, "x-zm-signature", "v0=", "v0:"+at+":"+string(d.body))); err != nil {
			return nil, err
		}
		var e struct {
			Event   string
			EventTS json.Number `json:"event_ts"`
		}
		err := json.Unmarshal(d.body, &e)
		return keyed(err, e.EventTS.String(), e.Event)
	}, agree: func(d delivery) string {
		var e struct {
			Event   string
			Payload struct{ PlainToken string }
		}
		if json.Unmarshal(d.body, &e) != nil || e.Event != "endpoint.url_validation" {
			return ""
		}
		return fmt.Sprintf(`{"plainToken":%q,"encryptedToken":"%x"}`, e.Payload.PlainToken, mac(sha256.New, e.Payload.PlainToken))
	}},
}

func mac(newHash func() hash.Hash, text string) []byte {
	h := hmac.New(newHash, []byte(secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}

func signed(value string, decode func(string) ([]byte, error), newHash func() hash.Hash, text string) error {
	raw, err := decode(value)
	return errors.Join(err, valid(hmac.Equal(raw, mac(newHash, text))))
}

func signedHex(d delivery, header, prefix, text string) error {
	value, ok := strings.CutPrefix(d.Header.Get(header), prefix)
	return errors.Join(valid(ok), signed(value, hex.DecodeString, sha256.New, text))
}

// recent is an error for a time, in Unix seconds, that is more than five minutes off.
func recent(seconds string) error {
	n, err := strconv.ParseInt(seconds, 10, 64)
	off := time.Since(time.Unix(n, 0)).Abs()
	return errors.Join(err, valid(off < 5*time.Minute))
}

// keyed returns the event that several values tell from others. Its effects are found by the first.
func keyed(err error, values ...string) ([]event, error) {
	for _, value := range values {
		if err == nil && value == "" {
			err = errors.New("no event")
		}
	}
	return []event{{strings.Join(values, " "), values[0]}}, err
}

package receivers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// tolerance is how far a delivery's timestamp may be from the receiver's clock, into the past and the future.
const tolerance = 5 * time.Minute

// signature is the parts of a Standard Webhooks signature, version v1.
type signature struct {
	keys  func(secret string) [][]byte                      // those that may have signed
	fresh func(timestamp string, now time.Time) error       // whether the attempt is of now
	parse func(entry string) (code []byte, understood bool) // one entry of the list of signatures
}

// verify holds when one of the signatures is that of the bytes that came. Others may be there while a secret is
// being replaced.
func verify(i *Instance, d *delivery) error {
	id, timestamp, list := d.header.Get("webhook-id"), d.header.Get("webhook-timestamp"), d.header.Get("webhook-signature")
	if id == "" || timestamp == "" || list == "" {
		return errors.New("webhook-id, webhook-timestamp or webhook-signature is missing")
	}
	if err := i.signature.fresh(timestamp, i.now()); err != nil {
		return err
	}
	for _, key := range i.signature.keys(i.secret) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + timestamp + "."))
		mac.Write(d.body)
		want := mac.Sum(nil)
		for entry := range strings.FieldsSeq(list) {
			if got, ok := i.signature.parse(entry); ok && hmac.Equal(got, want) {
				return nil
			}
		}
	}
	return errors.New("no signature holds")
}

// configuredKey reads the secret. An empty key is none: everybody has it.
func configuredKey(secret string) [][]byte {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) == 0 {
		return nil
	}
	return [][]byte{key}
}

func withinTolerance(timestamp string, now time.Time) error {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return errors.New("webhook-timestamp is not a time in seconds")
	}
	if now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return errors.New("webhook-timestamp is too far from now")
	}
	return nil
}

// version1 reads "v1," and base64. Other versions are passed over.
func version1(entry string) (code []byte, understood bool) {
	version, text, _ := strings.Cut(entry, ",")
	code, err := base64.StdEncoding.Strict().DecodeString(text)
	return code, version == "v1" && err == nil
}

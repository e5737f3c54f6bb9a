package sign

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Message is what a signature covers.
type Message struct {
	ID   string    // the delivery's event id; some schemes sign it
	Time time.Time // when this attempt is sent; some schemes sign it, in whole seconds
	Body []byte    // the bytes on the wire
}

// Scheme is one way of signing webhooks. Its fields are data and functions without state, safe for concurrent use.
type Scheme struct {
	Name   string // as in webhook.yaml
	Header string // the header that carries the signature

	// Sign gives every header of a signed delivery, signature, id and timestamp alike. The error says what is
	// wrong with the secret and never shows it.
	Sign func(secret string, m Message) (http.Header, error)

	// other gives a well-formed secret from 32 bytes.
	other func(key [sha256.Size]byte) string
}

// OtherSecret gives a secret of the scheme's form that is not the given one: what a stranger would sign with.
// The same secret gives the same other one.
func (s Scheme) OtherSecret(secret string) string {
	return s.other(sha256.Sum256([]byte("not the shared secret\x00" + secret)))
}

var schemes = []Scheme{standardWebhooks, stripe}

// Lookup finds a scheme by name.
func Lookup(name string) (Scheme, bool) {
	i := slices.IndexFunc(schemes, func(s Scheme) bool { return s.Name == name })
	if i < 0 {
		return Scheme{}, false
	}
	return schemes[i], true
}

// Names lists the known schemes, for messages.
func Names() string {
	names := make([]string, len(schemes))
	for i, s := range schemes {
		names[i] = s.Name
	}
	return strings.Join(names, ", ")
}

func hexSecret(prefix string) func([sha256.Size]byte) string {
	return func(key [sha256.Size]byte) string { return prefix + hex.EncodeToString(key[:]) }
}

package sign

import (
	"crypto/sha256"
	"net/http"
	"time"
)

// Message is what a signature covers.
type Message struct {
	ID   string    // the delivery's event id; some schemes sign it
	Time time.Time // when this attempt is sent; some schemes sign it, in whole seconds
	Body []byte    // the bytes on the wire

	// Method and URL are the request's as the receiver sees them publicly; the URL is whole, with scheme and query.
	Method, URL string
	ContentType string // of the body
}

// Parts says what a signature covers beside the body.
type Parts struct{ ID, Time, URL bool }

// Scheme is one way of signing webhooks. Its fields are data and functions without state, safe for concurrent use.
// Every header that its functions give is new, and the caller's to change.
type Scheme struct {
	Name        string // as in webhook.yaml
	Header      string // the header that carries the signature
	IDHeader    string // the header in which the scheme itself sends the message's id; "" if none
	RetryHeader string // the header with which the sender marks a resend and its number; "" if none
	Covers      Parts  // what the signature covers beside the body and travels where it can be changed
	Future      bool   // the vendor's own verification accepts a signed time ahead of its clock

	// Sign gives every header of a signed delivery, signature, id and timestamp alike. The error says what is
	// wrong with the secret and never shows it.
	Sign func(secret string, m Message) (http.Header, error)
	// SignEmpty gives the same, signed with an empty key; nil where no such signature exists.
	SignEmpty func(m Message) http.Header
	// Mix gives the headers of fields with the signature of signature: a delivery whose id and time were changed
	// after signing. nil when the scheme covers neither.
	Mix func(signature, fields http.Header) http.Header
	// Rotate gives one delivery that carries both signatures of the same message, other's first, as senders do
	// while a secret is replaced; nil when the scheme can carry only one.
	Rotate func(other, valid http.Header) http.Header
	// GarbageTime signs a time that is not a number; nil when the scheme covers none.
	GarbageTime func(secret string, m Message) (http.Header, error)
	// Downgrade gives a delivery whose only signature is of an old or unknown version; nil when the scheme has no
	// versions.
	Downgrade func(secret string, m Message) (http.Header, error)
	// Address gives the URL to which m must be sent, where the scheme puts a part of the signature into it
	// (Twilio's bodySHA256); nil when m.URL stands as it is. Sign signs what Address gives.
	Address func(m Message) string

	other func(secret string, key [sha256.Size]byte) string // a secret of the form of the given one
	form  form                                              // of the signature header
}

// OtherSecret gives a secret of the given one's form that is not the given one: what a stranger would sign with.
// The same secret gives the same other one.
func (s Scheme) OtherSecret(secret string) string {
	return s.other(secret, sha256.Sum256([]byte("not the shared secret\x00"+secret)))
}

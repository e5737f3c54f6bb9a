package sign

import (
	"crypto/sha256"
	"maps"
	"net/http"
	"time"
)

// Message is what a signature covers.
type Message struct {
	ID   string    // the event's id; some schemes sign it
	Time time.Time // when this attempt is sent; some schemes sign it
	Body []byte    // the bytes on the wire

	// Method and URL are the request's as the receiver sees them publicly; the URL is whole, with scheme and query.
	Method, URL string
	ContentType string      // of the body
	Header      http.Header // the request's other headers, of which some schemes sign one
}

// Parts are what a signature covers.
type Parts struct {
	Body          bool // all of it
	ID, Time, URL bool // only where it travels beside the body or is put into it, so that it can be changed
}

// Scheme is one way of signing webhooks. Its fields are data and functions without state, safe for concurrent use.
// Every header that its functions return is new, and the caller's to change.
type Scheme struct {
	Name        string // as in webhook.yaml
	Header      string // carries the signature; in the body `body:` and a JSON Pointer (see Embed); "" when deliveries are not signed
	IDHeader    string // the header in which the scheme itself sends the message's id; "" if none
	RetryHeader string // the header with which the sender marks a resend and its number; "" if none
	Covers      Parts
	Fields      []string // where it covers not all of the body: JSON Pointers to fields that it does cover; nil when it covers none
	Future      bool     // the vendor's own verification accepts a signed time ahead of its clock
	Ageless     bool     // it accepts a signed time of any age too
	Rewrites    bool     // the vendor's own library or example verifies the body as it writes it again, and not the bytes that came
	SendsOld    bool     // the sender itself sends what Downgrade returns, beside the signature in Header, for old receivers
	Unsigned    string   // why deliveries are not signed; "" when they are

	// Sign returns every header of a signed delivery, signature, id and timestamp alike. An error names what is
	// wrong with the secret, and never shows it.
	Sign func(secret string, m Message) (http.Header, error)
	// SignEmpty returns the same, signed with an empty key; nil where no such signature exists.
	SignEmpty func(m Message) http.Header
	// Mix returns the headers of fields with the signature of signature: a delivery whose id and time were changed
	// after signing. nil when the scheme covers neither.
	Mix func(signature, fields http.Header) http.Header
	// Rotate returns one delivery that carries several signatures of one message in the given order, as senders do
	// while a secret is replaced; nil when the scheme carries only one. before and after are headers that Sign
	// returned for other secrets, or Downgrade for an unknown version beside the valid one.
	Rotate func(before []http.Header, valid http.Header, after []http.Header) http.Header
	// GarbageTime signs a time that is not a number; nil when the scheme covers none, or the vendor's library accepts it.
	GarbageTime func(secret string, m Message) (http.Header, error)
	// Downgrade returns a delivery whose only signature is of an old or unknown version; nil when the scheme has no
	// versions, or the vendor's library ignores them.
	Downgrade func(secret string, m Message) (http.Header, error)
	// Address returns the URL to which m must be sent, where the scheme puts a part of the signature into it
	// (Twilio's bodySHA256); nil when m.URL is unchanged. Sign signs what Address returns.
	Address func(m Message) string
	// Embed moves what travels in the body (Adyen's hmacSignature, Linear's webhookTimestamp) from the headers that
	// the functions above return into the body that is sent. It is nil where all travels in headers. A signature
	// that signed lacks is removed from the body; a body that is no JSON document is returned as it is.
	Embed func(signed http.Header, body []byte) (http.Header, []byte)

	other   func(secret string, key [sha256.Size]byte) string // a secret of the form of the given one
	form    form                                              // of the signature header
	also    func(name string) bool                            // reports whether a header carries a further signature; nil: none does
	lenient []string                                          // malformed variants that the vendor's own library accepts
	more    func(signed http.Header) []Variant                // malformed variants of the scheme's own; nil: none
}

// OtherSecret returns a secret of the given one's form that is not the given one: what a stranger would sign with.
// The same secret has the same other one.
func (s Scheme) OtherSecret(secret string) string {
	return s.other(secret, sha256.Sum256([]byte("not the shared secret\x00"+secret)))
}

// Strip returns signed without any signature.
func (s Scheme) Strip(signed http.Header) http.Header {
	bare := s.single(signed)
	bare.Del(s.Header)
	return bare
}

// single returns signed with no signature but the one in Header.
func (s Scheme) single(signed http.Header) http.Header {
	h := signed.Clone()
	if h == nil {
		h = http.Header{}
	}
	if s.also != nil {
		maps.DeleteFunc(h, func(name string, _ []string) bool { return s.also(name) })
	}
	return h
}

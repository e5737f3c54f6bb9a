package sign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"net/http"
	"slices"
	"strconv"
)

// signer signs with one key, under the version that its signatures carry.
type signer struct {
	version string
	sign    func(text []byte) []byte
}

// recipe is what is a scheme's own: how to get a signer and where its signature goes.
type recipe struct {
	signer func(secret string) (signer, error)
	empty  *signer // with an empty key; nil when there is none
	old    string  // the version that a downgraded delivery claims; "" when there are none
	write  func(s signer, m Message, seconds string) http.Header
}

// notANumber is the time of GarbageTime. It is a token, so that it may stand wherever a number may.
const notANumber = "not-a-number"

// fill completes s with what follows from r and s.Covers.
func (r recipe) fill(s Scheme) Scheme {
	with := func(seconds func(Message) string, version string) func(string, Message) (http.Header, error) {
		return func(secret string, m Message) (http.Header, error) {
			key, err := r.signer(secret)
			if err != nil {
				return nil, err
			}
			if version != "" {
				key.version = version
			}
			return r.write(key, m, seconds(m)), nil
		}
	}
	s.Sign = with(unix, "")
	if r.empty != nil {
		s.SignEmpty = func(m Message) http.Header { return r.write(*r.empty, m, unix(m)) }
	}
	if s.Covers.Time {
		s.GarbageTime = with(func(Message) string { return notANumber }, "")
	}
	if r.old != "" {
		// The signature itself is right, so that a receiver which does not look at the version accepts it.
		s.Downgrade = with(unix, r.old)
	}
	if s.Mix == nil && (s.Covers.ID || s.Covers.Time) {
		s.Mix = func(signature, fields http.Header) http.Header {
			return replaced(fields, s.Header, signature.Get(s.Header))
		}
	}
	return s
}

func unix(m Message) string { return strconv.FormatInt(m.Time.Unix(), 10) }

// replaced is h with one header set anew.
func replaced(h http.Header, name, value string) http.Header {
	h = h.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set(name, value)
	return h
}

// headers makes a header of names and values by turns. A value that is empty is left out.
func headers(pairs ...string) http.Header {
	h := http.Header{}
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] != "" {
			h.Set(pair[0], pair[1])
		}
	}
	return h
}

func keyed(newHash func() hash.Hash, version string, key []byte) signer {
	return signer{version: version, sign: func(text []byte) []byte {
		mac := hmac.New(newHash, key)
		mac.Write(text)
		return mac.Sum(nil)
	}}
}

// text is the recipe of the schemes whose key is the secret's own bytes.
func text(newHash func() hash.Hash, version string, write func(signer, Message, string) http.Header) recipe {
	empty := keyed(newHash, version, nil)
	return recipe{
		signer: func(secret string) (signer, error) {
			if secret == "" {
				return signer{}, errors.New("the secret is empty")
			}
			return keyed(newHash, version, []byte(secret)), nil
		},
		empty: &empty,
		write: write,
	}
}

func hexSecret(prefix string) func(string, [sha256.Size]byte) string {
	return func(_ string, key [sha256.Size]byte) string { return prefix + hex.EncodeToString(key[:]) }
}

// encoding is a way to write a signature's bytes as text.
type encoding struct {
	encode func([]byte) string
	decode func(string) ([]byte, error)
	base64 bool
}

var (
	inHex    = encoding{encode: hex.EncodeToString, decode: hex.DecodeString}
	inBase64 = encoding{encode: base64.StdEncoding.EncodeToString, decode: base64.StdEncoding.DecodeString, base64: true}
)

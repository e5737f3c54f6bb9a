package sign

import (
	"crypto/hmac"
	"crypto/sha256"
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
	sha1    func(text []byte) []byte // beside it; nil: no second signature
}

// recipe is what is a scheme's own: how to get a signer and where its signature goes.
type recipe struct {
	signer func(secret string) (signer, error)
	empty  *signer              // with an empty key; nil when there is none
	old    string               // the version that a downgraded delivery claims; "" when there are none
	time   func(Message) string // how the time is written; nil: Unix seconds
	write  func(s signer, m Message, at string) http.Header
}

// notANumber is the time of GarbageTime. It is a token (RFC 9110), so that it is allowed wherever a number is.
const notANumber = "not-a-number"

// fill completes s with what follows from r, s.Covers and s.form.
func (r recipe) fill(s Scheme) Scheme {
	if r.time == nil {
		r.time = unix
	}
	with := func(time func(Message) string, version string) func(string, Message) (http.Header, error) {
		return func(secret string, m Message) (http.Header, error) {
			key, err := r.signer(secret)
			if err != nil {
				return nil, err
			}
			if version != "" {
				key.version = version
			}
			return r.write(key, m, time(m)), nil
		}
	}
	s.Sign = with(r.time, "")
	if r.empty != nil {
		s.SignEmpty = func(m Message) http.Header { return r.write(*r.empty, m, r.time(m)) }
	}
	if s.Covers.Time {
		s.GarbageTime = with(func(Message) string { return notANumber }, "")
	}
	if r.old != "" {
		// The signature itself is right, so that a receiver which ignores the version accepts it.
		s.Downgrade = with(r.time, r.old)
	}
	if s.Covers.ID || s.Covers.Time {
		s.Mix = func(signature, fields http.Header) http.Header {
			return replaced(fields, s.Header, s.form.mix(signature.Get(s.Header), fields.Get(s.Header)))
		}
	}
	if s.Rotate == nil && s.form.separator != "" {
		s.Rotate = func(before []http.Header, valid http.Header, after []http.Header) http.Header {
			var values []string
			for _, h := range slices.Concat(before, []http.Header{valid}, after) {
				values = append(values, h.Get(s.Header))
			}
			return replaced(valid, s.Header, s.form.join(values...))
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
func text(newHash func() hash.Hash, write func(signer, Message, string) http.Header) recipe {
	empty := keyed(newHash, "", nil)
	return recipe{
		signer: func(secret string) (signer, error) {
			if secret == "" {
				return signer{}, errors.New("the secret is empty")
			}
			return keyed(newHash, "", []byte(secret)), nil
		},
		empty: &empty,
		write: write,
	}
}

func hexSecret(_ string, key [sha256.Size]byte) string { return hex.EncodeToString(key[:]) }

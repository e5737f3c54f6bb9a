package receivers

import (
	"bytes"
	"errors"
	"unicode/utf8"
)

// The bugs of texts that not every parser and store can hold.

// PostgreSQL's text and jsonb hold no U+0000: the insert fails.
var nulCrashes = Receiver{
	Name: "nul-crashes", Number: 36,
	Bug:  "hands U+0000 to a store that cannot hold it",
	Case: "text-nul",
	change: func(s *steps) {
		carryOut := s.carryOut
		s.carryOut = func(i *Instance, d *delivery, mine *row) (reply, error) {
			if bytes.Contains(d.body, []byte(`\u0000`)) {
				return reply{}, errors.New("unsupported Unicode escape sequence")
			}
			return carryOut(i, d, mine)
		}
	},
}

var surrogateCrashes = Receiver{
	Name: "surrogate-crashes", Number: 37,
	Bug:  "panics when it encodes half of a surrogate pair again",
	Case: "text-surrogate",
	change: func(s *steps) {
		s.decode = panics(halfPair)
	},
}

var notUTF8Crashes = Receiver{
	Name: "not-utf8-crashes", Number: 38,
	Bug:  "panics on a body that is not UTF-8",
	Case: "text-not-utf8",
	change: func(s *steps) {
		s.decode = panics(func(body []byte) bool { return !utf8.Valid(body) })
	},
}

// panics decodes a body, unless it cannot bear it.
func panics(on func(body []byte) bool) func(*delivery) error {
	return func(d *delivery) error {
		if on(d.body) {
			panic("surrogates not allowed")
		}
		return namedByHeader(d)
	}
}

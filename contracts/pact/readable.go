package pact

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"

	"github.com/fridaygate/fridaygate/contracts/pact/wire"
)

// readable returns the answer for libpact_ffi: the same bytes, but for two things that the library cannot read. Its HTTP
// client takes no folded fields, which become one line (RFC 9112 section 5.2). It compares bytes with the pact's text and
// does not look at the charset, so a body in another charset is written in UTF-8.
func readable(answer *wire.Message) *wire.Message {
	seen := *answer
	seen.Head = answer.Unfold()
	charset := charsetOf(answer)
	if charset == nil {
		return &seen
	}
	text, err := charset.NewDecoder().Bytes(decoded(answer))
	if err != nil {
		return &seen
	}
	seen.Set("Content-Encoding")
	seen.SetContent(text)
	return &seen
}

// charsetOf returns the charset that the answer names for its body; nil if it names none, UTF-8, or one that is not
// known.
func charsetOf(m *wire.Message) encoding.Encoding {
	if len(m.Content()) == 0 {
		return nil
	}
	kind, parameters, err := mime.ParseMediaType(strings.Join(m.Values("Content-Type"), ", "))
	if err != nil {
		return nil
	}
	name := strings.ToLower(parameters["charset"])
	if slices.Contains([]string{"", "utf-8", "utf8", "us-ascii"}, name) {
		return nil
	}
	if strings.Contains(kind, "json") && !strings.HasPrefix(name, "utf-") && utf8.Valid(decoded(m)) {
		return nil // JSON is UTF-8 whatever its charset parameter says (RFC 8259 sections 8.1 and 11)
	}
	charset, err := ianaindex.MIME.Encoding(name)
	if err != nil {
		return nil
	}
	return charset
}

// decoded returns the body of an answer without its framing and, if it can be read, without its compression.
func decoded(m *wire.Message) []byte {
	var r io.Reader
	var err error
	switch coding := strings.Join(m.Values("Content-Encoding"), ", "); coding {
	case "gzip":
		r, err = gzip.NewReader(bytes.NewReader(m.Content()))
	case "deflate": // zlib by its name, and bare in the wild (RFC 9110 section 8.4.1.2)
		if r, err = zlib.NewReader(bytes.NewReader(m.Content())); err != nil {
			r, err = flate.NewReader(bytes.NewReader(m.Content())), nil
		}
	default:
		return m.Content()
	}
	if err != nil {
		return m.Content()
	}
	body, err := io.ReadAll(io.LimitReader(r, answerLimit))
	if err != nil {
		return m.Content()
	}
	return body
}

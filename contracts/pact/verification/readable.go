package verification

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"

	"github.com/fridaygate/fridaygate/contracts/pact/wire"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// readable returns the answer for libpact_ffi: the same bytes, but for three things that the library cannot read. Its HTTP
// client takes no folded fields, which become one line (RFC 9112 section 5.2), and not every name of a compression, which
// is undone. It compares bytes with the pact's text and does not look at the charset, so text is written in UTF-8.
func readable(answer *wire.Message) *wire.Message {
	seen := *answer
	seen.Head = answer.Unfold()
	body, changed := decompressed(answer)
	if charset := charsetOf(answer); charset != nil {
		if text, err := charset.NewDecoder().Bytes(body); err == nil {
			body, changed = text, true
		}
	}
	if changed {
		seen.SetContent(body)
	}
	if changed || len(body) == 0 { // of an empty body that is said to be compressed the library compares nothing
		seen.Set("Content-Encoding")
	}
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
	body, _ := decompressed(m)
	if strings.Contains(kind, "json") && !strings.HasPrefix(name, "utf-") && utf8.Valid(body) {
		return nil // JSON is UTF-8 whatever its charset parameter says (RFC 8259 sections 8.1 and 11)
	}
	charset, err := ianaindex.MIME.Encoding(name)
	if err != nil {
		return nil
	}
	return charset
}

// decompressed returns the body of an answer without its framing and its compression, and whether it had one. A body that
// cannot be read is returned as it is.
func decompressed(m *wire.Message) (body []byte, changed bool) {
	if len(m.Content()) == 0 {
		return nil, false
	}
	var r io.Reader
	var err error
	switch strings.ToLower(strings.Join(m.Values("Content-Encoding"), ", ")) {
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(bytes.NewReader(m.Content()))
	case "deflate": // zlib by its name, and bare in the wild (RFC 9110 section 8.4.1.2)
		if r, err = zlib.NewReader(bytes.NewReader(m.Content())); err != nil {
			r, err = flate.NewReader(bytes.NewReader(m.Content())), nil
		}
	default:
		return m.Content(), false
	}
	if err != nil {
		return m.Content(), false
	}
	if body, err = io.ReadAll(io.LimitReader(r, answerLimit)); err != nil {
		return m.Content(), false
	}
	return body, true
}

// lookAtCompression looks again at a compressed body that is not the pact's: the pact may have the compressed bytes, and
// of a body that cannot be decompressed nothing is known.
func (p *planned) lookAtCompression(r *Result) {
	if p.wire.answer == nil || p.err != nil {
		return
	}
	coding := strings.Join(p.wire.answer.Values("Content-Encoding"), ", ")
	if coding == "" || strings.EqualFold(coding, "identity") {
		return
	}
	kept := slices.DeleteFunc(slices.Clone(r.Mismatches), func(m Mismatch) bool { return m.Part == "body" })
	_, known := decompressed(p.wire.answer)
	switch {
	case len(kept) == len(r.Mismatches):
	case p.expectedBytes() != nil && bytes.Equal(p.wire.answer.Content(), p.expectedBytes()):
		r.Mismatches = kept
		if len(kept) == 0 {
			r.Verdict = verdict.Pass
		}
	case !known && len(kept) == 0 && len(p.wire.answer.Content()) > 0:
		r.Verdict, r.Mismatches = verdict.Unknown, nil
		r.Reason = fmt.Sprintf("the answer's body cannot be compared: its Content-Encoding is %s, and gzip and deflate can be read", coding)
	}
}

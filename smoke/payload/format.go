package payload

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"strings"
)

// Kind is the outermost syntax of a body.
type Kind string

// The kinds. The zero value is JSON if the body is JSON, and Text otherwise.
const (
	JSON      Kind = "json"
	NDJSON    Kind = "ndjson"    // one JSON document a line
	Form      Kind = "form"      // application/x-www-form-urlencoded (WHATWG URL Standard, section 5)
	Multipart Kind = "multipart" // multipart/form-data (RFC 7578)
	XML       Kind = "xml"
	Text      Kind = "text" // bytes without a structure that is known here
)

// Kinds lists every kind that a contract may name.
var Kinds = []Kind{JSON, NDJSON, Form, Multipart, XML, Text}

// KindOf returns the kind of a media type, or "" for one that does not fix the syntax, such as text/plain, under which some
// senders deliver JSON.
func KindOf(contentType string) Kind {
	media, _, _ := mime.ParseMediaType(contentType) // an invalid one has no kind
	switch {
	case media == "application/x-www-form-urlencoded":
		return Form
	case media == "multipart/form-data":
		return Multipart
	case media == "application/x-ndjson", media == "application/ndjson", media == "application/jsonl", media == "application/jsonlines":
		return NDJSON
	case media == "application/json", strings.HasSuffix(media, "+json"):
		return JSON
	case media == "application/xml", media == "text/xml", strings.HasSuffix(media, "+xml"):
		return XML
	}
	return ""
}

// Format describes how a body holds its documents.
type Format struct {
	Kind   Kind
	Field  string // of Form and Multipart: the field whose value is the document; "": the fields themselves are
	Events string // JSON Pointer to the events of a batch, in which * matches every element or member; "": the document is one event
}

// Body is a body and the documents in it.
type Body struct {
	text  []byte
	parts []part
}

// part is a document within a body.
type part struct {
	start, end int
	plain      []byte // the document, decoded
	// where each byte of plain starts in the body, and where the last one ends; nil: plain is the body from start on
	at     []int
	encode func([]byte) []byte // nil: as it is
}

// Parse finds the documents. A body always has at least one; the error says what is missing or malformed.
func (f Format) Parse(body []byte) (Body, error) {
	parts, err := f.parts(body)
	if err != nil {
		return Body{}, err
	}
	if f.Events != "" {
		if parts, err = events(parts, f.Events); err != nil {
			return Body{}, err
		}
	}
	return Body{text: body, parts: parts}, nil
}

func (f Format) parts(body []byte) ([]part, error) {
	switch {
	case f.Kind == NDJSON:
		return lines(body)
	case f.Field != "" && (f.Kind == Form || f.Kind == Multipart):
		return inField(f, body)
	}
	return []part{{end: len(body), plain: body}}, nil
}

func inField(f Format, body []byte) ([]part, error) {
	fields, err := Fields(f.Kind, body)
	if err != nil {
		return nil, err
	}
	for _, one := range fields {
		if one.Name == f.Field && one.Value != nil {
			return []part{one.part()}, nil
		}
	}
	return nil, fmt.Errorf("it has no field %s", f.Field)
}

// lines splits NDJSON. Blank lines are no documents.
func lines(body []byte) ([]part, error) {
	var all []part
	start := 0
	for line := range bytes.Lines(body) {
		if text := bytes.TrimSpace(line); len(text) > 0 {
			from := start + bytes.Index(line, text)
			all = append(all, part{start: from, end: from + len(text), plain: text, encode: oneLine})
		}
		start += len(line)
	}
	if len(all) == 0 {
		return nil, errors.New("it has no line with a document")
	}
	return all, nil
}

// oneLine drops line breaks, which are only white space in JSON.
func oneLine(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, text)
}

// Len is the number of documents.
func (b Body) Len() int { return len(b.parts) }

// Document returns document i, decoded from what it is wrapped in.
func (b Body) Document(i int) []byte { return b.parts[i].plain }

// With returns the body with document i replaced, in the encoding of its place. Only the bytes between the first and
// the last difference change.
func (b Body) With(i int, document []byte) []byte {
	from, to, middle := b.parts[i].change(document)
	return bytes.Join([][]byte{b.text[:from], middle, b.text[to:]}, nil)
}

// WithAll is With for every document at once.
func (b Body) WithAll(documents [][]byte) []byte {
	out := make([]byte, 0, len(b.text))
	at := 0
	for i, document := range documents {
		from, to, middle := b.parts[i].change(document)
		out = append(append(out, b.text[at:from]...), middle...)
		at = to
	}
	return append(out, b.text[at:]...)
}

// change returns what to write between which offsets of the body to make the document another.
func (p part) change(document []byte) (from, to int, middle []byte) {
	same := commonPrefix(p.plain, document)
	rest := min(len(p.plain), len(document)) - same
	tail := commonSuffix(p.plain[len(p.plain)-rest:], document[len(document)-rest:])
	middle = document[same : len(document)-tail]
	if p.encode != nil {
		middle = p.encode(middle)
	}
	return p.offset(same), p.offset(len(p.plain) - tail), middle
}

// offset returns the position in the body of byte i of the document.
func (p part) offset(i int) int {
	if p.at == nil {
		return p.start + i
	}
	return p.at[i]
}

// slice returns the part of the document from its byte start to its byte end.
func (p part) slice(start, end int) part {
	inner := part{start: p.offset(start), end: p.offset(end), plain: p.plain[start:end], encode: p.encode}
	if p.at != nil {
		inner.at = p.at[start : end+1]
	}
	return inner
}

func commonPrefix(a, b []byte) (n int) {
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func commonSuffix(a, b []byte) (n int) {
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

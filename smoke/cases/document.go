package cases

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// document is a JSON text together with where its scalars stand, so that one can be replaced and every other
// byte kept.
type document struct {
	text   []byte
	leaves []leaf // in document order
}

// leaf is one scalar of a document.
type leaf struct {
	pointer    string // JSON Pointer (RFC 6901)
	start, end int    // its bytes, as offsets
	kind       jsontext.Kind
	raw        jsontext.Value
}

// parse reads one JSON value. A duplicate key in an object and invalid UTF-8 are errors.
func parse(text []byte) (document, error) {
	doc := document{text: text}
	d := jsontext.NewDecoder(bytes.NewReader(text))
	if err := doc.walk(d, ""); err != nil {
		return document{}, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return document{}, errors.New("more than one JSON value")
	}
	return doc, nil
}

func (doc *document) walk(d *jsontext.Decoder, pointer string) error {
	opening := d.PeekKind()
	if opening != '{' && opening != '[' {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		end := int(d.InputOffset())
		doc.leaves = append(doc.leaves, leaf{pointer, end - len(raw), end, raw.Kind(), raw.Clone()})
		return nil
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for i := 0; ; i++ {
		switch d.PeekKind() {
		case '}', ']':
			_, err := d.ReadToken()
			return err
		}
		key := strconv.Itoa(i)
		if opening == '{' {
			name, err := d.ReadToken()
			if err != nil {
				return err
			}
			key = escape.Replace(name.String())
		}
		if err := doc.walk(d, pointer+"/"+key); err != nil {
			return err
		}
	}
}

var escape = strings.NewReplacer("~", "~0", "/", "~1")

func (doc document) at(pointer string) (leaf, bool) {
	i := slices.IndexFunc(doc.leaves, func(l leaf) bool { return l.pointer == pointer })
	if i < 0 {
		return leaf{}, false
	}
	return doc.leaves[i], true
}

// with gives the text with one scalar replaced.
func (doc document) with(l leaf, raw []byte) []byte {
	return slices.Concat(doc.text[:l.start], raw, doc.text[l.end:])
}

// text is what a string holds, or how a number is written.
func (l leaf) text() string {
	if l.kind != '"' {
		return string(l.raw)
	}
	unquoted, _ := jsontext.AppendUnquote(nil, l.raw) // it was valid when it was parsed
	return string(unquoted)
}

// as gives the JSON of text in the leaf's own kind: a number stays a number.
func (l leaf) as(text string) []byte {
	if l.kind != '"' {
		return []byte(text)
	}
	quoted, _ := jsontext.AppendQuote(nil, text) // only invalid UTF-8 fails, and is replaced
	return quoted
}

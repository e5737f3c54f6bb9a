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

// document is a JSON text together with where its values stand, so that one can be replaced, added or taken out
// and every other byte kept.
type document struct {
	text []byte
	all  []node // in document order; the first is the whole value
}

// node is one value of a document.
type node struct {
	pointer    string // JSON Pointer (RFC 6901)
	start, end int    // its bytes, as offsets
	kind       jsontext.Kind
	raw        jsontext.Value // of a scalar
	name       jsontext.Value // of an object's member, quoted; nil for others
	from       int            // where the member with its name starts
	parent     int            // index of the object or array around it; -1 for the whole value
	children   []int          // indices, in order
}

// parse reads one JSON value. A duplicate key in an object and invalid UTF-8 are errors.
func parse(text []byte) (document, error) {
	doc := document{text: text}
	d := jsontext.NewDecoder(bytes.NewReader(text))
	if err := doc.walk(d, node{parent: -1}); err != nil {
		return document{}, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return document{}, errors.New("more than one JSON value")
	}
	return doc, nil
}

// walk reads the value n, of which everything around it is known.
func (doc *document) walk(d *jsontext.Decoder, n node) error {
	n.kind = d.PeekKind()
	me := len(doc.all)
	if n.parent >= 0 {
		around := &doc.all[n.parent]
		around.children = append(around.children, me)
	}
	if n.kind != '{' && n.kind != '[' {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		n.end = int(d.InputOffset())
		n.start, n.kind, n.raw = n.end-len(raw), raw.Kind(), raw.Clone()
		doc.all = append(doc.all, n.placed())
		return nil
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	n.start = int(d.InputOffset()) - 1
	doc.all = append(doc.all, n.placed())
	for i := 0; ; i++ {
		switch d.PeekKind() {
		case '}', ']':
			_, err := d.ReadToken()
			doc.all[me].end = int(d.InputOffset())
			return err
		}
		child := node{parent: me, pointer: n.pointer + "/" + strconv.Itoa(i)}
		if n.kind == '{' {
			name, err := d.ReadValue()
			if err != nil {
				return err
			}
			child.name, child.from = name.Clone(), int(d.InputOffset())-len(name)
			child.pointer = n.pointer + "/" + escape.Replace(unquote(child.name))
		}
		if err := doc.walk(d, child); err != nil {
			return err
		}
	}
}

func (n node) placed() node {
	if n.name == nil {
		n.from = n.start
	}
	return n
}

var escape = strings.NewReplacer("~", "~0", "/", "~1")

func unquote(raw jsontext.Value) string {
	text, _ := jsontext.AppendUnquote(nil, raw) // it was valid when it was parsed
	return string(text)
}

func (doc document) at(pointer string) (node, bool) {
	i := slices.IndexFunc(doc.all, func(n node) bool { return n.pointer == pointer })
	if i < 0 {
		return node{}, false
	}
	return doc.all[i], true
}

// scalars are the values that hold no others, in document order.
func (doc document) scalars() []node {
	return slices.DeleteFunc(slices.Clone(doc.all), func(n node) bool { return n.raw == nil })
}

// with gives the text with one value replaced.
func (doc document) with(n node, raw []byte) []byte {
	return slices.Concat(doc.text[:n.start], raw, doc.text[n.end:])
}

// without gives the text with one member or element taken out, and a comma with it.
func (doc document) without(n node) []byte {
	siblings := doc.all[n.parent].children
	at := slices.IndexFunc(siblings, func(i int) bool { return doc.all[i].start == n.start })
	from, to := n.from, n.end
	switch {
	case at+1 < len(siblings):
		to = doc.all[siblings[at+1]].from
	case at > 0:
		from = doc.all[siblings[at-1]].end
	}
	return slices.Concat(doc.text[:from], doc.text[to:])
}

// adding gives the text with a member put first into an object.
func (doc document) adding(object node, name string, raw []byte) []byte {
	quoted, _ := jsontext.AppendQuote(nil, name) // only invalid UTF-8 fails, and is replaced
	member := slices.Concat(quoted, []byte(":"), raw)
	if len(object.children) > 0 {
		member = append(member, ',')
	}
	return slices.Concat(doc.text[:object.start+1], member, doc.text[object.start+1:])
}

// text is what a string holds, or how a number is written.
func (n node) text() string {
	if n.kind != '"' {
		return string(n.raw)
	}
	return unquote(n.raw)
}

// as gives the JSON of text in the value's own kind: a number stays a number.
func (n node) as(text string) []byte {
	if n.kind != '"' {
		return []byte(text)
	}
	quoted, _ := jsontext.AppendQuote(nil, text) // only invalid UTF-8 fails, and is replaced
	return quoted
}

// key is the last token of the value's pointer.
func (n node) key() string { return n.pointer[strings.LastIndexByte(n.pointer, '/')+1:] }

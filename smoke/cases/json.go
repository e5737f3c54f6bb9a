package cases

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/smoke/payload"
)

// asJSON is the syntax of JSON (RFC 8259).
type asJSON struct{}

// parse reads one JSON value. A duplicate key in an object, invalid UTF-8, and numbers and nesting that no reader
// can be expected to hold are errors.
func (asJSON) parse(text []byte) (document, error) {
	if err := payload.Bounded(text); err != nil {
		return document{}, err
	}
	doc := document{text: text, syntax: asJSON{}}
	d := jsontext.NewDecoder(bytes.NewReader(text))
	if err := doc.walk(d, node{parent: -1}); err != nil {
		return document{}, err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return document{}, errors.New("more than one JSON value")
	}
	return doc, nil
}

// parse reads one JSON document.
func parse(text []byte) (document, error) { return asJSON{}.parse(text) }

// walk reads the value n, of which everything around it is known.
func (doc *document) walk(d *jsontext.Decoder, n node) error {
	if len(doc.all) == maxValues {
		return errTooMany
	}
	n.kind = d.PeekKind()
	if n.kind != '{' && n.kind != '[' {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		n.end = int(d.InputOffset())
		n.start, n.kind = n.end-len(raw), raw.Kind()
		n.raw = doc.text[n.start:n.end:n.end]
		n.to = n.end
		doc.add(n.begun())
		return nil
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	n.start = int(d.InputOffset()) - 1
	me := doc.add(n.begun())
	for i := 0; ; i++ {
		switch d.PeekKind() {
		case '}', ']':
			_, err := d.ReadToken()
			doc.all[me].end = int(d.InputOffset())
			doc.all[me].to = doc.all[me].end
			return err
		}
		child := node{parent: me, pointer: n.pointer + "/" + strconv.Itoa(i)}
		if n.kind == '{' {
			name, err := d.ReadValue()
			if err != nil {
				return err
			}
			end := int(d.InputOffset())
			child.from = end - len(name)
			child.name = doc.text[child.from:end:end]
			child.pointer = below(n.pointer, unquote(child.name))
		}
		if err := doc.walk(d, child); err != nil {
			return err
		}
	}
}

func (n node) begun() node {
	if n.name == nil {
		n.from = n.start
	}
	return n
}

func unquote(raw []byte) string {
	text, _ := jsontext.AppendUnquote(nil, raw) // it was valid when it was parsed
	return string(text)
}

func quote(text string) []byte {
	quoted, _ := jsontext.AppendQuote(nil, text) // only invalid UTF-8 fails, and is replaced
	return quoted
}

func (asJSON) text(n node) string {
	if n.kind != '"' {
		return string(n.raw)
	}
	return unquote(n.raw)
}

func (asJSON) value(n node, text string) []byte {
	if n.kind != '"' {
		return []byte(text)
	}
	return quote(text)
}

// without takes a comma out with a member.
func (asJSON) without(doc document, n node) []byte {
	siblings := doc.all[n.parent].children
	at := slices.IndexFunc(siblings, func(i int) bool { return doc.all[i].start == n.start })
	from, to := n.from, n.to
	switch {
	case at+1 < len(siblings):
		to = doc.all[siblings[at+1]].from
	case at > 0:
		from = doc.all[siblings[at-1]].to
	}
	return slices.Concat(doc.text[:from], doc.text[to:])
}

func (asJSON) adding(doc document, object node, name string, value addition) []byte {
	raw := []byte(value.text)
	if !value.bare {
		raw = quote(value.text)
	}
	member := slices.Concat(quote(name), []byte(":"), raw)
	if len(object.children) > 0 {
		member = append(member, ',')
	}
	return slices.Concat(doc.text[:object.start+1], member, doc.text[object.start+1:])
}

// reordered writes the members of every object in reverse.
func (asJSON) reordered(doc document) ([]byte, error) {
	return doc.arranged(doc.all[0], slices.Reverse[[][]byte]), nil
}

// sorted writes the members of every object in alphabetical order, as JSON writers do that keep objects in maps.
func (doc document) sorted() []byte {
	return doc.arranged(doc.all[0], func(members [][]byte) { slices.SortFunc(members, bytes.Compare) })
}

// arranged writes a value without white space, and the members of its objects in another order.
func (doc document) arranged(n node, arrange func(members [][]byte)) []byte {
	if n.raw != nil {
		return n.raw
	}
	parts := make([][]byte, len(n.children))
	for i, child := range doc.childrenOf(n) {
		parts[i] = doc.arranged(child, arrange)
		if child.name != nil {
			parts[i] = slices.Concat(child.name, []byte(":"), parts[i])
		}
	}
	if n.kind == '[' {
		return slices.Concat([]byte("["), bytes.Join(parts, []byte(",")), []byte("]"))
	}
	arrange(parts)
	return slices.Concat([]byte("{"), bytes.Join(parts, []byte(",")), []byte("}"))
}

// respaced writes a document on one line if it was on several, else indented.
func (asJSON) respaced(doc document) ([]byte, error) {
	var out bytes.Buffer
	if err := json.Compact(&out, doc.text); err != nil {
		return nil, err
	}
	if bytes.Equal(out.Bytes(), doc.text) {
		out.Reset()
		if err := json.Indent(&out, doc.text, "", "  "); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// escaped writes \u00e9 for é, and \/ for /.
func (asJSON) escaped(n node, chosen func(rune) bool) []byte {
	out := []byte{'"'}
	for _, r := range n.text() {
		switch {
		case r == '/' && chosen(r):
			out = append(out, `\/`...)
		case chosen(r) && r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case chosen(r):
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			quoted := quote(string(r))
			out = append(out, quoted[1:len(quoted)-1]...)
		}
	}
	return append(out, '"')
}

func (asJSON) same(a, b []byte) bool { return sameJSON(a, b) }

package cases

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/smoke/payload"
)

// asFields is the syntax of a form whose fields are the event: application/x-www-form-urlencoded or
// multipart/form-data.
type asFields struct{ kind payload.Kind }

// numeric matches a text that is written like a JSON number.
var numeric = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)

func jsonKind(text []byte) jsontext.Kind {
	if numeric.Match(text) {
		return '0'
	}
	return '"'
}

// parse reads the fields. Uploaded files and names without a value hold nothing that is edited.
func (s asFields) parse(text []byte) (document, error) {
	fields, err := payload.Fields(s.kind, text)
	if err != nil {
		return document{}, err
	}
	if len(fields) >= maxValues {
		return document{}, errTooMany
	}
	doc := document{text: text, syntax: s}
	doc.add(node{parent: -1, kind: '{', end: len(text), to: len(text)})
	for _, f := range fields {
		n := node{
			pointer: below("", f.Name), start: f.Start, end: f.End, from: f.From, to: f.To, name: text[f.From:f.Start], kind: 'n',
		}
		if f.Value != nil {
			n.kind, n.raw = jsonKind(f.Value), text[f.Start:f.End:f.End]
		}
		doc.add(n)
	}
	return doc, nil
}

func (s asFields) text(n node) string {
	if s.kind == payload.Multipart {
		return string(n.raw)
	}
	decoded, _ := url.QueryUnescape(string(n.raw)) // it was valid when it was parsed
	return decoded
}

func (s asFields) value(_ node, text string) []byte {
	if s.kind == payload.Multipart {
		return []byte(text)
	}
	return []byte(url.QueryEscape(text))
}

// separator returns what is between two fields.
func (s asFields) separator(doc document) []byte {
	if s.kind != payload.Multipart {
		return []byte("&")
	}
	boundary, _ := payload.Boundary(doc.text) // it was there when it was parsed
	return []byte("\r\n--" + boundary + "\r\n")
}

func (s asFields) without(doc document, n node) []byte {
	separator := len(s.separator(doc))
	fields := doc.childrenOf(doc.all[0])
	switch last := fields[len(fields)-1]; {
	case len(fields) == 1:
		return doc.text // a form has a field
	case n.from == last.from:
		return slices.Concat(doc.text[:n.from-separator], doc.text[n.to:])
	}
	return slices.Concat(doc.text[:n.from], doc.text[min(n.to+separator, len(doc.text)):])
}

func (s asFields) adding(doc document, object node, name string, value addition) []byte {
	field := []byte(url.QueryEscape(name) + "=" + url.QueryEscape(value.text))
	at := doc.childrenOf(object)[0].from
	if s.kind == payload.Multipart {
		field = []byte("Content-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value.text)
	}
	return slices.Concat(doc.text[:at], field, s.separator(doc), doc.text[at:])
}

// reordered writes the fields in reverse; those of one name keep their order, which may have a meaning.
func (s asFields) reordered(doc document) ([]byte, error) {
	fields := doc.childrenOf(doc.all[0])
	return doc.permuted(fields, backward(fields)), nil
}

func (asFields) respaced(document) ([]byte, error) {
	return nil, notApplicable("a form has no white space between its fields")
}

// escaped writes %63 for c. Multipart fields have no escapes.
func (s asFields) escaped(n node, chosen func(rune) bool) []byte {
	if s.kind == payload.Multipart || !utf8.ValidString(n.text()) {
		return n.raw
	}
	var out []byte
	for _, r := range n.text() {
		if chosen(r) && r < 0x80 {
			out = append(out, '%', "0123456789ABCDEF"[r>>4], "0123456789ABCDEF"[r&15])
			continue
		}
		out = append(out, url.QueryEscape(string(r))...)
	}
	return out
}

// same compares the fields by name, those of one name in their order.
func (s asFields) same(a, b []byte) bool {
	x, errX := s.parse(a)
	y, errY := s.parse(b)
	if errX != nil || errY != nil || len(x.all) != len(y.all) {
		return false
	}
	content := func(doc document) map[string][]string {
		all := map[string][]string{}
		for _, n := range doc.all[1:] {
			all[n.pointer] = append(all[n.pointer], string(doc.text[n.start:n.end]))
			if n.raw != nil {
				all[n.pointer][len(all[n.pointer])-1] = n.text()
			}
		}
		return all
	}
	one, other := content(x), content(y)
	for name, values := range one {
		if !slices.Equal(values, other[name]) {
			return false
		}
	}
	return true
}

// singleJSON returns the name of the form's only field if it holds a JSON object or array, as GitHub's and Slack's
// payload does; "" otherwise.
func singleJSON(body []byte) string {
	fields, err := payload.Fields(payload.Form, body)
	if err != nil || len(fields) != 1 {
		return ""
	}
	value := bytes.TrimSpace(fields[0].Value)
	if _, err := parse(value); err != nil || (value[0] != '{' && value[0] != '[') {
		return ""
	}
	return fields[0].Name
}

package cases

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// asXML is the syntax of XML 1.0. An element is found by the names above it, as they are written, with [2] after the
// name of the second one of its kind; an attribute by @ and its name.
type asXML struct{}

// How a value is written in XML, beside the quotes of an attribute.
const (
	charData = 't'
	cData    = 'c'
)

// depthOfXML is how deeply elements may be nested.
const depthOfXML = 500

// parse reads one document. Its encoding must be UTF-8: any other is an error of encoding/xml.
func (asXML) parse(text []byte) (document, error) {
	r := &xmlReader{
		doc: document{text: text, syntax: asXML{}}, d: xml.NewDecoder(bytes.NewReader(text)), open: []int{-1}, before: map[named]int{},
	}
	for {
		from := int(r.d.InputOffset())
		token, err := r.d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if len(r.doc.all) > maxValues {
			err = errTooMany
		}
		if err == nil {
			err = r.take(token, from, int(r.d.InputOffset()))
		}
		if err != nil {
			return document{}, err
		}
	}
	if len(r.open) > 1 || len(r.doc.all) == 0 {
		return document{}, errors.New("an XML document is one element, which ends")
	}
	return r.doc, nil
}

// xmlReader turns tokens into nodes.
type xmlReader struct {
	doc   document
	d     *xml.Decoder
	open  []int // the elements that are open; the first is none
	texts []int // how many stretches of text each of doc.all has
	inner []int // where the content of each of doc.all starts

	before map[named]int // how many there are so far
}

// named are the elements or attributes of a name in one element.
type named struct {
	parent int
	name   string
}

func (r *xmlReader) take(token xml.Token, from, to int) error {
	switch token := token.(type) {
	case xml.StartElement:
		return r.start(token, from, to)
	case xml.EndElement:
		return r.end(token, from, to)
	case xml.CharData:
		return r.chars(from, to)
	case xml.Comment, xml.ProcInst:
		r.mixed() // a value that a comment splits is left alone
	case xml.Directive:
		return errors.New("its XML has a document type, which may define what is in it: that is not read")
	}
	return nil
}

func (r *xmlReader) start(e xml.StartElement, from, to int) error {
	parent := r.open[len(r.open)-1]
	if len(r.open) > depthOfXML {
		return fmt.Errorf("its elements are nested deeper than %d levels", depthOfXML)
	}
	if parent < 0 && len(r.doc.all) > 0 {
		return errors.New("an XML document is one element")
	}
	name := written(e.Name)
	pointer := below("", name)
	if parent >= 0 {
		pointer = below(r.doc.all[parent].pointer, name)
		if n := r.before[named{parent, name}]; n > 0 {
			pointer += "[" + strconv.Itoa(n+1) + "]"
		}
		around := &r.doc.all[parent]
		around.kind, around.raw, around.start = '{', nil, r.inner[parent]
	}
	me := r.add(node{pointer: pointer, from: from, start: to, end: to, kind: 'n', name: []byte(name), parent: parent})
	r.doc.tags = append(r.doc.tags, tagEnd(r.doc.text[:to]))
	r.open = append(r.open, me)
	return r.attributes(me, from, to)
}

func (r *xmlReader) add(n node) int {
	r.texts, r.inner = append(r.texts, 0), append(r.inner, n.start)
	r.before[named{n.parent, string(n.name)}]++
	return r.doc.add(n)
}

// attribute matches one attribute in a start tag (XML 1.0, production 41).
var attribute = regexp.MustCompile(`\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')`)

func (r *xmlReader) attributes(element, from, to int) error {
	for _, m := range attribute.FindAllSubmatchIndex(r.doc.text[from:to], -1) {
		name := string(r.doc.text[from+m[2] : from+m[3]])
		start, end := from+m[4]+1, from+m[5]-1
		if r.before[named{element, "@" + name}] > 0 {
			return fmt.Errorf("attribute %s occurs twice", name)
		}
		raw := r.doc.text[start:end:end]
		r.add(node{
			pointer: below(r.doc.all[element].pointer, "@"+name), name: []byte("@" + name), kind: jsonKind(raw), raw: raw,
			from: from + m[0], to: from + m[1], start: start, end: end, parent: element, quote: r.doc.text[start-1],
		})
	}
	return nil
}

func (r *xmlReader) end(e xml.EndElement, from, to int) error {
	me := r.open[len(r.open)-1]
	if me < 0 || string(r.doc.all[me].name) != written(e.Name) {
		return fmt.Errorf("the end tag </%s> has no start", written(e.Name))
	}
	r.open = r.open[:len(r.open)-1]
	r.doc.all[me].to = to
	if to > from { // <a/> has no end tag
		r.doc.tags = append(r.doc.tags, tagEnd(r.doc.text[:to]))
	}
	return nil
}

// chars takes text, which is the value of an element that holds nothing else.
func (r *xmlReader) chars(from, to int) error {
	me := r.open[len(r.open)-1]
	text := r.doc.text[from:to]
	if me < 0 {
		if len(bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))) > 0 {
			return errors.New("text stands outside of the XML document's element")
		}
		return nil
	}
	n := &r.doc.all[me]
	if r.texts[me]++; r.texts[me] > 1 || n.kind == '{' {
		n.raw = nil
		return nil
	}
	n.start, n.end, n.quote = from, to, charData
	if bytes.HasPrefix(text, []byte("<![CDATA[")) {
		n.start, n.end, n.quote = from+len("<![CDATA["), to-len("]]>"), cData
	}
	n.raw = r.doc.text[n.start:n.end:n.end]
	n.kind = jsonKind(n.raw)
	return nil
}

// mixed marks the open element as one that has more than a text.
func (r *xmlReader) mixed() {
	if me := r.open[len(r.open)-1]; me >= 0 {
		r.texts[me] += 2
		r.doc.all[me].raw = nil
	}
}

func written(name xml.Name) string {
	if name.Space != "" {
		return name.Space + ":" + name.Local
	}
	return name.Local
}

// tagEnd returns where > or /> starts at the end of a text.
func tagEnd(text []byte) int {
	if bytes.HasSuffix(text, []byte("/>")) {
		return len(text) - 2
	}
	return len(text) - 1
}

func (asXML) text(n node) string {
	if n.quote == cData {
		return string(n.raw)
	}
	token, err := xml.NewDecoder(strings.NewReader(string(n.raw))).RawToken()
	if chars, ok := token.(xml.CharData); err == nil && ok {
		return string(chars)
	}
	return string(n.raw)
}

func (asXML) value(n node, text string) []byte {
	if n.quote == cData {
		return []byte(strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>"))
	}
	return escapedXML(text)
}

func escapedXML(text string) []byte {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(text)) // a buffer takes everything
	return out.Bytes()
}

func (asXML) without(doc document, n node) []byte {
	return slices.Concat(doc.text[:n.from], doc.text[n.to:])
}

// adding puts an element first into another. It does not add to one that is written <a/>.
func (asXML) adding(doc document, object node, name string, value addition) []byte {
	element := fmt.Appendf(nil, "<%s>%s</%s>", name, escapedXML(value.text), name)
	return slices.Concat(doc.text[:object.start], element, doc.text[object.start:])
}

// reordered writes the attributes of each element in reverse. The order of elements has a meaning.
func (asXML) reordered(doc document) ([]byte, error) {
	out := document{text: doc.text, syntax: doc.syntax, all: doc.all}
	changed := false
	for i := len(doc.all) - 1; i >= 0; i-- { // from the end, so that offsets before it stay true
		attributes := slices.DeleteFunc(doc.childrenOf(doc.all[i]), func(n node) bool { return n.name[0] != '@' })
		if len(attributes) > 1 {
			out.text, changed = out.permuted(attributes, backward(attributes)), true
		}
	}
	if !changed {
		return nil, notApplicable("the order of XML elements has a meaning, and no element has two attributes")
	}
	return out.text, nil
}

// respaced puts white space before the end of every tag, which has no meaning (XML 1.0, section 3.1).
func (asXML) respaced(doc document) ([]byte, error) {
	var out []byte
	at := 0
	for _, end := range slices.Sorted(slices.Values(doc.tags)) {
		out, at = append(append(out, doc.text[at:end]...), ' '), end
	}
	return append(out, doc.text[at:]...), nil
}

// escaped writes &#233; for é.
func (asXML) escaped(n node, chosen func(rune) bool) []byte {
	if n.quote == cData || !utf8.Valid(n.raw) {
		return n.raw
	}
	var out []byte
	for _, r := range n.text() {
		if chosen(r) {
			out = fmt.Appendf(out, "&#%d;", r)
			continue
		}
		out = append(out, escapedXML(string(r))...)
	}
	return out
}

// same compares elements, texts and attributes; the order of attributes does not matter.
func (asXML) same(a, b []byte) bool {
	x, errX := saysXML(a)
	y, errY := saysXML(b)
	return errX == nil && errY == nil && slices.Equal(x, y)
}

// saysXML returns the content of a document: its tags with sorted attributes, and the texts between them.
func saysXML(text []byte) (all []string, err error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	said := ""
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return append(all, said), nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.CharData:
			said += string(token)
		case xml.StartElement:
			var attributes []string
			for _, a := range token.Attr {
				attributes = append(attributes, strconv.Quote(written(a.Name))+"="+strconv.Quote(a.Value))
			}
			slices.Sort(attributes)
			all, said = append(all, said, "<"+written(token.Name)+strings.Join(attributes, " ")), ""
		case xml.EndElement:
			all, said = append(all, said, ">"), ""
		}
	}
}

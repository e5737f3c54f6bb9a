package cases

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// document is one event as it is written, with the positions of its values, so that one can be replaced, added or removed
// without changing another byte.
type document struct {
	text   []byte
	all    []node // in document order; the first is the whole value
	syntax syntax
	tags   []int // of XML: where a tag ends, before > or />
}

// maxValues is how many values an event may hold: each costs some 250 bytes of memory, several times.
const maxValues = 100_000

// errTooMany is why an event is not read.
var errTooMany = fmt.Errorf("it holds more than %d values: take a smaller delivery for the golden one", maxValues)

// node is one value of a document: a JSON value, an XML element or attribute, or a field of a form.
type node struct {
	pointer    string        // JSON Pointer (RFC 6901); for XML and forms as webhook.Body describes it
	start, end int           // its value, as offsets
	kind       jsontext.Kind // '{' and '[' hold others; '0' is a number, also where it is written as text
	raw        []byte        // of a scalar, as it is written; nil for others
	name       []byte        // of a member, element or field, as it is written; nil for others
	from, to   int           // all that is taken out with it: its name, its tags
	parent     int           // index of the node around it; -1 for the whole document
	children   []int         // indices, in order
	quote      byte          // of XML: how the value is written
	syntax     syntax
}

// syntax is a way to write an event.
type syntax interface {
	// parse reads one document. It returns an error if the text is not one.
	parse(text []byte) (document, error)
	// text returns the content of a scalar, or a number as it is written.
	text(n node) string
	// value writes text in the way of n: a number stays a number.
	value(n node, text string) []byte
	// without takes one member or element out.
	without(doc document, n node) []byte
	// adding puts a member first into an object. A text is quoted; a JSON value is written as it is.
	adding(doc document, object node, name string, value addition) []byte
	// reordered writes everything whose order has no meaning in reverse.
	reordered(doc document) ([]byte, error)
	// respaced changes white space that has no meaning.
	respaced(doc document) ([]byte, error)
	// escaped writes the chosen characters of a text in their other form.
	escaped(n node, chosen func(rune) bool) []byte
	// same reports whether two texts have equal content.
	same(a, b []byte) bool
}

// addition is the value of a member that is added: a text, or a JSON value of another kind.
type addition struct {
	text string
	bare bool
}

// below returns the pointer to a member of what pointer points to.
func below(pointer, member string) string {
	return string(jsontext.Pointer(pointer).AppendToken(member))
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

// placed are the scalars in the order of their values: that of an XML element follows its attributes'.
func (doc document) placed() []node {
	all := doc.scalars()
	slices.SortFunc(all, func(a, b node) int { return cmp.Compare(a.start, b.start) })
	return all
}

// with returns the text with one value replaced.
func (doc document) with(n node, raw []byte) []byte {
	return slices.Concat(doc.text[:n.start], raw, doc.text[n.end:])
}

// without returns the text with one member or element taken out.
func (doc document) without(n node) []byte { return doc.syntax.without(doc, n) }

// adding returns the text with a member put first into an object.
func (doc document) adding(object node, name string, value addition) []byte {
	return doc.syntax.adding(doc, object, name, value)
}

// add appends a node to the document and to the node around it, and returns its index.
func (doc *document) add(n node) int {
	me := len(doc.all)
	if n.parent >= 0 {
		around := &doc.all[n.parent]
		around.children = append(around.children, me)
	}
	n.syntax = doc.syntax
	doc.all = append(doc.all, n)
	return me
}

// permuted returns the text with others in the places of nodes, which are in order and not nested.
func (doc document) permuted(nodes, others []node) []byte {
	var out []byte
	at := 0
	for i, n := range nodes {
		out = append(append(out, doc.text[at:n.from]...), doc.text[others[i].from:others[i].to]...)
		at = n.to
	}
	return append(out, doc.text[at:]...)
}

// backward returns nodes in reverse, except that those of one name keep their order.
func backward(nodes []node) []node {
	var all []node
	next := map[string]int{}
	for _, slot := range slices.Backward(nodes) {
		for i := next[slot.pointer]; ; i++ {
			if nodes[i].pointer == slot.pointer {
				all, next[slot.pointer] = append(all, nodes[i]), i+1
				break
			}
		}
	}
	return all
}

// childrenOf returns the nodes right below one.
func (doc document) childrenOf(n node) []node {
	all := make([]node, len(n.children))
	for i, c := range n.children {
		all[i] = doc.all[c]
	}
	return all
}

// text returns the content of a scalar, or a number as it is written.
func (n node) text() string {
	if n.syntax == nil {
		return ""
	}
	return n.syntax.text(n)
}

// as returns text written in the value's own way: a number stays a number.
func (n node) as(text string) []byte { return n.syntax.value(n, text) }

// key is the last token of the value's pointer.
func (n node) key() string { return n.pointer[strings.LastIndexByte(n.pointer, '/')+1:] }

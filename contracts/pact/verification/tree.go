package verification

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
)

// value is one value of a JSON text: its kind and its position.
type value struct {
	kind     jsontext.Kind
	raw      jsontext.Value // as it is written
	offset   int            // of its first byte in the text
	text     string         // a string, decoded; a number, as it is written
	members  []*value       // of an object, in order; a name may occur twice
	elements []*value       // of an array

	parent *value // the object or array around it; nil for the whole text
	name   string // in an object
	index  int    // in an array
}

// fault is something in a JSON text that keeps it from being understood in one way.
type fault struct {
	at   *value
	text string
	twin bool // two members have one name
}

// withoutDuplicates returns the faults other than members of one name.
func withoutDuplicates(faults []fault) []fault {
	return slices.DeleteFunc(faults, func(f fault) bool { return f.twin })
}

// parse reads exactly one JSON value. Names that occur twice in an object and numbers that no program can be relied on
// to read are no errors: the caller decides what they mean. Everything else that RFC 8259 forbids is one.
func parse(text []byte) (*value, []fault, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true))
	p := parser{text: text, d: d}
	root := &value{}
	if err := p.read(root); err != nil {
		return nil, nil, syntaxError(text, err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("line %d: more than one JSON value", line(text, int(d.InputOffset())))
	}
	return root, p.faults, nil
}

type parser struct {
	text   []byte
	d      *jsontext.Decoder
	faults []fault
}

func (p *parser) read(v *value) error {
	v.kind = p.d.PeekKind()
	switch v.kind {
	case '{', '[':
		if _, err := p.d.ReadToken(); err != nil {
			return err
		}
		v.offset = int(p.d.InputOffset()) - 1
		err := p.readInside(v)
		v.raw = p.text[v.offset:p.d.InputOffset()]
		return err
	}
	raw, err := p.d.ReadValue()
	if err != nil {
		return err
	}
	end := int(p.d.InputOffset())
	v.offset = end - len(raw)
	v.raw = p.text[v.offset:end]
	v.text = string(v.raw)
	switch v.kind {
	case '"':
		unquoted, err := jsontext.AppendUnquote(nil, v.raw)
		v.text = string(unquoted)
		return err
	case '0':
		if why := wild(v.text); why != "" {
			p.faults = append(p.faults, fault{at: v, text: why})
		}
	}
	return nil
}

// readInside reads what is between the brackets of an object or an array.
func (p *parser) readInside(v *value) error {
	names := map[string]*value{}
	for end := v.kind + 2; p.d.PeekKind() != end; { // the codes of } and ] are two above those of { and [
		inside := &value{parent: v, index: len(v.elements)}
		if v.kind == '{' {
			name, err := p.d.ReadToken()
			if err != nil {
				return err
			}
			inside.name = name.String()
		}
		if err := p.read(inside); err != nil {
			return err
		}
		if v.kind == '[' {
			v.elements = append(v.elements, inside)
			continue
		}
		if first := names[inside.name]; first != nil {
			p.faults = append(p.faults, fault{at: inside, twin: true, text: fmt.Sprintf("the name %q occurs twice in one object, with %s and "+
				"with %s (RFC 8259 section 4, RFC 7493 section 2.3)",
				inside.name, short(first.raw), short(inside.raw))})
		}
		names[inside.name] = inside
		v.members = append(v.members, inside)
	}
	_, err := p.d.ReadToken()
	return err
}

// syntaxError adds the line to an error of JSON syntax, and removes the decoder's prefix.
func syntaxError(text []byte, err error) error {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) && syntax.Err != nil {
		return fmt.Errorf("line %d: %w", line(text, int(syntax.ByteOffset)), syntax.Err)
	}
	return fmt.Errorf("line %d: %w", line(text, len(text)), err)
}

// member returns the member of that name, the last one if there are several; nil if there is none or v is no object.
func (v *value) member(name string) *value {
	if v == nil {
		return nil
	}
	for n := len(v.members) - 1; n >= 0; n-- {
		if v.members[n].name == name {
			return v.members[n]
		}
	}
	return nil
}

// byName returns the members of an object, the last one of a name.
func (v *value) byName() map[string]*value {
	all := make(map[string]*value, len(v.members))
	for _, m := range v.members {
		all[m.name] = m
	}
	return all
}

// str returns a string's text; "" of everything else.
func (v *value) str() string {
	if v == nil || v.kind != '"' {
		return ""
	}
	return v.text
}

// pointer returns the JSON Pointer (RFC 6901) of v; "" of the whole text.
func (v *value) pointer() string {
	var tokens []string
	for ; v.parent != nil; v = v.parent {
		token := strconv.Itoa(v.index)
		if v.parent.kind == '{' {
			token = v.name
		}
		tokens = append(tokens, token)
	}
	var pointer jsontext.Pointer
	for _, token := range slices.Backward(tokens) {
		pointer = pointer.AppendToken(token)
	}
	return string(pointer)
}

// all calls f for v and every value inside it, until f returns false for one; that one's inside is left out.
func (v *value) all(f func(*value) bool) {
	if v == nil || !f(v) {
		return
	}
	for _, inside := range v.children() {
		inside.all(f)
	}
}

// line returns the line of an offset, from 1.
func line(text []byte, offset int) int {
	return 1 + bytes.Count(text[:min(offset, len(text))], []byte("\n"))
}

// short returns a JSON text that fits into a line.
func short(raw []byte) string {
	return excerpt.Head(strings.Join(strings.Fields(string(raw)), " "), 60)
}

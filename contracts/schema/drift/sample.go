package drift

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"
)

// The limits of a redacted sample.
const (
	mostItems = 2  // of an array, and members of a map
	mostText  = 40 // characters of a string
)

// redacted returns a payload without its data: letters become x, digits 0, and numbers 0. What the schema itself names,
// such as the values of an enum, stays, and so do true, false and null. Long arrays and maps are cut, with "…" for the rest.
func redacted(payload []byte, root *node) string {
	if payload == nil {
		return ""
	}
	var out bytes.Buffer
	d := jsontext.NewDecoder(bytes.NewReader(payload), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if err := redactValue(&out, d, root); err != nil {
		return "" // the payload was read before: it is JSON
	}
	return out.String()
}

func redactValue(out *bytes.Buffer, d *jsontext.Decoder, n *node) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case '{':
		return redactMembers(out, d, n)
	case '[':
		return redactItems(out, d, n)
	case '"':
		value := token.String()
		if n == nil || n.place == nil || !n.place.Constant(value) {
			value = masked(value)
		}
		quote(out, value)
	case '0':
		out.WriteString(maskedNumber(token.String()))
	default:
		out.WriteString(token.String())
	}
	return nil
}

func redactItems(out *bytes.Buffer, d *jsontext.Decoder, n *node) error {
	var item *node
	if n != nil {
		item = n.items
	}
	out.WriteByte('[')
	for i := 0; d.PeekKind() != ']'; i++ {
		switch {
		case i >= mostItems:
			if err := d.SkipValue(); err != nil {
				return err
			}
			if i == mostItems {
				out.WriteString(`,"…"`)
			}
			continue
		case i > 0:
			out.WriteByte(',')
		}
		if err := redactValue(out, d, item); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	_, err := d.ReadToken()
	return err
}

func redactMembers(out *bytes.Buffer, d *jsontext.Decoder, n *node) error {
	out.WriteByte('{')
	data, written := 0, 0
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		shown, child := n.shownName(name.String())
		if child == nil || child.any {
			if data++; data > mostItems {
				if err := d.SkipValue(); err != nil {
					return err
				}
				continue
			}
		}
		if written++; written > 1 {
			out.WriteByte(',')
		}
		quote(out, shown)
		out.WriteByte(':')
		if err := redactValue(out, d, child); err != nil {
			return err
		}
	}
	if data > mostItems {
		out.WriteString(`,"…":"…"`)
	}
	out.WriteByte('}')
	_, err := d.ReadToken()
	return err
}

// shownName returns how a member's name is shown, and its place. A name that is data is masked.
func (n *node) shownName(name string) (string, *node) {
	if n == nil {
		return masked(name), nil
	}
	if child := n.members[name]; child != nil {
		return name, child
	}
	class := ""
	if n.place != nil {
		class = n.place.NameClass(name)
	}
	return masked(name), n.maps[class]
}

func quote(out *bytes.Buffer, text string) {
	quoted, _ := jsontext.AppendQuote(nil, text) // invalid UTF-8 is replaced
	out.Write(quoted)
}

// masked keeps the form of a text: letters become x, digits 0, and the rest stays.
func masked(value string) string {
	length := 0
	form := strings.Map(func(r rune) rune {
		if length++; length > mostText {
			return -1
		}
		switch {
		case unicode.IsDigit(r):
			return '0'
		case unicode.IsUpper(r):
			return 'X'
		case unicode.IsLetter(r) || unicode.IsMark(r):
			return 'x'
		}
		return r
	}, value)
	if length > mostText {
		form += "…"
	}
	return form
}

func maskedNumber(literal string) string {
	if strings.ContainsAny(literal, ".eE") {
		return "0.0"
	}
	return "0"
}

// maskedValue describes a value without its data.
func maskedValue(value any) string {
	switch value := value.(type) {
	case string:
		var out bytes.Buffer
		quote(&out, masked(value))
		return "a string like " + out.String()
	case json.Number:
		return "another number"
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	case nil:
		return "null"
	case bool:
		return map[bool]string{true: "true", false: "false"}[value]
	}
	return "something else"
}

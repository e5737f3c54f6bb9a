package cases

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// edit makes one body from the golden one, which has the round's event id in its place already. It gives
// notFor when the golden body does not lend itself to it.
type edit func(d *derivation, golden []byte) ([]byte, error)

// onJSON is an edit of a JSON document.
func onJSON(do func(d *derivation, golden document) ([]byte, error)) edit {
	return func(d *derivation, golden []byte) ([]byte, error) {
		if !d.isJSON {
			return nil, notFor("the body is not JSON")
		}
		doc, err := parse(golden)
		if err != nil {
			return nil, err
		}
		return do(d, doc)
	}
}

// otherContent checks that an edit gave a body that is valid and says something else than the golden one.
func otherContent(do edit) edit {
	return checked(do, func(d *derivation, golden, edited []byte) error {
		if d.isJSON && sameJSON(golden, edited) {
			return fmt.Errorf("the derived body says the same as the golden one: %s", edited)
		}
		return d.valid(edited)
	})
}

// sameContent checks that an edit gave a body that is valid, has other bytes, and says what the golden one says.
func sameContent(do edit) edit {
	return checked(do, func(d *derivation, golden, edited []byte) error {
		if bytes.Equal(golden, edited) {
			return notFor("the body has nothing that could be written in another way")
		}
		if !sameJSON(golden, edited) {
			return fmt.Errorf("the derived body does not say the same as the golden one: %s", edited)
		}
		return d.valid(edited)
	})
}

func checked(do edit, check func(d *derivation, golden, edited []byte) error) edit {
	return func(d *derivation, golden []byte) ([]byte, error) {
		edited, err := do(d, golden)
		if err != nil {
			return nil, err
		}
		return edited, check(d, golden, edited)
	}
}

// keyOrder writes the members of every object in reverse.
var keyOrder = sameContent(onJSON(func(_ *derivation, golden document) ([]byte, error) {
	return golden.reversed(golden.all[0]), nil
}))

func (doc document) reversed(n node) []byte {
	if n.raw != nil {
		return n.raw
	}
	parts := make([][]byte, len(n.children))
	for i, c := range n.children {
		child := doc.all[c]
		parts[i] = doc.reversed(child)
		if child.name != nil {
			parts[i] = slices.Concat(child.name, []byte(":"), parts[i])
		}
	}
	if n.kind == '[' {
		return slices.Concat([]byte("["), bytes.Join(parts, []byte(",")), []byte("]"))
	}
	slices.Reverse(parts)
	return slices.Concat([]byte("{"), bytes.Join(parts, []byte(",")), []byte("}"))
}

// whitespace writes the body with other spacing: on one line if it was on several, else indented.
var whitespace = sameContent(onJSON(func(_ *derivation, golden document) ([]byte, error) {
	var out bytes.Buffer
	if err := json.Compact(&out, golden.text); err != nil {
		return nil, err
	}
	if bytes.Equal(out.Bytes(), golden.text) {
		out.Reset()
		if err := json.Indent(&out, golden.text, "", "  "); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}))

// escapes writes characters of every text in their other form: \u00e9 for é and \/ for /; where there are
// none, the first letter of the texts.
var escapes = sameContent(onJSON(func(d *derivation, golden document) ([]byte, error) {
	special := func(r rune) bool { return r > 0x7f || r == '/' }
	letter := func(r rune) bool { return r >= 'a' && r <= 'z' }
	for _, chosen := range []func(rune) bool{special, letter} {
		edited, changed := golden, false
		for i := len(golden.all) - 1; i >= 0; i-- { // from the end, so that offsets before it stay true
			if n := golden.all[i]; n.kind == '"' && n.pointer != d.id.pointer && strings.ContainsFunc(n.text(), chosen) {
				edited.text, changed = edited.with(n, escaped(n.text(), chosen)), true
			}
		}
		if changed {
			return edited.text, nil
		}
	}
	return nil, notFor("the body has no text that could be escaped")
}))

// escaped quotes text with the chosen characters escaped.
func escaped(text string, chosen func(rune) bool) []byte {
	out := []byte{'"'}
	for _, r := range text {
		switch {
		case r == '/' && chosen(r):
			out = append(out, `\/`...)
		case chosen(r) && r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case chosen(r):
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			quoted, _ := jsontext.AppendQuote(nil, string(r)) // a valid rune
			out = append(out, quoted[1:len(quoted)-1]...)
		}
	}
	return append(out, '"')
}

// numberForm writes a whole number in another form: 1000 as 1000.0, or as 1.000e3.
func numberForm(exponent bool) edit {
	return sameContent(onJSON(func(d *derivation, golden document) ([]byte, error) {
		for _, n := range d.fields(golden) {
			if n.kind != '0' || strings.ContainsAny(string(n.raw), ".eE") {
				continue
			}
			form := string(n.raw) + ".0"
			if exponent {
				form = exponential(string(n.raw))
			}
			if text := golden.with(n, []byte(form)); d.valid(text) == nil {
				return text, nil
			}
		}
		return nil, notFor("the body has no whole number that may be written in another form")
	}))
}

// exponential writes a whole number with an exponent: 1250 as 1.250e3, and 7 as 7e0.
func exponential(whole string) string {
	sign, digits := "", whole
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	if len(digits) == 1 {
		return whole + "e0"
	}
	return fmt.Sprintf("%s%s.%se%d", sign, digits[:1], digits[1:], len(digits)-1)
}

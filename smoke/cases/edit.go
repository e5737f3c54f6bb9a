package cases

import (
	"bytes"
	"fmt"
	"strings"
)

// edit makes one body from the golden one, which has the round's event id in its place already. It returns
// notApplicable if the golden body cannot be edited in this way.
type edit func(d *derivation, golden []byte) ([]byte, error)

// inside is an edit of one event, whose document it is given.
type inside func(d *derivation, golden document) ([]byte, error)

// onEvent edits the first event of a body in whatever syntax it is written.
func onEvent(do inside) edit { return onEventAt(0, do) }

// onEventAt edits event i of a body.
func onEventAt(i int, do inside) edit {
	return func(d *derivation, golden []byte) ([]byte, error) {
		if d.syntax == nil {
			return nil, notApplicable(d.opaque)
		}
		body, doc, err := d.document(golden, i)
		if err != nil {
			return nil, err
		}
		edited, err := do(d, doc)
		if err != nil {
			return nil, err
		}
		return body.With(i, edited), nil
	}
}

// onJSON edits the first event of a body if it is written in JSON.
func onJSON(do inside) edit {
	return func(d *derivation, golden []byte) ([]byte, error) {
		if d.syntax != (asJSON{}) {
			return nil, notApplicable("the body is not JSON")
		}
		return onEvent(do)(d, golden)
	}
}

// otherContent checks that an edit returns a valid body with other content than the golden one.
func otherContent(do edit) edit {
	return checked(do, func(d *derivation, golden, edited document) error {
		if d.syntax.same(golden.text, edited.text) {
			return fmt.Errorf("the derived body says the same as the golden one: %s", edited.text)
		}
		return d.valid(edited.text)
	})
}

// sameContent checks that an edit returns a valid body with other bytes and the content of the golden one.
func sameContent(do edit) edit {
	return checked(do, func(d *derivation, golden, edited document) error {
		if bytes.Equal(golden.text, edited.text) {
			return notApplicable("the body has nothing that could be written in another way")
		}
		if !d.syntax.same(golden.text, edited.text) {
			return fmt.Errorf("the derived body does not say the same as the golden one: %s", edited.text)
		}
		return d.valid(edited.text)
	})
}

// checked checks the event that an edit made against the golden one.
func checked(do edit, check func(d *derivation, golden, edited document) error) edit {
	return func(d *derivation, golden []byte) ([]byte, error) {
		edited, err := do(d, golden)
		if err != nil {
			return nil, err
		}
		_, before, err := d.document(golden, 0)
		if err != nil {
			return nil, err
		}
		_, after, err := d.document(edited, 0)
		if err != nil {
			return nil, err
		}
		return edited, check(d, before, after)
	}
}

// keyOrder writes the members of every object, the fields of a form and the attributes of XML in reverse.
var keyOrder = sameContent(onEvent(func(_ *derivation, golden document) ([]byte, error) {
	return golden.syntax.reordered(golden)
}))

// keysSorted writes the members of every object in alphabetical order; where they are, or where the body is not JSON, it
// is keyOrder.
var keysSorted = sameContent(onEvent(func(_ *derivation, golden document) ([]byte, error) {
	if _, ok := golden.syntax.(asJSON); ok {
		if out := golden.sorted(); !bytes.Equal(out, golden.text) {
			return out, nil
		}
	}
	return golden.syntax.reordered(golden)
}))

// whitespace writes the body with other spacing.
var whitespace = sameContent(onEvent(func(_ *derivation, golden document) ([]byte, error) {
	return golden.syntax.respaced(golden)
}))

// escapes writes characters of every text in their other form: \u00e9 for é and \/ for /; where there are
// none, the first letter of the texts.
var escapes = sameContent(onEvent(func(d *derivation, golden document) ([]byte, error) {
	special := func(r rune) bool { return r > 0x7f || r == '/' }
	letter := func(r rune) bool { return r >= 'a' && r <= 'z' }
	for _, chosen := range []func(rune) bool{special, letter} {
		var edited []byte
		at := 0
		for _, n := range golden.placed() {
			if n.kind == '"' && !d.identifies(n.pointer) && strings.ContainsFunc(n.text(), chosen) {
				edited = append(append(edited, golden.text[at:n.start]...), golden.syntax.escaped(n, chosen)...)
				at = n.end
			}
		}
		if edited = append(edited, golden.text[at:]...); !bytes.Equal(edited, golden.text) {
			return edited, nil
		}
	}
	return nil, notApplicable("the body has no text that could be escaped")
}))

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
		return nil, notApplicable("the body has no whole number that may be written in another form")
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

package cases

import (
	"bytes"
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// fields are the scalars of a document without the event id and what effects are measured by, ordered by how surely a change of one is a
// change of the business: amounts before texts, what looks like part of the envelope last.
func (d *derivation) fields(doc document) []node {
	fields := slices.DeleteFunc(doc.scalars(), func(n node) bool {
		return d.identifies(n.pointer) || d.measures(n.pointer) || n.pointer == ""
	})
	slices.SortStableFunc(fields, func(a, b node) int { return cmp.Compare(a.rank(), b.rank()) })
	return fields
}

// envelope matches names that describe the delivery rather than the business: times, versions, ids.
var envelope = regexp.MustCompile(`(?i:(^|[_@:.-])(id|at|time|timestamp|date|created|updated|version|type|object|` +
	`attempts?|pending_webhooks))$|[a-z](Id|ID|Sid|At|Date|Time|Timestamp|Version|Type)$`)

// rank orders fields: numbers, then texts, then booleans; what looks like part of the envelope, or is at the top
// level where envelopes are, after them.
func (n node) rank() int {
	rank := 8
	switch n.kind {
	case '0':
		rank = 0
	case '"':
		rank = 1
	case 't', 'f':
		rank = 2
	}
	if strings.Count(n.pointer, "/") < 2 {
		rank += 3
	}
	if envelope.MatchString(n.key()) {
		rank += 16
	}
	return rank
}

// changedField changes one business field.
var changedField = otherContent(onEvent(func(d *derivation, golden document) ([]byte, error) {
	text, _, ok := d.changed(golden)
	if !ok {
		return nil, notApplicable("no field of the body can be changed so that it stays valid")
	}
	return text, nil
}))

// changed returns the document with one business field changed so that it stays valid, and the field.
func (d *derivation) changed(doc document) (text []byte, field node, ok bool) {
	for _, n := range d.fields(doc) {
		for _, raw := range n.others() {
			if text := doc.with(n, raw); d.valid(text) == nil {
				return text, n, true
			}
		}
	}
	return nil, node{}, false
}

// others proposes other values of the same kind, most harmless first.
func (n node) others() [][]byte {
	switch n.kind {
	case '0':
		return n.otherNumbers()
	case '"':
		s := n.text()
		proposals := [][]byte{n.as(s + "x")}
		if l := len(s); l > 0 && s[l-1] < 0x80 {
			for _, last := range []byte("1a") {
				if s[l-1] != last {
					proposals = append(proposals, n.as(s[:l-1]+string(last)))
				}
			}
		}
		return proposals
	case 't':
		return [][]byte{[]byte("false")}
	case 'f':
		return [][]byte{[]byte("true")}
	default:
		return nil
	}
}

func (n node) otherNumbers() [][]byte {
	written := string(n.raw)
	if strings.ContainsAny(written, "eE") || len(written) > 100 {
		return nil // it may be astronomically large; other fields do as well
	}
	x, ok := new(big.Rat).SetString(written)
	if !ok {
		return nil
	}
	decimals := 0
	if _, fraction, ok := strings.Cut(written, "."); ok {
		decimals = len(fraction)
	}
	one := big.NewRat(1, 1)
	return [][]byte{
		[]byte(new(big.Rat).Add(x, one).FloatString(decimals)),
		[]byte(new(big.Rat).Sub(x, one).FloatString(decimals)),
	}
}

// field finds the first business field that may hold each of the values that propose returns for it, and
// returns the body with the chosen one in its place.
func field(chosen int, not string, propose func(n node) [][]byte) edit {
	return onEvent(func(d *derivation, golden document) ([]byte, error) {
		for _, n := range d.fields(golden) {
			values := propose(n)
			if len(values) == 0 || slices.ContainsFunc(values, func(raw []byte) bool { return d.valid(golden.with(n, raw)) != nil }) {
				continue
			}
			return golden.with(n, values[chosen]), nil
		}
		return nil, notApplicable(not)
	})
}

// bigInt puts one of two numbers into a field that a double cannot tell apart: 2^53 and 2^53+1.
func bigInt(which int) edit {
	return field(which, "no field of the body may hold 9007199254740993", func(n node) [][]byte {
		if n.kind != '0' {
			return nil
		}
		return [][]byte{[]byte("9007199254740992"), []byte("9007199254740993")}
	})
}

// unicodeForm writes a word with its letter é composed, or as e and an accent.
func unicodeForm(which int) edit {
	return field(which, "no field of the body may hold the word café", func(n node) [][]byte {
		if n.kind != '"' || envelope.MatchString(n.key()) {
			return nil
		}
		return [][]byte{n.as("caf\u00e9"), n.as("cafe\u0301")}
	})
}

// quotedNumber writes a number as a text, which may break the schema.
var quotedNumber = onJSON(func(d *derivation, golden document) ([]byte, error) {
	for _, n := range d.fields(golden) {
		if n.kind == '0' {
			return golden.with(n, slices.Concat([]byte(`"`), n.raw, []byte(`"`))), nil
		}
	}
	return nil, notApplicable("the body has no number")
})

// nullField takes a field that may be null and may be absent, and makes it null or leaves it out.
func nullField(absent bool) edit {
	return onJSON(func(d *derivation, golden document) ([]byte, error) {
		for _, n := range d.fields(golden) {
			if n.name == nil || d.contract.Repeats(n.pointer) { // a header cannot carry null
				continue
			}
			null, out := golden.with(n, []byte("null")), golden.without(n)
			switch {
			case d.valid(null) != nil || d.valid(out) != nil:
			case absent:
				return out, nil
			default:
				return null, nil
			}
		}
		return nil, notApplicable("the schema lets no field of the body be null and also be absent")
	})
}

// removedField takes out an optional field.
var removedField = otherContent(onEvent(func(d *derivation, golden document) ([]byte, error) {
	if d.contract.PayloadSchema == nil {
		return nil, notApplicable("no field of the body is known to be optional: there is no schema")
	}
	for _, n := range d.fields(golden) {
		if n.name == nil {
			continue
		}
		if out := golden.without(n); d.valid(out) == nil {
			return out, nil
		}
	}
	return nil, notApplicable("no field of the body is optional: the schema requires all")
}))

// addedField adds an optional field: one of the schema if there is one, or else an unknown one.
var addedField = otherContent(onEvent(func(d *derivation, golden document) ([]byte, error) {
	const unknown = "fridaygate_added"
	values := []addition{{text: "added"}, {"1", true}, {"true", true}, {text: "2026-01-01T00:00:00Z"}}
	objects := slices.DeleteFunc(slices.Clone(golden.all), func(n node) bool { return n.kind != '{' })
	slices.Reverse(objects) // the business is deeper than the envelope
	for _, name := range append(d.known(), unknown) {
		for _, object := range objects {
			if _, there := golden.at(below(object.pointer, name)); there {
				continue
			}
			// A field that may not hold just any value is one of the schema.
			if name != unknown && d.valid(golden.adding(object, name, addition{"[[[]]]", true})) == nil {
				continue
			}
			for _, value := range values {
				if text := golden.adding(object, name, value); d.valid(text) == nil {
					return text, nil
				}
			}
		}
	}
	return nil, notApplicable("no field can be added to the body so that it stays valid")
}))

// arrayOrder swaps two elements of an array that differ, or two elements or fields of one name.
var arrayOrder = otherContent(onEvent(func(d *derivation, golden document) ([]byte, error) {
	for _, list := range slices.Backward(golden.all) {
		if list.kind == '[' && d.identifiesWithin(list.pointer) {
			continue
		}
		for i := 1; i < len(list.children); i++ {
			a, b := golden.all[list.children[i-1]], golden.all[list.children[i]]
			if !bytes.Equal(a.name, b.name) || golden.syntax.same(golden.text[a.from:a.to], golden.text[b.from:b.to]) {
				continue
			}
			if swapped := golden.permuted([]node{a, b}, []node{b, a}); d.valid(swapped) == nil {
				return swapped, nil
			}
		}
	}
	return nil, notApplicable("the body has no array with two elements that differ")
}))

// duplicateKey writes one key twice, with two values.
var duplicateKey = onJSON(func(d *derivation, golden document) ([]byte, error) {
	for _, n := range d.fields(golden) {
		if others := n.others(); n.name != nil && len(others) > 0 {
			return golden.adding(golden.all[n.parent], unquote(n.name), addition{string(others[0]), true}), nil
		}
	}
	return nil, notApplicable("the body has no field that could stand twice")
})

// otherCase puts the event id's key into the body once more, in capitals and with another id.
func otherCase(other string) edit {
	return onJSON(func(d *derivation, golden document) ([]byte, error) {
		id, ok := golden.at(d.id.pointer)
		if !ok || id.name == nil || strings.ToUpper(unquote(id.name)) == unquote(id.name) {
			return nil, notApplicable("the event id is no member of the body with a name in small letters")
		}
		member := slices.Concat([]byte(","), quote(strings.ToUpper(unquote(id.name))), []byte(":"), id.as(other))
		return slices.Concat(golden.text[:id.end], member, golden.text[id.end:]), nil
	})
}

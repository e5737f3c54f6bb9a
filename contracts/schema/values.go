package schema

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math/big"
	"math/bits"
	"regexp"
	"strconv"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Kind is the type of a value without parts.
type Kind int

// The kinds.
const (
	Null Kind = iota
	Text
	Number
	Boolean
)

// valueTests are the keywords that may apply to values of one kind at one place, each once.
type valueTests struct {
	texts    []func(string) bool
	numbers  []numberTest
	any      []FormatFunc      // formats, of numbers
	constant map[string]uint64 // classes of the values that const and enum name: texts, or numbers as big.Rat writes them
	booleans bool              // const or enum name one
}

// numberTest is a keyword about numbers.
type numberTest struct {
	limit *big.Rat
	small int64 // limit, if it is an integer of 63 bits
	fits  bool
	of    func(sign int) bool // of the comparison with limit; nil: multipleOf
}

func newValueTests(s *Schema, parts []*jsonschema.Schema, kind Kind) *valueTests {
	t := &valueTests{constant: map[string]uint64{}}
	memberships := map[string]string{}
	patterns, names := map[string]bool{}, map[string]bool{}
	for i, part := range parts {
		for _, list := range [][]any{part.Constant, part.Enum} {
			t.constants(memberships, list, kind, strconv.Itoa(i))
		}
		if is := s.format(part.Format); is != nil && !names[part.Format] {
			names[part.Format] = true
			t.formats(is, kind)
		}
		switch kind {
		case Text:
			t.lengths(part)
			t.pattern(part.Pattern, patterns)
		case Number:
			t.bounds(part)
		}
	}
	classes := map[string]uint64{}
	for value, in := range memberships {
		if classes[in] == 0 {
			classes[in] = uint64(len(classes)) + 1
		}
		t.constant[value] = classes[in]
	}
	return t
}

// format returns the check of a format, also where the draft does not assert it: what is distinguished needlessly does no harm.
func (s *Schema) format(name string) FormatFunc {
	if is, ok := s.options.Formats[name]; ok {
		return is
	}
	return formats[name]
}

// constants notes for each value of this kind which lists hold it.
func (t *valueTests) constants(memberships map[string]string, list []any, kind Kind, name string) {
	for _, value := range list {
		switch value := value.(type) {
		case string:
			if kind == Text {
				memberships[value] += " " + name
			}
		case json.Number:
			if r, ok := new(big.Rat).SetString(value.String()); ok && kind == Number {
				memberships[r.RatString()] += " " + name
			}
		case bool:
			t.booleans = true
		}
	}
}

func (t *valueTests) formats(is FormatFunc, kind Kind) {
	switch kind {
	case Text:
		t.texts = append(t.texts, func(s string) bool { return is(s) })
	case Number:
		t.any = append(t.any, is)
	}
}

func (t *valueTests) lengths(part *jsonschema.Schema) {
	if least := part.MinLength; least != -1 {
		t.texts = append(t.texts, func(s string) bool { return len(s) >= least && utf8.RuneCountInString(s) >= least })
	}
	if most := part.MaxLength; most != -1 {
		t.texts = append(t.texts, func(s string) bool { return len(s) <= most || utf8.RuneCountInString(s) <= most })
	}
}

func (t *valueTests) pattern(pattern *regexp.Regexp, known map[string]bool) {
	if pattern != nil && !known[pattern.String()] {
		known[pattern.String()] = true
		t.texts = append(t.texts, pattern.MatchString)
	}
}

func (t *valueTests) bounds(part *jsonschema.Schema) {
	add := func(limit *big.Rat, of func(int) bool) {
		if limit == nil {
			return
		}
		test := numberTest{limit: limit, of: of}
		if limit.IsInt() && limit.Num().IsInt64() {
			test.small, test.fits = limit.Num().Int64(), true
		}
		t.numbers = append(t.numbers, test)
	}
	add(part.Minimum, func(sign int) bool { return sign >= 0 })
	add(part.ExclusiveMinimum, func(sign int) bool { return sign > 0 })
	add(part.Maximum, func(sign int) bool { return sign <= 0 })
	add(part.ExclusiveMaximum, func(sign int) bool { return sign < 0 })
	add(part.MultipleOf, nil)
}

// class collects the results of tests.
type class struct {
	bits  uint64
	tests int
}

func (c *class) add(holds bool) {
	if c.tests++; c.tests%32 == 0 { // more results than bits: mix what there is
		c.bits = (c.bits ^ c.bits>>29) * 0xbf58476d1ce4e5b9
	}
	c.bits = bits.RotateLeft64(c.bits, 1)
	if holds {
		c.bits ^= 1
	}
}

// Tested reports whether the schema distinguishes values of this kind at all.
func (d *Demands) Tested(kind Kind) bool {
	t := d.byKind[kind]
	switch kind {
	case Text:
		return len(t.texts)+len(t.constant) > 0
	case Number:
		return len(t.numbers)+len(t.any)+len(t.constant) > 0
	case Boolean:
		return t.booleans
	}
	return false
}

// Constant reports whether const or enum name the text: it is a part of the contract, and no data.
func (d *Demands) Constant(text string) bool { return d.byKind[Text].constant[text] > 0 }

// TextClass returns the class of a string: the schema does not tell two strings of one class apart.
func (d *Demands) TextClass(text string) uint64 {
	t := d.byKind[Text]
	c := class{bits: t.constant[text]}
	for _, test := range t.texts {
		c.add(test(text))
	}
	return c.bits
}

// BooleanClass returns the class of true or false.
func (d *Demands) BooleanClass(value bool) uint64 {
	if value && d.byKind[Boolean].booleans {
		return 1
	}
	return 0
}

// NumberClass returns the class of a number as it is written in JSON, and whether it is an integer: 1.0 is one.
func (d *Demands) NumberClass(literal []byte) (classOf uint64, integer bool) {
	t := d.byKind[Number]
	if n, ok := smallInteger(literal); ok {
		return t.small(n, literal), true
	}
	value, ok := new(big.Rat).SetString(string(literal))
	if !ok {
		return 0, false
	}
	c := class{bits: t.constant[value.RatString()]}
	for _, test := range t.numbers {
		c.add(test.exactly(value))
	}
	for _, is := range t.any {
		c.add(is(json.Number(literal)))
	}
	return c.bits, value.IsInt()
}

// small is the class of an integer of at most 18 digits.
func (t *valueTests) small(n int64, literal []byte) uint64 {
	var c class
	if len(t.constant) > 0 {
		c.bits = t.constant[strconv.FormatInt(n, 10)]
	}
	for _, test := range t.numbers {
		switch {
		case !test.fits:
			c.add(test.exactly(new(big.Rat).SetInt64(n)))
		case test.of == nil:
			c.add(n%test.small == 0)
		default:
			c.add(test.of(cmp.Compare(n, test.small)))
		}
	}
	for _, is := range t.any {
		c.add(is(json.Number(literal)))
	}
	return c.bits
}

func (t numberTest) exactly(value *big.Rat) bool {
	if t.of == nil {
		return new(big.Rat).Quo(value, t.limit).IsInt()
	}
	return t.of(value.Cmp(t.limit))
}

// smallInteger reads a literal of at most 18 digits, without fraction and exponent.
func smallInteger(literal []byte) (int64, bool) {
	digits := bytes.TrimPrefix(literal, []byte("-"))
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	var n int64
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	if len(digits) < len(literal) {
		n = -n
	}
	return n, true
}

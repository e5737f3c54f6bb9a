package drift

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

const (
	mostDepth  = 128 // nested objects and arrays, as in schema.Check
	mostNumber = 300 // digits; schema.Check decides on what is longer
)

// scanner reads JSON documents into a tree, one after the other. It checks the grammar of RFC 8259 and computes two
// hashes: of the shape, the set of places and types, and of what the schema distinguishes.
type scanner struct {
	tree     *tree
	text     []byte
	at       int
	document uint64
	object   uint64 // serial number
	depth    int
	odd      bool // beyond what is judged here: a name twice, depth, a long number
	shape    hash
	touched  []*slot
	wanted   []span // values at the tree's pointers
	kinds    []hash // of items and of members, of every open array and object
	names    []uint64
	wrong    string
	stale    bool // what was computed of earlier documents is, as names became those of a map
}

// span is a part of the text.
type span struct{ from, to int }

// found returns the value at one of the tree's pointers, and whether the document has it.
func (s *scanner) found(want int) ([]byte, bool) {
	if want >= len(s.wanted) || s.wanted[want].to == 0 {
		return nil, false
	}
	return s.text[s.wanted[want].from:s.wanted[want].to], true
}

func newScanner(t *tree) *scanner { return &scanner{tree: t, wanted: make([]span, len(t.pointers))} }

// scan reads one document. distinct is what the schema distinguishes: equal values mean equal violations, unless the document is odd.
func (s *scanner) scan(document []byte) (distinct hash, err error) {
	for {
		s.text, s.at, s.depth, s.odd, s.wrong = document, 0, 0, false, ""
		s.document++
		s.shape, s.touched, s.kinds, s.names = hash{}, s.touched[:0], s.kinds[:0], s.names[:0]
		clear(s.wanted)
		s.tree.merged = false
		distinct, ok := s.value(s.tree.root)
		if s.space(); ok && s.at < len(s.text) {
			ok = s.fail("more follows the JSON value")
		}
		if !ok {
			return hash{}, fmt.Errorf("column %d: %s", utf8.RuneCount(s.text[:min(s.at, len(s.text))])+1, s.wrong)
		}
		if !s.tree.merged {
			return distinct, nil
		}
		s.stale = true
	}
}

func (s *scanner) fail(what string) bool {
	if s.wrong == "" {
		s.wrong = what
	}
	return false
}

func (s *scanner) space() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\n' || s.text[s.at] == '\t' || s.text[s.at] == '\r') {
		s.at++
	}
}

// touch notes that the document has a value of this type here.
func (s *scanner) touch(n *node, k kind) *slot {
	one := &n.slots[k]
	if one.document != s.document {
		one.document = s.document
		s.shape = s.shape.plus(one.hash)
		s.touched = append(s.touched, one)
	}
	return one
}

// value reads a value, and returns the hash of what the schema distinguishes in it.
func (s *scanner) value(n *node) (distinct hash, ok bool) {
	s.space()
	from := s.at
	if s.at >= len(s.text) {
		return hash{}, s.fail("the JSON text ends early")
	}
	switch c := s.text[s.at]; c {
	case '{':
		distinct, ok = s.members(n)
	case '[':
		distinct, ok = s.items(n)
	case '"':
		distinct, ok = s.string(n)
	case 't', 'f', 'n':
		distinct, ok = s.word(n)
	default:
		if c != '-' && (c < '0' || c > '9') {
			return hash{}, s.fail(fmt.Sprintf("no JSON value starts with %q", c))
		}
		distinct, ok = s.number(n)
	}
	if n.wanted > 0 && ok {
		s.wanted[n.wanted-1] = span{from, s.at}
	}
	return distinct, ok
}

func (s *scanner) word(n *node) (hash, bool) {
	for _, word := range []struct {
		text  string
		kind  kind
		value bool
	}{{"true", boolean, true}, {"false", boolean, false}, {"null", null, false}} {
		if bytes.HasPrefix(s.text[s.at:], []byte(word.text)) {
			s.at += len(word.text)
			distinct := s.touch(n, word.kind).hash
			if word.value && n.tested[schema.Boolean] {
				distinct = distinct.mixed(n.place.BooleanClass(true))
			}
			return distinct, true
		}
	}
	return hash{}, s.fail("neither true, false nor null")
}

func (s *scanner) number(n *node) (hash, bool) {
	from := s.at
	if !s.numeral() {
		return hash{}, s.fail("not a JSON number")
	}
	written := s.text[from:s.at]
	distinct := s.touch(n, number).hash
	if len(written) > mostNumber || bytes.ContainsAny(written, "eE") {
		s.odd = true
		return distinct, true
	}
	if n.integers || n.tested[schema.Number] {
		class, integer := n.place.NumberClass(written)
		distinct = distinct.mixed(class)
		if integer {
			distinct = distinct.mixed(1)
		}
	}
	return distinct, true
}

// numeral skips a number.
func (s *scanner) numeral() bool {
	digits := func() bool {
		from := s.at
		for s.at < len(s.text) && s.text[s.at] >= '0' && s.text[s.at] <= '9' {
			s.at++
		}
		return s.at > from
	}
	is := func(set string) bool {
		if s.at < len(s.text) && bytes.IndexByte([]byte(set), s.text[s.at]) >= 0 {
			s.at++
			return true
		}
		return false
	}
	is("-")
	if !is("0") && !digits() {
		return false
	}
	if is(".") && !digits() {
		return false
	}
	if is("eE") {
		is("+-")
		return digits()
	}
	return true
}

func (s *scanner) string(n *node) (hash, bool) {
	raw, plain, ok := s.quoted()
	if !ok {
		return hash{}, false
	}
	distinct := s.touch(n, text).hash
	if n.tested[schema.Text] {
		distinct = distinct.mixed(n.classOfText(raw, plain))
	}
	return distinct, true
}

// eight bytes at a time: whether one of them is below 0x20, a quote, a backslash or not ASCII.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

func special(word uint64) uint64 {
	quote, slash := word^(ones*'"'), word^(ones*'\\')
	return ((word - ones*0x20) | (quote - ones) | (slash - ones) | word) & highs
}

// quoted skips a string, and returns what stands between its quotes, and whether it is without escapes.
func (s *scanner) quoted() (raw []byte, plain, ok bool) {
	s.at++
	from, ascii := s.at, true
	for plain = true; ; {
		for s.at+8 <= len(s.text) && special(binary.LittleEndian.Uint64(s.text[s.at:])) == 0 {
			s.at += 8
		}
		if s.at >= len(s.text) {
			return nil, false, s.fail("the JSON text ends in a string")
		}
		switch c := s.text[s.at]; {
		case c == '"':
			raw = s.text[from:s.at]
			if !ascii && !utf8.Valid(raw) {
				s.at = from + invalidAt(raw)
				return nil, false, s.fail(fmt.Sprintf("the byte 0x%02x is not UTF-8", s.text[s.at]))
			}
			s.at++
			return raw, plain, true
		case c == '\\':
			plain = false
			if !s.escape() {
				return nil, false, s.fail("a backslash that escapes nothing")
			}
		case c < 0x20:
			return nil, false, s.fail(fmt.Sprintf("the control character 0x%02x in a string", c))
		default:
			ascii = ascii && c < utf8.RuneSelf
			s.at++
		}
	}
}

// invalidAt returns where a text stops being UTF-8.
func invalidAt(raw []byte) int {
	at := 0
	for at < len(raw) {
		r, size := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// escape skips a backslash and what it escapes.
func (s *scanner) escape() bool {
	s.at++
	if s.at >= len(s.text) {
		return false
	}
	c := s.text[s.at]
	s.at++
	if c != 'u' {
		return bytes.IndexByte([]byte(`"\/bfnrt`), c) >= 0
	}
	for range 4 {
		if s.at >= len(s.text) || bytes.IndexByte([]byte("0123456789abcdefABCDEF"), s.text[s.at]) < 0 {
			return false
		}
		s.at++
	}
	return true
}

// open begins an object or array.
func (s *scanner) open() bool {
	s.at++
	if s.depth++; s.depth > mostDepth {
		return s.fail(fmt.Sprintf("it is nested more than %d deep", mostDepth))
	}
	return true
}

// separator skips what follows a member or an item, and reports whether it ends the object or array.
func (s *scanner) separator(closing byte) (end, ok bool) {
	if s.space(); s.at >= len(s.text) {
		return false, s.fail("the JSON text ends early")
	}
	switch s.text[s.at] {
	case closing:
		s.at++
		s.depth--
		return true, true
	case ',':
		s.at++
		return false, true
	}
	return false, s.fail(fmt.Sprintf("%q where a comma or %q must be", s.text[s.at], closing))
}

// empty skips the end of an object or array without parts.
func (s *scanner) empty(closing byte) bool {
	if s.space(); s.at < len(s.text) && s.text[s.at] == closing {
		s.at++
		s.depth--
		return true
	}
	return false
}

func (s *scanner) items(n *node) (hash, bool) {
	from, kindsBefore := s.at, len(s.kinds)
	distinct := s.touch(n, array).hash
	if !s.open() {
		return hash{}, false
	}
	var sum hash
	count := 0
	for end := s.empty(']'); !end; count++ {
		item, ok := s.value(n.item())
		if !ok {
			return hash{}, false
		}
		if n.place != nil && n.place.Tuple > 0 {
			item = item.mixed(uint64(min(count, n.place.Tuple)))
		}
		if n.place != nil && n.place.Items == schema.ItemBag || s.isNew(item, kindsBefore) {
			sum = sum.plus(item.mixed(2))
		}
		if end, ok = s.separator(']'); !ok {
			return hash{}, false
		}
	}
	s.kinds = s.kinds[:kindsBefore]
	return s.whole(n, distinct.with(sum), count, from), true
}

// whole adds what the schema distinguishes of an object or array as a whole.
func (s *scanner) whole(n *node, distinct hash, count, from int) hash {
	if n.place != nil && n.place.Counts {
		distinct = distinct.mixed(uint64(count)) //nolint:gosec // a count is not negative
	}
	if n.place != nil && n.place.Compares {
		distinct = distinct.with(hashOfBytes(s.text[from:s.at]))
	}
	return distinct
}

// mostKinds is how many kinds of items are told apart; what is above counts each time.
const mostKinds = 16

// isNew reports whether the array or object had no such part before. Reporting true again is no mistake: it only distinguishes more.
func (s *scanner) isNew(part hash, before int) bool {
	if slices.Contains(s.kinds[before:], part) {
		return false
	}
	if len(s.kinds)-before < mostKinds {
		s.kinds = append(s.kinds, part)
	}
	return true
}

func (s *scanner) members(n *node) (hash, bool) {
	from, kindsBefore, namesBefore := s.at, len(s.kinds), len(s.names)
	distinct := s.touch(n, object).hash
	if !s.open() {
		return hash{}, false
	}
	s.object++
	serial := s.object
	var sum hash
	var many map[uint64]bool
	count := 0
	guess := &n.first
	for end := s.empty('}'); !end; count++ {
		child, name, ok := s.name(n, guess)
		if !ok {
			return hash{}, false
		}
		if child.any {
			many = s.twice(name, namesBefore, many)
		} else {
			s.odd = s.odd || child.in == serial
			child.in = serial
			guess = &child.next
		}
		part, ok := s.value(child)
		if !ok {
			return hash{}, false
		}
		if !child.any || s.isNew(part, kindsBefore) {
			sum = sum.plus(part.mixed(3))
		}
		if end, ok = s.separator('}'); !ok {
			return hash{}, false
		}
	}
	s.kinds, s.names = s.kinds[:kindsBefore], s.names[:namesBefore]
	return s.whole(n, distinct.with(sum), count, from), true
}

// name reads a member's name, and the colon after it. guess is the member that followed last time.
func (s *scanner) name(n *node, guess **node) (child *node, name []byte, ok bool) {
	if s.space(); s.at >= len(s.text) || s.text[s.at] != '"' {
		return nil, nil, s.fail("a member without a name")
	}
	name, plain, ok := s.quoted()
	if !ok {
		return nil, nil, false
	}
	if !plain {
		name = []byte(unquoted(name))
	}
	if s.space(); s.at >= len(s.text) || s.text[s.at] != ':' {
		return nil, nil, s.fail("a name without a colon")
	}
	s.at++
	if child = *guess; child == nil || child.name != string(name) {
		child = n.member(name)
		if !child.any {
			*guess = child
		}
	}
	return child, name, true
}

// few is how many names that are data are compared one by one.
const few = 16

// twice notes a name that is data, and that the document is odd if the object has it already.
func (s *scanner) twice(name []byte, before int, many map[uint64]bool) map[uint64]bool {
	of := hashOfBytes(name).a
	if many != nil {
		s.odd = s.odd || many[of]
		many[of] = true
		return many
	}
	s.odd = s.odd || slices.Contains(s.names[before:], of)
	if s.names = append(s.names, of); len(s.names)-before < few {
		return nil
	}
	many = map[uint64]bool{}
	for _, one := range s.names[before:] {
		many[one] = true
	}
	return many
}

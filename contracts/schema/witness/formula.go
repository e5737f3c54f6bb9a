package witness

import (
	"fmt"
	"slices"
	"strings"
)

// operator is what a formula is made with.
type operator uint8

const (
	opTrue    operator = iota
	opFalse            // never holds
	opAnd              // all parts hold
	opOr               // at least one part holds
	opOne              // exactly one part holds
	opNotOne           // none, or more than one
	opRef              // the definition holds
	opNotRef           // it does not
	opKinds            // the value is of one of the kinds
	opAtom             // the value is of the atom's kind, and the atom holds
	opNotAtom          // it is of another kind, or the atom does not hold
)

// formula is what a schema, or a part of one, demands of a value. It never changes. Formulas that mean the same because they
// are written the same have the same number in same, also if they come from different places.
type formula struct {
	op         operator
	same       int
	placed     int // likewise, but different for schemas at different places
	parts      []*formula
	definition *definition
	kinds      kindSet
	atom       atom
	negation   *formula // once it was asked for
}

// atom is one demand on a value of one kind.
type atom interface {
	kind() kind
	key(placed bool) string         // the same for atoms that demand the same, see formula.number
	holds(j judge, value any) truth // value is of the kind
}

// truth is whether something holds.
type truth int8

const (
	no    truth = -1
	maybe truth = 0 // it cannot be told
	yes   truth = 1
)

func truthOf(ok bool) truth {
	if ok {
		return yes
	}
	return no
}

// world makes formulas, and gives those that are the same one number.
type world struct {
	numbers     map[string]int
	definitions map[definitionKey]*definition
	patterns    map[string]*pattern
	classes     map[any]int
	options     Options
	formatted   map[[2]string]truth // of opaque atoms and strings
	yes, no     *formula
}

func newWorld() *world {
	w := &world{
		numbers: map[string]int{}, definitions: map[definitionKey]*definition{}, patterns: map[string]*pattern{},
		formatted: map[[2]string]truth{},
	}
	w.yes, w.no = w.made(&formula{op: opTrue}, always("true")), w.made(&formula{op: opFalse}, always("false"))
	w.yes.negation, w.no.negation = w.no, w.yes
	return w
}

func (w *world) numbered(key string) int {
	n, ok := w.numbers[key]
	if !ok {
		n = len(w.numbers)
		w.numbers[key] = n
	}
	return n
}

func (w *world) made(f *formula, key func(placed bool) string) *formula {
	f.same, f.placed = w.numbered("same"+key(false)), w.numbered("placed"+key(true))
	return f
}

// number returns one of the formula's numbers.
func (f *formula) number(placed bool) int {
	if placed {
		return f.placed
	}
	return f.same
}

func always(key string) func(bool) string { return func(bool) string { return key } }

func (w *world) list(op operator, name string, parts []*formula) *formula {
	return w.made(&formula{op: op, parts: parts}, func(placed bool) string {
		ids := make([]int, len(parts))
		for i, part := range parts {
			ids[i] = part.number(placed)
		}
		slices.Sort(ids)
		return name + fmt.Sprint(ids)
	})
}

// flat returns the parts with those of nested formulas of the same kind, each once, and without neutral ones. The
// second result is false if a part decides the whole.
func flat(op operator, neutral, deciding *formula, parts []*formula) ([]*formula, bool) {
	var all []*formula
	seen := map[int]bool{}
	var add func(parts []*formula) bool
	add = func(parts []*formula) bool {
		for _, part := range parts {
			switch {
			case part.op == deciding.op:
				return false
			case part.op == neutral.op:
			case part.op == op:
				if !add(part.parts) {
					return false
				}
			case !seen[part.same]:
				seen[part.same] = true
				all = append(all, part)
			}
		}
		return true
	}
	ok := add(parts)
	return all, ok
}

func (w *world) and(parts ...*formula) *formula {
	all, ok := flat(opAnd, w.yes, w.no, parts)
	switch {
	case !ok:
		return w.no
	case len(all) == 0:
		return w.yes
	case len(all) == 1:
		return all[0]
	}
	return w.list(opAnd, "and", all)
}

func (w *world) or(parts ...*formula) *formula {
	all, ok := flat(opOr, w.no, w.yes, parts)
	switch {
	case !ok:
		return w.yes
	case len(all) == 0:
		return w.no
	case len(all) == 1:
		return all[0]
	}
	kinds, rest := kindSet(0), []*formula(nil)
	for _, part := range all {
		if part.op == opKinds {
			kinds |= part.kinds
		} else {
			rest = append(rest, part)
		}
	}
	if kinds == anyKind {
		return w.yes
	}
	if kinds != 0 {
		rest = append([]*formula{w.kinds(kinds)}, rest...)
	}
	if len(rest) == 1 {
		return rest[0]
	}
	return w.list(opOr, "or", rest)
}

// one returns the formula that exactly one part holds. Parts that are the same count twice.
func (w *world) one(parts ...*formula) *formula {
	if len(parts) == 1 {
		return parts[0]
	}
	return w.list(opOne, "one", parts)
}

func (w *world) kinds(set kindSet) *formula {
	switch set {
	case 0:
		return w.no
	case anyKind:
		return w.yes
	}
	return w.made(&formula{op: opKinds, kinds: set}, always(fmt.Sprint("kinds", set)))
}

func (w *world) atom(a atom) *formula {
	return w.made(&formula{op: opAtom, atom: a}, func(placed bool) string { return fmt.Sprint("atom", a.kind(), a.key(placed)) })
}

// when returns the formula that a value of the atom's kind must satisfy it; a value of another kind is free.
func (w *world) when(a atom) *formula { return w.or(w.kinds(anyKind&^only(a.kind())), w.atom(a)) }

// not returns the negation of a formula.
func (w *world) not(f *formula) *formula {
	if f.negation == nil {
		f.negation = w.negated(f)
		f.negation.negation = f
	}
	return f.negation
}

func (w *world) negated(f *formula) *formula {
	switch f.op {
	case opAnd, opOr:
		parts := make([]*formula, len(f.parts))
		for i, part := range f.parts {
			parts[i] = w.not(part)
		}
		if f.op == opAnd {
			return w.list(opOr, "or", parts)
		}
		return w.list(opAnd, "and", parts)
	case opOne:
		return w.list(opNotOne, "notone", f.parts)
	case opNotOne:
		return w.list(opOne, "one", f.parts)
	case opRef:
		return w.made(&formula{op: opNotRef, definition: f.definition}, func(placed bool) string { return "not" + f.definition.key(placed) })
	case opNotRef:
		return f.definition.ref
	case opKinds:
		return w.kinds(anyKind &^ f.kinds)
	case opAtom:
		return w.made(&formula{op: opNotAtom, atom: f.atom}, func(placed bool) string {
			return fmt.Sprint("notatom", f.atom.kind(), f.atom.key(placed))
		})
	case opNotAtom:
		return w.atom(f.atom)
	}
	return w.no
}

// keyOf returns a text for a set of formulas, whatever their order.
func keyOf(all []*formula, placed bool) string {
	ids := make([]int, len(all))
	for i, f := range all {
		ids[i] = f.number(placed)
	}
	slices.Sort(ids)
	var b strings.Builder
	for _, id := range slices.Compact(ids) {
		fmt.Fprintf(&b, "%x ", id)
	}
	return b.String()
}

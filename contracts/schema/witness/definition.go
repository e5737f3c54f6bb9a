package witness

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Label names one demand of a schema: a keyword, and what of it.
type Label struct {
	Schema  *jsonschema.Schema
	Keyword string // such as "required"; "" for the schema false
	Detail  string // such as the required name, or the index in allOf; "" when the keyword is one demand
}

// part is one demand.
type part struct {
	label   Label
	formula *formula
}

// role is what a schema stands for.
type role uint8

const (
	exact       role = iota // what it accepts
	sender                  // applies in place to a value of a sender, see Options.Lenient
	senderValue             // describes a whole value of a sender
	reader                  // of a reader that ignores members that it does not know
)

// below returns the role of the schemas for members and items.
func (r role) below() role {
	if r == sender {
		return senderValue
	}
	return r
}

// inPlace returns the role of the schemas for the same value.
func (r role) inPlace() role {
	if r == senderValue {
		return sender
	}
	return r
}

type definitionKey struct {
	schema *jsonschema.Schema
	role   role
}

// definition is what one schema demands, worked out when it is needed.
type definition struct {
	definitionKey
	class, place int
	ref          *formula
	parts        []part
	known        bool
	whole        *formula
	kinds        kindSet
	state        int8 // of kinds: not begun, begun, done
}

// ref returns the formula that a schema holds.
func (w *world) ref(s *jsonschema.Schema, r role) *formula {
	key := definitionKey{s, r}
	d, ok := w.definitions[key]
	if !ok {
		d = &definition{definitionKey: key, class: w.classes[s], place: len(w.definitions)}
		w.definitions[key] = d
		d.ref = w.made(&formula{op: opRef, definition: d}, d.key)
	}
	return d.ref
}

// key is the same for schemas of one class in one role, or, if it is placed, for one schema only.
func (d *definition) key(placed bool) string {
	if placed {
		return fmt.Sprint("ref at ", d.place)
	}
	return fmt.Sprint("ref ", d.class, " ", d.role)
}

// demands returns the parts of a definition.
func (w *world) demands(d *definition) []part {
	if !d.known {
		d.known = true
		t := translation{world: w, schema: d.schema, role: d.role}
		t.run()
		d.parts = t.parts
	}
	return d.parts
}

// formulaOf returns what a definition demands, as one formula.
func (w *world) formulaOf(d *definition) *formula {
	if d.whole == nil {
		var all []*formula
		for _, p := range w.demands(d) {
			all = append(all, p.formula)
		}
		d.whole = w.and(all...)
	}
	return d.whole
}

// kindsOf returns the kinds of which a value may be to satisfy a definition; there may be fewer.
func (w *world) kindsOf(d *definition) kindSet {
	switch d.state {
	case 0:
		d.state, d.kinds = 1, anyKind
		of := kindSet(0)
		for k := range kinds {
			if w.status(w.formulaOf(d), k, 3) != no {
				of |= only(k)
			}
		}
		d.state, d.kinds = 2, of
	case 1:
		return anyKind
	}
	return d.kinds
}

// status returns what is known of a formula for all values of a kind, to a depth.
func (w *world) status(f *formula, k kind, depth int) truth {
	switch f.op {
	case opTrue:
		return yes
	case opFalse:
		return no
	case opKinds:
		return truthOf(f.kinds.has(k))
	case opAtom, opNotAtom:
		if f.atom.kind() == k {
			return maybe
		}
		return truthOf(f.op == opNotAtom)
	}
	if depth == 0 {
		return maybe
	}
	switch f.op {
	case opRef, opNotRef:
		if w.kindsOf(f.definition).has(k) {
			return maybe
		}
		return truthOf(f.op == opNotRef)
	case opAnd:
		result := yes
		for _, p := range f.parts {
			result = min(result, w.status(p, k, depth-1))
		}
		return result
	case opOr:
		result := no
		for _, p := range f.parts {
			result = max(result, w.status(p, k, depth-1))
		}
		return result
	}
	return maybe
}

// translation collects the demands of one schema.
type translation struct {
	*world
	schema *jsonschema.Schema
	role   role
	parts  []part
}

func (t *translation) add(f *formula, keyword, detail string) {
	if f.op != opTrue {
		t.parts = append(t.parts, part{Label{t.schema, keyword, detail}, f})
	}
}

// apply returns the formula of a schema for the same value.
func (t *translation) apply(s *jsonschema.Schema) *formula { return t.ref(s, t.role.inPlace()) }

// value returns the formula of a schema for a member or an item.
func (t *translation) value(s *jsonschema.Schema) *formula {
	if s.Always != nil {
		if *s.Always {
			return t.yes
		}
		return t.no
	}
	return t.ref(s, t.role.below())
}

func (t *translation) run() {
	s := t.schema
	if s.Always != nil {
		if !*s.Always {
			t.add(t.no, "", "")
		}
		return
	}
	t.references()
	t.types()
	t.values()
	t.numbers()
	t.strings()
	t.objects()
	t.arrays()
	t.alternatives()
	t.unevaluated()
}

func (t *translation) types() {
	if len(t.schema.Types) == 0 {
		return
	}
	var allowed kindSet
	integer := t.no
	for _, name := range t.schema.Types {
		if name == "integer" {
			integer = t.atom(multiple{big.NewRat(1, 1)})
			continue
		}
		allowed |= only(kindNames[name])
	}
	if allowed.has(number) {
		integer = t.no
	}
	t.add(t.or(t.kinds(allowed), integer), "type", "")
}

func (t *translation) values() {
	if len(t.schema.Constant) > 0 {
		t.add(t.oneOfValues(t.schema.Constant), "const", "")
	}
	if len(t.schema.Enum) > 0 {
		t.add(t.oneOfValues(t.schema.Enum), "enum", "")
	}
	t.parts = append(t.parts, t.opaque(t.schema)...)
}

func (w *world) oneOfValues(values []any) *formula {
	var byKind [kinds]map[string]any
	for _, value := range values {
		k := kindOf(value)
		if byKind[k] == nil {
			byKind[k] = map[string]any{}
		}
		byKind[k][canonical(value)] = value
	}
	var all []*formula
	for k, set := range byKind {
		if set != nil {
			all = append(all, w.atom(newAmong(kind(k), set)))
		}
	}
	return w.or(all...)
}

func (t *translation) numbers() {
	s := t.schema
	if s.Minimum != nil {
		t.add(t.when(above{s.Minimum, false}), "minimum", "")
	}
	if s.ExclusiveMinimum != nil {
		t.add(t.when(above{s.ExclusiveMinimum, true}), "exclusiveMinimum", "")
	}
	if s.Maximum != nil {
		t.add(t.whenNot(above{s.Maximum, true}), "maximum", "")
	}
	if s.ExclusiveMaximum != nil {
		t.add(t.whenNot(above{s.ExclusiveMaximum, false}), "exclusiveMaximum", "")
	}
	if s.MultipleOf != nil && s.MultipleOf.Sign() > 0 {
		t.add(t.when(multiple{s.MultipleOf}), "multipleOf", "")
	}
}

// whenNot returns the formula that a value of the atom's kind must not satisfy it.
func (w *world) whenNot(a atom) *formula { return w.not(w.atom(a)) }

// integerOf returns the formula for the integers of so many bits, two's complement.
func (w *world) integerOf(bits uint) *formula {
	limit := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), bits-1))
	return w.and(w.atom(multiple{big.NewRat(1, 1)}), w.atom(above{new(big.Rat).Neg(limit), false}), w.not(w.atom(above{limit, false})))
}

// bounds adds the least and the most size of a kind; -1 is none.
func (t *translation) bounds(of kind, least, most int, minKeyword, maxKeyword string) {
	if least > 0 {
		t.add(t.when(sized{of, least}), minKeyword, "")
	}
	switch {
	case most == -1:
	case most < 0:
		t.add(t.kinds(anyKind&^only(of)), maxKeyword, "")
	default:
		t.add(t.whenNot(sized{of, most + 1}), maxKeyword, "")
	}
}

func (t *translation) strings() {
	t.bounds(text, t.schema.MinLength, t.schema.MaxLength, "minLength", "maxLength")
	if t.schema.Pattern != nil {
		t.add(t.when(matches{t.pattern(t.schema.Pattern, Label{t.schema, "pattern", ""})}), "pattern", "")
	}
}

// unknown returns the formula for what is not understood.
func (w *world) unknown(s *jsonschema.Schema, keyword, why string) *formula {
	var all []*formula
	for k := range kinds {
		all = append(all, w.when(unknown{k, Label{s, keyword, ""}, why}))
	}
	return w.and(all...)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

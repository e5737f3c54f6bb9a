package witness

import "reflect"

// judge evaluates formulas on values. Demands that are banned do not count as violated.
type judge struct {
	*world
	banned map[Label]bool
	truths map[seen]known
}

// holds evaluates a formula on a value.
func (j judge) holds(f *formula, value any) truth {
	switch f.op {
	case opTrue:
		return yes
	case opFalse:
		return no
	case opKinds:
		return truthOf(f.kinds.has(kindOf(value)))
	case opAtom, opNotAtom:
		if kindOf(value) != f.atom.kind() {
			return truthOf(f.op == opNotAtom)
		}
		if f.op == opNotAtom {
			return fails(f.atom, j, value)
		}
		return f.atom.holds(j, value)
	case opRef, opNotRef:
		return j.remembered(f, value)
	case opAnd:
		result := yes
		for _, p := range f.parts {
			if result = min(result, j.holds(p, value)); result == no {
				break
			}
		}
		return result
	case opOr:
		result := no
		for _, p := range f.parts {
			if result = max(result, j.holds(p, value)); result == yes {
				break
			}
		}
		return result
	case opNotOne:
		return j.notOne(f, value)
	}
	return j.exactlyOne(f, value)
}

// notOne evaluates the negation of a formula that exactly one part holds. Parts that are violated by nothing but what is
// banned count as holding.
func (j judge) notOne(f *formula, value any) truth {
	if is := j.exactlyOne(f, value); is != no || len(j.banned) == 0 {
		return -is
	}
	none, all := yes, no
	for _, p := range f.parts {
		none = min(none, j.holds(j.not(p), value))
		all = max(all, j.holds(p, value))
	}
	return max(none, all)
}

// seen is one definition, or its violation, and one value.
type seen struct {
	definition *definition
	violated   bool
	value      uintptr
}

// known is a truth. It keeps the value, so that no other one takes its address.
type known struct {
	value any
	is    truth
}

// remembered evaluates a definition, or its violation, once for each object and list.
func (j judge) remembered(f *formula, value any) truth {
	of := func() *formula {
		if f.op == opRef {
			return j.formulaOf(f.definition)
		}
		return j.violated(f.definition)
	}
	key := seen{f.definition, f.op == opNotRef, 0}
	switch value.(type) {
	case map[string]any, []any:
		key.value = reflect.ValueOf(value).Pointer()
	default:
		return j.holds(of(), value)
	}
	if list, ok := value.([]any); ok && len(list) == 0 {
		return j.holds(of(), value) // all empty lists have one address
	}
	if before, ok := j.truths[key]; ok {
		return before.is
	}
	is := j.holds(of(), value)
	if len(j.truths) < maxTruths {
		j.truths[key] = known{value, is}
	}
	return is
}

// maxTruths limits what is remembered.
const maxTruths = 1_000_000

// violated returns the formula that a demand of a definition is not met, other than those that are banned.
func (j judge) violated(d *definition) *formula {
	if len(j.banned) == 0 {
		return j.not(j.formulaOf(d))
	}
	var all []*formula
	for _, p := range j.demands(d) {
		if !j.banned[p.label] {
			all = append(all, j.not(p.formula))
		}
	}
	return j.or(all...)
}

func (j judge) exactlyOne(f *formula, value any) truth {
	surely, perhaps := 0, 0
	for _, p := range f.parts {
		switch j.holds(p, value) {
		case yes:
			surely++
		case maybe:
			perhaps++
		}
	}
	switch {
	case surely > 1 || surely+perhaps == 0:
		return no
	case surely == 1 && perhaps == 0:
		return yes
	}
	return maybe
}

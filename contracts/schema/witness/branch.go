package witness

import "slices"

// branch looks for a value of one kind. It collects what must hold, and splits an alternative only if it has to.
type branch struct {
	*search
	kind  kind
	known map[int]bool // the formulas that hold, by number
	trail []int        // in the order in which they became known
	atoms []*formula   // of the kind, and negated ones
	open  []*formula   // alternatives that are not settled
	last  answer       // for so many atoms
	count int
}

// run adds the formulas and looks for a value.
func (b *branch) run(all []*formula) answer {
	for _, f := range all {
		if b.truth(f) == no {
			return nothing()
		}
		b.mark(f)
	}
	return b.with(all, true)
}

// with adds formulas, looks, and takes them back. marked formulas are known already and were not looked into.
func (b *branch) with(all []*formula, marked bool) answer {
	if b.spent(1 + len(b.open)/8) {
		return doubtful(gaveUp)
	}
	trail, atoms, open, last, count := len(b.trail), len(b.atoms), slices.Clone(b.open), b.last, b.count
	defer func() {
		for _, n := range b.trail[trail:] {
			delete(b.known, n)
		}
		b.trail, b.atoms, b.open, b.last, b.count = b.trail[:trail], b.atoms[:atoms], open, last, count
	}()
	for _, f := range all {
		if !b.add(f, marked) {
			return nothing()
		}
	}
	if !b.reduce() {
		return nothing()
	}
	return b.look()
}

func (b *branch) mark(f *formula) bool {
	if b.known[f.same] {
		return false
	}
	b.known[f.same] = true
	b.trail = append(b.trail, f.same)
	return true
}

// truth returns what is known of a formula here.
func (b *branch) truth(f *formula) truth {
	switch {
	case f.op == opTrue || b.known[f.same]:
		return yes
	case f.op == opFalse || b.known[b.not(f).same]:
		return no
	case f.op == opAnd:
		result := yes
		for _, p := range f.parts {
			result = min(result, b.truth(p))
		}
		return result
	case f.op == opOr:
		result := no
		for _, p := range f.parts {
			result = max(result, b.truth(p))
		}
		return result
	}
	return b.status(f, b.kind, 3)
}

// add makes a formula hold, and reports whether it can.
func (b *branch) add(f *formula, marked bool) bool {
	queue := []*formula{f}
	for n := 0; n < len(queue); n++ {
		f := queue[n]
		first := n == 0 && marked
		switch b.truth(f) {
		case no:
			return false
		case yes:
			if !first && (f.op != opAnd || b.known[f.same]) {
				continue
			}
		}
		if !b.mark(f) && !first {
			continue
		}
		switch f.op {
		case opAnd:
			queue = append(queue, f.parts...)
		case opOr, opOne, opNotOne:
			b.open = append(b.open, f)
		case opRef:
			queue = append(queue, b.formulaOf(f.definition))
		case opNotRef:
			queue = append(queue, b.violated(f.definition))
		case opAtom, opNotAtom:
			if f.atom.kind() != b.kind {
				continue
			}
			if a, ok := f.atom.(among); ok && f.op == opNotAtom && (b.kind == array || b.kind == object) {
				queue = append(queue, b.differs(a)...)
				continue
			}
			b.atoms = append(b.atoms, f)
		}
	}
	return true
}

// violated returns the formula that a demand of a definition is not met, other than those that are banned.
func (b *branch) violated(d *definition) *formula { return b.judge().violated(d) }

// reduce settles the alternatives of which all parts but one are impossible, and reports whether all are possible.
func (b *branch) reduce() bool {
	for again := true; again; {
		again = false
		before := b.open
		b.open = nil
		for _, f := range before {
			next, state := b.reduced(f)
			if state == no {
				return false
			}
			if state == yes && next == nil {
				continue
			}
			if state == maybe {
				b.open = append(b.open, f)
				continue
			}
			for _, part := range next {
				if !b.add(part, false) {
					return false
				}
			}
			again = true
		}
	}
	return true
}

// reduced returns yes if an alternative holds, when the formulas that it returns do; no if it cannot hold.
func (b *branch) reduced(f *formula) ([]*formula, truth) {
	var open []*formula
	holding := 0
	for _, p := range f.parts {
		switch b.truth(p) {
		case yes:
			holding++
		case maybe:
			open = append(open, p)
		}
	}
	switch {
	case f.op == opOr && holding > 0, f.op == opNotOne && holding > 1:
		return nil, yes
	case f.op == opOr && len(open) == 1, f.op == opNotOne && holding == 1 && len(open) == 1,
		f.op == opOne && holding == 0 && len(open) == 1:
		return open, yes
	case f.op == opOr && len(open) == 0, f.op == opOne && (holding > 1 || holding == 0 && len(open) == 0),
		f.op == opNotOne && holding == 1 && len(open) == 0:
		return nil, no
	case f.op == opNotOne && holding == 0 && len(open) == 0:
		return nil, yes
	case f.op == opOne && holding == 1:
		for i, p := range open {
			open[i] = b.not(p)
		}
		return open, yes
	case f.op == opNotOne && holding == 0 && len(open) == 1:
		return []*formula{b.not(open[0])}, yes
	}
	return nil, maybe
}

// look finds a value for the atoms, and splits an alternative that it contradicts.
func (b *branch) look() answer {
	if b.count != len(b.atoms)+1 {
		b.last, b.count = b.ofKind(), len(b.atoms)+1
	}
	a := b.last
	if a.outcome == none || len(b.open) == 0 {
		return a
	}
	if a.outcome == found {
		contradicted := b.contradicted(a.value)
		if contradicted == nil {
			return a
		}
		return b.split(contradicted)
	}
	return b.split(b.easiest(b.open))
}

// contradicted returns an alternative that does not hold for a value, or nil.
func (b *branch) contradicted(value any) *formula {
	var failing []*formula
	for _, f := range b.open {
		if b.judge().holds(f, value) != yes {
			failing = append(failing, f)
		}
	}
	return b.easiest(failing)
}

// easiest returns the alternative that is best split first: one of which exactly one part holds, as that settles the other
// parts too, or else the shortest.
func (b *branch) easiest(all []*formula) *formula {
	rank := map[operator]int{opOne: 0, opOr: 1, opNotOne: 2}
	var best *formula
	for _, f := range all {
		if best == nil || rank[f.op] < rank[best.op] || rank[f.op] == rank[best.op] && len(f.parts) < len(best.parts) {
			best = f
		}
	}
	return best
}

// split tries the ways in which an alternative can hold.
func (b *branch) split(f *formula) answer {
	b.open = slices.DeleteFunc(slices.Clone(b.open), func(other *formula) bool { return other == f })
	result := nothing()
	try := func(parts ...*formula) bool {
		result = result.either(b.with(parts, false))
		return result.outcome != found && b.steps > 0
	}
	var open []*formula
	holding := 0
	for _, p := range f.parts {
		switch b.truth(p) {
		case yes:
			holding++
		case maybe:
			open = append(open, p)
		}
	}
	for i, p := range open {
		parts := []*formula{p}
		switch f.op {
		case opOne: // none holds yet, or reduce had settled it
			for j, other := range open {
				if j != i {
					parts = append(parts, b.not(other))
				}
			}
		case opNotOne:
			if holding == 0 {
				parts = append(parts, b.or(open[i+1:]...))
			}
		}
		if !try(parts...) {
			return result
		}
	}
	if f.op == opNotOne && holding == 0 {
		parts := make([]*formula, len(open))
		for i, p := range open {
			parts[i] = b.not(p)
		}
		try(parts...)
	}
	return result
}

// ofKind finds a value for the atoms alone.
func (b *branch) ofKind() answer {
	if b.spent(1 + len(b.atoms)/16) {
		return doubtful(gaveUp)
	}
	for _, f := range b.atoms {
		if u, ok := f.atom.(unknown); ok {
			return b.withoutUnknown(u)
		}
	}
	switch b.kind {
	case null:
		return b.firstOf([]any{nil}, true)
	case boolean:
		return b.firstOf([]any{false, true}, true)
	}
	for _, f := range b.atoms {
		if a, ok := f.atom.(among); ok && f.op == opAtom {
			var all []any
			for _, key := range sortedKeys(a.values) {
				all = append(all, a.values[key])
			}
			return b.firstOf(all, true)
		}
	}
	switch b.kind {
	case number:
		return b.aNumber()
	case text:
		return b.aString()
	case array:
		return b.anArray()
	}
	return b.anObject()
}

// withoutUnknown answers as far as the atoms that are understood allow.
func (b *branch) withoutUnknown(u unknown) answer {
	all := b.atoms
	b.atoms = slices.DeleteFunc(slices.Clone(all), func(f *formula) bool { _, is := f.atom.(unknown); return is })
	a := b.ofKind()
	b.atoms = all
	if a.outcome == none {
		return a
	}
	return answer{doubts: merged([]Doubt{{u.label, u.why}}, a.doubts)}
}

// firstOf returns the first value for which the atoms hold. complete is whether there are no others.
func (b *branch) firstOf(values []any, complete bool) answer {
	result := nothing()
	if !complete {
		result = answer{}
	}
	for _, value := range values {
		holds := yes
		for _, f := range b.atoms {
			holds = min(holds, b.judge().holds(f, value))
		}
		switch holds {
		case yes:
			return foundValue(value)
		case maybe:
			result = result.either(answer{})
		}
	}
	return result
}

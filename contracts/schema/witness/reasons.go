package witness

import "slices"

// Reason is one demand that a document does not meet, and where in it.
type Reason struct {
	Label
	Instance []any // member names and indexes of items from the document to the value
}

// Reasons returns why a document is refused, other than what is banned: the innermost demands, each once. Where none of
// several alternatives holds, the reasons are those of the alternative that comes nearest.
func (q *Question) Reasons(document any) []Reason {
	r := reasons{judge: judge{q.world, q.banned, map[seen]known{}}}
	r.definition(q.refuse.definition, document, nil)
	return r.all
}

type reasons struct {
	judge
	all []Reason
}

func (r *reasons) definition(d *definition, value any, at []any) {
	for _, p := range r.demands(d) {
		if r.banned[p.label] || r.holds(r.not(p.formula), value) != yes {
			continue
		}
		before := len(r.all)
		r.inside(p.formula, value, at)
		if len(r.all) == before {
			r.add(Reason{p.label, slices.Clone(at)})
		}
	}
}

func (r *reasons) add(all ...Reason) {
	for _, reason := range all {
		if !slices.ContainsFunc(r.all, func(other Reason) bool { return other.Label == reason.Label }) {
			r.all = append(r.all, reason)
		}
	}
}

// inside follows a formula that does not hold to the definitions that are the cause.
func (r *reasons) inside(f *formula, value any, at []any) {
	switch f.op {
	case opRef:
		r.definition(f.definition, value, at)
	case opOr:
		if len(f.parts) == 2 && f.parts[0].op == opKinds && f.parts[1].op == opAtom { // a demand on one kind of value
			r.inside(f.parts[1], value, at)
			return
		}
		r.nearest(f.parts, value, at)
	case opOne:
		for _, p := range f.parts {
			if r.holds(p, value) != no {
				return // too many hold
			}
		}
		r.nearest(f.parts, value, at)
	case opAtom:
		r.below(f.atom, value, at)
	}
}

// below follows what is demanded of members and items.
func (r *reasons) below(a atom, value any, at []any) {
	switch a := a.(type) {
	case each:
		of, _ := value.(map[string]any)
		for _, name := range sortedKeys(of) {
			if a.names.has(r.judge, name) == yes && a.of.op == opRef {
				r.definition(a.of.definition, of[name], append(slices.Clone(at), name))
			}
		}
	case items:
		of, _ := value.([]any)
		for i, item := range of {
			if i >= a.from && (a.to < 0 || i < a.to) && a.of.op == opRef {
				r.definition(a.of.definition, item, append(slices.Clone(at), i))
			}
		}
	}
}

// nearest adds the reasons of the alternative that has the fewest, and of those the one whose reasons are deepest in the
// document. There is none if the alternatives are not schemas.
func (r *reasons) nearest(alternatives []*formula, value any, at []any) {
	var best []Reason
	for _, p := range alternatives {
		if p.op != opRef {
			return
		}
		inner := reasons{judge: r.judge}
		inner.definition(p.definition, value, at)
		if len(inner.all) > 0 && (best == nil || distance(inner.all) < distance(best)) {
			best = inner.all
		}
	}
	r.add(best...)
}

// distance is how far a document is from satisfying all. What tells alternatives apart counts more: a wrong type, value or
// missing member near the root.
func distance(all []Reason) int {
	sum := 0
	for _, reason := range all {
		sum += 100 - min(len(reason.Instance), 10)
		switch reason.Keyword {
		case "const", "enum", "type", "required":
			if len(reason.Instance) < 2 {
				sum += 50
			}
		}
	}
	return sum
}

package witness

import (
	"fmt"
	"math"
	"slices"
)

// objectOf is what atoms demand of an object. Names are divided into cells: each name that an atom mentions is one, and so
// are the other names that the same expressions match.
type objectOf struct {
	*branch
	least, most int // members
	all         []each
	some        []each // members that must be there: the formula must not hold of their value
	cells       []*cell
	budget      int
}

// cell is names that no atom tells apart.
type cell struct {
	name       *string // the only one
	matched    []bool  // which predicates hold, in their order
	predicates []predicate
	words      []string
	every      bool       // words are all there are
	values     []*formula // hold of the value of every member
}

// member is one member of the object that is built.
type member struct {
	cell   *cell
	values []*formula
	value  any
}

// anObject finds an object for the atoms.
func (b *branch) anObject() answer {
	o := &objectOf{branch: b, most: math.MaxInt, budget: 3000}
	for _, f := range b.atoms {
		holds := f.op == opAtom
		switch a := f.atom.(type) {
		case sized:
			if holds {
				o.least = max(o.least, a.least)
			} else {
				o.most = min(o.most, a.least-1)
			}
		case each:
			if holds {
				o.all = append(o.all, a)
			} else {
				o.some = append(o.some, a)
			}
		}
	}
	if o.least > o.most {
		return nothing()
	}
	if why := o.divide(); why != nil {
		return doubtful(*why)
	}
	return o.run()
}

// predicate is what divides names that are not mentioned.
type predicate struct {
	pattern *pattern
	formula *formula
}

// divide makes the cells. It returns why it cannot.
func (o *objectOf) divide() *Doubt {
	mentioned := map[string]bool{}
	var predicates []predicate
	add := func(p predicate) {
		if (p.pattern != nil || p.formula != nil) && !slices.ContainsFunc(predicates, func(q predicate) bool { return p.same(q) }) {
			predicates = append(predicates, p)
		}
	}
	for _, a := range slices.Concat(o.all, o.some) {
		if a.names.one != nil {
			mentioned[*a.names.one] = true
		}
		for _, name := range a.names.except {
			mentioned[name] = true
		}
		add(predicate{pattern: a.names.matching})
		for _, p := range a.names.exceptMatching {
			add(predicate{pattern: p})
		}
		add(predicate{formula: a.names.failing})
	}
	for _, name := range sortedKeys(mentioned) {
		c := &cell{name: &name, words: []string{name}, every: true}
		for _, a := range o.all {
			switch a.names.has(o.judge(), name) {
			case maybe:
				return &Doubt{Why: fmt.Sprintf("whether %q is among the names that a schema describes", name)}
			case yes:
				c.values = append(c.values, a.of)
			}
		}
		o.cells = append(o.cells, c)
	}
	return o.divideRest(sortedKeys(mentioned), predicates)
}

func (p predicate) same(q predicate) bool {
	if p.formula != nil && q.formula != nil {
		return p.formula.same == q.formula.same
	}
	return p.pattern == q.pattern && p.formula == nil && q.formula == nil
}

// maxPredicates is how many expressions may divide the names of one object.
const maxPredicates = 8

// divideRest makes the cells of the names that are not mentioned.
func (o *objectOf) divideRest(mentioned []string, predicates []predicate) *Doubt {
	if len(predicates) > maxPredicates {
		return &Doubt{Why: fmt.Sprintf("more than %d patterns divide the members of an object", maxPredicates)}
	}
	if len(predicates) == 0 {
		c := &cell{words: freshNames(mentioned, o.least+len(o.some)+1)}
		o.fill(c)
		o.cells = append(o.cells, c)
		return nil
	}
	others := o.not(o.oneOfValues(anyOf(mentioned)))
	var doubt *Doubt
	var sign func(prefix []bool, formulas []*formula)
	sign = func(prefix []bool, formulas []*formula) {
		if doubt != nil {
			return
		}
		a := o.find(formulas, only(text))
		if a.outcome == none {
			return
		}
		if len(prefix) == len(predicates) {
			doubt = o.restCell(prefix, formulas, predicates, a)
			return
		}
		f := predicates[len(prefix)].asFormula(o.world)
		sign(append(slices.Clone(prefix), true), append(slices.Clone(formulas), f))
		sign(append(slices.Clone(prefix), false), append(slices.Clone(formulas), o.not(f)))
	}
	sign(nil, []*formula{others})
	return doubt
}

func (p predicate) asFormula(w *world) *formula {
	if p.formula != nil {
		return p.formula
	}
	return w.atom(matches{p.pattern})
}

// restCell adds the cell of the names for which formulas hold.
func (o *objectOf) restCell(matched []bool, formulas []*formula, predicates []predicate, first answer) *Doubt {
	c := &cell{matched: matched, predicates: predicates}
	needed := len(o.some) + 1
	if o.least < 50 {
		needed += o.least
	}
	formulas = slices.Clone(formulas)
	for a := first; ; a = o.find(formulas, only(text)) {
		if a.outcome == undecided {
			d := Doubt{Why: "the names of members cannot be told apart"}
			if len(a.doubts) > 0 {
				d = a.doubts[0]
			}
			return &d
		}
		if a.outcome == none {
			c.every = true
			break
		}
		name, _ := a.value.(string)
		c.words = append(c.words, name)
		if len(c.words) >= needed {
			break
		}
		formulas = append(formulas, o.not(o.oneOfValues([]any{name})))
	}
	o.fill(c)
	o.cells = append(o.cells, c)
	return nil
}

// fill collects what holds of every value in a cell of names that are not mentioned.
func (o *objectOf) fill(c *cell) {
	for _, a := range o.all {
		if c.in(a.names) {
			c.values = append(c.values, a.of)
		}
	}
}

// in reports whether the names of a cell are in a set.
func (c *cell) in(n names) bool {
	if n.one != nil {
		return false
	}
	for i, p := range c.predicates {
		switch {
		case p.formula != nil && n.failing != nil && p.same(predicate{formula: n.failing}):
			if c.matched[i] {
				return false
			}
		case p.pattern != nil && p.pattern == n.matching:
			if !c.matched[i] {
				return false
			}
		}
		if p.pattern != nil && slices.Contains(n.exceptMatching, p.pattern) && c.matched[i] {
			return false
		}
	}
	return true
}

// freshNames returns names that are not among the mentioned.
func freshNames(mentioned []string, n int) []string {
	var all []string
	for i := 0; len(all) < min(n, 2000); i++ {
		name := fmt.Sprintf("other%d", i)
		if i == 0 {
			name = "other"
		}
		if !slices.Contains(mentioned, name) {
			all = append(all, name)
		}
	}
	return all
}

package witness

import (
	"math"
	"slices"
)

// run finds members that are there for a reason, and then as many others as are needed.
func (o *objectOf) run() answer {
	slices.SortStableFunc(o.some, func(a, b each) int { return rankOf(a) - rankOf(b) })
	return o.place(0, nil)
}

// rankOf puts members of which the name is known first.
func rankOf(a each) int {
	if a.names.one != nil {
		return 0
	}
	return 1
}

// place chooses a cell for the next member that must be there.
func (o *objectOf) place(next int, members []*member) answer {
	if o.budget--; o.budget < 0 || o.spent(1) {
		return doubtful(gaveUp)
	}
	if next == len(o.some) {
		return o.complete(members)
	}
	wanted := o.some[next]
	if next > 0 && rankOf(o.some[next-1]) == 0 && rankOf(wanted) == 1 || next == 0 && rankOf(wanted) == 1 {
		// All named members are known: find their values once, before the others multiply the ways.
		if a := o.values(members); a.outcome == none {
			return a
		}
	}
	result := nothing()
	for _, c := range o.cells {
		if !o.mayHold(c, wanted.names) {
			continue
		}
		for _, with := range o.joined(c, members, o.not(wanted.of)) {
			result = result.either(o.place(next+1, with))
			if result.outcome == found {
				return result
			}
		}
	}
	return result
}

func (o *objectOf) mayHold(c *cell, n names) bool {
	if c.name != nil {
		return n.has(o.judge(), *c.name) != no
	}
	return c.in(n)
}

// joined returns the ways to have a member in a cell of whose value something holds: a new member, or one that is there.
func (o *objectOf) joined(c *cell, members []*member, holds *formula) [][]*member {
	var ways [][]*member
	used := 0
	for i, m := range members {
		if m.cell != c {
			continue
		}
		used++
		if c.name != nil || o.most < math.MaxInt || c.every {
			with := slices.Clone(members)
			with[i] = &member{cell: c, values: append(slices.Clone(m.values), holds)}
			ways = append(ways, with)
		}
	}
	if used < len(c.words) && len(members) < o.most {
		fresh := &member{cell: c, values: append(slices.Clone(c.values), holds)}
		ways = append([][]*member{append(slices.Clone(members), fresh)}, ways...)
	}
	return ways
}

// values finds the value of every member.
func (o *objectOf) values(members []*member) answer {
	result := foundValue(nil)
	for _, m := range members {
		a := o.find(m.values, anyKind)
		if a.outcome == none {
			return a
		}
		if a.outcome == undecided && result.outcome == found {
			result = a
		}
		m.value = a.value
	}
	return result
}

// complete finds the values, and adds members until there are enough.
func (o *objectOf) complete(members []*member) answer {
	a := o.values(members)
	if a.outcome == none {
		return a
	}
	if len(members) > o.most {
		return nothing()
	}
	object := map[string]any{}
	for _, m := range members {
		object[o.freeName(m.cell, object)] = m.value
	}
	more := o.enough(object)
	switch {
	case more.outcome == none:
		return more
	case a.outcome == undecided:
		return a
	case more.outcome == undecided:
		return more
	}
	return foundValue(object)
}

// freeName returns a name of a cell that the object does not have yet. The caller has counted that there is one.
func (o *objectOf) freeName(c *cell, object map[string]any) string {
	for _, name := range c.words {
		if _, taken := object[name]; !taken {
			return name
		}
	}
	return ""
}

// enough adds members to an object until it has as many as it needs.
func (o *objectOf) enough(object map[string]any) answer {
	result := foundValue(nil)
	for _, c := range o.cells {
		if len(object) >= o.least {
			return foundValue(nil)
		}
		free := 0
		for _, name := range c.words {
			if _, taken := object[name]; !taken {
				free++
			}
		}
		if free == 0 && c.every {
			continue
		}
		a := o.find(c.values, anyKind)
		if a.outcome == undecided {
			result = a
		}
		if a.outcome != found {
			continue
		}
		for _, name := range c.words {
			if _, taken := object[name]; !taken && len(object) < o.least {
				object[name] = a.value
			}
		}
		if !c.every && len(object) < o.least {
			return doubtful(Doubt{Why: "an object must have more members than are tried"})
		}
	}
	if len(object) >= o.least {
		return foundValue(nil)
	}
	if result.outcome == undecided {
		return result
	}
	return nothing()
}

package witness

import (
	"fmt"
	"math"
	"slices"
)

// arrayOf is what atoms demand of an array.
type arrayOf struct {
	*branch
	least, most int
	all         []items
	some        []demand
	atMost      []contains // of which fewer hold than least
	distinct    bool
	equal       bool // two items are equal
	budget      int
}

// demand is an item that must be there.
type demand struct {
	from, to int // to is negative for the end
	holds    *formula
	group    int // demands of one group are met by different items; 0 is no group
}

// longest is how long arrays are tried.
const longest = 64

// anArray finds an array for the atoms.
func (b *branch) anArray() answer {
	r := &arrayOf{branch: b, most: math.MaxInt, budget: 3000}
	for i, f := range b.atoms {
		r.addAtom(f, i+1)
	}
	return r.run()
}

func (r *arrayOf) addAtom(f *formula, number int) {
	holds := f.op == opAtom
	switch a := f.atom.(type) {
	case sized:
		if holds {
			r.least = max(r.least, a.least)
		} else {
			r.most = min(r.most, a.least-1)
		}
	case items:
		if holds {
			r.all = append(r.all, a)
		} else {
			r.some = append(r.some, demand{a.from, a.to, r.not(a.of), 0})
		}
	case contains:
		switch {
		case holds:
			for range min(a.least, longest+1) {
				r.some = append(r.some, demand{0, -1, a.of, number})
			}
		case a.least == 1:
			r.all = append(r.all, items{0, -1, r.not(a.of)})
		default:
			r.atMost = append(r.atMost, a)
		}
	case unique:
		r.distinct = r.distinct || holds
		r.equal = r.equal || !holds
	}
}

func (r *arrayOf) run() answer {
	if r.least > r.most {
		return nothing()
	}
	// Positions from here on are alike. Of more of them than there are demands, one can be left out.
	alike := 0
	for _, a := range r.all {
		alike = max(alike, a.from, a.to)
	}
	for _, d := range r.some {
		alike = max(alike, d.from, d.to)
	}
	enough := alike + len(r.some)
	if r.equal {
		enough += 2
	}
	last := min(r.most, max(r.least, enough))
	result := nothing()
	for length := r.least; length <= last; length++ {
		if length > longest {
			return result.either(doubtful(Doubt{Why: fmt.Sprintf("an array must be longer than %d items", longest)}))
		}
		result = result.either(r.place(0, r.positions(length), alike, nil))
		if result.outcome == found {
			return result
		}
	}
	return result
}

// positions returns what must hold of each item.
func (r *arrayOf) positions(length int) [][]*formula {
	all := make([][]*formula, length)
	for i := range all {
		for _, a := range r.all {
			if i >= a.from && (a.to < 0 || i < a.to) {
				all[i] = append(all[i], a.of)
			}
		}
	}
	return all
}

// place chooses a position for the next demand. placed are the positions of those before.
func (r *arrayOf) place(next int, positions [][]*formula, alike int, placed []int) answer {
	if r.budget--; r.budget < 0 || r.spent(1) {
		return doubtful(gaveUp)
	}
	if next == len(r.some) {
		return r.pair(positions)
	}
	d := r.some[next]
	result := nothing()
	fresh := false // one of the positions that are alike and free
	for i := d.from; i < len(positions) && (d.to < 0 || i < d.to); i++ {
		if d.group != 0 && next > 0 && r.some[next-1].group == d.group && i <= placed[next-1] {
			continue // in order, as they are alike
		}
		if i >= alike && !slices.Contains(placed, i) {
			if fresh {
				continue
			}
			fresh = true
		}
		with := slices.Clone(positions)
		with[i] = append(slices.Clone(positions[i]), d.holds)
		if r.find(with[i], anyKind).outcome == none {
			continue
		}
		result = result.either(r.place(next+1, with, alike, append(slices.Clone(placed), i)))
		if result.outcome == found {
			return result
		}
	}
	return result
}

// pair chooses two items that are equal, if there must be.
func (r *arrayOf) pair(positions [][]*formula) answer {
	if !r.equal {
		return r.limit(0, positions, make([]int, len(r.atMost)))
	}
	result := nothing()
	for j := range positions {
		for i := range j {
			if r.budget--; r.budget < 0 {
				return doubtful(gaveUp)
			}
			both := slices.Concat(positions[i], positions[j])
			with := slices.Clone(positions)
			with[i], with[j] = both, both
			result = result.either(r.limit(0, with, make([]int, len(r.atMost))))
			if result.outcome == found {
				return result
			}
		}
	}
	return result
}

// limit decides for each item whether it is one of those of which there may be few.
func (r *arrayOf) limit(next int, positions [][]*formula, counts []int) answer {
	if len(r.atMost) == 0 || next == len(positions)*len(r.atMost) {
		return r.fill(positions)
	}
	if r.budget--; r.budget < 0 || r.spent(1) {
		return doubtful(gaveUp)
	}
	i, which := next/len(r.atMost), next%len(r.atMost)
	result := nothing()
	for _, is := range []bool{false, true} {
		holds, after := r.not(r.atMost[which].of), counts
		if is {
			holds, after = r.atMost[which].of, slices.Clone(counts)
			if after[which]++; after[which] >= r.atMost[which].least {
				continue
			}
		}
		with := slices.Clone(positions)
		with[i] = append(slices.Clone(positions[i]), holds)
		if r.find(with[i], anyKind).outcome == none {
			continue
		}
		result = result.either(r.limit(next+1, with, after))
		if result.outcome == found {
			return result
		}
	}
	return result
}

// fill finds the values. Items with the same description are equal, unless all must differ.
func (r *arrayOf) fill(positions [][]*formula) answer {
	result := make([]any, 0, len(positions))
	unsure := answer{outcome: found}
	for i, holds := range positions {
		a := r.find(holds, anyKind)
		if a.outcome == none {
			return a
		}
		if a.outcome == undecided {
			unsure = a
		}
		if r.distinct && a.outcome == found && i > 0 {
			if a = r.another(positions, i, result); a.outcome != found {
				return a
			}
		}
		result = append(result, a.value)
	}
	if unsure.outcome == undecided {
		return unsure
	}
	return foundValue(result)
}

// another finds a value for an item that differs from those before.
func (r *arrayOf) another(positions [][]*formula, i int, before []any) answer {
	a := r.find(append(slices.Clone(positions[i]), r.not(r.oneOfValues(before))), anyKind)
	if a.outcome != none {
		return a
	}
	first := keyOf(positions[0], true)
	for _, holds := range positions[:i+1] {
		if keyOf(holds, true) != first { // other values of the items before might have left one
			return doubtful(Doubt{Why: "whether the items can differ"})
		}
	}
	return a
}

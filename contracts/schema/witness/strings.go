package witness

import (
	"errors"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema/regular"
)

// aString finds a string for the atoms.
func (b *branch) aString() answer {
	set := regular.Set{Max: -1}
	var formats, excluded int
	candidates := []string{}
	var lacking *Doubt
	for _, f := range b.atoms {
		holds := f.op == opAtom
		switch a := f.atom.(type) {
		case sized:
			if holds {
				set.Min = max(set.Min, a.least)
			} else if set.Max < 0 || a.least-1 < set.Max {
				set.Max = a.least - 1
			}
		case matches:
			switch {
			case a.pattern.automaton == nil:
				lacking = &Doubt{a.pattern.label, "the pattern needs what Go's regular expressions do not have"}
			case holds:
				set.Match = append(set.Match, a.pattern.automaton)
			default:
				set.Avoid = append(set.Avoid, a.pattern.automaton)
			}
		case among:
			excluded += len(a.values)
		case opaque:
			formats++
			if holds {
				candidates = append(candidates, samples[a.name]...)
				if implied := b.impliedBy(a); implied != nil {
					set.Match = append(set.Match, implied)
				}
			}
		}
	}
	if set.Max >= 0 && set.Min > set.Max {
		return nothing()
	}
	if b.contradictFormats() {
		return nothing()
	}
	return b.word(set, candidates, excluded, formats > 0, lacking)
}

// word tries the candidates, and then the strings of a set.
func (b *branch) word(set regular.Set, candidates []string, excluded int, formats bool, lacking *Doubt) answer {
	if a := b.firstOf(anyOf(candidates), false); a.outcome == found {
		return a
	}
	if len(set.Match)+len(set.Avoid) == 0 {
		const mostLength = 100_000
		if set.Min > mostLength {
			return doubtful(Doubt{Why: "a string must be longer than is tried"})
		}
		if a := b.firstOf(anyOf(plainWords(set.Min, set.Max, excluded+3)), !formats && set.Max == 0); a.outcome != undecided {
			return a
		}
	}
	few := 5
	if formats {
		few = 300
	}
	if b.spent(20) {
		return doubtful(gaveUp)
	}
	words, complete, err := set.Words(min(excluded+few, 3000))
	switch {
	case errors.Is(err, regular.ErrTooLarge):
		b.spent(20_000) // it took as long as so many other steps
		return doubtful(Doubt{Why: "the patterns are too large to be compared"})
	case err != nil:
		return doubtful(Doubt{Why: err.Error()})
	}
	a := b.firstOf(anyOf(words), complete && lacking == nil)
	switch {
	case a.outcome != undecided:
		return a
	case lacking != nil:
		return doubtful(*lacking)
	case formats:
		return doubtful(b.formatDoubt())
	}
	return doubtful(Doubt{Why: "no string was found, and not all were tried"})
}

func anyOf(words []string) []any {
	all := make([]any, len(words))
	for i, word := range words {
		all[i] = word
	}
	return all
}

// plainWords returns up to n strings of letters with a length in the range.
func plainWords(least, most, n int) []string {
	var all []string
	add := func(word string) {
		if length := len(word); length >= least && (most < 0 || length <= most) {
			all = append(all, word)
		}
	}
	if least == 0 {
		add("")
	}
	const letters = "abcdefghijklmnopqrstuvwxyz"
	fill := strings.Repeat("a", max(least-1, 0))
	for i := 0; len(all) < n && i < n+30; i++ {
		word := fill
		rest := i
		word += string(letters[rest%26])
		for rest /= 26; rest > 0; rest /= 26 {
			word += string(letters[rest%26])
		}
		add(word)
	}
	return all
}

// contradictFormats reports whether a format is demanded and one that every such string has is forbidden.
func (b *branch) contradictFormats() bool {
	var has, lacks []string
	for _, f := range b.atoms {
		if a, ok := f.atom.(opaque); ok && a.format {
			if f.op == opAtom {
				has = append(has, a.name)
			} else {
				lacks = append(lacks, a.name)
			}
		}
	}
	return slices.ContainsFunc(has, func(name string) bool {
		return slices.ContainsFunc(wider[name], func(other string) bool { return slices.Contains(lacks, other) })
	})
}

// formatDoubt says which format is not understood, and beside what.
func (b *branch) formatDoubt() Doubt {
	d := Doubt{}
	var all []string
	for _, f := range b.atoms {
		switch a := f.atom.(type) {
		case opaque:
			d.Label = Label{a.checked, "format", a.name}
			if !a.format {
				d.Label = Label{a.checked, "contentEncoding", ""}
			}
			all = append(all, "the format "+a.name)
		case matches:
			all = append(all, "a pattern")
		case among:
			all = append(all, "an enum")
		}
	}
	d.Why = "no string was found that keeps to all of " + strings.Join(slices.Compact(all), ", ") + ", and it is not proved that there is none"
	return d
}

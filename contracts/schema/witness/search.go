package witness

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// outcome is what became of a search.
type outcome uint8

const (
	undecided outcome = iota
	none              // there is no such value
	found
)

// answer is the outcome for one description of a value.
type answer struct {
	outcome outcome
	value   any     // when found
	doubts  []Doubt // why it is undecided
}

func nothing() answer { return answer{outcome: none} }

func foundValue(value any) answer { return answer{outcome: found, value: value} }

func doubtful(d Doubt) answer { return answer{doubts: []Doubt{d}} }

// Doubt is why something is undecided.
type Doubt struct {
	Label Label // the demand that is not understood; the zero value if there is no single one
	Why   string
}

// either combines the answers of two alternatives.
func (a answer) either(b answer) answer {
	switch {
	case a.outcome == found:
		return a
	case b.outcome == found:
		return b
	case a.outcome == undecided && b.outcome == undecided:
		return answer{doubts: merged(a.doubts, b.doubts)}
	case a.outcome == undecided:
		return a
	}
	return b
}

// merged joins doubts, a few at most: they are for people.
func merged(a, b []Doubt) []Doubt {
	const most = 5
	all := slices.Clone(a)
	for _, d := range b {
		if len(all) < most && !slices.Contains(all, d) {
			all = append(all, d)
		}
	}
	return all
}

// search looks for values.
type search struct {
	*world
	ctx     context.Context //nolint:containedctx // it lives as long as one call
	banned  map[Label]bool  // demands that a refused value need not violate
	steps   int             // that are left
	memory  map[string]answer
	open    map[string]int // the descriptions that a value is being looked for, and how deep
	lowest  int            // the outermost open description that was taken as impossible since the last reset
	waiting []provisional
	truths  map[seen]known
	proved  map[string]bool // the descriptions that are impossible even if nothing is banned
}

// provisional is an answer none that is right if the open description at depth is impossible.
type provisional struct {
	key   string
	depth int
}

func (w *world) newSearch(ctx context.Context, steps int) *search {
	return &search{
		world: w, ctx: ctx, steps: steps, lowest: math.MaxInt,
		memory: map[string]answer{}, open: map[string]int{}, truths: map[seen]known{},
	}
}

func (s *search) judge() judge { return judge{s.world, s.banned, s.truths} }

var gaveUp = Doubt{Why: "the search was given up: the schemas leave too many combinations to try"}

// spent counts a step, and reports whether there are none left.
func (s *search) spent(cost int) bool {
	if s.steps -= cost; s.steps <= 0 {
		return true
	}
	if s.steps%64 < max(cost, 1) && s.ctx.Err() != nil {
		s.steps = 0
		return true
	}
	return false
}

// find looks for a value of one of the kinds for which all formulas hold.
func (s *search) find(all []*formula, among kindSet) answer {
	key := keyOf(all, len(s.banned) > 0)
	if among != anyKind {
		key += fmt.Sprint("|", among)
	}
	if a, ok := s.memory[key]; ok {
		return a
	}
	if len(s.banned) > 0 && among == anyKind && s.proved[keyOf(all, false)] {
		return nothing()
	}
	if depth, ok := s.open[key]; ok {
		// The smallest value of this description holds no value of the same description.
		s.lowest = min(s.lowest, depth)
		return nothing()
	}
	for _, p := range s.waiting {
		if p.key == key {
			s.lowest = min(s.lowest, p.depth)
			return nothing()
		}
	}
	depth, outer := len(s.open), s.lowest
	const deepest = 200
	if depth > deepest {
		return doubtful(Doubt{Why: "the search was given up: values are nested too deep"})
	}
	s.open[key], s.lowest = depth, math.MaxInt
	a := s.ofAnyKind(all, among)
	delete(s.open, key)
	s.settle(key, depth, a)
	s.lowest = min(outer, s.lowest)
	return a
}

// settle remembers an answer, and those that depended on it.
func (s *search) settle(key string, depth int, a answer) {
	depends := s.lowest < depth
	if s.lowest >= depth {
		s.lowest = math.MaxInt
	}
	var still []provisional
	for _, p := range s.waiting {
		switch {
		case p.depth < depth:
			still = append(still, p)
		case a.outcome != none: // it was wrong to rely on it
		case depends:
			still = append(still, provisional{p.key, s.lowest})
		default:
			s.memory[p.key] = nothing()
		}
	}
	s.waiting = still
	switch {
	case a.outcome == none && depends:
		s.waiting = append(s.waiting, provisional{key, s.lowest})
	case a.outcome == undecided && (depends || s.steps <= 0): // it may be decided elsewhere
	default:
		s.memory[key] = a
	}
}

func (s *search) ofAnyKind(all []*formula, among kindSet) answer {
	result := nothing()
	for _, k := range []kind{text, number, boolean, null, object, array} {
		if !among.has(k) {
			continue
		}
		b := &branch{search: s, kind: k, known: map[int]bool{}}
		result = result.either(b.run(all))
		if result.outcome == found {
			return result
		}
	}
	return result
}

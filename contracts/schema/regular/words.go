package regular

import (
	"errors"
	"fmt"
	"slices"
)

// ErrTooLarge is the error of a question that needs more states or steps than the limits allow.
var ErrTooLarge = errors.New("the regular expressions are too large together")

// The limits of one question.
const (
	maxStates = 3000
	maxSteps  = 2_000_000
)

// Set is the strings that match all of some expressions and none of others, with a number of characters in a range.
type Set struct {
	Match, Avoid []*Automaton
	Min, Max     int // characters; Max is negative for any number
}

// Words returns up to n strings of the set, shortest first. complete reports that there are no others.
func (s Set) Words(n int) (words []string, complete bool, err error) {
	if s.Max >= 0 && s.Min > s.Max {
		return nil, true, nil
	}
	g, err := s.graph(n)
	if err != nil {
		return nil, false, err
	}
	e := enumeration{graph: g, set: s, most: n}
	if err := e.run(); err != nil {
		return nil, false, err
	}
	return e.words, e.complete, nil
}

// graph is the product of the automata.
type graph struct {
	letters []rune  // which stand for all others
	next    [][]int // by state and letter
	accepts []bool
}

func (s Set) graph(n int) (*graph, error) {
	all := slices.Concat(s.Match, s.Avoid)
	g := &graph{letters: letters(all, n)}
	start := make([]int, len(all))
	tuples := [][]int{start}
	known := map[string]int{fmt.Sprint(start): 0}
	for at := 0; at < len(tuples); at++ {
		g.accepts = append(g.accepts, s.accepts(tuples[at]))
		row := make([]int, len(g.letters))
		for i, letter := range g.letters {
			to := make([]int, len(all))
			for j, a := range all {
				to[j] = a.next(tuples[at][j], letter)
			}
			key := fmt.Sprint(to)
			if _, ok := known[key]; !ok {
				known[key] = len(tuples)
				tuples = append(tuples, to)
			}
			row[i] = known[key]
		}
		g.next = append(g.next, row)
		if len(tuples) > maxStates || len(tuples)*len(g.letters) > maxSteps/10 {
			return nil, ErrTooLarge
		}
	}
	return g, nil
}

func (s Set) accepts(tuple []int) bool {
	for i, a := range s.Match {
		if !a.accepts(tuple[i]) {
			return false
		}
	}
	for i, a := range s.Avoid {
		if a.accepts(tuple[len(s.Match)+i]) {
			return false
		}
	}
	return true
}

// Characters of a JSON string: all but the surrogates.
const (
	maxRune       = '\U0010FFFF'
	firstNoScalar = 0xD800
	lastNoScalar  = 0xDFFF
)

// letters returns up to n characters of each range that no expression tells apart, readable ones first.
func letters(all []*Automaton, n int) []rune {
	bounds := []rune{0, firstNoScalar, lastNoScalar + 1, maxRune + 1}
	for _, a := range all {
		bounds = append(bounds, a.bounds...)
	}
	slices.Sort(bounds)
	bounds = slices.Compact(bounds)
	var found []rune
	for i := 0; i+1 < len(bounds); i++ {
		low, high := bounds[i], bounds[i+1]-1
		if low >= firstNoScalar && high <= lastNoScalar || low < 0 || high > maxRune {
			continue
		}
		found = append(found, some(low, high, n)...)
	}
	slices.SortStableFunc(found, func(a, b rune) int { return rank(a) - rank(b) })
	return found
}

// readable are the characters that words are made of first.
var readable = []rune("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./:@ ")

func rank(r rune) int {
	if at := slices.Index(readable, r); at >= 0 {
		return at
	}
	if r > ' ' && r < 0x7f {
		return len(readable)
	}
	return len(readable) + 1
}

func some(low, high rune, n int) []rune {
	var found []rune
	for _, r := range readable {
		if r >= low && r <= high && len(found) < n {
			found = append(found, r)
		}
	}
	for r := max(low, '!'); r <= high && len(found) < n; r++ {
		if !slices.Contains(found, r) {
			found = append(found, r)
		}
	}
	for r := low; r <= min(high, ' ') && len(found) < n; r++ {
		if !slices.Contains(found, r) {
			found = append(found, r)
		}
	}
	return found
}

// enumeration lists the words of a graph by their length.
type enumeration struct {
	graph    *graph
	set      Set
	most     int
	words    []string
	complete bool
	can      [][]bool // by the number of characters still to come: the states from which that many lead to a word
	steps    int
}

func (e *enumeration) run() error {
	e.can = [][]bool{e.graph.accepts}
	without := 0
	for length := e.set.Min; e.set.Max < 0 || length <= e.set.Max; length++ {
		for len(e.can) <= length {
			if err := e.extend(); err != nil {
				return err
			}
		}
		before := len(e.words)
		e.list(0, length, nil)
		if len(e.words) >= e.most {
			return nil
		}
		if without++; len(e.words) > before {
			without = 0
		}
		// A word longer than another by the number of states would hold a loop: leave it out, and a word of one of
		// the lengths between remains. So if none of them has one, no longer one has.
		if without >= len(e.graph.accepts) {
			break
		}
	}
	e.complete = true
	return nil
}

// extend adds one more character to the table.
func (e *enumeration) extend() error {
	last := e.can[len(e.can)-1]
	row := make([]bool, len(last))
	for at, moves := range e.graph.next {
		for _, to := range moves {
			if last[to] {
				row[at] = true
				break
			}
		}
	}
	e.can = append(e.can, row)
	if e.steps += len(row) * 4; e.steps > maxSteps {
		return ErrTooLarge
	}
	return nil
}

// list adds the words that have so many characters after a prefix that leads to a state.
func (e *enumeration) list(at, left int, prefix []rune) {
	if len(e.words) >= e.most || !e.can[left][at] {
		return
	}
	if left == 0 {
		e.words = append(e.words, string(prefix))
		return
	}
	for i, to := range e.graph.next[at] {
		e.list(to, left-1, append(prefix, e.graph.letters[i]))
	}
}

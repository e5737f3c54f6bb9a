package regular

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"sync"
	"unicode"
)

// Automaton recognizes the strings that an expression matches anywhere, as regexp.MatchString does. It is built as far as it
// is asked, and safe for concurrent use.
type Automaton struct {
	program *syntax.Prog
	bounds  []rune // where the expression starts to treat characters differently

	mutex  sync.Mutex
	states []state
	byKey  map[string]int
	moves  map[move]int
}

// state is what the automaton knows after some characters: the threads before they look at the next one.
type state struct {
	threads []uint32
	last    rune // stands for the last character: begin, a line end, a word character or another
	matched bool // whatever follows
}

type move struct {
	from int
	by   rune
}

// begin stands for the character before the first.
const begin = -1

// New returns the automaton of an expression.
func New(expression *regexp.Regexp) (*Automaton, error) {
	parsed, err := syntax.Parse(expression.String(), syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", expression, err)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", expression, err)
	}
	a := &Automaton{program: program, byKey: map[string]int{}, moves: map[move]int{}}
	a.bounds = boundsOf(program)
	a.intern(state{last: begin})
	return a, nil
}

// boundsOf returns the first characters of all ranges within which the program treats every character the same.
func boundsOf(program *syntax.Prog) []rune {
	all := map[rune]bool{}
	add := func(low, high rune) { all[low], all[high+1] = true, true }
	for _, inst := range program.Inst {
		switch inst.Op {
		case syntax.InstRune, syntax.InstRune1:
			if len(inst.Rune) == 1 { // with the flag to fold cases, its variants too
				add(inst.Rune[0], inst.Rune[0])
				for r := unicode.SimpleFold(inst.Rune[0]); r != inst.Rune[0]; r = unicode.SimpleFold(r) {
					add(r, r)
				}
				continue
			}
			for i := 0; i+1 < len(inst.Rune); i += 2 {
				add(inst.Rune[i], inst.Rune[i+1])
			}
		case syntax.InstRuneAnyNotNL:
			add('\n', '\n')
		case syntax.InstEmptyWidth:
			add('\n', '\n')
			for _, r := range [][2]rune{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}} {
				add(r[0], r[1])
			}
		}
	}
	var bounds []rune
	for r := range all {
		bounds = append(bounds, r)
	}
	slices.Sort(bounds)
	return bounds
}

func (a *Automaton) intern(s state) int {
	key := fmt.Sprint(s.threads, s.last, s.matched)
	if at, ok := a.byKey[key]; ok {
		return at
	}
	a.states = append(a.states, s)
	a.byKey[key] = len(a.states) - 1
	return len(a.states) - 1
}

// next returns the state after a character.
func (a *Automaton) next(from int, by rune) int {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if to, ok := a.moves[move{from, by}]; ok {
		return to
	}
	to := a.intern(a.step(a.states[from], by))
	a.moves[move{from, by}] = to
	return to
}

func (a *Automaton) step(s state, by rune) state {
	if s.matched {
		return s
	}
	reached, matched := a.closure(s, by)
	if matched {
		return state{matched: true}
	}
	after := state{last: kindOf(by)}
	for _, pc := range reached {
		inst := &a.program.Inst[pc]
		if inst.MatchRune(by) {
			after.threads = append(after.threads, inst.Out)
		}
	}
	slices.Sort(after.threads)
	after.threads = slices.Compact(after.threads)
	return after
}

// accepts reports whether the string that ends in this state matches.
func (a *Automaton) accepts(at int) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	s := a.states[at]
	if s.matched {
		return true
	}
	_, matched := a.closure(s, begin)
	return matched
}

// kindOf returns the character that stands for all with the same effect on the assertions after them.
func kindOf(r rune) rune {
	switch {
	case r == '\n':
		return '\n'
	case syntax.IsWordChar(r):
		return 'a'
	}
	return ' '
}

// closure follows the instructions that read nothing, and returns those that read a character. next is the character ahead,
// or begin at the end. A match may start anywhere.
func (a *Automaton) closure(s state, next rune) (reading []uint32, matched bool) {
	holds := syntax.EmptyOpContext(s.last, next)
	seen := map[uint32]bool{}
	stack := append(slices.Clone(s.threads), uint32(a.program.Start)) //nolint:gosec // an index of the program
	for len(stack) > 0 {
		pc := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		switch inst := &a.program.Inst[pc]; inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, inst.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^holds == 0 { //nolint:gosec // six bits, as the compiler writes them
				stack = append(stack, inst.Out)
			}
		case syntax.InstMatch:
			return nil, true
		case syntax.InstFail:
		default:
			reading = append(reading, pc)
		}
	}
	return reading, false
}

package witness

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/regular"
)

// sized demands a size of at least a number: of characters, items or members.
type sized struct {
	of    kind
	least int
}

func (a sized) kind() kind                     { return a.of }
func (a sized) key(bool) string                { return fmt.Sprint("size", a.least) }
func (a sized) holds(_ judge, value any) truth { return truthOf(size(value) >= a.least) }

// above demands a number of at least a limit, or more than it.
type above struct {
	limit  *big.Rat
	strict bool
}

func (above) kind() kind        { return number }
func (a above) key(bool) string { return fmt.Sprint("above", a.limit.RatString(), a.strict) }

func (a above) holds(_ judge, value any) truth { return truthOf(a.has(rational(value.(json.Number)))) }

func (a above) has(r *big.Rat) bool {
	order := r.Cmp(a.limit)
	return order > 0 || order == 0 && !a.strict
}

// multiple demands a multiple of a number. An integer is a multiple of one.
type multiple struct{ of *big.Rat }

func (multiple) kind() kind        { return number }
func (a multiple) key(bool) string { return "multiple" + a.of.RatString() }
func (a multiple) holds(_ judge, value any) truth {
	return truthOf(a.has(rational(value.(json.Number))))
}
func (a multiple) has(r *big.Rat) bool { return new(big.Rat).Quo(r, a.of).IsInt() }

// among demands one of some values, all of one kind.
type among struct {
	of     kind
	values map[string]any // by their canonical text
	name   string
}

func newAmong(of kind, values map[string]any) among {
	return among{of, values, "among" + strings.Join(slices.Sorted(maps.Keys(values)), ",")}
}

func (a among) kind() kind      { return a.of }
func (a among) key(bool) string { return a.name }

func (a among) holds(_ judge, value any) truth {
	_, ok := a.values[canonical(value)]
	return truthOf(ok)
}

// pattern is a regular expression, each once.
type pattern struct {
	expression *regexp.Regexp
	automaton  *regular.Automaton // nil if there is none
	unknown    bool               // it stands for one that cannot be run
	label      Label              // where it stands first
}

func (w *world) pattern(e *regexp.Regexp, label Label) *pattern {
	if known, ok := w.patterns[e.String()]; ok {
		return known
	}
	p := &pattern{expression: e, unknown: schema.Unsupported(e), label: label}
	if automaton, err := regular.New(e); err == nil && !p.unknown {
		p.automaton = automaton
	}
	w.patterns[e.String()] = p
	return p
}

func (p *pattern) matches(s string) truth {
	if p.unknown {
		return maybe
	}
	return truthOf(p.expression.MatchString(s))
}

// matches demands that a string matches an expression.
type matches struct{ pattern *pattern }

func (matches) kind() kind        { return text }
func (a matches) key(bool) string { return "matches" + a.pattern.expression.String() }

func (a matches) holds(_ judge, value any) truth {
	s, _ := value.(string)
	return a.pattern.matches(s)
}

// each demands something of the values of all members whose names are in a set.
type each struct {
	names names
	of    *formula
}

func (each) kind() kind        { return object }
func (a each) key(bool) string { return fmt.Sprint("each", a.names.key(), a.of.same) }

func (a each) holds(j judge, value any) truth {
	result := yes
	for name, member := range value.(map[string]any) {
		in := a.names.has(j, name)
		if in == no {
			continue
		}
		switch is := j.holds(a.of, member); {
		case is == no && in == yes:
			return no
		case is != yes:
			result = maybe
		}
	}
	return result
}

// items demands something of the items from an index on, and before another.
type items struct {
	from, to int // to is negative for the end
	of       *formula
}

func (items) kind() kind        { return array }
func (a items) key(bool) string { return fmt.Sprint("items", a.from, " ", a.to, " ", a.of.same) }

func (a items) holds(j judge, value any) truth {
	result := yes
	for i, item := range value.([]any) {
		if i >= a.from && (a.to < 0 || i < a.to) {
			result = min(result, j.holds(a.of, item))
		}
	}
	return result
}

// contains demands at least so many items of which something holds.
type contains struct {
	least int
	of    *formula
}

func (contains) kind() kind { return array }
func (a contains) key(placed bool) string {
	return fmt.Sprint("contains", a.least, " ", a.of.number(placed))
}

func (a contains) holds(j judge, value any) truth {
	surely, perhaps := 0, 0
	for _, item := range value.([]any) {
		switch j.holds(a.of, item) {
		case yes:
			surely++
		case maybe:
			perhaps++
		}
	}
	switch {
	case surely >= a.least:
		return yes
	case surely+perhaps < a.least:
		return no
	}
	return maybe
}

// unique demands that no two items are equal.
type unique struct{}

func (unique) kind() kind      { return array }
func (unique) key(bool) string { return "unique" }

func (unique) holds(_ judge, value any) truth {
	seen := map[string]bool{}
	for _, item := range value.([]any) {
		key := canonical(item)
		if seen[key] {
			return no
		}
		seen[key] = true
	}
	return yes
}

// unknown demands what this package does not understand.
type unknown struct {
	of    kind
	label Label
	why   string
}

func (a unknown) kind() kind { return a.of }
func (a unknown) key(bool) string {
	return fmt.Sprint("unknown", a.label.Schema.Location, a.label.Keyword, a.label.Detail)
}
func (unknown) holds(judge, any) truth { return maybe }

// fails reports whether an atom does not hold. It differs from the opposite of holds only where demands are left out.
func fails(a atom, j judge, value any) truth {
	switch a := a.(type) {
	case each:
		result := no
		for name, member := range value.(map[string]any) {
			result = max(result, min(a.names.has(j, name), j.holds(j.not(a.of), member)))
		}
		return result
	case items:
		result := no
		for i, item := range value.([]any) {
			if i >= a.from && (a.to < 0 || i < a.to) {
				result = max(result, j.holds(j.not(a.of), item))
			}
		}
		return result
	}
	return -a.holds(j, value)
}

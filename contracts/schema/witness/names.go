package witness

import (
	"fmt"
	"slices"
)

// names is a set of member names: those for which all of it holds.
type names struct {
	one            *string    // it is this one
	except         []string   // it is none of these
	matching       *pattern   // it matches
	exceptMatching []*pattern // it matches none of these
	failing        *formula   // as a string, it is one of which this does not hold
}

func (n names) key() string {
	var parts []any
	if n.one != nil {
		return fmt.Sprintf("%q", *n.one)
	}
	if n.matching != nil {
		parts = append(parts, "match", n.matching.expression.String())
	}
	except := slices.Clone(n.except)
	slices.Sort(except)
	parts = append(parts, fmt.Sprintf("%q", except))
	patterns := make([]string, len(n.exceptMatching))
	for i, p := range n.exceptMatching {
		patterns[i] = p.expression.String()
	}
	slices.Sort(patterns)
	parts = append(parts, fmt.Sprintf("%q", patterns))
	if n.failing != nil {
		parts = append(parts, "failing", n.failing.same)
	}
	return fmt.Sprint(parts...)
}

func (n names) has(j judge, name string) truth {
	if n.one != nil && *n.one != name || slices.Contains(n.except, name) {
		return no
	}
	result := yes
	if n.matching != nil {
		result = n.matching.matches(name)
	}
	for _, p := range n.exceptMatching {
		result = min(result, -p.matches(name))
	}
	if n.failing != nil {
		result = min(result, j.holds(j.not(n.failing), name))
	}
	return result
}

// named is the set of one name.
func named(name string) names { return names{one: &name} }

// present returns the formula that a value is an object with a member.
func (w *world) present(name string) *formula { return w.some(named(name), w.yes) }

// some returns the formula that a value is an object, and has a member with a name in the set, of whose value something holds.
func (w *world) some(in names, of *formula) *formula {
	return w.and(w.kinds(only(object)), w.not(w.atom(each{in, w.not(of)})))
}

// members returns the formula that something holds of the values of all members with a name in the set. A value that is no
// object is free.
func (w *world) members(in names, of *formula) *formula {
	if of.op == opTrue {
		return w.yes
	}
	return w.when(each{in, of})
}

package verification

import (
	"slices"
	"strconv"
)

func (m *matching) compareArrays(place []string, rule bodyRule, ruled, cascaded bool, expected, actual *value) {
	at, have := jsonPath(place), len(actual.elements)
	switch {
	case !ruled || rule.equal:
		if have != len(expected.elements) {
			m.count(at, strconv.Itoa(len(expected.elements))+" elements", have)
			return
		}
	case cascaded && !m.isSized(rule) && have != len(expected.elements):
		m.unclear("the array at %s has another length, and only a rule for what it is in", at)
		return
	case len(expected.elements) == 0 && (cascaded || !m.isSized(rule)) && have > 0:
		m.unclear("the array at %s has no example of an element", at)
		return
	case !cascaded:
		m.lengths(at, rule, actual)
	}
	if len(expected.elements) == 0 {
		return // anything may be in it
	}
	for n, a := range actual.elements {
		e := expected.elements[0] // the example of every element
		if n < len(expected.elements) {
			e = expected.elements[n]
		}
		m.compare(append(slices.Clip(place), strconv.Itoa(n)), e, a)
	}
}

// lengths applies the rules about how many elements an array has.
func (m *matching) lengths(at string, rule bodyRule, actual *value) {
	if rule.any() && len(rule.matchers) > 1 {
		m.unclear("the rules at %s are alternatives", at)
		return
	}
	for _, matcher := range rule.matchers {
		name := ruleName(matcher)
		if !slices.Contains(sizeRules, name) {
			m.unclear("the rule %s for the array at %s", name, at)
			continue
		}
		if least := matcher.member("min"); least != nil && len(actual.elements) < numberOf(least) {
			m.count(at, least.text+" elements or more", len(actual.elements))
		}
		if most := matcher.member("max"); most != nil && len(actual.elements) > numberOf(most) {
			m.count(at, most.text+" elements or fewer", len(actual.elements))
		}
	}
}

// sizeRules are the rules that may say how many elements an array has.
var sizeRules = []string{"type", "min", "max", "mintype", "maxtype"}

// isSized reports whether a rule is only about the type of an array, and how many elements it has.
func (*matching) isSized(rule bodyRule) bool {
	return !slices.ContainsFunc(rule.names(), func(name string) bool { return !slices.Contains(sizeRules, name) })
}

func (m *matching) count(at, expected string, have int) {
	m.differs("body", at, expected, strconv.Itoa(have), "expected %s but it has %d", expected, have)
}

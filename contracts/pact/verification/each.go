package verification

import (
	"slices"
	"strconv"
	"strings"
)

// The rules eachKey, eachValue and arrayContains of version 4 compare what is inside by rules of their own. What libpact_ffi
// makes of them was measured: see the situations of testdata/corpus that are named for them.

// insideRules are their names.
var insideRules = []string{"eachkey", "eachvalue", "arraycontains"}

// withEach adds to the rules of a body those that eachValue has for each value.
func withEach(rules []bodyRule) []bodyRule {
	all := rules
	for _, r := range rules {
		for _, matcher := range r.matchers {
			if inside := matcher.member("rules").children(); ruleName(matcher) == "eachvalue" && len(inside) > 0 {
				all = append(slices.Clip(all), bodyRule{path: append(slices.Clip(r.path), "*"), matchers: inside})
			}
		}
	}
	return all
}

// compareInside compares an object or an array that has a rule about what is inside.
func (m *matching) compareInside(place []string, rule bodyRule, expected, actual *value) {
	at, names := jsonPath(place), rule.names()
	switch {
	case expected.kind != actual.kind:
		m.differs("body", at, describe(expected), short(actual.raw), "expected an %s but was %s", describe(expected), short(actual.raw))
	case slices.Equal(names, []string{"arraycontains"}) && expected.kind == '[':
		m.contains(at, rule.matchers[0], expected, actual)
	case !m.isPlainEach(rule), len(expected.children()) == 0:
		m.unclear("the rule %s at %s", strings.Join(names, ", "), at)
	default:
		m.each(place, rule, expected, actual)
	}
}

// isPlainEach reports whether a rule has nothing but eachKey and eachValue, each once, and no other rule is for the same values as
// its eachValue.
func (m *matching) isPlainEach(rule bodyRule) bool {
	names := rule.names()
	if slices.Contains(names, "arraycontains") || len(names) > 2 || len(names) == 2 && names[0] == names[1] {
		return false
	}
	same := 0
	for _, other := range m.rules {
		if len(other.path) == len(rule.path)+1 && slices.Equal(other.path[:len(rule.path)], rule.path) && other.path[len(rule.path)] == "*" {
			same++
		}
	}
	return same < 2 && !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(insideRules, name) })
}

// each compares every member or element with the example of its name or index, or else with the first one. There may be any number.
func (m *matching) each(place []string, rule bodyRule, expected, actual *value) {
	for _, a := range actual.children() {
		e, token := expected.children()[0], a.name
		if actual.kind == '{' {
			if of := expected.member(a.name); of != nil {
				e = of
			}
			m.key(place, rule, e.name, a.name)
		} else {
			token = strconv.Itoa(a.index)
			e = expected.element(a.index)
		}
		m.compare(append(slices.Clip(place), token), e, a)
	}
}

// key applies the rules of eachKey to the name of a member.
func (m *matching) key(place []string, rule bodyRule, example, name string) {
	text := func(s string) *value { return &value{kind: '"', text: s, raw: []byte(strconv.Quote(s))} }
	for _, matcher := range rule.matchers {
		if inside := matcher.member("rules").children(); ruleName(matcher) == "eachkey" {
			m.apply("body", jsonPath(place), bodyRule{matchers: inside}, text(example), text(name))
		}
	}
}

// contains demands an element for each variant. Others may be there, and one element may be for several variants.
func (m *matching) contains(at string, matcher, expected, actual *value) {
	for _, variant := range matcher.member("variants").children() {
		index := variant.member("index")
		example := expected.element(0)
		if index != nil && numberOf(index) < len(expected.elements) {
			example = expected.elements[numberOf(index)]
		}
		if example == nil {
			m.unclear("the rule arrayContains at %s, of which the pact has no example", at)
			return
		}
		rules, found, unclear := withEach(variantRules(variant)), false, []string(nil)
		for _, a := range actual.elements {
			one := &matching{rules: rules, closed: m.closed}
			one.compare([]string{"$"}, example, a)
			found = found || len(one.Mismatches)+len(one.Unclear) == 0
			if len(one.Mismatches) == 0 {
				unclear = append(unclear, one.Unclear...)
			}
		}
		switch {
		case found:
		case len(unclear) > 0:
			m.Unclear = append(m.Unclear, unclear...)
		default:
			m.differs("body", at, "an element like "+short(example.raw), short(actual.raw), "expected an element like %s", short(example.raw))
		}
	}
}

// variantRules returns the rules of a variant of arrayContains, whose paths begin at the element.
func variantRules(variant *value) []bodyRule {
	var all []bodyRule
	for _, list := range variant.member("rules").children() {
		if matchers := list.member("matchers"); matchers != nil {
			all = append(all, newBodyRule(list.name, matchers.elements))
		}
	}
	return all
}

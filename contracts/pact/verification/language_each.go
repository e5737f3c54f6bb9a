package verification

import (
	"slices"
	"strconv"
	"strings"
)

// inside describes an object or an array that has a rule about what is inside.
func (l *language) inside(place []string, rule bodyRule, example, filled *value) keywords {
	m := &matching{rules: l.rules}
	switch {
	case slices.Equal(rule.names(), []string{"arraycontains"}) && example.kind == '[':
		return l.containing(place, rule.matchers[0], example)
	case !m.isPlainEach(rule), len(example.children()) == 0:
		return l.doubt(place, "the rule %s", strings.Join(rule.names(), ", "))
	case example.kind == '[':
		var items []any
		for n, e := range example.elements {
			items = append(items, l.of(append(slices.Clip(place), "*"), e, filled.element(n)))
		}
		return keywords{"type": "array", "prefixItems": items, "items": items[0]}
	}
	members := keywords{}
	for name, e := range example.byName() {
		members[name] = l.of(append(slices.Clip(place), name), e, filled.member(name))
	}
	first := example.members[0]
	schema := keywords{
		"type": "object", "properties": members, "additionalProperties": l.of(append(slices.Clip(place), "*"), first, filled.member(first.name)),
	}
	var names []any
	for _, matcher := range rule.matchers {
		for _, one := range matcher.member("rules").children() {
			if ruleName(matcher) == "eachkey" {
				names = append(names, l.scalar(place, one, &value{kind: '"', text: first.name, raw: []byte(strconv.Quote(first.name))}))
			}
		}
	}
	if len(names) > 0 {
		schema["propertyNames"] = keywords{"allOf": names}
	}
	return schema
}

// containing describes an array that has an element for each variant.
func (l *language) containing(place []string, matcher, example *value) keywords {
	var all []any
	for _, variant := range matcher.member("variants").children() {
		of := example.element(0)
		if index := variant.member("index"); index != nil && numberOf(index) < len(example.elements) {
			of = example.elements[numberOf(index)]
		}
		if of == nil {
			return l.doubt(place, "the rule arrayContains without an example")
		}
		one := language{rules: withEach(variantRules(variant)), closed: l.closed}
		all = append(all, keywords{"contains": one.of([]string{"$"}, of, nil)})
		for _, what := range one.doubts {
			l.doubt(place, "%s in the rule arrayContains", what)
		}
	}
	return keywords{"type": "array", "allOf": all}
}

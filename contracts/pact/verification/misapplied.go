package verification

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// misapplied returns a fault for each rule about what must come that the library would take for kept whatever comes: it
// passes a rule that is not for the kind of value that it is given.
func misapplied(i *interaction, major int) []fault {
	part, body := i.expected()
	var all []fault
	for _, category := range part.member("matchingRules").children() {
		if !slices.Contains(bodyCategories, category.name) && !strings.HasPrefix(category.name, "$.body") {
			all = append(all, onlyForBodies(category)...)
		}
	}
	all = append(all, withoutExample(part, body)...)
	if body == nil {
		return all
	}
	example := expectedJSON(part, body, major)
	for _, r := range bodyRules(part) {
		for _, matcher := range r.matchers {
			name := strings.ReplaceAll(strings.ToLower(matcher.member("match").str()), "-", "")
			if name == "statuscode" {
				all = append(all, fault{at: matcher, text: "the rule is for a status, and would let any value pass"})
			}
			if example != nil {
				for _, v := range example.at(r.path) {
					all = append(all, wrongKind(name, matcher, v)...)
				}
			}
		}
	}
	return all
}

// withoutExample returns a fault for each rule about a body, a field or a metadata member of which the pact has no example:
// the library compares nothing there.
func withoutExample(part, body *value) []fault {
	var all []fault
	add := func(rule *value, what string) {
		all = append(all, fault{
			at:   rule,
			text: "the pact has no example of " + what + ", and the rule would be compared with nothing: give the example, or take the rule out",
		})
	}
	if rules := bodyRules(part); body == nil && len(rules) > 0 && len(rules[0].matchers) > 0 {
		add(rules[0].matchers[0], "the body")
	}
	metadata := part.member("metadata")
	if metadata == nil {
		metadata = part.member("metaData")
	}
	for _, category := range part.member("matchingRules").children() {
		examples, what := part.member("headers"), "the field "
		switch category.name {
		case "header", "headers":
		case "metadata":
			examples, what = metadata, "the metadata "
		default:
			continue
		}
		for _, rule := range category.members {
			names := append(tokens(rule.name), rule.name) // $.k.a is about k, and k.a about k.a if there is one
			if !slices.ContainsFunc(names, func(name string) bool { return exampleOf(examples, name) != nil }) {
				add(rule, what+rule.name)
			}
		}
	}
	return all
}

// onlyForBodies returns a fault for each rule of a category whose values have nothing inside.
func onlyForBodies(category *value) []fault {
	var all []fault
	category.all(func(v *value) bool {
		if slices.Contains(opaque, v.member("match").str()) {
			all = append(all, fault{at: v, text: fmt.Sprintf("the rule %s is for bodies, and is not applied here", v.member("match").str())})
		}
		return true
	})
	return all
}

// wrongKind returns a fault if a rule, by its name in lower case, is not for the kind of the example at its place.
func wrongKind(name string, matcher, example *value) []fault {
	wants := map[string]string{"eachkey": "{", "eachvalue": "{[", "arraycontains": "["}[name]
	if wants == "" {
		return nil
	}
	if !strings.ContainsRune(wants, rune(example.kind)) {
		return []fault{{
			at:   matcher,
			text: fmt.Sprintf("the rule is not for %s, which the example has at its place, and would let any value pass", describe(example)),
		}}
	}
	if name != "arraycontains" {
		return nil
	}
	variants := matcher.member("variants").elements
	if len(variants) == 0 {
		return []fault{{at: matcher, text: "the rule has no variant, and would let any array pass"}}
	}
	for _, variant := range variants {
		if index := variant.member("index"); numberOf(index) >= len(example.elements) {
			return []fault{{at: index, text: fmt.Sprintf("the example has no element %s (it has %d)", index.text, len(example.elements))}}
		}
	}
	return nil
}

// numberOf returns an integer; a very large one if it is too long.
func numberOf(v *value) int {
	n, err := strconv.Atoi(v.text)
	if err != nil {
		return 1 << 30
	}
	return n
}

// at returns the values at a place: several, if it has wildcards.
func (v *value) at(place []string) []*value {
	all := []*value{v}
	for n, token := range place {
		if n == 0 { // $
			continue
		}
		var next []*value
		for _, one := range all {
			for _, inside := range one.children() {
				if token == "*" || one.kind == '{' && inside.name == token || one.kind == '[' && strconv.Itoa(inside.index) == token {
					next = append(next, inside)
				}
			}
		}
		all = next
	}
	return all
}

// children are the values directly inside v; none of nil.
func (v *value) children() []*value {
	if v == nil {
		return nil
	}
	return slices.Concat(v.members, v.elements)
}

// withValues returns the edits that end a list of rules with one for the values of a map. The
// library applies what a pact says of every value (as at $.m.*) to the keys of the example alone, if a rule for the keys
// lets there be others and none for the values stands beside it.
func withValues(part *value) []edit {
	var all []edit
	rules := bodyRules(part)
	for _, r := range rules {
		names := map[string]bool{}
		for _, matcher := range r.matchers {
			names[strings.ReplaceAll(strings.ToLower(matcher.member("match").str()), "-", "")] = true
		}
		inside := slices.ContainsFunc(rules, func(other bodyRule) bool {
			return len(other.path) > len(r.path) && slices.Equal(other.path[:len(r.path)], r.path) && other.path[len(r.path)] == "*"
		})
		if last := len(r.matchers) - 1; inside && names["eachkey"] && !names["eachvalue"] && !names["values"] {
			end := r.matchers[last].offset + len(r.matchers[last].raw)
			all = append(all, edit{end, end, `,{"match":"values"}`})
		}
	}
	return all
}

package verification

import (
	"slices"
	"strings"
)

// bodyRule is the rules that a pact has for one place of a body.
type bodyRule struct {
	path     []string // "$", then names and indices; "*" is any of them
	matchers []*value
	equal    bool // every rule is that of equality
	opaque   bool // what is inside is compared in ways that depend on the rule's own parameters
}

// opaque are the rules that compare what is inside by rules of their own.
var opaque = []string{"values", "eachKey", "each-key", "eachValue", "each-value", "arrayContains", "array-contains"}

// bodyCategories are the names under which rules and generators are for a body or for the contents of a message.
var bodyCategories = []string{"body", "contents", "content"}

// bodyRules returns the rules for the body of a request, a response or a message.
func bodyRules(part *value) []bodyRule {
	rules := part.member("matchingRules")
	if rules == nil {
		rules = part.member("responseMatchingRules")
	}
	if rules == nil {
		return nil
	}
	var all []bodyRule
	for _, m := range rules.members {
		if rest, ok := strings.CutPrefix(m.name, "$.body"); ok { // version 2
			all = append(all, newBodyRule("$"+rest, []*value{m}))
		}
		if !slices.Contains(bodyCategories, m.name) {
			continue
		}
		if matchers := m.member("matchers"); matchers != nil {
			all = append(all, newBodyRule("", matchers.elements))
			continue
		}
		for _, list := range m.members {
			if matchers := list.member("matchers"); matchers != nil {
				all = append(all, newBodyRule(list.name, matchers.elements))
			}
		}
	}
	return all
}

// metadataRules returns the rules for the metadata of a message.
func metadataRules(part *value) []bodyRule {
	var all []bodyRule
	for _, list := range part.member("matchingRules").member("metadata").children() {
		all = append(all, newBodyRule(list.name, list.member("matchers").children()))
	}
	return all
}

func newBodyRule(path string, matchers []*value) bodyRule {
	r := bodyRule{path: tokens(path), matchers: matchers, equal: true}
	for _, m := range matchers {
		r.equal = r.equal && m.member("match").str() == "equality"
		r.opaque = r.opaque || slices.Contains(opaque, m.member("match").str())
	}
	return r
}

// generatedPaths returns the places of a body that a generator fills.
func generatedPaths(part *value) [][]string {
	var all [][]string
	for _, name := range bodyCategories {
		if body := part.member("generators").member(name); body != nil {
			for _, m := range body.members {
				all = append(all, tokens(m.name))
			}
		}
	}
	return all
}

// tokens splits a path expression such as $.a['b c'][0].*; the empty one has none.
func tokens(path string) []string {
	var all []string
	for path != "" {
		switch {
		case strings.HasPrefix(path, "['"), strings.HasPrefix(path, `["`):
			name, rest, _ := strings.Cut(path[2:], path[1:2]+"]")
			all, path = append(all, name), rest
		case path[0] == '[':
			index, rest, _ := strings.Cut(path[1:], "]")
			all, path = append(all, index), rest
		default:
			path = strings.TrimPrefix(path, ".")
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			if end > 0 {
				all = append(all, path[:end])
			}
			path = path[end:]
			if end == 0 && !strings.HasPrefix(path, "[") && path != "" {
				path = path[1:]
			}
		}
	}
	return all
}

// weight returns how closely a path expression fits a place, as the library computes it: 0 is not at all. An expression
// that is shorter than the place fits it too, as rules apply to what is inside.
func weight(expression, place []string) int {
	if len(expression) > len(place) {
		return 0
	}
	product := 1
	for n, token := range expression {
		switch token {
		case place[n]:
			product *= 2
		case "*":
		default:
			return 0
		}
	}
	return product * max(len(expression), 1)
}

// demandsEquality reports whether a scalar at a place must be equal to the example: no rule applies to it, or the one
// that fits best is that of equality.
func demandsEquality(rules []bodyRule, place []string) bool {
	equal, other := 0, 0
	for _, r := range rules {
		if w := weight(r.path, place); r.equal {
			equal = max(equal, w)
		} else {
			other = max(other, w)
		}
	}
	return other == 0 || equal > other
}

// isOpaque reports whether another rule applies inside the value at a place.
func isOpaque(rules []bodyRule, place []string) bool {
	return slices.ContainsFunc(rules, func(r bodyRule) bool {
		return r.opaque && weight(r.path, place) > 0 && len(r.path) == len(place)
	})
}

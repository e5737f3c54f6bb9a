package verification

import (
	"fmt"
	"slices"
)

// bestMatchers returns the matchers of the rule for a place itself that fits it best, by their names.
func bestMatchers(rules []bodyRule, place []string) []string {
	var best bodyRule
	most := 0
	for _, r := range rules {
		if w := weight(r.path, place); w > most {
			best, most = r, w
		}
	}
	if len(best.path) != len(place) {
		return nil
	}
	var names []string
	for _, m := range best.matchers {
		names = append(names, m.member("match").str())
	}
	return names
}

// compareKinds finds values of another kind that libpact_ffi lets pass: it compares the text of an object, an array or null
// with a pattern, and takes an integer beyond 64 bits for a decimal number.
func (c *comparison) compareKinds(place []string, expected, actual *value) {
	var of []string // the rules that demand the kind
	var kind string
	switch {
	case expected.kind == '"' && (actual.kind == '{' || actual.kind == '[' || actual.kind == 'n'):
		of, kind = []string{"regex", "include"}, "a text"
	case expected.kind == '0' && isLongInteger(actual):
		of, kind = []string{"decimal", "real"}, "a number with decimal places"
	default:
		return
	}
	names := bestMatchers(c.rules, place)
	if len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(of, name) }) {
		return
	}
	c.found = append(c.found, Mismatch{
		Part: c.part, Path: jsonPath(place), Expected: kind + ", such as " + short(expected.raw), Actual: short(actual.raw),
		Text: fmt.Sprintf("expected %s but was %s", kind, describe(actual)),
	})
}

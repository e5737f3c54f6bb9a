package compat

import (
	"encoding/json"
	"maps"
	"slices"
)

// maxShrinks is how many smaller documents are tried.
const maxShrinks = 300

// shrunk returns a document that still is a counterexample, and from which no member or item can be left out.
func (p *pair) shrunk(document any) any {
	tries := 0
	keeps := func(candidate any) bool {
		tries++
		return tries <= maxShrinks && p.question.Confirms(candidate) && p.isCounterexample(candidate)
	}
	for again := true; again; {
		again = false
		for _, candidate := range smaller(document) {
			if tries > maxShrinks {
				return document
			}
			if keeps(candidate) {
				document, again = candidate, true
				break
			}
		}
	}
	return document
}

// smaller returns the documents that lack one part of a document, outer parts first.
func smaller(document any) []any {
	var all []any
	switch value := document.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(value))
		for _, name := range names {
			without := maps.Clone(value)
			delete(without, name)
			all = append(all, without)
		}
		for _, name := range names {
			for _, member := range smaller(value[name]) {
				with := maps.Clone(value)
				with[name] = member
				all = append(all, with)
			}
		}
	case []any:
		for i := range value {
			all = append(all, slices.Delete(slices.Clone(value), i, i+1))
		}
		for i := range value {
			for _, item := range smaller(value[i]) {
				with := slices.Clone(value)
				with[i] = item
				all = append(all, with)
			}
		}
	case json.Number, string, bool, nil:
	}
	return all
}

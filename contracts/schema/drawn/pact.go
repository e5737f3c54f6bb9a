package drawn

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"
)

// Pact draws a pact of version 4 with one interaction. Its request has a body, or its answer.
func (d Source) Pact(request bool) []byte {
	rules := map[string]any{}
	body := map[string]any{"contentType": "application/json", "content": d.example(2, "$", rules, true)}
	part := map[string]any{"body": body, "matchingRules": map[string]any{"body": rules}}
	sent := map[string]any{"method": "POST", "path": "/"}
	came := map[string]any{"status": 200}
	if request {
		maps.Copy(sent, part)
	} else {
		maps.Copy(came, part)
	}
	text, err := json.Marshal(map[string]any{
		"consumer": map[string]any{"name": "web"}, "provider": map[string]any{"name": "shop"},
		"metadata": map[string]any{"pactSpecification": map[string]any{"version": "4.0"}},
		"interactions": []any{map[string]any{
			"type": "Synchronous/HTTP", "description": "drawn", "request": sent, "response": came,
		}},
	})
	if err != nil {
		d.Fatal(err)
	}
	return text
}

// example draws an example and its rules.
func (d Source) example(depth int, path string, rules map[string]any, object bool) any {
	switch kind := rapid.IntRange(0, 5).Draw(d.T, "kind"); {
	case object || depth > 0 && kind == 4:
		all := map[string]any{}
		for range rapid.IntRange(1, 3).Draw(d.T, "members") {
			if name := d.name(); all[name] == nil {
				all[name] = d.example(depth-1, path+"."+name, rules, false)
			}
		}
		if !object {
			typed := map[string]any{"match": "type"}
			d.rule(rules, path, nil, typed, map[string]any{"match": "eachValue", "rules": []any{typed}})
		}
		return all
	case depth > 0 && kind == 5:
		var all []any
		if rapid.IntRange(0, 3).Draw(d.T, "contains") == 0 {
			variant := map[string]any{"index": 0, "rules": map[string]any{"$": map[string]any{"matchers": []any{map[string]any{"match": "type"}}}}}
			d.rule(rules, path, map[string]any{"match": "arrayContains", "variants": []any{variant}})
			return []any{d.example(0, "", map[string]any{}, false)}
		}
		if rapid.Bool().Draw(d.T, "like") {
			d.rule(rules, path, map[string]any{"match": "type"}, map[string]any{"match": "type", "min": 1},
				map[string]any{"match": "type", "min": 1, "max": 2},
				map[string]any{"match": "eachValue", "rules": []any{map[string]any{"match": "type"}}})
			return []any{d.example(depth-1, path+"[*]", rules, false)}
		}
		for n := range rapid.IntRange(0, 2).Draw(d.T, "elements") {
			all = append(all, d.example(depth-1, fmt.Sprintf("%s[%d]", path, n), rules, false))
		}
		return append([]any{}, all...)
	case kind == 0:
		d.rule(rules, path, nil, map[string]any{"match": "type"})
		return d.one(true, false)
	case kind == 1:
		d.rule(rules, path, nil, map[string]any{"match": "type"}, map[string]any{"match": "integer"}, map[string]any{"match": "number"})
		return d.one(1, 2)
	case kind == 2:
		d.rule(rules, path, nil, map[string]any{"match": "decimal"}, map[string]any{"match": "number"}, map[string]any{"match": "type"})
		return 1.5
	}
	d.rule(rules, path, nil, map[string]any{"match": "type"}, map[string]any{"match": "regex", "regex": "a.*|"},
		map[string]any{"match": "regex", "regex": "[ab]+|[0-9-]*"}, map[string]any{"match": "include", "value": "a"},
		map[string]any{"match": "date", "format": "yyyy-MM-dd"}, map[string]any{"match": "notEmpty"}, map[string]any{"match": "semver"})
	return d.one("a", "ab", "2026-01-02")
}

// rule draws a rule for a place; nil is none.
func (d Source) rule(rules map[string]any, path string, of ...map[string]any) {
	if one := rapid.SampledFrom(of).Draw(d.T, "rule"); one != nil {
		rules[path] = map[string]any{"combine": "AND", "matchers": []any{one}}
	}
}

// Neighbour draws a document that differs from another one in a few values, each of the same kind.
func (d Source) Neighbour(value any) any {
	stays := rapid.IntRange(0, 2).Draw(d.T, "stays") == 0
	switch value := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if all[name] = value[name]; !stays {
				all[name] = d.Neighbour(value[name])
			}
		}
		return all
	case []any:
		all := []any{}
		for _, element := range value {
			all = append(all, d.Neighbour(element))
		}
		if len(all) > 0 && !stays && rapid.Bool().Draw(d.T, "longer") {
			all = append(all, d.Neighbour(value[0]))
		}
		return all[:rapid.IntRange(max(0, len(all)-1), len(all)).Draw(d.T, "length")]
	case bool:
		return d.one(true, false)
	case string:
		if stays {
			return value
		}
		return d.text()
	case nil:
		return nil
	}
	if stays {
		return value
	}
	return d.number()
}

// Package drawn draws JSON Schemas and documents for property tests, from few names, numbers and strings, so that they meet.
package drawn

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// Source draws schemas and documents.
type Source struct{ *rapid.T }

func (d Source) one(of ...any) any { return rapid.SampledFrom(of).Draw(d.T, "one") }

func (d Source) name() string { return rapid.SampledFrom([]string{"a", "b", "ab"}).Draw(d.T, "name") }

func (d Source) number() any { return d.one(0, 1, 2, 3, 1.5, -1) }

func (d Source) text() any {
	return d.one("", "a", "b", "ab", "aab", "2026-01-02", "192.0.2.1", "https://a.b")
}

func (d Source) expression() any { return d.one("^a", "b$", "^[ab]+$", "^a?$", "^.{2}$", "^[0-9]") }

func (d Source) count() int { return rapid.IntRange(0, 3).Draw(d.T, "count") }

// Document draws a document of values that the schemas are about.
func (d Source) Document(depth int) any {
	of := 6
	if depth == 0 {
		of = 4
	}
	switch rapid.IntRange(0, of-1).Draw(d.T, "kind") {
	case 0:
		return nil
	case 1:
		return d.one(true, false)
	case 2:
		return d.number()
	case 3:
		return d.text()
	case 4:
		list := []any{}
		for range d.count() {
			list = append(list, d.Document(depth-1))
		}
		return list
	}
	object := map[string]any{}
	for range d.count() {
		object[d.name()] = d.Document(depth - 1)
	}
	return object
}

func (d Source) list(depth int) []any {
	var all []any
	for range rapid.IntRange(1, 3).Draw(d.T, "length") {
		all = append(all, d.schema(depth))
	}
	return all
}

func (d Source) byName(depth int, name func() string) map[string]any {
	all := map[string]any{}
	for range rapid.IntRange(1, 2).Draw(d.T, "length") {
		all[name()] = d.schema(depth)
	}
	return all
}

// schema draws a schema of a few keywords.
func (d Source) schema(depth int) any {
	if depth <= 0 || rapid.IntRange(0, 9).Draw(d.T, "plain") == 0 {
		return d.one(true, false, map[string]any{},
			map[string]any{"type": "integer"}, map[string]any{"type": "string"}, map[string]any{"const": 1},
			map[string]any{"enum": []any{1, "a", nil}}, map[string]any{"type": []any{"null", "number"}}, map[string]any{"$ref": "#/$defs/r"})
	}
	s := map[string]any{}
	for range rapid.IntRange(1, 3).Draw(d.T, "keywords") {
		d.keyword(s, depth-1)
	}
	return s
}

func (d Source) keyword(s map[string]any, depth int) {
	names := func() []any {
		var all []any
		for range rapid.IntRange(0, 2).Draw(d.T, "names") {
			if name := d.name(); !strings.Contains(fmt.Sprint(all), name) {
				all = append(all, name)
			}
		}
		return all
	}
	draw := map[string]func() any{
		"type": func() any {
			return d.one("object", "array", "string", "number", "integer", []any{"object", "array"}, []any{"string", "null"})
		},
		"enum":                  func() any { return []any{d.Document(1), d.Document(2)} },
		"const":                 func() any { return d.Document(2) },
		"required":              func() any { return append([]any{}, names()...) },
		"properties":            func() any { return d.byName(depth, d.name) },
		"patternProperties":     func() any { return d.byName(depth, func() string { return fmt.Sprint(d.expression()) }) },
		"additionalProperties":  func() any { return d.schema(depth) },
		"unevaluatedProperties": func() any { return d.schema(depth - 1) },
		"propertyNames":         func() any { return d.schema(depth - 1) },
		"minProperties":         func() any { return d.count() },
		"maxProperties":         func() any { return d.count() },
		"dependentRequired":     func() any { return map[string]any{d.name(): append([]any{}, names()...)} },
		"dependentSchemas":      func() any { return d.byName(depth, d.name) },
		"items":                 func() any { return d.schema(depth) },
		"prefixItems":           func() any { return d.list(depth) },
		"unevaluatedItems":      func() any { return d.schema(depth - 1) },
		"contains":              func() any { return d.schema(depth) },
		"minContains":           func() any { return d.count() },
		"maxContains":           func() any { return d.count() },
		"minItems":              func() any { return d.count() },
		"maxItems":              func() any { return d.count() },
		"uniqueItems":           func() any { return true },
		"minLength":             func() any { return d.count() },
		"maxLength":             func() any { return d.count() },
		"pattern":               d.expression,
		"format":                func() any { return d.one("date", "ipv4", "uri", "uri-reference") },
		"minimum":               d.number,
		"maximum":               d.number,
		"exclusiveMinimum":      d.number,
		"exclusiveMaximum":      d.number,
		"multipleOf":            func() any { return d.one(1, 2, 0.5, 3) },
		"allOf":                 func() any { return d.list(depth) },
		"anyOf":                 func() any { return d.list(depth) },
		"oneOf":                 func() any { return d.list(depth) },
		"not":                   func() any { return d.schema(depth) },
		"if":                    func() any { return d.schema(depth) },
		"then":                  func() any { return d.schema(depth) },
		"else":                  func() any { return d.schema(depth) },
	}
	var all []string
	for name := range draw {
		all = append(all, name)
	}
	name := rapid.SampledFrom(slices.Sorted(slices.Values(all))).Draw(d.T, "keyword")
	s[name] = draw[name]()
}

// Root draws a schema with a definition to refer to, also from itself.
func (d Source) Root() map[string]any {
	s, ok := d.schema(3).(map[string]any)
	if !ok {
		s = map[string]any{}
	}
	root := map[string]any{"allOf": []any{s}, "$defs": map[string]any{"r": map[string]any{"type": []any{"object", "array", "integer"},
		"properties": map[string]any{"a": d.schema(1)}, "items": d.schema(1)}}}
	return root
}

// Changed draws a schema that differs a little.
func (d Source) Changed(value any) any {
	switch value := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			all[name] = value[name]
			if rapid.IntRange(0, 2).Draw(d.T, "here") == 0 && name != "$defs" {
				all[name] = d.Changed(value[name])
			}
		}
		return all
	case []any:
		all := append([]any{}, value...)
		if len(all) > 0 {
			i := rapid.IntRange(0, len(all)-1).Draw(d.T, "index")
			all[i] = d.Changed(all[i])
		}
		return all
	case int:
		return rapid.IntRange(0, 3).Draw(d.T, "number")
	case bool:
		return !value
	}
	return value
}

package witness_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/contracts/schema/witness"
)

// drawn makes schemas and documents from few names, numbers and strings, so that they meet.
type drawn struct{ *rapid.T }

func (d drawn) one(of ...any) any { return rapid.SampledFrom(of).Draw(d.T, "one") }

func (d drawn) name() string { return rapid.SampledFrom([]string{"a", "b", "ab"}).Draw(d.T, "name") }

func (d drawn) number() any { return d.one(0, 1, 2, 3, 1.5, -1) }

func (d drawn) text() any {
	return d.one("", "a", "b", "ab", "aab", "2026-01-02", "192.0.2.1", "https://a.b")
}

func (d drawn) expression() any { return d.one("^a", "b$", "^[ab]+$", "^a?$", "^.{2}$", "^[0-9]") }

func (d drawn) count() int { return rapid.IntRange(0, 3).Draw(d.T, "count") }

func (d drawn) document(depth int) any {
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
			list = append(list, d.document(depth-1))
		}
		return list
	}
	object := map[string]any{}
	for range d.count() {
		object[d.name()] = d.document(depth - 1)
	}
	return object
}

func (d drawn) list(depth int) []any {
	var all []any
	for range rapid.IntRange(1, 3).Draw(d.T, "length") {
		all = append(all, d.schema(depth))
	}
	return all
}

func (d drawn) byName(depth int, name func() string) map[string]any {
	all := map[string]any{}
	for range rapid.IntRange(1, 2).Draw(d.T, "length") {
		all[name()] = d.schema(depth)
	}
	return all
}

// schema draws a schema of a few keywords.
func (d drawn) schema(depth int) any {
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

func (d drawn) keyword(s map[string]any, depth int) {
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
		"enum":                  func() any { return []any{d.document(1), d.document(2)} },
		"const":                 func() any { return d.document(2) },
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
	name := rapid.SampledFrom(sorted(all)).Draw(d.T, "keyword")
	s[name] = draw[name]()
}

// root draws a schema with a definition to refer to, also from itself.
func (d drawn) root() map[string]any {
	s, ok := d.schema(3).(map[string]any)
	if !ok {
		s = map[string]any{}
	}
	root := map[string]any{"allOf": []any{s}, "$defs": map[string]any{"r": map[string]any{"type": []any{"object", "array", "integer"},
		"properties": map[string]any{"a": d.schema(1)}, "items": d.schema(1)}}}
	return root
}

// changed draws a schema that differs a little.
func (d drawn) changed(value any) any {
	switch value := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for _, name := range sorted(keys(value)) {
			all[name] = value[name]
			if rapid.IntRange(0, 2).Draw(d.T, "here") == 0 && name != "$defs" {
				all[name] = d.changed(value[name])
			}
		}
		return all
	case []any:
		all := append([]any{}, value...)
		if len(all) > 0 {
			i := rapid.IntRange(0, len(all)-1).Draw(d.T, "index")
			all[i] = d.changed(all[i])
		}
		return all
	case int:
		return rapid.IntRange(0, 3).Draw(d.T, "number")
	case bool:
		return !value
	}
	return value
}

func compile(t require.TestingT, schema any) *jsonschema.Schema {
	text, err := json.Marshal(schema)
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	require.NoError(t, c.AddResource("s.json", strings.NewReader(string(text))))
	s, err := c.Compile("s.json")
	if err != nil {
		return nil
	}
	return s
}

func decode(t require.TestingT, value any) any {
	text, err := json.Marshal(value)
	require.NoError(t, err)
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var decoded any
	require.NoError(t, d.Decode(&decoded))
	return decoded
}

func valid(s *jsonschema.Schema, document any) bool { return s.Validate(document) == nil }

// No document may contradict a proof, and no document that is found may be judged otherwise by the validator.
func TestAnswersAgreeWithTheValidator(t *testing.T) {
	counts := map[witness.Outcome]int{}
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{T: t}
		old := d.root()
		var next any = d.root()
		if rapid.Bool().Draw(t, "related") {
			next = d.changed(old)
		}
		accepts, refuses := compile(t, old), compile(t, next)
		if accepts == nil || refuses == nil {
			t.Skip("a schema that is none")
		}
		answer := witness.Ask(accepts, refuses, witness.Options{Steps: 30_000}).Find(t.Context())
		counts[answer.Outcome]++
		switch answer.Outcome {
		case witness.Found:
			require.NoError(t, accepts.Validate(answer.Document), "%v", answer.Document)
			require.Error(t, refuses.Validate(answer.Document), "%v", answer.Document)
		case witness.None:
			for range 20 {
				document := decode(t, d.document(3))
				require.False(t, valid(accepts, document) && !valid(refuses, document), "%v", document)
			}
		}
	})
	t.Log(counts)
}

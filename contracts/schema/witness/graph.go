package witness

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// edge is one schema below another, or that it refers to.
type edge struct {
	name string
	to   *jsonschema.Schema
}

// edges returns the schemas that a schema consists of, in a fixed order.
func edges(s *jsonschema.Schema) []edge {
	var all []edge
	add := func(name string, to *jsonschema.Schema) {
		if to != nil {
			all = append(all, edge{name, to})
		}
	}
	add("$ref", s.Ref)
	add("$recursiveRef", s.RecursiveRef)
	add("$dynamicRef", s.DynamicRef)
	add("not", s.Not)
	add("if", s.If)
	add("then", s.Then)
	add("else", s.Else)
	add("propertyNames", s.PropertyNames)
	add("unevaluatedProperties", s.UnevaluatedProperties)
	add("unevaluatedItems", s.UnevaluatedItems)
	add("items", s.Items2020)
	add("contains", s.Contains)
	add("contentSchema", s.ContentSchema)
	lists := map[string][]*jsonschema.Schema{"allOf": s.AllOf, "anyOf": s.AnyOf, "oneOf": s.OneOf, "prefixItems": s.PrefixItems}
	fields := map[string]any{"items": s.Items, "additionalItems": s.AdditionalItems, "additionalProperties": s.AdditionalProperties}
	for name, field := range fields {
		switch field := field.(type) {
		case *jsonschema.Schema:
			add(name, field)
		case []*jsonschema.Schema:
			lists[name] = field
		}
	}
	for name, list := range lists {
		for i, one := range list {
			add(fmt.Sprintf("%s/%d", name, i), one)
		}
	}
	for name, one := range s.Properties {
		add("properties/"+name, one)
	}
	for name, one := range s.DependentSchemas {
		add("dependentSchemas/"+name, one)
	}
	for name, dependency := range s.Dependencies {
		if one, ok := dependency.(*jsonschema.Schema); ok {
			add("dependencies/"+name, one)
		}
	}
	for expression, one := range s.PatternProperties {
		add("patternProperties/"+expression.String(), one)
	}
	slices.SortFunc(all, func(a, b edge) int { return strings.Compare(a.name, b.name) })
	return all
}

// reachable returns the schemas and all that they consist of, each once.
func reachable(roots ...*jsonschema.Schema) []*jsonschema.Schema {
	seen := map[*jsonschema.Schema]bool{}
	all := []*jsonschema.Schema{}
	add := func(s *jsonschema.Schema) {
		if !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	for _, root := range roots {
		add(root)
	}
	for i := 0; i < len(all); i++ { //nolint:intrange // it grows
		for _, e := range edges(all[i]) {
			add(e.to)
		}
	}
	return all
}

// classes numbers schemas so that those with the same number accept the same documents, as they are written the same: their
// own keywords are equal, and so are those of the schemas they consist of, to any depth. It starts from their own keywords
// and divides classes until nothing changes.
func classes(all []*jsonschema.Schema) map[any]int {
	current, count := map[*jsonschema.Schema]int{}, 0
	divide := func(sign func(*jsonschema.Schema) string) int {
		numbers, next := map[string]int{}, map[*jsonschema.Schema]int{}
		for _, s := range all {
			key := sign(s)
			if _, ok := numbers[key]; !ok {
				numbers[key] = len(numbers)
			}
			next[s] = numbers[key]
		}
		current = next
		return len(numbers)
	}
	below := map[*jsonschema.Schema][]edge{}
	for _, s := range all {
		below[s] = edges(s)
	}
	for next := divide(func(s *jsonschema.Schema) string { return ownKeywords(s, below[s]) }); next > count; {
		count = next
		next = divide(func(s *jsonschema.Schema) string {
			var b strings.Builder
			fmt.Fprint(&b, current[s])
			for _, e := range below[s] {
				fmt.Fprint(&b, " ", current[e.to])
			}
			return b.String()
		})
	}
	found := map[any]int{}
	for s, n := range current {
		found[s] = n
	}
	return found
}

// ownKeywords describes all of a schema but the schemas it consists of, of which it has the names.
func ownKeywords(s *jsonschema.Schema, below []edge) string {
	var b strings.Builder
	write := func(parts ...any) { fmt.Fprintf(&b, "%q", fmt.Sprint(parts...)) }
	if s.Always != nil {
		write("always", *s.Always)
	}
	for _, e := range below {
		write(e.name)
	}
	if s.DynamicRef != nil || s.RecursiveRef != nil || s.RegexProperties {
		write("dynamic", s.Location) // what it refers to depends on where it is referred to from
	}
	write("type", sorted(s.Types), "required", sorted(s.Required))
	if len(s.Constant) > 0 {
		write("const", canonical(s.Constant[0]))
	}
	for _, value := range s.Enum {
		write("enum", canonical(value))
	}
	write("sizes", []int{s.MinProperties, s.MaxProperties, s.MinItems, s.MaxItems, s.MinLength, s.MaxLength, s.MinContains, s.MaxContains},
		s.UniqueItems, s.ContainsEval)
	for n, limit := range []*big.Rat{s.Minimum, s.ExclusiveMinimum, s.Maximum, s.ExclusiveMaximum, s.MultipleOf} {
		if limit != nil { // fmt takes long to find out that one is nil
			write("number", n, limit)
		}
	}
	write("pattern", expressionText(s.Pattern))
	write("asserts", assertsFormat(s), s.Format, assertsContent(s), s.ContentEncoding, s.ContentMediaType)
	for _, field := range []any{s.AdditionalItems, s.AdditionalProperties} {
		if allowed, ok := field.(bool); ok {
			write(allowed)
		}
		write(";")
	}
	for _, name := range slices.Sorted(maps.Keys(s.DependentRequired)) {
		write("dependentRequired", name, sorted(s.DependentRequired[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Dependencies)) {
		if names, ok := s.Dependencies[name].([]string); ok {
			write("dependencies", name, sorted(names))
		}
	}
	hash := sha256.Sum256([]byte(b.String()))
	return string(hash[:])
}

func sorted(names []string) string {
	names = slices.Clone(names)
	slices.Sort(names)
	return fmt.Sprintf("%q", slices.Compact(names))
}

func expressionText(e *regexp.Regexp) string {
	if e == nil {
		return ""
	}
	return "/" + e.String()
}

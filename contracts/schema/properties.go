package schema

import (
	"maps"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Properties returns the names of all object members that the schema, or one that it refers to, describes anywhere. They
// are sorted.
func (s *Schema) Properties() []string {
	names := map[string]bool{}
	for one := range reachable(s.compiled) {
		for name := range one.Properties {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// reachable returns the schema, and all those below it and that it refers to.
func reachable(root *jsonschema.Schema) map[*jsonschema.Schema]bool {
	seen := map[*jsonschema.Schema]bool{}
	var visit func(...*jsonschema.Schema)
	visit = func(all ...*jsonschema.Schema) {
		for _, one := range all {
			if one == nil || seen[one] {
				continue
			}
			seen[one] = true
			visit(inPlace(one)...)
			visit(below(one)...)
		}
	}
	visit(root)
	return seen
}

// inPlace returns the schemas that apply to the same value.
func inPlace(s *jsonschema.Schema) []*jsonschema.Schema {
	all := []*jsonschema.Schema{s.Ref, s.DynamicRef, s.RecursiveRef, s.Not, s.If, s.Then, s.Else}
	all = slices.Concat(all, s.AllOf, s.AnyOf, s.OneOf, slices.Collect(maps.Values(s.DependentSchemas)))
	for _, dependency := range s.Dependencies {
		all = append(all, schemasIn(dependency)...)
	}
	return all
}

// below returns the schemas that apply to members and items of the value.
func below(s *jsonschema.Schema) []*jsonschema.Schema {
	all := []*jsonschema.Schema{s.Items2020, s.PropertyNames, s.Contains, s.UnevaluatedItems, s.UnevaluatedProperties, s.ContentSchema}
	all = slices.Concat(all, s.PrefixItems, slices.Collect(maps.Values(s.Properties)), slices.Collect(maps.Values(s.PatternProperties)))
	return slices.Concat(all, schemasIn(s.Items), schemasIn(s.AdditionalItems), schemasIn(s.AdditionalProperties))
}

// schemasIn returns what the library keeps in a field for a schema, several, or something else.
func schemasIn(field any) []*jsonschema.Schema {
	switch field := field.(type) {
	case *jsonschema.Schema:
		return []*jsonschema.Schema{field}
	case []*jsonschema.Schema:
		return field
	}
	return nil
}

// endless returns a schema that applies to its own value again, by way of $ref and what applies in place, so that a check
// would never end; nil if there is none.
func endless(root *jsonschema.Schema) *jsonschema.Schema {
	const open, done = 1, 2
	state := map[*jsonschema.Schema]int{}
	var visit func(*jsonschema.Schema) bool
	visit = func(s *jsonschema.Schema) bool {
		if s == nil || state[s] == done {
			return false
		}
		if state[s] == open {
			return true
		}
		state[s] = open
		for _, next := range inPlace(s) {
			dynamic := next != nil && next != s.Ref && (next == s.DynamicRef || next == s.RecursiveRef)
			if !dynamic && visit(next) { // the target of a dynamic reference depends on the value
				return true
			}
		}
		state[s] = done
		return false
	}
	for one := range reachable(root) {
		if visit(one) {
			return one
		}
	}
	return nil
}

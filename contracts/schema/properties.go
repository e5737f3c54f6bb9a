package schema

import (
	"maps"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Properties lists the names of all object members that the schema describes anywhere, those of schemas that it
// refers to among them, in order.
func (s *Schema) Properties() []string {
	names := map[string]bool{}
	seen := map[*jsonschema.Schema]bool{}
	var visit func(...*jsonschema.Schema)
	visit = func(all ...*jsonschema.Schema) {
		for _, one := range all {
			if one == nil || seen[one] {
				continue
			}
			seen[one] = true
			for name, property := range one.Properties {
				names[name] = true
				visit(property)
			}
			visit(one.Ref, one.DynamicRef, one.RecursiveRef, one.If, one.Then, one.Else, one.Items2020)
			visit(one.AllOf...)
			visit(one.AnyOf...)
			visit(one.OneOf...)
			visit(one.PrefixItems...)
			visit(slices.Collect(maps.Values(one.PatternProperties))...)
			visit(slices.Collect(maps.Values(one.DependentSchemas))...)
			for _, either := range []any{one.Items, one.AdditionalProperties} { // a schema, several, or a bool
				switch either := either.(type) {
				case *jsonschema.Schema:
					visit(either)
				case []*jsonschema.Schema:
					visit(either...)
				}
			}
		}
	}
	visit(s.compiled)
	return slices.Sorted(maps.Keys(names))
}

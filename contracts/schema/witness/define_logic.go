package witness

import (
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

func (t *translation) references() {
	s := t.schema
	if s.Ref != nil {
		t.add(t.apply(s.Ref), "$ref", "")
	}
	if s.RecursiveRef != nil {
		t.dynamic(s.RecursiveRef, "$recursiveRef", t.isStatic(s.RecursiveRef, func(other *jsonschema.Schema) bool {
			return s.RecursiveRef.RecursiveAnchor && other.RecursiveAnchor
		}))
	}
	if s.DynamicRef != nil {
		anchor := s.DynamicRef.DynamicAnchor
		t.dynamic(s.DynamicRef, "$dynamicRef", t.isStatic(s.DynamicRef, func(other *jsonschema.Schema) bool {
			return anchor != "" && other.DynamicAnchor == anchor
		}))
	}
}

// dynamic adds a reference whose target depends on the way to it, unless there is but one.
func (t *translation) dynamic(to *jsonschema.Schema, keyword string, static bool) {
	if static {
		t.add(t.apply(to), keyword, "")
		return
	}
	t.add(t.unknown(t.schema, keyword, "what it refers to depends on the way to it"), keyword, "")
}

// isStatic reports whether no schema but the target may take its place.
func (t *translation) isStatic(target *jsonschema.Schema, mayReplace func(*jsonschema.Schema) bool) bool {
	for other := range t.classes {
		if s, ok := other.(*jsonschema.Schema); ok && s != target && mayReplace(s) {
			return false
		}
	}
	return true
}

func (t *translation) alternatives() {
	s := t.schema
	if s.Not != nil {
		t.add(t.not(t.apply(s.Not)), "not", "")
	}
	for i, one := range s.AllOf {
		t.add(t.apply(one), "allOf", fmt.Sprint(i))
	}
	if len(s.AnyOf) > 0 {
		t.add(t.or(t.all(s.AnyOf)...), "anyOf", "")
	}
	if len(s.OneOf) > 0 {
		t.add(t.one(t.all(s.OneOf)...), "oneOf", "")
	}
	if s.If != nil {
		condition := t.apply(s.If)
		if s.Then != nil {
			t.add(t.or(t.not(condition), t.apply(s.Then)), "then", "")
		}
		if s.Else != nil {
			t.add(t.or(condition, t.apply(s.Else)), "else", "")
		}
	}
}

func (t *translation) all(schemas []*jsonschema.Schema) []*formula {
	all := make([]*formula, len(schemas))
	for i, one := range schemas {
		all[i] = t.apply(one)
	}
	return all
}

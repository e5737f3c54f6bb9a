package witness

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

func (t *translation) objects() {
	s := t.schema
	for _, name := range s.Required {
		t.add(t.or(t.kinds(anyKind&^only(object)), t.present(name)), "required", name)
	}
	t.bounds(object, s.MinProperties, s.MaxProperties, "minProperties", "maxProperties")
	for _, name := range sortedKeys(s.Properties) {
		t.add(t.members(named(name), t.value(s.Properties[name])), "properties", name)
	}
	for _, e := range expressions(s) {
		in := names{matching: t.pattern(e, Label{s, "patternProperties", e.String()})}
		t.add(t.members(in, t.value(s.PatternProperties[e])), "patternProperties", e.String())
	}
	t.additional()
	if s.PropertyNames != nil {
		t.add(t.members(names{failing: t.value(s.PropertyNames)}, t.no), "propertyNames", "")
	}
	if s.RegexProperties {
		t.add(t.unknown(s, "regexProperties", "it is an aid of draft-04's metaschema"), "regexProperties", "")
	}
	t.dependencies()
}

func expressions(s *jsonschema.Schema) []*regexp.Regexp {
	return slices.SortedFunc(maps.Keys(s.PatternProperties), func(a, b *regexp.Regexp) int { return strings.Compare(a.String(), b.String()) })
}

// others returns the names that neither properties nor patternProperties describe.
func (t *translation) others() names {
	n := names{except: sortedKeys(t.schema.Properties)}
	for _, e := range expressions(t.schema) {
		n.exceptMatching = append(n.exceptMatching, t.pattern(e, Label{t.schema, "patternProperties", e.String()}))
	}
	return n
}

func (t *translation) additional() {
	of := t.yes
	switch rest := t.schema.AdditionalProperties.(type) {
	case bool:
		if !rest {
			of = t.no
		}
	case *jsonschema.Schema:
		of = t.value(rest)
	}
	if t.role == reader && of.op == opFalse {
		return
	}
	t.add(t.members(t.others(), of), "additionalProperties", "")
}

func (t *translation) dependencies() {
	s := t.schema
	needs := func(keyword, name string, required []string) {
		for _, other := range required {
			t.add(t.or(t.absent(name), t.present(other)), keyword, name+" "+other)
		}
	}
	for _, name := range sortedKeys(s.DependentRequired) {
		needs("dependentRequired", name, s.DependentRequired[name])
	}
	for _, name := range sortedKeys(s.Dependencies) {
		switch dependency := s.Dependencies[name].(type) {
		case []string:
			needs("dependencies", name, dependency)
		case *jsonschema.Schema:
			t.add(t.or(t.absent(name), t.apply(dependency)), "dependencies", name)
		}
	}
	for _, name := range sortedKeys(s.DependentSchemas) {
		t.add(t.or(t.absent(name), t.apply(s.DependentSchemas[name])), "dependentSchemas", name)
	}
}

// absent returns the formula that a value is no object with the member.
func (w *world) absent(name string) *formula { return w.not(w.present(name)) }

func (t *translation) arrays() {
	s := t.schema
	t.bounds(array, s.MinItems, s.MaxItems, "minItems", "maxItems")
	if s.UniqueItems {
		t.add(t.when(unique{}), "uniqueItems", "")
	}
	switch list := s.Items.(type) {
	case *jsonschema.Schema:
		t.items(0, -1, t.value(list), "items", "")
	case []*jsonschema.Schema:
		t.tuple(list, "items")
		switch rest := s.AdditionalItems.(type) {
		case *jsonschema.Schema:
			t.items(len(list), -1, t.value(rest), "additionalItems", "")
		case bool:
			if !rest {
				t.items(len(list), -1, t.no, "additionalItems", "")
			}
		}
	}
	t.tuple(s.PrefixItems, "prefixItems")
	if s.Items2020 != nil {
		t.items(len(s.PrefixItems), -1, t.value(s.Items2020), "items", "")
	}
	if s.Contains != nil {
		of := t.value(s.Contains)
		if s.MinContains > 0 {
			t.add(t.when(contains{s.MinContains, of}), "contains", "")
		}
		switch {
		case s.MaxContains == -1:
		case s.MaxContains < 0:
			t.add(t.kinds(anyKind&^only(array)), "maxContains", "")
		default:
			t.add(t.whenNot(contains{s.MaxContains + 1, of}), "maxContains", "")
		}
	}
}

func (t *translation) tuple(list []*jsonschema.Schema, keyword string) {
	for i, one := range list {
		t.items(i, i+1, t.value(one), keyword, fmt.Sprint(i))
	}
}

func (t *translation) items(from, to int, of *formula, keyword, detail string) {
	if of.op != opTrue {
		t.add(t.when(items{from, to, of}), keyword, detail)
	}
}

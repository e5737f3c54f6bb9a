package witness

import (
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// evaluated is what a schema that a value satisfies has looked at, in one case: unevaluatedProperties and unevaluatedItems
// are about the rest.
type evaluated struct {
	when     *formula // the case
	names    []string
	patterns []*pattern
	members  bool // all of them
	prefix   int  // so many first items
	items    bool // all of them
	contains []*formula
}

// maxCases is how many cases are told apart.
const maxCases = 64

func (e evaluated) nothing() bool {
	return len(e.names)+len(e.patterns)+len(e.contains)+e.prefix == 0 && !e.members && !e.items
}

func (t *translation) unevaluated() {
	s := t.schema
	if s.UnevaluatedProperties == nil && s.UnevaluatedItems == nil && t.role != senderValue {
		return
	}
	cases, ok := t.evaluation(s, true, map[*jsonschema.Schema]bool{})
	if s.UnevaluatedProperties != nil {
		of := t.value(s.UnevaluatedProperties)
		if t.role != reader || of.op != opFalse {
			t.rest(cases, ok, "unevaluatedProperties", func(e evaluated) *formula { return t.unseenMembers(e, of) })
		}
	}
	if s.UnevaluatedItems != nil {
		of := t.value(s.UnevaluatedItems)
		t.rest(cases, ok, "unevaluatedItems", func(e evaluated) *formula {
			if e.items {
				return t.yes
			}
			return t.when(items{e.prefix, -1, t.or(append([]*formula{of}, e.contains...)...)})
		})
	}
	if t.role == senderValue && s.UnevaluatedProperties == nil {
		t.rest(cases, ok, "properties", func(e evaluated) *formula {
			if len(e.names)+len(e.patterns) == 0 {
				return t.yes // it describes no member at all: a map
			}
			return t.unseenMembers(e, t.no)
		})
	}
}

func (t *translation) unseenMembers(e evaluated, of *formula) *formula {
	if e.members {
		return t.yes
	}
	return t.members(names{except: e.names, exceptMatching: e.patterns}, of)
}

// rest adds a demand that depends on the case.
func (t *translation) rest(cases []evaluated, ok bool, keyword string, demand func(evaluated) *formula) {
	if !ok {
		t.add(t.unknown(t.schema, keyword, "what is evaluated depends on too many alternatives"), keyword, "")
		return
	}
	var all []*formula
	for _, one := range cases {
		all = append(all, t.or(t.not(one.when), demand(one)))
	}
	t.add(t.and(all...), keyword, "")
}

// evaluation returns the cases of a schema. own leaves out its own unevaluated keywords. ok is false if there are too many.
func (t *translation) evaluation(s *jsonschema.Schema, own bool, above map[*jsonschema.Schema]bool) (cases []evaluated, ok bool) {
	if above[s] {
		return nil, false // the library refuses a schema that applies to its own value
	}
	above[s] = true
	defer delete(above, s)
	cases = []evaluated{t.evaluatedBy(s, own)}
	for _, one := range s.AllOf {
		cases = t.also(cases, t.yes, one, above)
	}
	for _, one := range []*jsonschema.Schema{s.Ref, s.RecursiveRef, s.DynamicRef} {
		if one != nil {
			cases = t.also(cases, t.yes, one, above)
		}
	}
	for _, one := range slices.Concat(s.AnyOf, s.OneOf) {
		cases = t.also(cases, t.apply(one), one, above)
	}
	if s.If != nil {
		condition := t.apply(s.If)
		cases = t.also(cases, condition, s.If, above)
		if s.Then != nil {
			cases = t.also(cases, condition, s.Then, above)
		}
		if s.Else != nil {
			cases = t.also(cases, t.not(condition), s.Else, above)
		}
	}
	for _, name := range sortedKeys(s.DependentSchemas) {
		cases = t.also(cases, t.present(name), s.DependentSchemas[name], above)
	}
	for _, name := range sortedKeys(s.Dependencies) {
		if one, is := s.Dependencies[name].(*jsonschema.Schema); is {
			cases = t.also(cases, t.present(name), one, above)
		}
	}
	return cases, cases != nil && len(cases) <= maxCases
}

// also adds what another schema evaluates, when it applies. nil is too many cases.
func (t *translation) also(cases []evaluated, when *formula, s *jsonschema.Schema, above map[*jsonschema.Schema]bool) []evaluated {
	if cases == nil {
		return nil
	}
	more, ok := t.evaluation(s, false, above)
	if !ok {
		return nil
	}
	if !slices.ContainsFunc(more, func(e evaluated) bool { return !e.nothing() }) {
		return cases
	}
	var all []evaluated
	for _, one := range cases {
		if when.op != opTrue {
			without := one
			without.when = t.and(one.when, t.not(when))
			all = append(all, without)
		}
		for _, other := range more {
			all = append(all, t.both(one, other, when))
		}
	}
	if len(all) > maxCases {
		return nil
	}
	return all
}

func (t *translation) both(a, b evaluated, when *formula) evaluated {
	return evaluated{
		when:  t.and(a.when, when, b.when),
		names: slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.names, b.names)))), patterns: slices.Concat(a.patterns, b.patterns),
		members: a.members || b.members, prefix: max(a.prefix, b.prefix), items: a.items || b.items,
		contains: slices.Concat(a.contains, b.contains),
	}
}

// evaluatedBy returns what the schema's own keywords evaluate.
func (t *translation) evaluatedBy(s *jsonschema.Schema, own bool) evaluated {
	e := evaluated{when: t.yes, names: sortedKeys(s.Properties)}
	for _, expression := range expressions(s) {
		e.patterns = append(e.patterns, t.pattern(expression, Label{s, "patternProperties", expression.String()}))
	}
	e.members = s.AdditionalProperties != nil || s.UnevaluatedProperties != nil && !own
	e.items = s.Items2020 != nil || s.UnevaluatedItems != nil && !own
	e.prefix = len(s.PrefixItems)
	switch list := s.Items.(type) {
	case *jsonschema.Schema:
		e.items = true
	case []*jsonschema.Schema:
		e.prefix = len(list)
		e.items = e.items || s.AdditionalItems != nil
	}
	if s.Contains != nil && s.ContainsEval {
		e.contains = []*formula{t.value(s.Contains)}
	}
	return e
}

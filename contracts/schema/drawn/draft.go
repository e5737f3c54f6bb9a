package drawn

import (
	"maps"
	"slices"
)

// Drafts are the drafts of JSON Schema in which As writes schemas, by their names in $schema.
var Drafts = []string{
	"http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#", "http://json-schema.org/draft-07/schema#",
	"https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema",
}

// As writes a schema of Root, which is of draft 2020-12, as another draft spells it. It reports whether it accepts the same
// documents: keywords that the draft lacks are left out.
func As(draft string, root map[string]any) (schema map[string]any, same bool) {
	w := writer{age: len(Drafts) - 1 - slices.Index(Drafts, draft), same: true}
	schema, _ = w.schema(root).(map[string]any)
	schema["$schema"] = draft
	return schema, w.same
}

// writer writes schemas in a draft that is so many drafts older than 2020-12.
type writer struct {
	age  int
	same bool
}

const (
	draft2019 = 1
	draft7    = 2
	draft6    = 3
	draft4    = 4
)

// since is the age of the oldest draft that has a keyword.
var since = map[string]int{
	"minContains": draft2019, "maxContains": draft2019, "unevaluatedProperties": draft2019, "unevaluatedItems": draft2019,
	"if": draft7, "then": draft7, "else": draft7, "contains": draft6, "propertyNames": draft6,
}

// schemas are the keywords whose values are schemas, lists of schemas, or schemas by name.
var (
	one = []string{
		"additionalProperties", "unevaluatedProperties", "unevaluatedItems", "propertyNames", "items", "contains", "not", "if", "then", "else",
	}
	lists  = []string{"prefixItems", "allOf", "anyOf", "oneOf"}
	byName = []string{"properties", "patternProperties", "dependentSchemas", "$defs"}
)

func (w *writer) schema(value any) any {
	s, ok := value.(map[string]any)
	if !ok {
		return w.always(value)
	}
	all := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if oldest, limited := since[name]; limited && w.age > oldest {
			w.same = false
			continue
		}
		if name == "unevaluatedItems" && w.age > 0 { // since 2020-12, what contains matches is evaluated
			w.same = false
		}
		all[name] = w.value(name, s[name])
	}
	w.tuple(all)
	if w.age >= draft7 {
		w.dependencies(all)
		w.definitions(all)
	}
	if w.age >= draft4 {
		w.draft4(all)
	}
	return all
}

// always writes the schemas true and false, which draft 4 lacks.
func (w *writer) always(value any) any {
	switch {
	case w.age < draft4:
		return value
	case value == true:
		return map[string]any{}
	}
	return map[string]any{"not": map[string]any{}}
}

func (w *writer) value(name string, value any) any {
	switch {
	case slices.Contains(one, name):
		return w.schema(value)
	case slices.Contains(lists, name):
		var all []any
		for _, s := range value.([]any) { //nolint:forcetypeassert // Root draws lists
			all = append(all, w.schema(s))
		}
		return all
	case slices.Contains(byName, name):
		all := map[string]any{}
		named, _ := value.(map[string]any)
		for _, of := range slices.Sorted(maps.Keys(named)) {
			all[of] = w.schema(named[of])
		}
		return all
	case name == "$ref" && w.age >= draft7:
		return "#/definitions/r"
	}
	return value
}

// tuple renames prefixItems, and what is beyond it.
func (w *writer) tuple(s map[string]any) {
	first, ok := s["prefixItems"]
	if w.age < draft2019 || !ok {
		return
	}
	delete(s, "prefixItems")
	if rest, limited := s["items"]; limited {
		s["additionalItems"] = rest
	}
	s["items"] = first
}

// dependencies joins what 2019-09 divided.
func (w *writer) dependencies(s map[string]any) {
	all := map[string]any{}
	for _, keyword := range []string{"dependentRequired", "dependentSchemas"} {
		named, _ := s[keyword].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(named)) {
			names, isList := named[name].([]any)
			if all[name] != nil || isList && len(names) == 0 && w.age >= draft4 { // one of a name; draft 4 demands a name
				w.same = w.same && isList && len(names) == 0
				continue
			}
			all[name] = named[name]
		}
		delete(s, keyword)
	}
	if len(all) > 0 {
		s["dependencies"] = all
	}
}

func (w *writer) definitions(s map[string]any) {
	if all, ok := s["$defs"]; ok {
		s["definitions"] = all
		delete(s, "$defs")
	}
	if _, ok := s["$ref"]; ok && len(s) > 1 { // what stands beside it is ignored there
		w.same = false
	}
}

// draft4 writes what draft 4 has in another form.
func (w *writer) draft4(s map[string]any) {
	if value, ok := s["const"]; ok {
		delete(s, "const")
		if _, both := s["enum"]; both {
			w.same = false
		} else {
			s["enum"] = []any{value}
		}
	}
	for limit, exclusive := range map[string]string{"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"} {
		value, ok := s[exclusive]
		if !ok {
			continue
		}
		delete(s, exclusive)
		if _, both := s[limit]; both {
			w.same = false
			continue
		}
		s[limit], s[exclusive] = value, true
	}
	if names, ok := s["required"].([]any); ok && len(names) == 0 { // it demands at least one
		delete(s, "required")
	}
}

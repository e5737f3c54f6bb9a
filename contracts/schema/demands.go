package schema

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Demands are all that a schema may demand of the values at one path of a document, whichever of its alternatives applies. Two
// documents for which all Demands make the same distinctions have the same violations: a caller that sees the same
// distinctions again need not check again. They are safe for concurrent use, except for NameClass.
type Demands struct {
	schema *Schema
	parts  []*jsonschema.Schema // all that may apply to the value itself
	names  map[string]bool      // of members that the parts mention
	rules  []nameRule           // for members by their names
	rest   bool                 // a schema describes all members without a name
	seen   map[string]string    // classes of names, bounded
	items  *Demands
	byKind [Boolean + 1]*valueTests

	Items    ItemUse // what of an array the verdict may depend on
	Counts   bool    // the number of items or members matters
	Tuple    int     // so many first items have a place of their own
	Compares bool    // an array or object is compared as a whole
}

// ItemUse is what of an array's items a verdict may depend on, beyond what each item demands by itself.
type ItemUse int

// The uses, each of more than the one before.
const (
	ItemSet ItemUse = iota // which kinds of items there are
	ItemBag                // and how many of each
)

// nameRule is a keyword that treats members differently by their names.
type nameRule struct {
	pattern *regexp.Regexp     // of patternProperties
	names   *jsonschema.Schema // propertyNames
}

func (r nameRule) holds(name string) bool {
	if r.pattern != nil {
		return r.pattern.MatchString(name)
	}
	return r.names.Validate(name) == nil
}

// Demands returns those of the whole document, and whether the violations are a function of what they distinguish. They
// are not under $dynamicRef and $recursiveRef, whose target depends on the way to it,
// and not where a string's content is checked: there every document must be checked.
func (s *Schema) Demands() (demands *Demands, distinguishes bool) {
	for one := range reachable(s.compiled) {
		content := one.ContentSchema != nil || one.ContentEncoding != "" || one.ContentMediaType != ""
		if content || one.DynamicRef != nil || one.RecursiveRef != nil || one.RegexProperties {
			return s.demandsOf([]*jsonschema.Schema{s.compiled}), false
		}
	}
	return s.demandsOf([]*jsonschema.Schema{s.compiled}), true
}

// demandsOf returns what these schemas, and those that they apply in place, demand.
func (s *Schema) demandsOf(from []*jsonschema.Schema) *Demands {
	d := &Demands{schema: s, names: map[string]bool{}, seen: map[string]string{}}
	known := map[*jsonschema.Schema]bool{}
	for len(from) > 0 {
		one := from[len(from)-1]
		from = from[:len(from)-1]
		if one == nil || known[one] {
			continue
		}
		known[one] = true
		d.parts = append(d.parts, one)
		from = append(from, inPlace(one)...)
	}
	for _, part := range d.parts {
		d.object(part)
		d.array(part)
	}
	for kind := range d.byKind {
		d.byKind[kind] = newValueTests(s, d.parts, Kind(kind))
	}
	return d
}

func (d *Demands) object(part *jsonschema.Schema) {
	for name := range part.Properties {
		d.names[name] = true
	}
	for _, name := range part.Required {
		d.names[name] = true
	}
	for name, needs := range part.Dependencies {
		d.names[name] = true
		list, _ := needs.([]string)
		d.mention(list)
	}
	for name, needs := range part.DependentRequired {
		d.names[name] = true
		d.mention(needs)
	}
	for name := range part.DependentSchemas {
		d.names[name] = true
	}
	for pattern := range part.PatternProperties {
		d.rules = append(d.rules, nameRule{pattern: pattern})
	}
	if part.PropertyNames != nil {
		d.rules = append(d.rules, nameRule{names: part.PropertyNames})
	}
	for _, rest := range append(schemasIn(part.AdditionalProperties), part.UnevaluatedProperties) {
		d.rest = d.rest || rest != nil && rest.Always == nil
	}
	d.Counts = d.Counts || part.MinProperties != -1 || part.MaxProperties != -1
	for _, value := range slices.Concat(part.Constant, part.Enum) {
		switch value.(type) {
		case map[string]any, []any:
			d.Compares = true
		}
	}
}

func (d *Demands) mention(names []string) {
	for _, name := range names {
		d.names[name] = true
	}
}

func (d *Demands) array(part *jsonschema.Schema) {
	tuple := len(part.PrefixItems)
	if list, ok := part.Items.([]*jsonschema.Schema); ok {
		tuple = len(list)
	}
	d.Tuple = max(d.Tuple, tuple)
	d.Counts = d.Counts || part.MinItems != -1 || part.MaxItems != -1 || tuple > 0
	d.Compares = d.Compares || part.UniqueItems
	if part.Contains != nil || part.UnevaluatedItems != nil {
		d.Items = ItemBag
	}
}

// Names reports whether the schema names the member: in properties, required, or what depends on it.
func (d *Demands) Names(name string) bool { return d.names[name] }

// mostNames bounds how many names Demands remember the class of.
const mostNames = 4096

// NameClass returns the class of a member's name: the schema treats unnamed members of one class alike.
func (d *Demands) NameClass(name string) string {
	if len(d.rules) == 0 {
		return ""
	}
	class, known := d.seen[name]
	if !known {
		var b strings.Builder
		for _, rule := range d.rules {
			b.WriteByte(map[bool]byte{false: '0', true: '1'}[rule.holds(name)])
		}
		class = b.String()
		if len(d.seen) >= mostNames {
			clear(d.seen)
		}
		d.seen[strings.Clone(name)] = class
	}
	return class
}

// Describes reports whether the schema says what a member's value is: by its name, by a pattern, or by a schema for all
// other members.
func (d *Demands) Describes(name string) bool {
	if d.rest {
		return true
	}
	for _, part := range d.parts {
		if part.Properties[name] != nil {
			return true
		}
		for pattern := range part.PatternProperties {
			if pattern.MatchString(name) {
				return true
			}
		}
	}
	return false
}

// Member returns the demands on a member's values.
func (d *Demands) Member(name string) *Demands {
	var below []*jsonschema.Schema
	for _, part := range d.parts {
		found := false
		if one := part.Properties[name]; one != nil {
			below, found = append(below, one), true
		}
		for pattern, one := range part.PatternProperties {
			if pattern.MatchString(name) {
				below, found = append(below, one), true
			}
		}
		if rest, ok := part.AdditionalProperties.(*jsonschema.Schema); ok && !found {
			below = append(below, rest)
		}
		below = append(below, part.UnevaluatedProperties)
	}
	return d.schema.demandsOf(below)
}

// Item returns the demands on an array's items.
func (d *Demands) Item() *Demands {
	if d.items == nil {
		var below []*jsonschema.Schema
		for _, part := range d.parts {
			below = append(below, part.Items2020, part.Contains, part.UnevaluatedItems)
			below = slices.Concat(below, part.PrefixItems, schemasIn(part.Items), schemasIn(part.AdditionalItems))
		}
		d.items = d.schema.demandsOf(below)
	}
	return d.items
}

// Types returns the types that the schema names for the values, sorted; none if it names none.
func (d *Demands) Types() []string {
	all := map[string]bool{}
	for _, part := range d.parts {
		for _, name := range part.Types {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

package drift

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// form is what payloads of one format have in common: places, their types, and how the schema's structure refuses them.
//
// Two payloads may differ in members that the schema describes, and that are absent or null in one of them: what the schema
// makes optional would otherwise come in as many formats as there are combinations of it. They do not differ in the
// type of a member, in members that the schema does not describe, and in what is missing or too much by the schema.
type form struct {
	kinds   map[*node]kindSet
	outside int    // places that the schema does not describe
	refusal string // violations that depend on which members there are, and their types
}

// kindSet is a set of types.
type kindSet uint8

func (k kindSet) list() []kind {
	var all []kind
	for one := range kinds {
		if k&(1<<one) != 0 {
			all = append(all, one)
		}
	}
	return all
}

// typed is the set without null, at a place that the schema describes.
func (k kindSet) typed(at *node) kindSet {
	if at.outside() {
		return k
	}
	return k &^ (1 << null)
}

// aboutValues are the keywords that refuse a value for what it is, not for its type or its members.
var aboutValues = []string{
	"pattern", "format", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
	"minItems", "maxItems", "uniqueItems", "contentEncoding", "contentMediaType", schema.GivenUp,
}

// newForm returns the form of a payload with these slots and violations.
func newForm(slots []*slot, violations []schema.Violation) form {
	f := form{kinds: make(map[*node]kindSet, len(slots))}
	for _, one := range slots {
		at := one.now()
		f.add(at.at, 1<<at.kind)
	}
	var all []string
	for _, v := range violations {
		what := v.Keyword + " " + v.SchemaFile + "#" + v.SchemaPath
		if v.Keyword == "required" {
			what += " " + v.Message // which member is missing
		}
		fraction := v.Keyword == "type" && strings.Contains(v.Message, "integer") && strings.HasSuffix(v.Message, "but got number")
		if !fraction && !slices.Contains(aboutValues, v.Keyword) && !slices.Contains(all, what) {
			all = append(all, what)
		}
	}
	slices.Sort(all)
	f.refusal = strings.Join(all, "\n")
	return f
}

// empty returns a form of the same refusals, without places.
func (f *form) empty() form { return form{kinds: map[*node]kindSet{}, refusal: f.refusal} }

// renewed returns the form once names have become those of a map.
func (f *form) renewed() form {
	now := f.empty()
	for n, kinds := range f.kinds {
		for _, one := range kinds.list() {
			at := n.slots[one].now()
			now.add(at.at, 1<<at.kind)
		}
	}
	return now
}

func (f *form) add(n *node, kinds kindSet) {
	if f.kinds[n] == 0 && n.outside() {
		f.outside++
	}
	f.kinds[n] |= kinds
}

// include adds the places of another form.
func (f *form) include(other form) {
	for n, kinds := range other.kinds {
		f.add(n, kinds)
	}
}

// covers reports whether payloads of both forms are of one format.
func (f *form) covers(other form) bool {
	if f.refusal != other.refusal || f.outside != other.outside {
		return false
	}
	for n, kinds := range other.kinds {
		own, now := f.kinds[n].typed(n), kinds.typed(n)
		if own != now && (n.outside() || own != 0 && now != 0) {
			return false
		}
	}
	return true
}

// like returns the format that a payload of this form belongs to; nil if there is none yet.
func (s *shapes) like(kindHash hash, of form) *Format {
	for _, f := range s.order {
		if !f.Rest && f.into == nil && f.kindHash == kindHash && f.covers(of) {
			return f
		}
	}
	return nil
}

// variant is the payloads with the same places and types: a part of a format.
type variant struct {
	format   *Format
	payloads int64
	slots    []*slot
}

// renew replaces slots by what they have become, and returns the hash of the shape.
func (v *variant) renew() (shape hash) {
	var slots []*slot
	for _, one := range v.slots {
		if now := one.now(); !slices.Contains(slots, now) {
			slots = append(slots, now)
			shape = shape.plus(now.hash)
		}
	}
	v.slots = slots
	return shape
}

// count counts which places the payloads of a variant have.
func (f *Format) count(v *variant) {
	if f.counts == nil {
		f.counts = map[*node]int64{}
	}
	f.variants++
	seen := map[*node]bool{}
	for _, one := range v.slots {
		if at := one.now().at; !seen[at] {
			seen[at] = true
			f.counts[at] += v.payloads
		}
	}
}

// mayLack reports whether not all payloads of the format have a place that the schema describes.
func (f *Format) mayLack(n *node) bool {
	return !n.outside() && n.above != nil && f.counts[n] < f.counts[n.above]
}

// optional says how many payloads have the members that not all have, a sentence each.
func (f *Format) optional() []string {
	if f.uncounted {
		return nil
	}
	var all []string
	types := f.types()
	for _, n := range sorted(types) {
		if !n.any && f.mayLack(n) {
			all = append(all, fmt.Sprintf("%s (%s) in %s of %s", n.shown(), named(types[n]), count(f.counts[n]), count(f.counts[n.above])))
		}
	}
	return all
}

package drift

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// describe says what the schema expects and what the payload has, without the payload's data.
func (v *Violation) describe(s *schema.Schema, root *node, payload []byte) {
	value, there := s.Written(v.SchemaFile, v.SchemaPath)
	v.Expected = v.Keyword
	if there {
		v.Expected = v.Keyword + " " + compact(value)
	}
	v.Got = v.got(s, root, payload)
}

// bySchema are the keywords whose message holds nothing of the payload but types and counts.
var bySchema = []string{
	"type", "required", "dependentRequired", "dependencies", "minLength", "maxLength", "minItems", "maxItems",
	"minProperties", "maxProperties",
	"minContains", "maxContains", "contains", "uniqueItems", "oneOf", "anyOf", "not", "false",
}

func (v *Violation) got(s *schema.Schema, root *node, payload []byte) string {
	if slices.Contains(bySchema, v.Keyword) || v.Keyword == "json" {
		return v.Message
	}
	found, ok := schema.Lookup(decoded(payload), v.InstancePath)
	if !ok {
		return "a member that it does not allow"
	}
	switch v.Keyword {
	case "additionalProperties", "unevaluatedProperties":
		if names := v.undescribed(s, root, found); len(names) > 0 {
			return "the members " + strings.Join(names, ", ")
		}
	}
	return maskedValue(found)
}

// undescribed returns the members that the schema does not allow, without names that are data.
func (v *Violation) undescribed(s *schema.Schema, root *node, found any) []string {
	around, _ := s.Written(v.SchemaFile, v.SchemaPath[:max(strings.LastIndexByte(v.SchemaPath, '/'), 0)])
	object, _ := around.(map[string]any)
	at := root.node(v.InstancePath)
	var names []string
	for _, name := range schema.Undescribed(object, found) {
		shown, _ := at.shownName(name)
		if !slices.Contains(names, shown) {
			names = append(names, shown)
		}
	}
	return names
}

// node returns the place that a pointer into a payload leads to; nil if there is none.
func (n *node) node(pointer string) *node {
	if n == nil || pointer == "" {
		return n
	}
	token, rest, more := strings.Cut(pointer[1:], "/")
	if more {
		rest = "/" + rest
	}
	name := unescaper.Replace(token)
	switch child := n.members[name]; {
	case child != nil:
		return child.node(rest)
	case n.items != nil && isIndex(token):
		return n.items.node(rest)
	}
	_, child := n.shownName(name)
	return child.node(rest)
}

func decoded(payload []byte) any {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var value any
	_ = d.Decode(&value) // it was read before: it is JSON
	return value
}

// compact writes a value of the schema.
func compact(value any) string {
	const most = 160
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return err.Error()
	}
	text := []rune(strings.TrimSpace(out.String()))
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

// types returns the types that each place of the format has.
func (f *Format) types() map[*node][]kind {
	all := map[*node][]kind{}
	for n, kinds := range f.kinds {
		all[n] = kinds.list()
	}
	return all
}

func named(list []kind) string {
	words := make([]string, len(list))
	for i, one := range list {
		words[i] = kindNames[one]
	}
	return strings.Join(words, " or ")
}

// differences returns how the format differs from another, a sentence each: what is added, missing or of another type.
func (f *Format) differences(from *Format) []string {
	ours, theirs := f.types(), from.types()
	var all []string
	for _, n := range sorted(ours) {
		switch before, there := theirs[n]; {
		case !there && (n.above == nil || theirs[n.above] != nil):
			all = append(all, fmt.Sprintf("%s is added (%s)", n.shown(), named(ours[n])))
		case there && f.kinds[n].typed(n) != from.kinds[n].typed(n) && f.kinds[n].typed(n)&from.kinds[n].typed(n) != f.kinds[n].typed(n):
			all = append(all, fmt.Sprintf("%s is of type %s, and there of %s", n.shown(), named(ours[n]), named(before)))
		}
	}
	for _, n := range sorted(theirs) {
		if _, there := ours[n]; there || n.above != nil && ours[n.above] == nil || n.above != nil && isPart(n, ours, theirs) {
			continue
		}
		if from.mayLack(n) {
			continue
		}
		if n.any {
			all = append(all, fmt.Sprintf("%s is empty", n.above.shown()))
			continue
		}
		all = append(all, fmt.Sprintf("%s is missing (%s)", n.shown(), named(theirs[n])))
	}
	return all
}

// isPart reports whether a place is gone because what is around it is of another type, which is said already.
func isPart(n *node, ours, theirs map[*node][]kind) bool {
	return !slices.Equal(ours[n.above], theirs[n.above])
}

// undescribed returns the places that the schema does not describe, without those below one of them.
func (f *Format) undescribed() []string {
	var all []string
	types := f.types()
	for _, n := range sorted(types) {
		if n.outside() && !n.above.outside() {
			all = append(all, fmt.Sprintf("%s (%s)", n.shown(), named(types[n])))
		}
	}
	return all
}

// outside reports whether the schema describes neither the place nor what is around it.
func (n *node) outside() bool {
	for at := n; at != nil; at = at.above {
		if !at.described {
			return true
		}
	}
	return false
}

// sorted returns places in the order of their pointers.
func sorted(types map[*node][]kind) []*node {
	var all []*node
	for n := range types {
		all = append(all, n)
	}
	slices.SortFunc(all, func(a, b *node) int { return strings.Compare(a.pointer(), b.pointer()) })
	return all
}

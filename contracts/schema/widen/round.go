package widen

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// round is one set of changes, at most one at each place.
type round struct {
	w          *widening
	root       any // the text as values
	operations []operation
	changes    []Change
	touched    []string
}

// round collects the changes that the documents need next.
func (w *widening) round() *round {
	r := &round{w: w, root: decoded(w.text)}
	for _, d := range w.documents {
		violations := w.now.Check(d.Text)
		value := decoded(d.Text)
		for _, v := range r.chosen(violations) {
			found, _ := schema.Lookup(value, v.InstancePath)
			if v.SchemaFile != w.file {
				w.open("it would have to be changed in another file: " + v.SchemaFile + "#" + v.SchemaPath)
				continue
			}
			r.repair(v, found, d.Group)
		}
	}
	return r
}

func decoded(text []byte) any {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	_ = d.Decode(&value) // it was read before: it is JSON
	return value
}

// chosen leaves out violations of alternatives but for those of the one that is nearest to the document: it has the fewest, and none
// that tells the alternatives apart.
func (r *round) chosen(violations []schema.Violation) []schema.Violation {
	var all []schema.Violation
	groups := map[string]map[int][]schema.Violation{}
	for _, v := range violations {
		group, start, index := r.alternative(v)
		if group == "" {
			all = append(all, v)
			continue
		}
		key := group + " " + around(v, start)
		if groups[key] == nil {
			groups[key] = map[int][]schema.Violation{}
		}
		groups[key][index] = append(groups[key][index], v)
	}
	for _, key := range sortedKeys(groups) {
		best := -1
		for _, index := range sortedKeys(groups[key]) {
			if best < 0 || cost(groups[key][index]) < cost(groups[key][best]) {
				best = index
			}
		}
		all = append(all, groups[key][best]...)
	}
	return all
}

// around returns the place in the document that a schema at the pointer start applies to, of which the violation is a part: each member
// or item on the way from there to the keyword leads one token down.
func around(v schema.Violation, start string) string {
	at := v.InstancePath
	way := strings.Split(strings.Trim(strings.TrimPrefix(v.SchemaPath, start), "/"), "/")
	for i := 0; i < len(way)-1; i++ {
		switch way[i] {
		case "properties", "patternProperties", "prefixItems":
			i++
		case "items", "additionalProperties", "additionalItems", "unevaluatedItems", "unevaluatedProperties", "contains":
		default:
			continue
		}
		at, _ = split(at)
	}
	return at
}

// cost orders alternatives. A constant that differs says that another one is meant.
func cost(violations []schema.Violation) int {
	sum := 0
	for _, v := range violations {
		sum++
		if v.Keyword == "const" || v.Keyword == "enum" || v.Keyword == "type" && v.InstancePath == "" {
			sum += 100
		}
	}
	return sum
}

// alternative returns the anyOf or oneOf that a violation is below, which of its schemas that is, and where it stands; "" if there is none.
func (r *round) alternative(v schema.Violation) (group, start string, index int) {
	outer := v.Refusing[:max(len(v.Refusing)-1, 0)]
	if !slices.Contains(outer, "anyOf") && !slices.Contains(outer, "oneOf") {
		return "", "", 0
	}
	var find func(value any, at string)
	find = func(value any, at string) {
		switch value := value.(type) {
		case map[string]any:
			for _, name := range sortedKeys(value) {
				below := at + "/" + escape(name)
				list, _ := value[name].([]any)
				if name == "anyOf" || name == "oneOf" {
					for i, one := range list {
						stands := standsAt(one, below+"/"+strconv.Itoa(i))
						if group == "" && (v.SchemaPath == stands || strings.HasPrefix(v.SchemaPath, stands+"/")) {
							group, start, index = below, stands, i
						}
					}
				}
				find(value[name], below)
			}
		case []any:
			for i, item := range value {
				find(item, at+"/"+strconv.Itoa(i))
			}
		}
	}
	find(r.root, "")
	return group, start, index
}

// standsAt returns where an alternative stands: at its place, or where its $ref leads to in the same file.
func standsAt(alternative any, place string) string {
	object, _ := alternative.(map[string]any)
	if to, ok := object["$ref"].(string); ok && strings.HasPrefix(to, "#/") {
		return strings.TrimPrefix(to, "#")
	}
	return place
}

// set notes that a place gets a value. A second change of a place waits for the next round.
func (r *round) set(pointer string, is any, group int) {
	was, there := schema.Lookup(r.root, pointer)
	if r.isTouched(pointer, group) {
		return
	}
	op := "add"
	if there {
		op = "replace"
	}
	r.operations = append(r.operations, operation{op, pointer, is})
	r.note(pointer, was, there, is, true, group)
}

// drop notes that a keyword is removed.
func (r *round) drop(pointer string, group int) {
	was, there := schema.Lookup(r.root, pointer)
	if !there || r.isTouched(pointer, group) {
		return
	}
	r.operations = append(r.operations, operation{Op: "remove", Path: pointer})
	r.note(pointer, was, true, nil, false, group)
}

// isTouched reports whether a change of this round is at, above or below the pointer. If it is the same place, the group needs it too.
func (r *round) isTouched(pointer string, group int) bool {
	for i, other := range r.touched {
		if other == pointer && group != 0 && !slices.Contains(r.changes[i].Groups, group) {
			r.changes[i].Groups = append(r.changes[i].Groups, group)
		}
		if other == pointer || strings.HasPrefix(other, pointer+"/") || strings.HasPrefix(pointer, other+"/") {
			return true
		}
	}
	return false
}

func (r *round) note(pointer string, was any, had bool, is any, has bool, group int) {
	c := Change{File: r.w.file, Line: r.w.now.Nearest(r.w.file, pointer).Line, Pointer: pointer}
	if group != 0 {
		c.Groups = []int{group}
	}
	if had {
		c.Was = compact(was)
	}
	if has {
		c.Is = compact(is)
	}
	r.touched = append(r.touched, pointer)
	r.changes = append(r.changes, c)
}

package widen

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
	"github.com/fridaygate/fridaygate/contracts/schema"
)

// The limits of what is listed by name.
const (
	maxNames  = 16 // members that a closed object gets
	maxValues = 20 // values that an enum gets
)

// repair changes the keyword of a violation so that it accepts what was found.
func (r *round) repair(v schema.Violation, found any, group int) {
	at, keyword := split(v.SchemaPath)
	rules, _ := schema.Lookup(r.root, at)
	object, _ := rules.(map[string]any)
	written := object[keyword]
	switch keyword {
	case "type":
		r.types(v.SchemaPath, written, found, group)
	case "required":
		r.required(v.SchemaPath, written, found, group)
	case "additionalProperties":
		r.members(at, schema.Undescribed(object, found), found, group)
	case "unevaluatedProperties":
		_, name := split(v.InstancePath)
		r.member(at, object, name, found, group)
	case "enum", "const":
		r.values(v, at, keyword, written, found, group)
	case "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties":
		r.bound(v, keyword, found, group)
	case "exclusiveMinimum", "exclusiveMaximum":
		r.drop(v.SchemaPath, group)
		if inclusive := strings.ToLower(strings.TrimPrefix(keyword, "exclusive")); object[inclusive] == nil && written != true {
			r.bound(v, inclusive, found, group)
		}
	case "oneOf": // several match
		if object["anyOf"] == nil && written != nil {
			r.drop(v.SchemaPath, group)
			r.set(at+"/anyOf", written, group)
			return
		}
		r.drop(v.SchemaPath, group)
	default:
		if object == nil || written == false && v.Refusing[len(v.Refusing)-1] == schema.False {
			r.set(v.SchemaPath, map[string]any{}, group) // the schema false
			return
		}
		r.drop(v.SchemaPath, group) // such as pattern, format, not, contains: no smaller change is known to be right
	}
}

// types adds the type of what was found.
func (r *round) types(pointer string, written, found any, group int) {
	around, _ := split(pointer)
	if document, _ := r.root.(map[string]any); strings.HasPrefix(fmt.Sprint(document["openapi"]), "3.0") {
		if found == nil { // there a schema has one type
			r.set(around+"/nullable", true, group)
		} else {
			r.drop(pointer, group)
		}
		return
	}
	list, several := written.([]any)
	if !several {
		list = []any{written}
	}
	list = slices.Clone(list)
	kind := typeOf(found)
	if at := slices.Index(list, any("integer")); at >= 0 && kind == "number" {
		list[at] = "number"
	} else {
		list = append(list, kind)
	}
	if len(list) == 1 && !several {
		r.set(pointer, list[0], group)
		return
	}
	r.set(pointer, list, group)
}

// required drops the names of members that are not there.
func (r *round) required(pointer string, written, found any, group int) {
	list, _ := written.([]any)
	members, _ := found.(map[string]any)
	var left []any
	for _, name := range list {
		text, _ := name.(string)
		if _, there := members[text]; there {
			left = append(left, name)
		}
	}
	if len(left) == 0 {
		r.drop(pointer, group)
		return
	}
	r.set(pointer, left, group)
}

// members adds members to a closed object, or opens it to many.
func (r *round) members(at string, names []string, found any, group int) {
	rules, _ := schema.Lookup(r.root, at)
	object, _ := rules.(map[string]any)
	if len(names) > maxNames {
		r.drop(at+"/additionalProperties", group)
		return
	}
	values, _ := found.(map[string]any)
	for _, name := range names {
		r.member(at, object, name, values[name], group)
	}
}

func (r *round) member(at string, object map[string]any, name string, value any, group int) {
	is := map[string]any{"type": typeOf(value)}
	if _, there := object["properties"]; !there {
		r.set(at+"/properties", map[string]any{name: is}, group)
		return
	}
	r.set(at+"/properties/"+escape(name), is, group)
}

// values adds values to an enum, or makes one of a constant.
func (r *round) values(v schema.Violation, at, keyword string, written, found any, group int) {
	list, _ := written.([]any)
	if keyword == "const" {
		list = []any{written}
	}
	list = slices.Clone(list)
	known := r.w.known[Key(v)]
	for _, value := range append([]any{found}, all(known)...) {
		if !slices.ContainsFunc(list, func(other any) bool { return compact(other) == compact(value) }) {
			list = append(list, value)
		}
	}
	many := known.More || len(list) > maxValues
	if keyword == "const" || many {
		r.drop(v.SchemaPath, group)
	}
	if !many {
		r.set(at+"/enum", list, group)
	}
}

func all(known Refused) []any {
	var values []any
	for _, raw := range known.Values {
		values = append(values, decoded(raw))
	}
	return values
}

// bound moves a bound to the value that is farthest from it, or drops it if that is not known.
func (r *round) bound(v schema.Violation, keyword string, found any, group int) {
	known := r.w.known[Key(v)]
	around, _ := split(v.SchemaPath)
	pointer := around + "/" + keyword
	if known.More {
		r.drop(pointer, group)
		return
	}
	farthest, ok := sizeOf(keyword, found)
	for _, value := range all(known) {
		size, is := sizeOf(keyword, value)
		if ok = ok && is; ok && (size.Cmp(farthest) < 0) == strings.HasPrefix(keyword, "min") {
			farthest = size
		}
	}
	if !ok {
		r.drop(pointer, group)
		return
	}
	r.set(pointer, number(farthest), group)
}

// sizeOf returns what a keyword compares with its bound.
func sizeOf(keyword string, value any) (*big.Rat, bool) {
	switch value := value.(type) {
	case json.Number:
		return new(big.Rat).SetString(value.String())
	case string:
		return big.NewRat(int64(utf8.RuneCountInString(value)), 1), strings.HasSuffix(keyword, "Length")
	case []any:
		return big.NewRat(int64(len(value)), 1), strings.HasSuffix(keyword, "Items")
	case map[string]any:
		return big.NewRat(int64(len(value)), 1), strings.HasSuffix(keyword, "Properties")
	}
	return new(big.Rat), false
}

// number writes a number exactly: what was found is a decimal fraction.
func number(value *big.Rat) json.Number {
	if value.IsInt() {
		return json.Number(value.Num().String())
	}
	digits, _ := value.FloatPrec()
	return json.Number(value.FloatString(digits))
}

func typeOf(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case json.Number:
		if r, ok := new(big.Rat).SetString(value.String()); ok && r.IsInt() {
			return "integer"
		}
		return "number"
	}
	return "object"
}

// split returns the pointer around the last token of one, and the token.
func split(pointer string) (around, last string) {
	at := max(strings.LastIndexByte(pointer, '/'), 0)
	return pointer[:at], strings.NewReplacer("~1", "/", "~0", "~").Replace(strings.TrimPrefix(pointer[at:], "/"))
}

func escape(token string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(token) }

func sortedKeys[K string | int, V any](of map[K]V) []K { return slices.Sorted(maps.Keys(of)) }

func compact(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return excerpt.Head(string(text), 200)
}

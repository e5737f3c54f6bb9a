package yamlfile

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/spelling"
)

// general returns the sentence for a keyword for which the schema has none.
func general(v violation) string {
	switch v.Keyword {
	case "type":
		return wrongType(v)
	case "enum":
		return oneOf(v)
	case "const":
		return fmt.Sprintf("%s: must be %s", flow(v.found), flow(v.rules["const"]))
	case "minimum", "maximum":
		return fmt.Sprintf("%s: must be %s", flow(v.found), bounds(v.rules))
	case "minLength", "minItems", "minProperties":
		if fewest, ok := v.rules[v.Keyword].(json.Number); ok && fewest != "1" {
			return fmt.Sprintf("has too few: must have %s or more", fewest)
		}
		return "is empty: give it a value, or leave the key out"
	case "uniqueItems":
		return "holds an item twice: keep one"
	case "dependentRequired":
		return "needs other keys beside it: " + v.Message
	case "false", "not":
		return "cannot stand here: leave it out"
	}
	return v.Message
}

// typeNames are the types of JSON Schema in words.
var typeNames = map[string]string{
	"object": "keys with values", "array": "a list", "string": "text", "integer": "a whole number", "number": "a number",
	"boolean": "true or false",
}

func wrongType(v violation) string {
	var wanted []string
	switch types := v.rules["type"].(type) {
	case string:
		wanted = []string{typeNames[types]}
	case []any:
		for _, one := range types {
			wanted = append(wanted, typeNames[fmt.Sprint(one)])
		}
	}
	must := "must be " + either(wanted)
	text := strings.Contains(must, typeNames["string"])
	switch found := v.found.(type) {
	case nil:
		return "is empty: give it a value, or leave the key out"
	case json.Number, bool:
		if text {
			return fmt.Sprintf("%v: %s: put it in quotes", found, must)
		}
		return fmt.Sprintf("%v: %s", found, must)
	case string:
		if must == "must be "+typeNames["array"] {
			return fmt.Sprintf("%q: %s: write [%s]", found, must, flow(found))
		}
		return fmt.Sprintf("%q: %s", found, must)
	case []any:
		return must + ", and is a list"
	}
	return must + ", and is keys with values"
}

// oneOf lists the values that an enum accepts.
func oneOf(v violation) string {
	values, _ := v.rules["enum"].([]any)
	var names []string
	for _, value := range values {
		names = append(names, flow(value))
	}
	sentence := fmt.Sprintf("%s: must be %s", quote(v.found), either(names))
	if name, near := spelling.Nearest(fmt.Sprint(v.found), names); near && len(names) > 4 {
		sentence += ": " + didYouMean + name + "?"
	}
	return sentence
}

func quote(value any) string {
	if text, ok := value.(string); ok {
		return fmt.Sprintf("%q", text)
	}
	return flow(value)
}

// bounds returns the limits of a number as text.
func bounds(rules map[string]any) string {
	least, most := rules["minimum"], rules["maximum"]
	switch {
	case most == nil:
		return fmt.Sprintf("%s or more", flow(least))
	case least == nil:
		return fmt.Sprintf("%s or less", flow(most))
	}
	return fmt.Sprintf("from %s to %s", flow(least), flow(most))
}

// either joins words as a sentence does: a, b or c.
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// nearest suggests the nearest key, or lists the known ones.
func nearest(name string, known []string) string {
	if key, near := spelling.Nearest(name, known); near {
		return didYouMean + key + "?"
	}
	return "the keys here are " + strings.Join(known, ", ")
}

// plain matches texts that need no quotes in YAML, wherever they stand.
var plain = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9/._-]*$`).MatchString

// flow writes a value as YAML does on one line.
func flow(value any) string {
	switch v := value.(type) {
	case string:
		if plain(v) {
			return v
		}
		return fmt.Sprintf("%q", v)
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, flow(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		var members []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			members = append(members, name+": "+flow(v[name]))
		}
		return "{" + strings.Join(members, ", ") + "}"
	}
	return fmt.Sprint(value)
}

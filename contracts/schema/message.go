package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// words replace the library's messages for keywords where those are inexact or unstable: it rounds numbers and lists
// members in random order. Each takes the schema that holds the keyword and the value found.
var words = map[string]func(schema map[string]any, found any) string{
	"minimum":              comparison("minimum", ">="),
	"maximum":              comparison("maximum", "<="),
	"exclusiveMinimum":     comparison("exclusiveMinimum", ">"),
	"exclusiveMaximum":     comparison("exclusiveMaximum", "<"),
	"multipleOf":           phrase("must be a multiple of %s but found %s", "multipleOf"),
	"const":                phrase("must be %s but found %s", "const"),
	"enum":                 phrase("must be one of %s but found %s", "enum"),
	"pattern":              phrase("must match the pattern %s but found %s", "pattern"),
	"format":               phrase("must have the format %s but found %s", "format"),
	"contains":             func(map[string]any, any) string { return "no item matches, and one must" },
	"additionalProperties": unexpected,
}

// phrase fills the keyword's value and the value found into a format.
func phrase(format, keyword string) func(map[string]any, any) string {
	return func(schema map[string]any, found any) string {
		return fmt.Sprintf(format, compact(schema[keyword]), compact(found))
	}
}

// comparison describes a bound. In draft 4, exclusiveMinimum is a boolean beside minimum.
func comparison(keyword, sign string) func(map[string]any, any) string {
	return func(schema map[string]any, found any) string {
		limit := schema[keyword]
		if _, boolean := limit.(bool); boolean {
			limit = schema[strings.ToLower(strings.TrimPrefix(keyword, "exclusive"))]
		}
		return fmt.Sprintf("must be %s %s but found %s", sign, compact(limit), compact(found))
	}
}

// unexpected names the members that the schema does not describe.
func unexpected(schema map[string]any, found any) string {
	var all []string
	for _, name := range Undescribed(schema, found) {
		all = append(all, fmt.Sprintf("%q", name))
	}
	return "must not have the members " + strings.Join(all, ", ")
}

// Undescribed returns the names of the members of value, an object, that neither properties nor patternProperties of the
// schema describe, in alphabetical order.
func Undescribed(schema map[string]any, value any) []string {
	described, _ := schema["properties"].(map[string]any)
	patterns, _ := schema["patternProperties"].(map[string]any)
	members, _ := value.(map[string]any)
	var all []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		_, known := described[name]
		for pattern := range patterns {
			ours, err := translate(pattern)
			known = known || err == nil && regexp.MustCompile(ours).MatchString(name)
		}
		if !known {
			all = append(all, name)
		}
	}
	return all
}

// compact writes a value for a message.
func compact(value any) string {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return err.Error()
	}
	return short(strings.TrimSpace(out.String()))
}

package verification

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Language is what the example and the matching rules of a payload let through, as a JSON Schema of draft 2020-12.
type Language struct {
	Schema []byte
	// Doubts are the rules that the schema takes for wider than they may be. A document that it accepts is let through for
	// certain only if Compare says so; one that it refuses is not let through.
	Doubts []string
}

// Language returns what the pact lets through. Values have the kind of their example where the rule is about a text or is
// notEmpty: libpact_ffi compares also the text of a number with a pattern, which no pact means.
//
// Objects have exactly the members of the example. Members that are only in completed, a document which the pact lets through,
// are demanded as they are there; nil is none.
func (p *Payload) Language(completed []byte) (Language, error) {
	l := language{rules: p.rules, closed: p.Sent}
	var filled *value
	if completed != nil {
		var err error
		if filled, _, err = parse(completed); err != nil {
			return Language{}, err
		}
	}
	schema := l.of([]string{"$"}, p.example, filled)
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	text, err := json.Marshal(schema)
	return Language{Schema: text, Doubts: l.doubts}, err
}

type language struct {
	rules  []bodyRule
	closed bool
	doubts []string
}

type keywords = map[string]any

func (l *language) doubt(place []string, format string, a ...any) keywords {
	what := fmt.Sprintf(format, a...) + " at " + jsonPath(place)
	if !slices.Contains(l.doubts, what) {
		l.doubts = append(l.doubts, what)
	}
	return keywords{}
}

// of describes what may be at a place. filled is what a completed document has there; nil if there is none.
func (l *language) of(place []string, example, filled *value) keywords {
	rule, found := bestRule(l.rules, place)
	if found && isUnclear(rule, len(rule.path) < len(place)) {
		return l.doubt(place, "the rule %s", strings.Join(rule.names(), ", "))
	}
	if found && isInside(rule) {
		return l.inside(place, rule, example, filled)
	}
	switch {
	case example.kind == '{':
		return l.object(place, example, filled)
	case example.kind == '[':
		return l.array(place, rule, found, example, filled)
	case !found || rule.equal:
		return keywords{"const": json.RawMessage(example.raw)}
	}
	all := make([]any, len(rule.matchers))
	for n, matcher := range rule.matchers {
		all[n] = l.scalar(place, matcher, example)
	}
	switch {
	case len(all) == 1:
		return all[0].(keywords) //nolint:forcetypeassert // see above
	case rule.any():
		return keywords{"anyOf": all}
	}
	return keywords{"allOf": all}
}

func (l *language) object(place []string, example, filled *value) keywords {
	members, required := keywords{}, []string{}
	for name, e := range example.byName() {
		members[name] = l.of(append(slices.Clip(place), name), e, filled.member(name))
	}
	if filled != nil && filled.kind == '{' {
		for name, f := range filled.byName() {
			if members[name] == nil {
				members[name] = keywords{"const": json.RawMessage(f.raw)}
			}
		}
	}
	required = append(required, slices.Sorted(maps.Keys(members))...)
	return keywords{"type": "object", "properties": members, "required": required, "additionalProperties": false}
}

func (l *language) array(place []string, rule bodyRule, ruled bool, example, filled *value) keywords {
	exact := !ruled || rule.equal
	var items []any
	for n, e := range example.elements {
		items = append(items, l.of(append(slices.Clip(place), strconv.Itoa(n)), e, filled.element(n)))
	}
	schema := keywords{"type": "array"}
	if len(items) > 0 {
		schema["prefixItems"] = items
	}
	if exact {
		schema["minItems"], schema["items"] = len(items), false
		return schema
	}
	cascaded, sized := len(rule.path) < len(place), (*matching)(nil).isSized(rule)
	if len(items) > 0 {
		beyond := strconv.Itoa(len(items)) // an element of which the example is the first one
		schema["items"] = l.of(append(slices.Clip(place), beyond), example.elements[0], filled.element(0))
	} else if cascaded || !sized {
		l.doubt(place, "the array without an example of an element")
	}
	switch {
	case !cascaded:
		l.lengths(schema, place, rule)
	case !sized:
		l.doubt(place, "the number of elements, as the only rule is that for what is around it,")
	}
	return schema
}

// lengths adds how many elements an array may have.
func (l *language) lengths(schema keywords, place []string, rule bodyRule) {
	if rule.any() && len(rule.matchers) > 1 {
		l.doubt(place, "alternative rules")
		return
	}
	for _, matcher := range rule.matchers {
		if name := ruleName(matcher); !slices.Contains(sizeRules, name) {
			l.doubt(place, "the rule %s for an array", name)
		}
		if least := matcher.member("min"); least != nil {
			have, _ := schema["minItems"].(int)
			schema["minItems"] = max(have, numberOf(least))
		}
		if most := matcher.member("max"); most != nil {
			have, ok := schema["maxItems"].(int)
			if schema["maxItems"] = numberOf(most); ok {
				schema["maxItems"] = min(have, numberOf(most))
			}
		}
	}
}

// scalar describes what one matcher lets through in place of an example that has nothing inside.
func (l *language) scalar(place []string, matcher, example *value) keywords {
	same := keywords{"type": typeNames[kindName(example.kind)]}
	switch name := ruleName(matcher); name {
	case "equality":
		return keywords{"const": json.RawMessage(example.raw)}
	case "type", "min", "max", "mintype", "maxtype":
		return same
	case "notempty":
		if example.kind == '"' {
			same["minLength"] = 1
		}
		return same
	case "boolean", "null":
		return keywords{"type": name}
	case "semver":
		return keywords{"type": "string", "pattern": version}
	case "integer", "number", "decimal", "real":
		if example.kind != '0' {
			return l.doubt(place, "the rule %s for %s", name, describe(example))
		}
		if name == "integer" {
			return keywords{"type": name}
		}
		return same
	case "regex", "include", "date", "time", "datetime", "timestamp":
		if example.kind != '"' {
			l.doubt(place, "the rule %s for %s", name, describe(example))
			return same
		}
		return l.text(place, name, matcher)
	default:
		return l.doubt(place, "the rule %s", name)
	}
}

// typeNames are the names that JSON Schema has for kinds.
var typeNames = map[string]string{
	"null": "null", "flag": "boolean", "text": "string", "number": "number", "object": "object", "array": "array",
}

// text describes the strings that a rule lets through.
func (l *language) text(place []string, name string, matcher *value) keywords {
	schema := keywords{"type": "string"}
	switch name {
	case "regex":
		return newExpression(matcher.member("regex").str()).schema()
	case "include":
		schema["pattern"] = regexp.QuoteMeta(matcher.member("value").text)
	default:
		format := cmp.Or(matcher.member("format").str(), matcher.member(name).str())
		pattern, standard, ok := momentOf(format)
		if !ok {
			l.doubt(place, "the format %q", format)
			return schema
		}
		schema["pattern"] = pattern
		if standard != "" {
			schema["format"] = standard
		}
	}
	return schema
}

// element returns an element of an array, the first one beyond its end; nil if there is none.
func (v *value) element(n int) *value {
	switch {
	case v == nil || len(v.elements) == 0:
		return nil
	case n < len(v.elements):
		return v.elements[n]
	}
	return v.elements[0]
}

// pointerTokens splits a JSON Pointer.
func pointerTokens(pointer string) []string {
	return slices.Collect(jsontext.Pointer(pointer).Tokens())
}

// Spelled returns a document that the schema of Language accepts as the pact's rules demand it: a rule for a number with
// decimal places lets 1.0 through, and not 1, which is the same number.
func (p *Payload) Spelled(document []byte) []byte {
	root, _, err := parse(document)
	if err != nil {
		return document
	}
	text, from := []byte(nil), 0
	root.all(func(v *value) bool {
		if v.kind == '0' && !strings.ContainsAny(v.text, ".eE") {
			rule, _ := bestRule(p.rules, v.path())
			if names := rule.names(); slices.Contains(names, "decimal") || slices.Contains(names, "real") {
				end := v.offset + len(v.raw)
				text, from = append(append(text, document[from:end]...), ".0"...), end
			}
		}
		return true
	})
	return append(text, document[from:]...)
}

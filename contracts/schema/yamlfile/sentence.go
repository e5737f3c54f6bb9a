package yamlfile

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// Keywords with which a schema brings its own sentences, as the YAML language server reads them: for whatever an object of
// the schema refuses, and for pattern and format alone.
const (
	errorMessage        = "errorMessage"
	patternErrorMessage = "patternErrorMessage"
)

// violation is a violation with what its sentence is made of.
type violation struct {
	schema.Violation
	at    jsontext.Pointer
	rules map[string]any // the object of the schema that holds the keyword
	found any
}

// explain puts violations into sentences, in the order of the file, each once.
func (d *Document) explain(s *schema.Schema, violations []schema.Violation) error {
	var all []*Mistake
	for _, v := range violations {
		all = append(all, d.sentences(s, v)...)
	}
	all = withoutEchoes(all)
	slices.SortStableFunc(all, func(a, b *Mistake) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
	var errs []error
	for _, m := range slices.CompactFunc(all, func(a, b *Mistake) bool { return *a == *b }) {
		errs = append(errs, m)
	}
	return errors.Join(errs...)
}

// withoutEchoes removes the mistake that a key is missing if another mistake reports it as misspelt.
func withoutEchoes(all []*Mistake) []*Mistake {
	meant := map[string]bool{}
	for _, m := range all {
		if _, name, ok := strings.Cut(m.What, didYouMean); ok && strings.HasPrefix(m.What, unknownKey) {
			meant[m.Key[:strings.LastIndexByte(m.Key, '.')+1]+strings.TrimSuffix(name, "?")] = true
		}
	}
	return slices.DeleteFunc(all, func(m *Mistake) bool { return meant[m.Key] && strings.HasPrefix(m.What, isMissing) })
}

// Parts of sentences.
const (
	unknownKey = "unknown key: "
	didYouMean = "did you mean "
	isMissing  = "is missing: "
)

// sentences returns the mistakes of one violation.
func (d *Document) sentences(s *schema.Schema, broken schema.Violation) []*Mistake {
	v := violation{Violation: broken, at: jsontext.Pointer(broken.InstancePath)}
	v.found = d.at(v.at)
	written, _ := s.Written(v.SchemaFile, string(jsontext.Pointer(v.SchemaPath).Parent()))
	v.rules, _ = written.(map[string]any)
	text, up := own(s, v)
	if slices.Contains(v.Refusing, "propertyNames") {
		return []*Mistake{d.atKey(v.at, text)}
	}
	if text != "" {
		for range up {
			v.at = v.at.Parent()
		}
		v.found = d.at(v.at)
		return []*Mistake{d.mistakeAt(v.at, quoted(v, text))}
	}
	switch v.Keyword {
	case "required":
		return d.missing(s, v)
	case "additionalProperties", "unevaluatedProperties":
		return d.unknown(v)
	}
	return []*Mistake{d.mistakeAt(v.at, general(v))}
}

// own returns the sentence that the schema has for a violation: that of the object with the keyword, or of one that holds
// it as an alternative, and how many levels above the violation the value is that it is about. "" if there is none.
func own(s *schema.Schema, v violation) (text string, up int) {
	if text, ok := v.rules[patternErrorMessage].(string); ok && (v.Keyword == "pattern" || v.Keyword == "format") {
		return text, 0
	}
	at, rules := jsontext.Pointer(v.SchemaPath).Parent(), v.rules
	for {
		if text, ok := rules[errorMessage].(string); ok {
			return text, up
		}
		above := at.Parent()
		if _, list := mustBe[[]any](s, v, above); list {
			above = above.Parent()
		}
		keyword := below(above, at)
		if !alternatives[keyword] {
			return "", 0
		}
		if keyword == "contains" {
			up++ // from an item to its list
		}
		at = above
		rules, _ = mustBe[map[string]any](s, v, at)
	}
}

// mustBe returns what the schema holds at a pointer, if it is a T.
func mustBe[T any](s *schema.Schema, v violation, at jsontext.Pointer) (T, bool) {
	value, _ := s.Written(v.SchemaFile, string(at))
	is, ok := value.(T)
	return is, ok
}

// below returns the first token of a pointer after another one that it starts with.
func below(above, at jsontext.Pointer) string {
	for token := range jsontext.Pointer(strings.TrimPrefix(string(at), string(above))).Tokens() {
		return token
	}
	return ""
}

// alternatives are the keywords whose schemas need not hold by themselves. They are about the same value as the object that
// holds them, or about an item of it.
var alternatives = map[string]bool{"anyOf": true, "oneOf": true, "not": true, "contains": true}

// quoted puts the value before a sentence about it, if it is a text or a number.
func quoted(v violation, sentence string) string {
	switch found := v.found.(type) {
	case string:
		if strings.HasPrefix(sentence, "must") {
			return fmt.Sprintf("%q: %s", found, sentence)
		}
	case json.Number:
		return fmt.Sprintf("%s: %s", found, sentence)
	}
	return sentence
}

// missing returns a mistake for each key that is required and not there.
func (d *Document) missing(s *schema.Schema, v violation) []*Mistake {
	required, _ := v.rules["required"].([]any)
	members, _ := v.found.(map[string]any)
	var all []*Mistake
	for _, name := range required {
		if _, there := members[fmt.Sprint(name)]; !there {
			all = append(all, d.mistakeAt(v.at.AppendToken(fmt.Sprint(name)), isMissing+describe(s, v, fmt.Sprint(name))))
		}
	}
	return all
}

// describe returns a key's description from the schema.
func describe(s *schema.Schema, v violation, name string) string {
	rules := v.rules
	for range 8 { // references from schema to schema, with the key in none of them
		properties, _ := rules["properties"].(map[string]any)
		property, _ := properties[name].(map[string]any)
		if text, ok := property["description"].(string); ok {
			first, _, _ := strings.Cut(text, ". ")
			return "add " + lowered(strings.TrimSuffix(first, ".")) + example(name, property)
		}
		reference, ok := rules["$ref"].(string)
		if !ok {
			break
		}
		_, fragment, _ := strings.Cut(reference, "#")
		rules, _ = mustBe[map[string]any](s, v, jsontext.Pointer(fragment))
	}
	return "add it"
}

// example shows a key with the first of its examples.
func example(name string, property map[string]any) string {
	examples, _ := property["examples"].([]any)
	if len(examples) == 0 {
		return ""
	}
	return fmt.Sprintf(", such as %s: %s", name, flow(examples[0]))
}

// lowered writes the first letter in lower case, unless the word is an abbreviation.
func lowered(text string) string {
	if len(text) > 1 && text[1] >= 'a' && text[1] <= 'z' || len(text) > 1 && text[1] == ' ' {
		return strings.ToLower(text[:1]) + text[1:]
	}
	return text
}

// unknown returns a mistake for each key that the schema does not have, at the key.
func (d *Document) unknown(v violation) []*Mistake {
	properties, _ := v.rules["properties"].(map[string]any)
	known := slices.Sorted(maps.Keys(properties))
	var all []*Mistake
	for _, name := range schema.Undescribed(v.rules, v.found) {
		all = append(all, d.atKey(v.at.AppendToken(name), unknownKey+nearest(name, known)))
	}
	return all
}

// mistakeAt returns a mistake at the value of a pointer.
func (d *Document) mistakeAt(at jsontext.Pointer, what string) *Mistake {
	m := d.atKey(at, what)
	if found, ok := d.nearest(at); ok {
		m.Line, m.Column = found.Line, found.Column
	}
	return m
}

// atKey returns a mistake at the key of a pointer.
func (d *Document) atKey(at jsontext.Pointer, what string) *Mistake {
	found := d.places[at].Key
	return &Mistake{File: d.path, Line: max(found.Line, 1), Column: max(found.Column, 1), Key: d.keyAt(at), What: what}
}

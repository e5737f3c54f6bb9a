package schema

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/fridaygate/fridaygate/contracts/spelling"
)

// drafts are the metaschemas that the library holds, oldest first.
var drafts = []*jsonschema.Draft{jsonschema.Draft4, jsonschema.Draft6, jsonschema.Draft7, jsonschema.Draft2019, jsonschema.Draft2020}

// draftNames are the drafts in the words of https://json-schema.org/specification-links.
var draftNames = map[*jsonschema.Draft]string{
	jsonschema.Draft4: "draft-04", jsonschema.Draft6: "draft-06", jsonschema.Draft7: "draft-07",
	jsonschema.Draft2019: "draft 2019-09", jsonschema.Draft2020: "draft 2020-12",
}

// vocabulary is the keywords that a metaschema describes.
type vocabulary struct {
	name     string // of the draft, or the address of the metaschema
	draft    *jsonschema.Draft
	meta     *jsonschema.Schema
	keywords map[string][]*jsonschema.Schema // the rules for the keyword's value
}

// newVocabulary collects the keywords of a metaschema: its own properties, and those of the metaschemas that it is
// composed of (2019-09 and later have one a vocabulary).
func newVocabulary(name string, meta *jsonschema.Schema) *vocabulary {
	v := &vocabulary{name: name, draft: meta.Draft, meta: meta, keywords: map[string][]*jsonschema.Schema{}}
	seen := map[*jsonschema.Schema]bool{}
	var collect func(*jsonschema.Schema)
	collect = func(s *jsonschema.Schema) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		for keyword, rule := range s.Properties {
			v.keywords[keyword] = append(v.keywords[keyword], rule)
		}
		collect(s.Ref)
		for _, part := range s.AllOf {
			collect(part)
		}
	}
	collect(meta)
	delete(v.keywords, "regexProperties") // an aid of the library's metaschema of draft 4, not a keyword
	return v
}

// standard are the vocabularies of the drafts, by the address of their metaschema without scheme and fragment.
var standard = sortOut(drafts)

func sortOut(drafts []*jsonschema.Draft) map[string]*vocabulary {
	all := map[string]*vocabulary{}
	for _, draft := range drafts {
		if meta, err := offline().Compile(draft.URL()); err == nil { // a test demands all of them
			all[address(draft.URL())] = newVocabulary(draftNames[draft], meta)
		}
	}
	all["json-schema.org/schema"] = all[address(jsonschema.Draft2020.URL())]
	return all
}

// address is a metaschema's URL as the drafts compare it: http or https, with an empty fragment or none.
func address(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	return strings.TrimSuffix(strings.TrimSuffix(rest, "#/"), "#")
}

// offline returns a compiler that has only the drafts' metaschemas.
func offline() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.LoadURL = func(string) (io.ReadCloser, error) {
		return nil, errors.New("nothing is fetched over a network")
	}
	return c
}

// builtIn reports whether the library holds the resource: a metaschema, or the part of one that describes a vocabulary.
func builtIn(url string) bool {
	_, err := offline().Compile(url)
	return err == nil
}

// annotations describe a value and never refuse one, so that a schema of any draft may have them: the meta-data
// vocabulary of 2020-12 and the comment, containers of schemas to refer to, and what OpenAPI adds. OpenAPI's discriminator
// is a hint to tools: oneOf or anyOf beside it decides (OpenAPI 3.1, section 4.8.25).
var annotations = map[string]bool{
	"title": true, "description": true, "default": true, "examples": true, "deprecated": true, "readOnly": true, "writeOnly": true,
	"$comment": true, "$defs": true, "definitions": true, "$schema": true,
	"example": true, "externalDocs": true, "xml": true, "discriminator": true,
}

// extension reports whether the keyword is one of a team's own, as OpenAPI names them.
func extension(keyword string) bool { return strings.HasPrefix(keyword, "x-") }

// advice is what to write instead of keywords of other languages.
var advice = map[string]string{
	"nullable": `it is OpenAPI 3.0's: write "type": ["…", "null"]`,
}

// unknown returns what is wrong with a keyword that the vocabulary lacks, or "" if it has it.
func (v *vocabulary) unknown(keyword string) string {
	if v.keywords[keyword] != nil || annotations[keyword] || extension(keyword) {
		return ""
	}
	text := fmt.Sprintf("%q is no keyword of %s, so it would be ignored", keyword, v.name)
	if in := v.elsewhere(keyword); in != "" {
		return text + ": it is one of " + in
	}
	if hint, ok := advice[keyword]; ok {
		return text + ": " + hint
	}
	near, _ := spelling.Nearest(keyword, slices.Sorted(maps.Keys(v.keywords)))
	return fmt.Sprintf("%s: did you mean %q? (a keyword of your own starts with x-, or is named in the options)", text, near)
}

// elsewhere names the drafts that have the keyword.
func (v *vocabulary) elsewhere(keyword string) string {
	var names []string
	for _, draft := range drafts {
		if other := standard[address(draft.URL())]; other.keywords[keyword] != nil {
			names = append(names, other.name)
		}
	}
	return strings.Join(names, ", ")
}

// schemas calls visit for every schema directly below the keywords of one, at the places that the metaschema defines. A name
// in properties or definitions is not a keyword, and the value of const, enum, default or examples is not a schema.
func (v *vocabulary) schemas(object map[string]any, at string, visit func(value any, at string)) {
	for _, keyword := range slices.Sorted(maps.Keys(object)) {
		rules := v.keywords[keyword]
		if rules == nil && keyword == "$defs" {
			rules = v.keywords["definitions"]
		}
		seen := map[string]bool{}
		for _, rule := range rules {
			v.follow(rule, object[keyword], child(at, keyword), func(value any, at string) {
				if !seen[at] {
					seen[at] = true
					visit(value, at)
				}
			})
		}
	}
}

// follow descends through the rules of a metaschema for a value, to the places where it demands a schema.
func (v *vocabulary) follow(rule *jsonschema.Schema, value any, at string, visit func(value any, at string)) {
	if rule == nil {
		return
	}
	if rule == v.meta || rule.RecursiveRef != nil || rule.DynamicRef != nil {
		visit(value, at)
		return
	}
	v.follow(rule.Ref, value, at, visit)
	for _, part := range slices.Concat(rule.AllOf, rule.AnyOf, rule.OneOf) {
		v.follow(part, value, at, visit)
	}
	switch value := value.(type) {
	case map[string]any:
		rest, _ := rule.AdditionalProperties.(*jsonschema.Schema)
		for _, name := range slices.Sorted(maps.Keys(value)) {
			part := rule.Properties[name]
			if part == nil {
				part = rest
			}
			v.follow(part, value[name], child(at, name), visit)
		}
	case []any:
		each, _ := rule.Items.(*jsonschema.Schema)
		if rule.Items2020 != nil {
			each = rule.Items2020
		}
		for i, item := range value {
			v.follow(each, item, index(at, i), visit)
		}
	}
}

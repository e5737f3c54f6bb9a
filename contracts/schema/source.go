package schema

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// source is one schema file. Its schemas are found by walking it according to its metaschema.
type source struct {
	parsed
	dialectOfFile

	name    string // below the root, with slashes
	file    string // as messages name it
	options *Options

	base      string            // the URL of the whole file: its $id, or the one made from its name
	bases     map[string]string // of each schema, by pointer
	resources map[string]string // pointers to the schemas with an $id, by URL
	anchors   map[string]string // likewise to those with an anchor, by URL and fragment
	links     []link            // references to other schemas
	edits     edits
	never     []string            // pointers to schemas with an empty enum
	types     map[string]any      // what the library is given instead of a type, by pointer
	faults    map[string][]string // what is wrong, by pointer
	notes     map[string][]string // pointers, by what is worth a note
}

// link is one reference.
type link struct {
	pointer  string // to the keyword
	text     string // as written
	url      string // absolute, without fragment
	fragment string // without #, decoded
}

// newSource walks a file.
func (f *folder) newSource(name string, p parsed, d dialectOfFile) *source {
	url := fileURL(name)
	s := &source{
		parsed: p, dialectOfFile: d, name: name, file: f.shown(name), options: &f.options, base: url,
		bases: map[string]string{}, resources: map[string]string{}, anchors: map[string]string{},
		edits: newEdits(), types: map[string]any{}, faults: map[string][]string{}, notes: map[string][]string{},
	}
	s.resources[url] = ""
	if s.openAPI != "" {
		return s // its schemas are walked once something refers to them
	}
	s.walk(p.value, "", url)
	s.base = s.bases[""]
	if !s.tooLarge() {
		s.validate(p.value, "")
	}
	return s
}

// tooLarge reports whether the file holds too many schemas, and notes it as a fault.
func (s *source) tooLarge() bool {
	most := s.maxSchemas()
	if len(s.bases) <= most {
		return false
	}
	s.fault("", "it holds %d schemas, and more than %d of %s in one file take too long to compile: split it", len(s.bases), most,
		s.vocabulary.name)
	return true
}

// maxSchemas returns how many schemas one file may hold. Under 2020-12 the library searches all of them for dynamic
// anchors once for each.
func (s *source) maxSchemas() int {
	if s.vocabulary.draft == jsonschema.Draft2020 {
		return 20_000
	}
	return 200_000
}

func (s *source) fault(pointer, format string, args ...any) {
	if what := fmt.Sprintf(format, args...); !slices.Contains(s.faults[pointer], what) {
		s.faults[pointer] = append(s.faults[pointer], what)
	}
}

// mistakes returns what is wrong, with its place.
func (s *source) mistakes() []*Mistake {
	places := s.places(slices.Collect(maps.Keys(s.faults))...)
	var all []*Mistake
	for pointer, faults := range s.faults {
		at := places[pointer]
		for _, what := range faults {
			all = append(all, &Mistake{File: s.file, Pointer: pointer, Line: at.line, Column: at.column, What: what})
		}
	}
	return all
}

// validate checks a schema against its metaschema. Call it after walk, which reports patterns in better words.
func (s *source) validate(value any, at string) {
	err := s.vocabulary.meta.Validate(s.edits.applied(value, at))
	if err == nil {
		return
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		s.fault(at, "%v", err)
		return
	}
	for _, leaf := range leavesOf(invalid) {
		pointer := s.edits.written(at + unescape(leaf.InstanceLocation))
		if len(s.faults[pointer]) > 0 {
			continue // walk has reported it, in better words
		}
		s.fault(pointer, "%s does not allow this: %s", s.vocabulary.name, short(leaf.Message))
	}
}

// walk checks a schema and those below it.
func (s *source) walk(value any, at, base string) {
	if _, seen := s.bases[at]; seen {
		return
	}
	object, ok := value.(map[string]any)
	if !ok {
		if at == "" {
			s.bases[at] = base
		}
		return // a boolean, or for the metaschema to refuse
	}
	s.bases[at] = s.identify(object, at, base)
	s.keywords(object, at)
	s.oneDraft(object, at)
	s.format(object, at)
	s.expressions(object, at)
	s.counts(object, at)
	s.choices(object, at)
	s.references(object, at)
	s.openAPIKeywords(object, at)
	s.vocabulary.schemas(object, at, func(value any, below string) { s.walk(value, below, s.bases[at]) })
}

// identify records the $id and the anchors of a schema, and returns the URL that its references are relative to.
func (s *source) identify(object map[string]any, at, base string) string {
	id, _ := object[s.idKeyword()].(string)
	if _, refers := object["$ref"].(string); refers && s.before2019() {
		id = "" // the draft ignores it
	}
	pointer := child(at, s.idKeyword())
	id, anchor, _ := strings.Cut(id, "#")
	if id != "" {
		resolved, err := resolve(base, id)
		if err != nil {
			s.fault(pointer, "%q is no URI reference: %v", id, err)
			return base
		}
		base = resolved
		s.claim(s.resources, base, at, pointer)
	}
	if anchor != "" && s.before2019() {
		s.claim(s.anchors, base+"#"+anchor, at, pointer)
	}
	for _, keyword := range []string{"$anchor", "$dynamicAnchor"} {
		if name, ok := object[keyword].(string); ok && s.vocabulary.keywords[keyword] != nil {
			s.claim(s.anchors, base+"#"+name, at, child(at, keyword))
		}
	}
	return base
}

// claim records that a name belongs to a schema. A name may belong to one schema only.
func (s *source) claim(names map[string]string, name, at, pointer string) {
	if other, taken := names[name]; taken && other != at {
		s.fault(pointer, "%s is also the name of the schema at %s: a name is that of one schema", name, orRoot(other))
		return
	}
	names[name] = at
}

func orRoot(pointer string) string {
	if pointer == "" {
		return "the root of the file"
	}
	return pointer
}

// before2019 reports whether the draft ignores keywords beside $ref, and has anchors in $id.
func (s *source) before2019() bool {
	d := s.vocabulary.draft
	return d == jsonschema.Draft4 || d == jsonschema.Draft6 || d == jsonschema.Draft7
}

// idKeyword is $id, or id in draft 4.
func (s *source) idKeyword() string {
	if s.vocabulary.draft == jsonschema.Draft4 {
		return "id"
	}
	return "$id"
}

// references records what the schema refers to.
func (s *source) references(object map[string]any, at string) {
	for _, keyword := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		text, ok := object[keyword].(string)
		if !ok || s.vocabulary.keywords[keyword] == nil {
			continue
		}
		s.refer(text, child(at, keyword), s.bases[at])
	}
}

func (s *source) refer(text, pointer, base string) {
	target, err := resolve(base, text)
	if err == nil {
		var fragment string
		target, fragment, _ = strings.Cut(target, "#")
		if fragment, err = url.PathUnescape(fragment); err == nil {
			s.links = append(s.links, link{pointer: pointer, text: text, url: target, fragment: fragment})
			return
		}
	}
	s.fault(pointer, "%q is no URI reference: %v", short(text), err)
}

// referredTo walks the target of a reference as a schema, unless it has been walked.
func (s *source) referredTo(value any, pointer string) {
	if _, walked := s.bases[pointer]; !walked {
		s.walk(value, pointer, s.baseAt(pointer))
		s.validate(value, pointer)
	}
}

// redirect makes a reference name the file that it means.
func (s *source) redirect(l link, to *source) {
	_, fragment, _ := strings.Cut(l.text, "#")
	s.edits.texts[l.pointer] = fileURL(to.name) + "#" + fragment
	s.edits.differ = true
}

// baseAt returns the URL that references at the pointer are relative to.
func (s *source) baseAt(pointer string) string {
	for ; pointer != ""; pointer = parent(pointer) {
		if base, ok := s.bases[pointer]; ok {
			return base
		}
	}
	return s.base
}

// resolve makes a reference absolute, as the library does, so that both find the same.
func resolve(base, reference string) (string, error) {
	if reference == "" {
		return base, nil
	}
	to, err := url.Parse(reference)
	if err != nil {
		return "", errors.Unwrap(err)
	}
	if to.IsAbs() {
		return reference, nil
	}
	if strings.HasPrefix(base, "urn:") {
		base, _, _ = strings.Cut(base, "#")
		return base + reference, nil
	}
	from, err := url.Parse(base)
	if err != nil {
		return "", errors.Unwrap(err)
	}
	return from.ResolveReference(to).String(), nil
}

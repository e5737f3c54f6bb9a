package schema

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/fridaygate/fridaygate/contracts/spelling"
)

// Components is the JSON Pointer to the schemas of an OpenAPI document.
const Components = "/components/schemas"

// dialectOfFile is how the schemas in a file are read. Those of OpenAPI 3.0 are draft-04 with other keywords
// (https://spec.openapis.org/oas/v3.0.4.html#schema-object), those of later versions draft 2020-12, unless jsonSchemaDialect
// names another draft (https://spec.openapis.org/oas/v3.1.1.html#schema-object).
type dialectOfFile struct {
	meta       string // the $schema that the library is given
	vocabulary *vocabulary
	openAPI    string // the version of OpenAPI, such as 3.0; "" is none. The file as a whole need not be a schema then
}

// before31 reports whether schemas are those of OpenAPI 3.0.
func (d dialectOfFile) before31() bool { return d.openAPI == "3.0" }

//go:embed openapi30.schema.json
var openAPI30Text []byte

// openAPI30 is the vocabulary of OpenAPI 3.0.
var openAPI30 = sync.OnceValues(func() (*vocabulary, error) {
	const url = "folder:///openapi30.schema.json"
	c := offline()
	if err := c.AddResource(url, bytes.NewReader(openAPI30Text)); err != nil {
		return nil, err
	}
	meta, err := c.Compile(url)
	if err != nil {
		return nil, err
	}
	return newVocabulary("OpenAPI 3.0", meta), nil
})

// openAPIDialects are the addresses of the dialect that the documents of OpenAPI 3.1 and 3.2 have without jsonSchemaDialect:
// draft 2020-12, with annotations.
var openAPIDialects = []string{"spec.openapis.org/oas/3.1/dialect/", "spec.openapis.org/oas/3.2/dialect/"}

// isOpenAPI reports whether a value is an OpenAPI document, of version 3 or of an earlier one.
func isOpenAPI(value any) bool {
	object, _ := value.(map[string]any)
	return object["openapi"] != nil || object["swagger"] != nil
}

// openAPIDialect returns how the schemas of an OpenAPI document are read, or what is wrong, with the pointer to it.
func openAPIDialect(document map[string]any) (d dialectOfFile, at string, err error) {
	version, _ := document["openapi"].(string)
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 || parts[0] != "3" {
		at := "/openapi"
		if document["swagger"] != nil {
			at = "/swagger"
		}
		return d, at, fmt.Errorf("it is not OpenAPI 3.0, 3.1 or 3.2: schemas of other versions are not read")
	}
	d.openAPI = parts[0] + "." + parts[1]
	switch d.openAPI {
	case "3.0":
		d.meta = jsonschema.Draft4.URL()
		d.vocabulary, err = openAPI30()
		return d, "/openapi", err
	case "3.1", "3.2":
	default:
		return d, "/openapi", fmt.Errorf("OpenAPI %s is not known: 3.0, 3.1 and 3.2 are", d.openAPI)
	}
	named, _ := document["jsonSchemaDialect"].(string)
	if named == "" || slices.ContainsFunc(openAPIDialects, func(prefix string) bool { return strings.HasPrefix(address(named), prefix) }) {
		named = latest
	}
	known := standard[address(named)]
	if known == nil {
		return d, "/jsonSchemaDialect", fmt.Errorf("%q is no draft: the drafts are %s", named, strings.Join(draftURLs(), ", "))
	}
	d.meta = named
	d.vocabulary = &vocabulary{name: "OpenAPI " + d.openAPI, draft: known.draft, meta: known.meta, keywords: known.keywords}
	return d, "", nil
}

// component names a schema of the document for a message.
func (s *source) component() string {
	if names := s.components(); len(names) > 0 {
		return names[0]
	}
	return "NAME"
}

// components returns the names of the schemas in components of an OpenAPI document, sorted.
func (s *source) components() []string {
	value, _ := Lookup(s.value, Components)
	object, _ := value.(map[string]any)
	return slices.Sorted(maps.Keys(object))
}

// root walks the schema at a pointer of the file, which a caller names.
func (s *source) root(pointer string) {
	value, ok := Lookup(s.value, pointer)
	switch {
	case pointer == "" && s.openAPI != "":
		s.fault("", "it is an OpenAPI document: name one of its schemas, such as %s#%s", s.file, child(Components, s.component()))
	case pointer == "" || ok:
		s.referredTo(value, pointer)
	default:
		text := fmt.Sprintf("there is no %s", pointer)
		if names := s.components(); len(names) > 0 {
			near, _ := spelling.Nearest(lastToken(pointer), names)
			text += fmt.Sprintf(": did you mean %s?", child(Components, near))
		}
		s.fault(parent(pointer), "%s", text)
	}
}

// openAPIKeywords finds what OpenAPI 3.0 ignores in silence, and what is worth a note.
func (s *source) openAPIKeywords(object map[string]any, at string) {
	if s.openAPI == "" {
		return
	}
	if _, ok := object["discriminator"]; ok {
		s.note(child(at, "discriminator"), "discriminator is not used: oneOf, anyOf or allOf beside it decides")
	}
	s.oneWay(object, at)
	if s.before31() {
		s.nullable(object, at)
	}
}

// oneWay notes members that are required and that OpenAPI requires in one direction only.
func (s *source) oneWay(object map[string]any, at string) {
	required, _ := object["required"].([]any)
	properties, _ := object["properties"].(map[string]any)
	for _, name := range required {
		member, _ := name.(string)
		below, _ := properties[member].(map[string]any)
		for keyword, where := range map[string]string{"readOnly": "answers", "writeOnly": "requests"} {
			if below[keyword] == true {
				s.note(child(child(at, "properties"), member),
					"a member that is %s and required is required of every document here, and OpenAPI requires it in %s only", keyword, where)
			}
		}
	}
}

// onlyNull is how OpenAPI 3.0 writes null.
const onlyNull = `{"type": "string", "nullable": true, "enum": [null]}`

// nullable makes the type of a schema include null. Without a type, and beside an enum that lacks null, it has no effect
// (https://github.com/OAI/OpenAPI-Specification/blob/3.1.1/_archive_/proposals/2019-10-31_Clarify-Nullable.md).
func (s *source) nullable(object map[string]any, at string) {
	if object["nullable"] != true {
		return
	}
	_, refers := object["$ref"]
	choices, limited := object["enum"].([]any)
	name, typed := object["type"].(string)
	switch {
	case refers: // reported for what it is: a keyword beside $ref
	case !typed:
		s.ignored(child(at, "nullable"), `nullable has no effect without "type" in the same schema (OpenAPI 3.0.3): `+
			`add the type, or use "anyOf" with an alternative `+onlyNull)
	case limited && !slices.Contains(choices, nil):
		s.ignored(child(at, "nullable"), `nullable has no effect, as "enum" does not list null: add it to "enum"`)
	}
	if typed {
		s.types[child(at, "type")] = []any{name, "null"}
	}
}

// ignored reports what has no effect, or no sense, unless it was published so.
func (s *source) ignored(pointer, what string) {
	if !s.options.AsDraft {
		s.fault(pointer, "%s", what)
	}
}

// inherits reports whether the file is read as the one that refers to it.
func (s *source) inherits() bool {
	object, _ := s.value.(map[string]any)
	return object["$schema"] == nil && !isOpenAPI(s.value)
}

// doubtful reports values in schemas that versions of YAML read differently. Those in examples may be what they like.
func (s *source) doubtful() {
	if s.yaml == nil {
		return
	}
	for pointer, what := range s.yaml.Doubtful {
		at := string(pointer)
		keyword := ""
		for ; at != "" && s.bases[at] == ""; at = parent(at) {
			keyword = lastToken(at)
		}
		if _, walked := s.bases[at]; walked && !annotations[keyword] && !extension(keyword) {
			s.fault(string(pointer), "%s", what)
		}
	}
}

// parts are the pointers in the document that schemas of its own refer to, other than from inside of themselves.
func (s *source) parts() map[string]bool {
	all := map[string]bool{}
	for _, l := range s.links {
		if l.url == s.base && !strings.HasPrefix(l.pointer, l.fragment+"/") {
			all[l.fragment] = true
		}
	}
	return all
}

// note adds a remark about a place.
func (s *source) note(pointer, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	if !slices.Contains(s.notes[what], pointer) {
		s.notes[what] = append(s.notes[what], pointer)
	}
}

// Notes returns remarks on how the schema is read, with the file and the line, such as that OpenAPI's discriminator is not
// used. They are sorted.
func (s *Schema) Notes() []string {
	var all []string
	for _, source := range s.files.sources {
		for _, what := range slices.Sorted(maps.Keys(source.notes)) {
			places := source.places(source.notes[what]...)
			first := slices.MinFunc(slices.Collect(maps.Values(places)), spot.compare)
			text := fmt.Sprintf("%s:%d: %s", source.file, first.line, what)
			if more := len(places) - 1; more > 0 {
				text += fmt.Sprintf(" (and %d more)", more)
			}
			all = append(all, text)
		}
	}
	return all
}

// selected returns the part of an OpenAPI document, or of a file that one refers to, that has been read as schemas, for the
// library: what stands beside them may be large, and is none of its business.
func (s *source) selected() map[string]any {
	root := map[string]any{}
	for pointer := range s.bases {
		value, ok := Lookup(s.value, pointer)
		switch object, _ := value.(map[string]any); {
		case pointer == "":
			return maps.Clone(object)
		case ok && !s.walkedAbove(pointer):
			put(root, tokens(pointer), value)
		}
	}
	return root
}

// walkedAbove reports whether a schema around the one at the pointer has been walked.
func (s *source) walkedAbove(pointer string) bool {
	for pointer != "" {
		pointer = parent(pointer)
		if _, ok := s.bases[pointer]; ok {
			return true
		}
	}
	return false
}

// put puts a value to where the tokens lead. Items of lists become members named by their numbers.
func put(into map[string]any, path []string, value any) {
	for _, token := range path[:len(path)-1] {
		next, ok := into[token].(map[string]any)
		if !ok {
			next = map[string]any{}
			into[token] = next
		}
		into = next
	}
	into[path[len(path)-1]] = value
}

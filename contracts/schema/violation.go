package schema

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Violation is one place where a document breaks a schema.
type Violation struct {
	Keyword      string   // the schema keyword that refuses, such as "minimum"; "json" when the document is not JSON
	Refusing     []string // all keywords that fail because of this violation, outermost first; the last is Keyword, or False
	InstancePath string   // JSON Pointer (RFC 6901) into the document; "" is the whole document
	Line, Column int      // of the value in the document, from 1; columns count characters
	SchemaFile   string   // the file that holds the keyword; "" when none does
	SchemaPath   string   // JSON Pointer to the keyword in it
	Message      string   // what was expected and what was found
}

// GivenUp is the keyword of the violation of a document that takes too long to check: whether it is valid is not known.
const GivenUp = "schema"

func (v Violation) String() string {
	at := v.InstancePath
	if at == "" {
		at = "/"
	}
	keyword := v.Keyword
	for _, outer := range slices.Backward(v.Refusing[:max(len(v.Refusing)-1, 0)]) {
		if alternatives[outer] {
			keyword = outer + ": " + keyword
		}
	}
	return fmt.Sprintf("at %s: %s (%s)", at, v.Message, keyword)
}

// alternatives are keywords that may hold although a schema below them fails.
var alternatives = map[string]bool{"anyOf": true, "oneOf": true, "contains": true}

// False ends Violation.Refusing when the schema that fails is the value false. It is the Keyword when that schema is the
// whole file.
const False = "false"

// leavesOf returns the errors without a cause of their own.
func leavesOf(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		all = append(all, leavesOf(cause)...)
	}
	return all
}

// unescape decodes a pointer of the library, which escapes it for URLs.
func unescape(pointer string) string {
	if plain, err := url.PathUnescape(pointer); err == nil {
		return plain
	}
	return pointer
}

// violations converts the library's errors.
func (s *Schema) violations(invalid *jsonschema.ValidationError, value any, doc []byte) []Violation {
	var all []Violation
	var pointers []string
	for _, leaf := range leavesOf(invalid) {
		v := s.violation(leaf, value)
		all = append(all, v)
		pointers = append(pointers, v.InstancePath)
	}
	places := locate(doc, pointers...)
	slices.SortStableFunc(all, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(places[a.InstancePath], places[b.InstancePath]), strings.Compare(a.InstancePath, b.InstancePath),
			strings.Compare(strings.Join(a.Refusing, " "), strings.Join(b.Refusing, " ")),
			strings.Compare(a.SchemaFile, b.SchemaFile), strings.Compare(a.SchemaPath, b.SchemaPath), strings.Compare(a.Message, b.Message))
	})
	lines := liner{text: doc}
	for i := range all {
		all[i].Line, all[i].Column = lines.position(places[all[i].InstancePath])
	}
	return slices.CompactFunc(all, func(a, b Violation) bool { return slices.Equal(a.Refusing, b.Refusing) && a.same(b) })
}

func (v Violation) same(o Violation) bool {
	return v.InstancePath == o.InstancePath && v.SchemaFile == o.SchemaFile && v.SchemaPath == o.SchemaPath && v.Message == o.Message
}

func (s *Schema) violation(leaf *jsonschema.ValidationError, value any) Violation {
	v := Violation{InstancePath: unescape(leaf.InstanceLocation), Message: short(leaf.Message)}
	v.Refusing = keywordsOf(unescape(leaf.KeywordLocation))
	written := s.place(&v, leaf.AbsoluteKeywordLocation)
	if leaf.Message == "not allowed" {
		v.Message = "nothing is allowed here"
		if written == false {
			v.Refusing = append(v.Refusing, False)
		} else { // see closeEmpty
			v.Refusing, v.SchemaPath = append(v.Refusing, "enum"), child(v.SchemaPath, "enum")
		}
	}
	if len(v.Refusing) == 0 {
		v.Refusing = []string{"schema"}
	}
	v.Keyword = v.Refusing[len(v.Refusing)-1]
	if v.Keyword == False && len(v.Refusing) > 1 {
		v.Keyword = v.Refusing[len(v.Refusing)-2]
		return v
	}
	object := s.object(v)
	if _, counted := object[v.Keyword]; !counted && v.Keyword == "minContains" { // the library names it for contains alone
		v.Keyword, v.Refusing = "contains", v.Refusing[:len(v.Refusing)-1]
		v.SchemaPath = child(parent(v.SchemaPath), "contains")
	}
	if say := words[v.Keyword]; say != nil && object[v.Keyword] != nil {
		found, _ := Lookup(value, v.InstancePath)
		v.Message = short(say(object, found))
	}
	return v
}

// place finds the keyword in its file, and returns its value.
func (s *Schema) place(v *Violation, location string) any {
	address, pointer, _ := strings.Cut(location, "#")
	for _, source := range s.files.sources {
		if source.base == address || s.files.byURL[address] == source {
			v.SchemaFile, v.SchemaPath = source.file, source.edits.written(unescape(pointer))
			value, _ := Lookup(source.value, v.SchemaPath)
			return value
		}
	}
	return nil
}

// object returns the schema that holds the violation's keyword, or nil.
func (s *Schema) object(v Violation) map[string]any {
	value, _ := s.Written(v.SchemaFile, parent(v.SchemaPath))
	object, _ := value.(map[string]any)
	return object
}

// Written returns the value at a JSON Pointer in one of the schema's files, as it is written there, and whether there is
// one. A violation names both, as SchemaFile and SchemaPath.
func (s *Schema) Written(file, pointer string) (any, bool) {
	for _, source := range s.files.sources {
		if source.file == file {
			return Lookup(source.value, pointer)
		}
	}
	return nil, false
}

// named are the keywords whose value is an object of schemas or of lists by name.
var named = map[string]bool{
	"properties": true, "patternProperties": true, "dependentSchemas": true, "dependentRequired": true, "dependencies": true,
	"definitions": true, "$defs": true,
}

// keywordsOf returns the keywords of a path through schemas, without the names and numbers between them. contains stands
// before the keywords that count what it matches, and if before those that it decides on.
func keywordsOf(path string) []string {
	var all []string
	parts := tokens(path)
	for i := 0; i < len(parts); i++ {
		keyword := parts[i]
		switch keyword {
		case "minContains", "maxContains":
			all = append(all, "contains")
		case "then", "else":
			all = append(all, "if")
		}
		all = append(all, keyword)
		if named[keyword] {
			i++
		}
		for i+1 < len(parts) && isNumber(parts[i+1]) {
			i++
		}
	}
	return all
}

func isNumber(token string) bool {
	_, err := strconv.ParseUint(token, 10, 64)
	return err == nil
}

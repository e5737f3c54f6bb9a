package schema

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Compiled returns what the library made of the schema, for programs that analyse it. It must not be changed, and checks
// documents only by way of Check, which counts its steps.
func (s *Schema) Compiled() *jsonschema.Schema { return s.compiled }

// OwnFormats returns the names of the formats that the options define.
func (s *Schema) OwnFormats() []string { return slices.Sorted(maps.Keys(s.options.Formats)) }

// Place is where something stands in a schema file.
type Place struct {
	File         string // "" when no file holds it, as for the metaschema of a draft
	Pointer      string // JSON Pointer; "" is the whole file
	Line, Column int    // from 1; columns count characters
}

// Place returns the place of a compiled schema, or of the keyword in it that the tokens lead to. Tokens that lead to nothing
// are left out.
func (s *Schema) Place(of *jsonschema.Schema, keyword ...string) Place {
	v := Violation{}
	s.place(&v, of.Location)
	return s.Nearest(v.SchemaFile, v.SchemaPath, keyword...)
}

// Nearest returns the place that the tokens below a pointer lead to in one of the schema's files, or of the nearest value
// around it.
func (s *Schema) Nearest(file, pointer string, below ...string) Place {
	all := append(tokens(pointer), below...)
	for _, source := range s.files.sources {
		if source.file != file {
			continue
		}
		pointer = ""
		for _, token := range all {
			if _, ok := Lookup(source.value, child(pointer, token)); !ok {
				break
			}
			pointer = child(pointer, token)
		}
		at := source.places(pointer)[pointer]
		return Place{File: file, Pointer: pointer, Line: at.line, Column: at.column}
	}
	return Place{}
}

// Texts returns the files that the schema consists of, by their paths as messages name them.
func (s *Schema) Texts() map[string][]byte {
	all := map[string][]byte{}
	for _, source := range s.files.sources {
		all[source.file] = source.text
	}
	return all
}

// With returns the schema as it would be if its file held another text.
func (s *Schema) With(text []byte) (*Schema, error) {
	f, name := newFolder(s.files.folder.root, s.options), s.files.sources[0].name
	f.instead = map[string][]byte{name: text}
	all, _, err := f.compile(name, s.pointer)
	if err != nil {
		return nil, fmt.Errorf("load schema %s: %w", s.Path(), err)
	}
	all[0].file = s.file
	return all[0], nil
}

// unsupportedGroup is the name of a group in expressions that stand for those that Go's engine cannot run.
const unsupportedGroup = "unsupported"

// unsupported returns an expression that matches everything, and stands for one that Go's engine cannot run.
func unsupported(written string) string {
	return fmt.Sprintf("(?P<%s>)(?:%x){0}", unsupportedGroup, written)
}

// Unsupported reports whether a compiled expression stands for one that Go's engine cannot run, see Options.AsDraft.
func Unsupported(expression *regexp.Regexp) bool {
	return expression.SubexpIndex(unsupportedGroup) >= 0
}

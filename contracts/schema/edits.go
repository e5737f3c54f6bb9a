package schema

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
)

// edits are the differences between a file and the text that the library compiles: regular expressions are translated for
// Go, and references name files.
type edits struct {
	texts  map[string]any               // of pattern and of $ref, by pointer
	names  map[string]map[string]string // of patternProperties, by its pointer and as written
	differ bool                         // from what is written
}

func newEdits() edits {
	return edits{texts: map[string]any{}, names: map[string]map[string]string{}}
}

// expressions translates the regular expressions of a schema.
func (s *source) expressions(object map[string]any, at string) {
	if written, ok := object["pattern"].(string); ok {
		pointer := child(at, "pattern")
		s.edits.texts[pointer] = s.expression(written, pointer)
	}
	below, _ := object["patternProperties"].(map[string]any)
	pointer := child(at, "patternProperties")
	for written := range below {
		if s.edits.names[pointer] == nil {
			s.edits.names[pointer] = map[string]string{}
		}
		s.edits.names[pointer][written] = s.expression(written, child(pointer, written))
	}
}

func (s *source) expression(written, pointer string) string {
	ours, err := translate(written)
	var lacks *unsupportedError
	switch {
	case errors.As(err, &lacks) && s.options.AsDraft:
		ours = unsupported(written)
	case errors.As(err, &lacks):
		s.fault(pointer, "the pattern %q needs %s, which Go's regular expressions do not have: write it without, "+
			"or check that part with another keyword (not, anyOf, enum, minLength)", short(written), lacks.what)
	case err != nil:
		s.fault(pointer, "the pattern %q is no regular expression of ECMA-262: %v", short(written), err)
	}
	s.edits.differ = s.edits.differ || ours != written
	return ours
}

// compilable returns the text that the library compiles: the file's with the edits and a $schema.
func (s *source) compilable() ([]byte, error) {
	object, ok := s.value.(map[string]any)
	switch {
	case !ok && s.yaml != nil:
		return json.Marshal(s.value)
	case !ok || !s.edits.differ && len(s.types) == 0 && s.yaml == nil && object["$schema"] != nil:
		return s.text, nil
	}
	named := maps.Clone(object)
	if s.openAPI != "" {
		named = s.selected()
	}
	if named["$schema"] == nil {
		named["$schema"] = s.meta
	}
	final := edits{texts: maps.Clone(s.edits.texts), names: s.edits.names, differ: s.edits.differ || len(s.types) > 0}
	maps.Copy(final.texts, s.types)
	return json.Marshal(final.applied(named, ""))
}

// applied returns the value at a pointer after the edits.
func (e edits) applied(value any, at string) any {
	if !e.differ {
		return value
	}
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for written, member := range value {
			below, name := child(at, written), written
			if ours, ok := e.names[at][written]; ok {
				for name = ours; out[name] != nil; {
					name += "(?:)" // two that became one
				}
			}
			if ours, ok := e.texts[below]; ok {
				member = ours
			}
			out[name] = e.applied(member, below)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = e.applied(item, index(at, i))
		}
		return out
	}
	return value
}

// written converts a pointer into the edited file to one into the file.
func (e edits) written(pointer string) string {
	if !e.differ {
		return pointer
	}
	at := ""
	for _, token := range tokens(pointer) {
		for written, ours := range e.names[at] {
			if strings.TrimSuffix(token, "(?:)") == ours {
				token = written
				break
			}
		}
		at = child(at, token)
	}
	return at
}

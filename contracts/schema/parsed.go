package schema

import (
	"cmp"
	"errors"
	"path"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/contracts/schema/yamltext"
)

// maxValues is how many values a schema file may hold, when it is YAML: aliases may repeat them.
const maxValues = 1_000_000

// parsed is a file as values.
type parsed struct {
	text  []byte
	value any
	yaml  *yamltext.Text // nil: it is JSON
}

// spot is a line and a column, from 1. Columns count characters.
type spot struct{ line, column int }

func (s spot) compare(o spot) int {
	return cmp.Or(cmp.Compare(s.line, o.line), cmp.Compare(s.column, o.column))
}

// isYAML reports whether a file is YAML, by its name. All others are JSON.
func isYAML(name string) bool { return path.Ext(name) == ".yaml" || path.Ext(name) == ".yml" }

// parse reads the text of a file. The error is a *Mistake that does not name the file.
func parse(name string, text []byte) (parsed, error) {
	p := parsed{text: text}
	if isYAML(name) {
		return p.readYAML()
	}
	var err error
	p.value, err = dialect{depth: 4 * maxDepth}.read(text)
	var wrong *syntaxError
	if errors.As(err, &wrong) {
		return p, &Mistake{Pointer: wrong.Pointer, Line: wrong.Line, Column: wrong.Column, What: "not JSON: " + wrong.What}
	}
	return p, err
}

func (p parsed) readYAML() (parsed, error) {
	var wrong *syntaxError
	if errors.As(encoding(p.text), &wrong) {
		return p, &Mistake{Line: wrong.Line, Column: wrong.Column, What: wrong.What}
	}
	var err error
	p.yaml, err = yamltext.Read(p.text, yamltext.Options{MaxValues: maxValues, MaxDepth: 4 * maxDepth, Doubtful: true})
	var mistake *yamltext.Mistake
	if errors.As(err, &mistake) {
		pointer, what := string(mistake.Pointer), mistake.What
		if mistake.Name != "" {
			what = mistake.Name + " " + what
		}
		return p, &Mistake{Pointer: pointer, Line: mistake.Line, Column: mistake.Column, What: what}
	}
	p.value = p.yaml.Value
	return p, nil
}

// places returns where the values stand that the pointers lead to. A pointer to nothing has the place of the start.
func (p parsed) places(pointers ...string) map[string]spot {
	found := make(map[string]spot, len(pointers))
	if p.yaml != nil {
		for _, pointer := range pointers {
			of := p.yaml.Places[jsontext.Pointer(pointer)]
			at := of.Value
			if of.Key.Line < at.Line { // a block below its key
				at = of.Key
			}
			found[pointer] = spot{max(at.Line, 1), max(at.Column, 1)}
		}
		return found
	}
	offsets := locate(p.text, pointers...)
	for _, pointer := range pointers {
		var at spot
		at.line, at.column = position(p.text, offsets[pointer])
		found[pointer] = at
	}
	return found
}

// dialectOf returns how the schemas in a file are read: as its $schema or its version of OpenAPI says, or else as in the file that
// refers to it. The error is a *Mistake that does not name the file.
func (f *folder) dialectOf(p parsed, from *source) (dialectOfFile, error) {
	object, _ := p.value.(map[string]any)
	if isOpenAPI(p.value) {
		d, at, err := openAPIDialect(object)
		return d, p.mistake(at, err)
	}
	if _, named := object["$schema"]; !named && from != nil && from.openAPI != "" {
		return from.dialectOfFile, nil
	}
	meta, err := metaschemaOf(p.value)
	var v *vocabulary
	if err == nil {
		v, err = f.vocabulary(meta)
	}
	return dialectOfFile{meta: meta, vocabulary: v}, p.mistake("/$schema", err)
}

// mistake adds the place to an error.
func (p parsed) mistake(pointer string, err error) error {
	if err == nil {
		return nil
	}
	at := p.places(pointer)[pointer]
	return &Mistake{Pointer: pointer, Line: at.line, Column: at.column, What: err.Error()}
}

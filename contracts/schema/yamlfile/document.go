package yamlfile

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/goccy/go-yaml"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/yamltext"
)

// Document is a file that has been read.
type Document struct {
	path   string
	value  any                                  // as JSON
	json   []byte                               // value
	places map[jsontext.Pointer]yamltext.Places // of every value in it
}

// MaxBytes is how large a file may be.
const MaxBytes = 1 << 20

// parse reads a text that holds one document.
func parse(path string, text []byte) (*Document, error) {
	if len(text) > MaxBytes {
		return nil, &Mistake{File: path, Line: 1, Column: 1, What: fmt.Sprintf("the file is larger than %d MiB", MaxBytes>>20)}
	}
	d := &Document{path: path}
	read, err := yamltext.Read(text, yamltext.Options{})
	var wrong *yamltext.Mistake
	switch {
	case errors.As(err, &wrong):
		key := cmp.Or(wrong.Name, d.keyAt(wrong.Pointer))
		return nil, &Mistake{File: path, Line: wrong.Line, Column: wrong.Column, Key: key, What: wrong.What}
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d.value, d.places = read.Value, read.Places
	if d.json, err = json.Marshal(d.value); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// Mistake is one mistake in a file.
type Mistake struct {
	File         string
	Line, Column int    // from 1; columns count characters
	Key          string // such as effects.http.path or known_failures[0].case; empty: the whole file
	What         string // what is wrong, and what to do
}

func (m *Mistake) Error() string {
	at := fmt.Sprintf("%s:%d:%d: ", m.File, m.Line, m.Column)
	if m.Key != "" {
		at += m.Key + ": "
	}
	return at + m.What
}

// Mistake returns a mistake at a key, such as known_failures[0].case. Where the file does not hold the key, the place is
// that of the nearest key around it.
func (d *Document) Mistake(key, format string, args ...any) *Mistake {
	m := &Mistake{File: d.path, Line: 1, Column: 1, Key: key, What: fmt.Sprintf(format, args...)}
	if at, ok := d.nearest(pointerTo(key)); ok {
		m.Line, m.Column = at.Line, at.Column
	}
	return m
}

// Place returns the file and the line of a key, as FILE:LINE.
func (d *Document) Place(key string) string {
	return fmt.Sprintf("%s:%d", d.path, d.Mistake(key, "").Line)
}

// nearest returns the place of the value at a pointer, or of the key of the nearest one around it.
func (d *Document) nearest(at jsontext.Pointer) (yamltext.Place, bool) {
	if found, ok := d.places[at]; ok {
		return found.Value, true
	}
	for at != "" {
		at = at.Parent()
		if found, ok := d.places[at]; ok {
			return found.Key, true
		}
	}
	return yamltext.Place{}, false
}

// Decode puts what the file holds into a struct with yaml tags, over what the struct holds already: structs key by
// key, anything else as a whole.
func (d *Document) Decode(into any) error {
	if err := yaml.Unmarshal(d.json, into); err != nil { // JSON is YAML
		return fmt.Errorf("%s: %s", d.path, strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	return nil
}

// pointerTo returns the JSON Pointer to a key.
func pointerTo(key string) jsontext.Pointer {
	at := jsontext.Pointer("")
	for _, token := range strings.FieldsFunc(key, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		at = at.AppendToken(token)
	}
	return at
}

// keyAt writes the key at a pointer. Only the items of lists are numbered.
func (d *Document) keyAt(at jsontext.Pointer) string {
	var key strings.Builder
	value := d.value
	for token := range at.Tokens() {
		if _, list := value.([]any); list {
			fmt.Fprintf(&key, "[%s]", token)
		} else {
			if key.Len() > 0 {
				key.WriteByte('.')
			}
			key.WriteString(token)
		}
		value, _ = schema.Lookup(value, string(jsontext.Pointer("").AppendToken(token)))
	}
	return key.String()
}

// at returns the value at a pointer; nil if there is none.
func (d *Document) at(pointer jsontext.Pointer) any {
	value, _ := schema.Lookup(d.value, string(pointer))
	return value
}

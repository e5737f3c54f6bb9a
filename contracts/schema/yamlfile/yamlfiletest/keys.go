// Package yamlfiletest compares the JSON Schema of a kind of YAML file with the Go struct that it is decoded into. It does
// not check files; package yamlfile does.
package yamlfiletest

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// SameKeys requires that the schema and the struct, an example of its type, have the same keys, and that the schema
// describes each of them: what it means and, where it is a value, the values it has, its default or an example.
func SameKeys(t *testing.T, files fs.FS, name string, example any) {
	t.Helper()
	w := walk{t: t, files: files, keys: map[reflect.Type]map[string]bool{}, done: map[visit]bool{}}
	w.value(reflect.TypeOf(example), name, "", "")
	require.NotEmpty(t, w.keys, "the schema has no keys")
	for typ, keys := range w.keys {
		require.Equal(t, slices.Sorted(maps.Keys(fieldsOf(typ))), slices.Sorted(maps.Keys(keys)), "keys of %s", typ)
	}
}

// walk goes through a schema and a type side by side.
type walk struct {
	t     *testing.T
	files fs.FS
	keys  map[reflect.Type]map[string]bool // those that the schema has for each struct
	done  map[visit]bool
}

type visit struct {
	typ           reflect.Type
	file, pointer string
}

// value compares a type with the schema at a pointer of a file. key is the one that it describes.
func (w *walk) value(typ reflect.Type, file, pointer, key string) {
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	object := w.at(file, pointer)
	if at := (visit{typ, file, pointer}); w.done[at] {
		return
	} else {
		w.done[at] = true
	}
	if target, ok := object["$ref"].(string); ok {
		other, fragment, _ := strings.Cut(target, "#")
		if other != "" {
			other = path.Join(path.Dir(file), other)
		} else {
			other = file
		}
		w.value(typ, other, fragment, key)
		return
	}
	if properties, ok := object["properties"].(map[string]any); ok && typ.Kind() == reflect.Struct {
		w.properties(typ, file, pointer, key, properties)
		return
	}
	if _, ok := object["items"].(map[string]any); ok && typ.Kind() == reflect.Slice {
		w.value(typ.Elem(), file, pointer+"/items", key+"[]")
	}
}

func (w *walk) properties(typ reflect.Type, file, pointer, key string, properties map[string]any) {
	fields := fieldsOf(typ)
	if w.keys[typ] == nil {
		w.keys[typ] = map[string]bool{}
	}
	for name, property := range properties {
		below := strings.TrimPrefix(key+"."+name, ".")
		field, ok := fields[name]
		require.True(w.t, ok, "%s: the schema has it, and %s has no field for it", below, typ)
		w.keys[typ][name] = true
		w.described(below, property.(map[string]any), field)
		w.value(field, file, string(jsontext.Pointer(pointer+"/properties").AppendToken(name)), below)
	}
}

// described requires a description, and what shows the form of a value.
func (w *walk) described(key string, property map[string]any, field reflect.Type) {
	require.NotEmpty(w.t, property["description"], "%s: no description", key)
	for field.Kind() == reflect.Pointer {
		field = field.Elem()
	}
	if field.Kind() == reflect.Struct {
		return // its keys are described
	}
	require.True(w.t, property["examples"] != nil || property["default"] != nil || property["enum"] != nil,
		"%s: no examples, default or enum", key)
}

// at returns the object at a pointer of a file of the schema.
func (w *walk) at(file, pointer string) map[string]any {
	text, err := fs.ReadFile(w.files, file)
	require.NoError(w.t, err)
	var value any
	require.NoError(w.t, json.Unmarshal(text, &value))
	found, ok := schema.Lookup(value, pointer)
	require.True(w.t, ok, "%s#%s", file, pointer)
	object, _ := found.(map[string]any)
	return object
}

// fieldsOf returns the types of a struct's fields by their keys.
func fieldsOf(typ reflect.Type) map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for field := range typ.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			maps.Copy(all, fieldsOf(field.Type))
		case name != "" && name != "-":
			all[name] = field.Type
		}
	}
	return all
}

package schema

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Suffix ends the name of a schema file.
const Suffix = ".schema.json"

// ErrNoSchema is the error for a folder without schemas.
var ErrNoSchema = errors.New("there is no schema")

// LoadFolder loads every schema below dir as Load does: the files named NAME.schema.json, and then the schemas in components of
// OpenAPI documents, in the order of their names. Folders named examples or node_modules and hidden ones hold none. Root is dir
// when it is empty.
//
// It returns the schemas that loaded, and an error with every mistake in the others, each once. The error also reports
// files that look like a schema but are neither named NAME.schema.json nor referred to, as nothing would check them, and is
// ErrNoSchema for a folder without schemas.
func (o Options) LoadFolder(dir string) ([]*Schema, error) {
	if o.Root == "" {
		o.Root = dir
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("load schemas: %s is no folder", dir)
	}
	f := newFolder(o.Root, o)
	if err := f.indexed(); err != nil {
		return nil, fmt.Errorf("load schemas: %w", err)
	}
	within, err := nameBelow(o.Root, dir)
	if err != nil {
		return nil, fmt.Errorf("load schemas: %s: %w", dir, err)
	}
	return f.loadAll(within)
}

func (f *folder) loadAll(within string) ([]*Schema, error) {
	var all []*Schema
	var broken problems
	used := map[string]bool{}
	load := func(name string, pointers ...string) {
		compiled, files, err := f.compile(name, pointers...)
		for _, source := range files.sources {
			used[source.name] = true
		}
		if err != nil {
			broken.add(err)
		}
		all = append(all, compiled...)
	}
	for _, name := range f.names {
		if isWithin(name, within) && strings.HasSuffix(name, Suffix) {
			load(name, "")
		}
	}
	for _, name := range slices.Concat(f.names, f.yamls) {
		if !isWithin(name, within) || strings.HasSuffix(name, Suffix) {
			continue
		}
		if pointers, err := f.documented(name); err != nil {
			broken.add(err)
		} else if len(pointers) > 0 {
			load(name, pointers...)
		}
	}
	if len(all) == 0 && len(broken.errs) == 0 {
		broken.add(fmt.Errorf("%w in %s (*%s, or an OpenAPI document)", ErrNoSchema, f.shown(within), Suffix))
	}
	f.strays(within, used, &broken)
	return all, broken.join()
}

// documented returns the pointers to the schemas in components of an OpenAPI document; none if the file is another one.
func (f *folder) documented(name string) ([]string, error) {
	text, err := f.read(name)
	if err != nil || !mayBeOpenAPI(text) {
		return nil, nil //nolint:nilerr // a file that cannot be read is reported by strays
	}
	p, err := parse(name, text)
	if err != nil || !isOpenAPI(p.value) {
		return nil, nil //nolint:nilerr // it is another file
	}
	s, err := f.source(name, nil)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, name := range s.components() {
		all = append(all, child(Components, name))
	}
	return all, nil
}

func isWithin(name, folder string) bool { return folder == "." || strings.HasPrefix(name, folder+"/") }

// strays reports the files that look like schemas and are not used as one.
func (f *folder) strays(within string, used map[string]bool, broken *problems) {
	for _, name := range f.names {
		if !isWithin(name, within) || strings.HasSuffix(name, Suffix) || used[name] {
			continue
		}
		if text, err := f.read(name); err != nil || looksLikeSchema(text) {
			broken.add(fmt.Errorf("%s: it looks like a schema, and nothing checks it: name it NAME%s, or move it out of the folder",
				f.shown(name), Suffix))
		}
	}
	for _, name := range f.others {
		if isWithin(name, within) && !used[name] {
			broken.add(fmt.Errorf("%s: it is named like a schema, and is not read: write it as JSON, to NAME%s, or move it out of the folder",
				f.shown(name), Suffix))
		}
	}
}

// looksLikeSchema reports whether the members of a JSON object are those of a schema.
func looksLikeSchema(text []byte) bool {
	value, err := dialect{duplicateNames: true, loneSurrogates: true, depth: 4 * maxDepth}.read(text)
	object, ok := value.(map[string]any)
	if err != nil || !ok {
		return err != nil && strings.Contains(string(text), `"$schema"`)
	}
	if named, ok := object["$schema"].(string); ok {
		return strings.HasPrefix(address(named), "json-schema.org/")
	}
	kind, _ := object["type"].(string)
	types := []string{"array", "boolean", "integer", "null", "number", "object", "string"}
	for _, sign := range []string{"$id", "$ref", "$defs", "definitions", "properties", "oneOf", "anyOf", "allOf"} {
		if object[sign] != nil {
			return true
		}
	}
	return slices.Contains(types, kind)
}

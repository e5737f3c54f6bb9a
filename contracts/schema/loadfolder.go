package schema

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Suffix ends the name of a schema file.
const Suffix = ".schema.json"

// LoadFolder loads every schema below dir, NAME.schema.json, as Load does, in the order of their names. Folders named
// examples or node_modules and hidden ones hold none. Root is dir when it is empty.
//
// It returns the schemas that loaded, and an error with every mistake in the others, each once. The error also reports
// files that look like a schema but are neither named NAME.schema.json nor referred to, as nothing would check them, and a
// folder without schemas.
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
	for _, name := range f.names {
		if !isWithin(name, within) || !strings.HasSuffix(name, Suffix) {
			continue
		}
		s, files, err := f.compile(name)
		for _, source := range files.sources {
			used[source.name] = true
		}
		if err != nil {
			broken.add(err)
			continue
		}
		all = append(all, s)
	}
	if len(all) == 0 && len(broken.errs) == 0 {
		broken.add(fmt.Errorf("there is no schema in %s (*%s)", f.shown(within), Suffix))
	}
	f.strays(within, used, &broken)
	return all, broken.join()
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
		if isWithin(name, within) {
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

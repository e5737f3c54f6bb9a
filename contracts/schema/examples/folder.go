package examples

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// The folders below examples.
const (
	valid   = "valid"
	invalid = "invalid"
)

var kinds = []string{valid, invalid}

// documents are the files below a folder's examples.
type documents struct {
	files  map[string]map[string][]Example // by kind and the name of the schema
	unread []string                        // files that are no examples by their name or place
	wanted func(name string) bool
}

// list lists the examples in dir of the schemas whose names are wanted.
func list(dir string, wanted func(name string) bool) (documents, error) {
	found := documents{wanted: wanted, files: map[string]map[string][]Example{valid: {}, invalid: {}}}
	root := filepath.Join(dir, "examples")
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("examples of schemas: %s: %w", filepath.Join(root, filepath.FromSlash(name)), reason(err))
		}
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || entry.Name() == "README.md" {
			return nil
		}
		found.add(root, name)
		return nil
	})
	return found, err
}

// reason drops the path from an error.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func (e *documents) add(root, name string) {
	file := filepath.Join(root, filepath.FromSlash(name))
	kind, rest, _ := strings.Cut(name, "/")
	of, known := e.files[kind]
	if !e.wanted(path.Dir(rest)) {
		return
	}
	if !known || path.Ext(name) != ".json" || path.Dir(rest) == "." {
		e.unread = append(e.unread, file)
		return
	}
	of[path.Dir(rest)] = append(of[path.Dir(rest)], Example{Kind: kind, Name: strings.TrimSuffix(path.Base(name), ".json"), File: file})
}

// problems reports schemas without examples, examples without a schema, and files that are not read.
func (e *documents) problems(dir string, schemas []*schema.Schema) []Broken {
	var all []Broken
	var names []string
	for _, s := range schemas {
		name := nameOf(dir, s)
		names = append(names, name)
		part := s.IsPart() && len(e.files[valid][name])+len(e.files[invalid][name]) == 0
		for _, kind := range kinds {
			if len(e.files[kind][name]) == 0 && !part {
				file, _ := s.File()
				all = append(all, Broken{File: file, What: fmt.Sprintf("%s: it has no %s example: want %s",
					s.Path(), kind, filepath.Join(dir, "examples", kind, name, "*.json"))})
			}
		}
	}
	for _, kind := range kinds {
		for _, name := range slices.Sorted(maps.Keys(e.files[kind])) {
			if what := missing(dir, name, names); what != "" {
				all = append(all, Broken{File: e.files[kind][name][0].File, What: filepath.Join(dir, "examples", kind, name) + ": " + what})
			}
		}
	}
	for _, file := range e.unread {
		const what = "it is not read: examples are examples/valid/NAME/*.json and examples/invalid/NAME/KEYWORD--WHAT.json"
		all = append(all, Broken{File: file, What: file + ": " + what})
	}
	return all
}

// missing reports what is wrong with the name that examples have: that there is no such schema among those that were loaded; "" if
// there is one, or a file that cannot be loaded, which is reported for itself.
func missing(dir, name string, loaded []string) string {
	if slices.Contains(loaded, name) || exists(filepath.Join(dir, filepath.FromSlash(name)+schema.Suffix)) {
		return ""
	}
	for _, end := range []string{".json", ".yaml", ".yml"} {
		document := filepath.Join(dir, filepath.FromSlash(path.Dir(name))+end)
		if !exists(document) {
			continue
		}
		if !slices.ContainsFunc(loaded, func(other string) bool { return path.Dir(other) == path.Dir(name) }) {
			return ""
		}
		return fmt.Sprintf("%s has no schema %s that it could be an example of", document, path.Base(name))
	}
	return fmt.Sprintf("there is no %s%s that it could be an example of", name, schema.Suffix)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// nameOf returns the name of a schema below dir: NAME of NAME.schema.json, and DOCUMENT/NAME of a schema in components of an
// OpenAPI document.
func nameOf(dir string, s *schema.Schema) string {
	file, pointer := s.File()
	return nameIn(dir, file, pointer)
}

func nameIn(dir, file, pointer string) string {
	name, err := filepath.Rel(dir, file)
	if err != nil {
		return file // it was loaded from dir: there is a way from one to the other
	}
	name = filepath.ToSlash(name)
	for _, end := range []string{schema.Suffix, ".json", ".yaml", ".yml"} {
		if short, ok := strings.CutSuffix(name, end); ok {
			name = short
			break
		}
	}
	if pointer == "" {
		return name
	}
	return path.Join(name, path.Base(pointer))
}

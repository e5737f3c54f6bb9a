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
}

// list lists the examples in dir.
func list(dir string) (documents, error) {
	found := documents{files: map[string]map[string][]Example{valid: {}, invalid: {}}}
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
	if !known || path.Ext(name) != ".json" || path.Dir(rest) == "." {
		e.unread = append(e.unread, file)
		return
	}
	of[path.Dir(rest)] = append(of[path.Dir(rest)], Example{Kind: kind, Name: strings.TrimSuffix(path.Base(name), ".json"), File: file})
}

// problems reports schemas without examples, examples without a schema, and files that are not read.
func (e *documents) problems(dir string, schemas []*schema.Schema) []string {
	var all, names []string
	for _, s := range schemas {
		name := nameOf(dir, s)
		names = append(names, name)
		for _, kind := range kinds {
			if len(e.files[kind][name]) == 0 {
				all = append(all, fmt.Sprintf("%s: it has no %s example: want %s",
					s.Path(), kind, filepath.Join(dir, "examples", kind, name, "*.json")))
			}
		}
	}
	for _, kind := range kinds {
		for _, name := range slices.Sorted(maps.Keys(e.files[kind])) {
			if slices.Contains(names, name) || exists(filepath.Join(dir, filepath.FromSlash(name)+schema.Suffix)) {
				continue // one that cannot be loaded is reported for itself
			}
			all = append(all, fmt.Sprintf("%s: there is no %s%s that it could be an example of",
				filepath.Join(dir, "examples", kind, name), name, schema.Suffix))
		}
	}
	for _, file := range e.unread {
		all = append(all, file+": it is not read: examples are examples/valid/NAME/*.json and examples/invalid/NAME/KEYWORD--WHAT.json")
	}
	return all
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// nameOf returns the name of a schema below dir.
func nameOf(dir string, s *schema.Schema) string {
	name, err := filepath.Rel(dir, s.Path())
	if err != nil {
		return s.Path() // it was loaded from dir: there is a way from one to the other
	}
	return strings.TrimSuffix(filepath.ToSlash(name), schema.Suffix)
}

package contracts

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// SchemaOptions says which schemas CheckSchemas checks.
type SchemaOptions struct {
	// Dir holds the schemas, NAME.schema.json, and their examples: examples/valid/NAME/*.json must be
	// accepted, and examples/invalid/NAME/KEYWORD--WHAT.json must be refused by that keyword of the schema.
	Dir string
}

const schemaSuffix = ".schema.json"

// CheckSchemas checks every schema of a folder with its examples, each in a subtest named schema/valid/file or
// schema/invalid/file. A schema without a valid and an invalid example fails, as an example without a schema
// does: an example that nothing reads proves nothing.
func CheckSchemas(t *testing.T, opts SchemaOptions) {
	t.Helper()
	uncachedOutside(t, opts.Dir)
	files, err := filepath.Glob(filepath.Join(opts.Dir, "*"+schemaSuffix))
	if err != nil || len(files) == 0 {
		t.Fatalf("UNKNOWN: no schema in %s (*%s)", opts.Dir, schemaSuffix)
	}
	var names []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), schemaSuffix)
		names = append(names, name)
		compiled, err := schema.Load(file)
		if err != nil {
			t.Errorf("FAIL: %v", err)
			continue
		}
		checkExamples(t, opts.Dir, name, compiled)
	}
	for _, kind := range []string{"valid", "invalid"} {
		folder := filepath.Join(opts.Dir, "examples", kind)
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Errorf("UNKNOWN: examples of schemas: %v", err)
		}
		for _, entry := range entries {
			if !slices.Contains(names, entry.Name()) {
				t.Errorf("FAIL: %s: there is no %s%s that it could be an example of", filepath.Join(folder, entry.Name()), entry.Name(), schemaSuffix)
			}
		}
	}
}

func checkExamples(t *testing.T, dir, name string, s *schema.Schema) {
	t.Helper()
	for _, kind := range []string{"valid", "invalid"} {
		folder := filepath.Join(dir, "examples", kind, name)
		files, err := filepath.Glob(filepath.Join(folder, "*.json"))
		if err != nil || len(files) == 0 {
			t.Errorf("FAIL: %s: it has no %s example: want %s", s.Path(), kind, filepath.Join(folder, "*.json"))
		}
		for _, file := range files {
			t.Run(name+"/"+kind+"/"+strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
				t.Helper()
				document, err := os.ReadFile(file)
				if err != nil {
					t.Fatalf("UNKNOWN: %v", err)
				}
				if kind == "valid" {
					accepted(t, s, file, document)
				} else {
					refused(t, s, file, document)
				}
			})
		}
	}
}

func accepted(t *testing.T, s *schema.Schema, file string, document []byte) {
	t.Helper()
	for _, v := range s.Check(document) {
		t.Errorf("FAIL: %s: %s refuses it: %s\n  again: %s", file, s.Path(), v, again(t))
	}
}

// refused demands the named keyword and no other: an example that breaks two rules does not show that
// either of them works.
func refused(t *testing.T, s *schema.Schema, file string, document []byte) {
	t.Helper()
	keyword, _, named := strings.Cut(filepath.Base(file), "--")
	if !named {
		t.Fatalf("FAIL: %s: its name must say which keyword refuses it: KEYWORD--WHAT.json", file)
	}
	found := s.Check(document)
	if len(found) == 0 {
		t.Errorf("FAIL: %s: %s accepts it, and %q should refuse it\n  again: %s", file, s.Path(), keyword, again(t))
	}
	for _, v := range found {
		if v.Keyword != keyword {
			t.Errorf("FAIL: %s: it should be refused by %q alone, and is also refused %s\n  again: %s", file, keyword, v, again(t))
		}
	}
}

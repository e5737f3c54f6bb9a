package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Schema is a compiled JSON Schema. It is safe for concurrent use.
type Schema struct {
	path     string
	compiled *jsonschema.Schema
}

// Violation is one place where a document breaks a schema.
type Violation struct {
	Keyword      string // the schema keyword that refuses, such as "minimum"; "json" when the document is not JSON
	InstancePath string // JSON Pointer (RFC 6901) into the document; "" is the whole document
	SchemaPath   string // JSON Pointer into the schema
	Message      string // what was expected and what was found
}

func (v Violation) String() string {
	at := v.InstancePath
	if at == "" {
		at = "/"
	}
	return fmt.Sprintf("at %s: %s (%s)", at, v.Message, v.Keyword)
}

// Load reads and compiles the schema in file. A $ref may name another file *.schema.json of the same
// folder, by its file name or by its $id; formats are asserted. Errors name the file.
func Load(file string) (*Schema, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("load schema %s: %w", file, errors.Unwrap(err))
	}
	folder, err := readFolder(filepath.Dir(file))
	if err != nil {
		return nil, fmt.Errorf("load schema %s: %w", file, err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	compiler.LoadURL = folder.open
	name := filepath.Base(file)
	compiled, err := compiler.Compile(folderURL + name)
	if err != nil {
		return nil, fmt.Errorf("load schema %s: %w", file, plain(err))
	}
	return &Schema{path: file, compiled: compiled}, nil
}

// Path is the file the schema was loaded from.
func (s *Schema) Path() string { return s.path }

// Check gives every violation of the JSON document doc, in document order; none means that it is valid.
// A document that is not one JSON value gives a single violation with the keyword "json".
// Numbers are compared exactly, not as floating point.
func (s *Schema) Check(doc []byte) []Violation {
	value, err := decode(doc)
	if err != nil {
		return []Violation{{Keyword: "json", Message: "not JSON: " + err.Error()}}
	}
	err = s.compiled.Validate(value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []Violation{{Keyword: "schema", Message: err.Error()}}
	}
	var all []Violation
	leaves(invalid, &all)
	sort.SliceStable(all, func(i, j int) bool { return all[i].InstancePath < all[j].InstancePath })
	return all
}

// decode reads exactly one JSON value and keeps its numbers as written.
func decode(doc []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value")
	}
	return value, nil
}

func leaves(e *jsonschema.ValidationError, all *[]Violation) {
	if len(e.Causes) == 0 {
		*all = append(*all, Violation{
			Keyword:      path.Base(e.KeywordLocation),
			InstancePath: e.InstanceLocation,
			SchemaPath:   e.KeywordLocation,
			Message:      e.Message,
		})
		return
	}
	for _, cause := range e.Causes {
		leaves(cause, all)
	}
}

// folderURL is the base under which the files of one folder are known to the compiler. It is never fetched.
const folderURL = "folder:///"

// folder holds the schema files of one directory, by file name and by $id.
type folder map[string][]byte

func readFolder(dir string) (folder, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	f := folder{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		f[folderURL+filepath.Base(file)] = text
		var head struct {
			ID string `json:"$id"`
		}
		// A file that is not a schema object is reported when something refers to it.
		if json.Unmarshal(text, &head) == nil && head.ID != "" {
			f[strings.TrimSuffix(head.ID, "#")] = text
		}
	}
	return f, nil
}

func (f folder) open(url string) (io.ReadCloser, error) {
	text, ok := f[url]
	if !ok {
		return nil, fmt.Errorf("%s is not in the schema's folder (nothing is fetched)", strings.TrimPrefix(url, folderURL))
	}
	return io.NopCloser(bytes.NewReader(text)), nil
}

// plain drops the compiler's wrapping, which repeats the made-up folder address.
func plain(err error) error {
	return errors.New(strings.ReplaceAll(err.Error(), folderURL, ""))
}

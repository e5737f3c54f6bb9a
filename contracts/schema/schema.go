package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Options are how schemas are read and what they may hold. The zero value is what Load uses.
type Options struct {
	// Files holds the schemas, such as those that a program embeds. Names of files are then names in it, and Root is the
	// file's own folder when empty. nil: the operating system's files.
	Files fs.FS
	// Root is the folder that no reference leads out of. Empty: the nearest folder named schemas at or above the
	// file, in the same repository or module, or else the file's own.
	Root string
	// Keywords are additional keywords, which are ignored. Those that start with x- need not
	// be named.
	Keywords []string
	// Formats are formats of the team's own, and replacements for those of the drafts, by name. A nil function accepts
	// every value.
	Formats map[string]FormatFunc
	// FormatsByDraft asserts formats only where the draft does: up to draft-07, and later under a metaschema with the
	// vocabulary format-assertion. Unset, formats are always asserted: a contract that says "date-time" means it.
	FormatsByDraft bool
	// AsDraft reads a schema as its draft does: what the draft ignores in silence is no mistake. A regular expression that
	// Go's engine cannot run is taken as one that matches everything, see Unsupported. Use it to read a schema that cannot be
	// changed any more.
	AsDraft bool
	// AcceptDuplicateKeys accepts documents with the same member name twice in one object; the last one counts. Unset,
	// such a document is refused (RFC 8259 section 4: what a reader makes of it is unpredictable).
	AcceptDuplicateKeys bool
}

// Schema is a compiled JSON Schema. It is safe for concurrent use; the checks of one schema run one after the other.
type Schema struct {
	file     string
	pointer  string // into the file; "" is the whole file
	part     bool
	chain    int // see allowance
	options  Options
	compiled *jsonschema.Schema
	files    *closure
	steps    *steps // of all schemas that were compiled together
}

// Load reads and compiles the schema in file, with the zero Options.
func Load(file string) (*Schema, error) { return Options{}.Load(file) }

// Load reads and compiles the schema in file, of draft 4, 6, 7, 2019-09 or 2020-12; without $schema it is 2020-12.
// FILE#POINTER is a schema inside of a file, and may be one of an OpenAPI document: openapi.yaml#/components/schemas/Order. Of a
// document only the schemas are read that this one refers to. A file whose name ends in .yaml or .yml is YAML.
//
// A $ref is relative to the $id, as the drafts say. It may name a file below the root: by its $id, by its path, or, when
// the referring schema has an absolute $id, by the path at which the file stands relative to it. Nothing outside the
// root is read, and nothing is fetched over a network.
//
// What a draft ignores in silence is an error: keywords and formats that no draft knows, and keywords beside $ref up to
// draft-07. So are an $id or a member name used twice, a text that is not UTF-8 or starts with a byte order mark, and a
// regular expression that Go's engine cannot run, such as one with a lookahead. The error reports every mistake in the file
// and in those that it refers to; Mistakes returns them as data.
//
// Keywords that only describe a value may stand in a schema of any draft: title, description, default, examples, readOnly,
// writeOnly, deprecated, $comment, $defs and definitions, OpenAPI's example, externalDocs, xml and discriminator, and names
// that start with x-. OpenAPI 3.0's nullable is an error, as it would be ignored, except in documents of OpenAPI 3.0, where it is
// an error if it has no effect. There and in those of 3.1 and 3.2, a format of another name is none that is known and
// accepts everything, and Notes says what is not used.
func (o Options) Load(file string) (*Schema, error) {
	s, err := o.load(file)
	if err != nil {
		return nil, fmt.Errorf("load schema %s: %w", file, err)
	}
	return s, nil
}

// LoadAll loads what a name stands for: one schema as Load does, or all those in components of an OpenAPI document.
func (o Options) LoadAll(name string) ([]*Schema, error) {
	file, pointer, err := o.Split(name)
	var all []*Schema
	if err == nil {
		all, err = o.loadFile(file, func(f *folder, name string) ([]string, error) {
			if pointer != "" {
				return []string{pointer}, nil
			}
			return f.documented(name)
		})
	}
	if err != nil {
		return nil, fmt.Errorf("load schema %s: %w", name, err)
	}
	return all, nil
}

// LoadAt loads the schemas that JSON Pointers lead to in a file, in their order. The file is read once.
func (o Options) LoadAt(file string, pointers ...string) ([]*Schema, error) {
	all, err := o.loadFile(file, func(*folder, string) ([]string, error) { return pointers, nil })
	if err != nil {
		return nil, fmt.Errorf("load schema %s: %w", file, err)
	}
	return all, nil
}

func (o Options) load(named string) (*Schema, error) {
	file, pointer, err := o.Split(named)
	if err != nil {
		return nil, err
	}
	all, err := o.loadFile(file, func(*folder, string) ([]string, error) { return []string{pointer}, nil })
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// loadFile loads schemas in a file: those at the pointers, or the whole file if there are none.
func (o Options) loadFile(file string, pointers func(f *folder, name string) ([]string, error)) ([]*Schema, error) {
	if err := o.find(file); err != nil {
		return nil, reason(err)
	}
	root := o.Root
	switch {
	case root != "":
	case o.Files != nil:
		root = path.Dir(file)
	default:
		var err error
		if root, err = RootOf(file); err != nil {
			return nil, err
		}
	}
	name, err := nameBelow(root, file)
	if err != nil {
		return nil, err
	}
	f := newFolder(root, o)
	within, err := pointers(f, name)
	if err != nil {
		return nil, err
	}
	if len(within) == 0 {
		within = []string{""}
	}
	all, _, err := f.compile(name, within...)
	for _, s := range all {
		s.file = file
	}
	return all, err
}

// find reports an error unless the file is there.
func (o Options) find(file string) (err error) {
	if o.Files != nil {
		_, err = fs.Stat(o.Files, file)
	} else {
		_, err = os.Stat(file)
	}
	return err
}

// nameBelow returns the name of a file below the root.
func nameBelow(root, file string) (string, error) {
	from, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	name, err := filepath.Rel(from, to)
	if err != nil || strings.HasPrefix(name, "..") {
		return "", fmt.Errorf("it is not below the root %s", root)
	}
	return filepath.ToSlash(name), nil
}

// compile compiles the schemas at the pointers in a file, and returns the files that were read for them also if one cannot be
// compiled.
func (f *folder) compile(name string, pointers ...string) ([]*Schema, *closure, error) {
	files := f.gather(name, pointers)
	if err := files.broken.join(); err != nil {
		return nil, files, err
	}
	all, err := f.assemble(name, pointers, files)
	return all, files, err
}

// assemble compiles the gathered files.
func (f *folder) assemble(name string, pointers []string, files *closure) (all []*Schema, err error) {
	defer func() { // the library panics where a metaschema lets through what it relies on
		if cause := recover(); cause != nil {
			all, err = nil, fmt.Errorf("%s: the schema cannot be compiled: %v", f.shown(name), cause)
		}
	}()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = !f.options.FormatsByDraft
	compiler.LoadURL = files.open
	for name, is := range formats {
		compiler.Formats[name] = orAny(is)
	}
	for name, is := range f.options.Formats {
		compiler.Formats[name] = orAny(is)
	}
	steps := &steps{}
	compiler.RegisterExtension("steps", nil, steps)
	parts := files.sources[0].parts()
	for _, pointer := range pointers {
		compiled, err := compiler.Compile(fileURL(name) + "#" + fragment(pointer))
		if err != nil {
			return nil, files.plain(err)
		}
		if one := endless(compiled); one != nil {
			return nil, files.plain(jsonschema.InfiniteLoopError(one.Location))
		}
		s := &Schema{
			file: f.shown(name), pointer: pointer, part: parts[pointer], chain: longest(compiled), options: f.options, compiled: compiled,
			files: files, steps: steps,
		}
		s.closeEmpty()
		all = append(all, s)
	}
	return all, nil
}

// closeEmpty makes schemas with an empty enum refuse everything.
func (s *Schema) closeEmpty() {
	if !slices.ContainsFunc(s.files.sources, func(of *source) bool { return len(of.never) > 0 }) {
		return
	}
	for one := range reachable(s.compiled) {
		at := s.Place(one)
		for _, of := range s.files.sources {
			if of.file == at.File && slices.Contains(of.never, at.Pointer) {
				one.Always = new(bool)
			}
		}
	}
}

func orAny(is FormatFunc) FormatFunc {
	if is == nil {
		return func(any) bool { return true }
	}
	return is
}

// open returns the text under a URL, for the library. Everything that a schema refers to has been gathered.
func (c *closure) open(url string) (io.ReadCloser, error) {
	s, ok := c.byURL[url]
	if !ok {
		return nil, fmt.Errorf("%s is not below %s (nothing is fetched)", url, c.folder.root)
	}
	text, err := s.compilable()
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(text)), nil
}

// plain replaces the internal addresses of files in the library's error, and removes its wrapping.
func (c *closure) plain(err error) error {
	var wrapped *jsonschema.SchemaError
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var loop jsonschema.InfiniteLoopError
	text := strings.TrimPrefix(err.Error(), "jsonschema: ")
	if errors.As(err, &loop) {
		text = "it refers to itself without end: " + string(loop)
	}
	for url, s := range c.byURL {
		text = strings.ReplaceAll(text, url, s.file)
	}
	return fmt.Errorf("%s: %s", c.sources[0].file, text)
}

// Path returns the name that the schema was loaded by: its file, and the pointer into it if there is one.
func (s *Schema) Path() string { return Join(s.file, s.pointer) }

// File returns the file that the schema was loaded from, and the JSON Pointer to it in the file; "" is the whole file.
func (s *Schema) File() (file, pointer string) { return s.file, s.pointer }

// IsPart reports whether another schema of the OpenAPI document refers to it, of those that were loaded together by LoadFolder.
func (s *Schema) IsPart() bool { return s.part }

// Check returns every violation of the JSON document doc, in document order; none means that it is valid. Numbers are
// compared exactly, not as floating point. A text that is not one JSON value in UTF-8, in which a member name occurs twice in
// one object (see Options), that is nested more than 128 deep or has a number of more than 1,000 digits has a single
// violation with the keyword "json". A document that takes too long to check has a single one with the keyword GivenUp,
// and so has one of more than 128 MiB or 1,000,000 values.
func (s *Schema) Check(doc []byte) []Violation {
	if why := tooLarge(doc); why != "" {
		return []Violation{{Keyword: GivenUp, Line: 1, Column: 1, Message: why}}
	}
	value, err := dialect{duplicateNames: s.options.AcceptDuplicateKeys, loneSurrogates: true}.read(doc)
	var wrong *syntaxError
	if errors.As(err, &wrong) {
		return []Violation{{
			Keyword: "json", InstancePath: wrong.Pointer, Line: wrong.Line, Column: wrong.Column, Message: "not JSON: " + wrong.What,
		}}
	}
	var invalid *jsonschema.ValidationError
	switch err := s.validate(value); {
	case err == nil:
		return nil
	case errors.As(err, &invalid):
		return s.violations(invalid, value, doc)
	default:
		return []Violation{{Keyword: GivenUp, Line: 1, Column: 1, Message: strings.TrimPrefix(err.Error(), "jsonschema: ")}}
	}
}

func (s *Schema) validate(value any) error {
	s.steps.one.Lock()
	defer s.steps.one.Unlock()
	s.steps.left, s.steps.until = allowance(value, s.chain), time.Now().Add(maxCheck)
	return s.compiled.Validate(value)
}

package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// The limits of a folder of schemas.
const (
	maxFiles = 10_000
	maxBytes = 64 << 20 // of one file
)

// folderURL is the address under which the files below a root are known. Nothing is fetched from it.
const folderURL = "folder:///"

// folder reads the schema files below one root, each once.
type folder struct {
	root    string
	options Options
	instead map[string][]byte      // texts of files, by name, that are not read
	sources map[string]*source     // by name
	indexed func() error           // fills the next four, once
	names   []string               // of all JSON files
	yamls   []string               // of all YAML files
	others  []string               // of files of other kinds that are named as a schema
	ids     map[string][]string    // names by $id
	metas   map[string]*vocabulary // of metaschemas in the folder, by URL; nil while one is read
}

func newFolder(root string, options Options) *folder {
	f := &folder{root: root, options: options, sources: map[string]*source{}, ids: map[string][]string{}, metas: map[string]*vocabulary{}}
	f.indexed = sync.OnceValue(f.index)
	return f
}

// named returns the files with this $id. Copies of one file count once.
func (f *folder) named(id string) ([]string, error) {
	if err := f.indexed(); err != nil {
		return nil, err
	}
	var names []string
	var texts [][]byte
	for _, name := range f.ids[id] {
		text, err := f.read(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.shown(name), err)
		}
		if !slices.ContainsFunc(texts, func(other []byte) bool { return bytes.Equal(text, other) }) {
			names, texts = append(names, name), append(texts, text)
		}
	}
	return names, nil
}

// RootOf returns the folder that references from a file stay in when none is named: the nearest one named schemas at
// or above the file, in its repository or module, or else the file's own.
func RootOf(file string) (string, error) {
	own := filepath.Dir(file)
	absolute, err := filepath.Abs(own)
	if err != nil {
		return "", err
	}
	for dir, shown := absolute, own; ; dir, shown = filepath.Dir(dir), filepath.Join(shown, "..") {
		if filepath.Base(dir) == "schemas" {
			return shown, nil
		}
		if dir == filepath.Dir(dir) || exists(filepath.Join(dir, ".git")) || exists(filepath.Join(dir, "go.mod")) {
			return own, nil
		}
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// index finds the files, and the $id of each.
func (f *folder) index() error {
	tree, err := f.tree()
	if err != nil {
		return err
	}
	return fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skipped(name):
			return fs.SkipDir
		case entry.IsDir():
			return nil
		case path.Ext(name) != ".json":
			if isYAML(name) {
				f.yamls = append(f.yamls, name)
			}
			if strings.Contains(strings.ToLower(path.Base(name)), ".schema.") {
				f.others = append(f.others, name)
			}
			return nil
		}
		if f.names = append(f.names, name); len(f.names) > maxFiles {
			return fmt.Errorf("%s holds more than %d JSON files, too many to look for an $id in: keep schemas in a folder of their own",
				f.root, maxFiles)
		}
		text, err := f.read(name)
		if err != nil {
			return nil // reported once something refers to the file
		}
		if id := identity(text); id != "" {
			if resolved, err := resolve(fileURL(name), strings.TrimSuffix(id, "#")); err == nil {
				f.ids[resolved] = append(f.ids[resolved], name)
			}
		}
		return nil
	})
}

// tree returns the files below the root, to be listed.
func (f *folder) tree() (fs.FS, error) {
	if f.options.Files == nil {
		return os.DirFS(f.root), nil
	}
	return fs.Sub(f.options.Files, f.root)
}

// open opens a file below the root. A link that leads out of it is an error.
func (f *folder) open(name string) (fs.File, error) {
	if f.options.Files == nil {
		return os.OpenInRoot(f.root, filepath.FromSlash(name))
	}
	return f.options.Files.Open(path.Join(f.root, name))
}

// skipped reports whether a folder is not searched for schemas. Examples are documents.
func skipped(name string) bool {
	base := path.Base(name)
	return base == "examples" || base == "node_modules" || base != "." && strings.HasPrefix(base, ".")
}

// read returns a file's text.
func (f *folder) read(name string) ([]byte, error) {
	if text, ok := f.instead[name]; ok {
		return text, nil
	}
	file, err := f.open(name)
	if err != nil {
		return nil, reason(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(file, maxBytes+1))
	if err == nil && len(text) > maxBytes {
		err = fmt.Errorf("it is larger than %d MiB", maxBytes>>20)
	}
	return text, reason(err)
}

// shown returns a file's path in the user's words.
func (f *folder) shown(name string) string { return filepath.Join(f.root, filepath.FromSlash(name)) }

// reason drops the path from an error: the caller names it as the user did.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// identity returns the $id of a schema, or the id of one of draft 4; "" if there is none.
func identity(text []byte) string {
	d := dialect{duplicateNames: true, loneSurrogates: true}.decoder(text)
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return ""
	}
	found := map[string]string{}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			break
		}
		key := name.String()
		value, err := d.ReadValue()
		if err != nil {
			break
		}
		if value.Kind() == '"' {
			unquoted, _ := jsontext.AppendUnquote(nil, value)
			found[key] = string(unquoted)
		}
	}
	if address(found["$schema"]) == "json-schema.org/draft-04/schema" {
		return found["id"]
	}
	return found["$id"]
}

func fileURL(name string) string {
	return (&url.URL{Scheme: "folder", Path: "/" + name}).String()
}

// source reads a file, once. from is the one that refers to it; nil if none does.
func (f *folder) source(name string, from *source) (*source, error) {
	if s, ok := f.sources[name]; ok {
		return s, nil
	}
	file := f.shown(name)
	text, err := f.read(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	p, err := parse(name, text)
	var d dialectOfFile
	if err == nil {
		d, err = f.dialectOf(p, from)
	}
	var mistake *Mistake
	if errors.As(err, &mistake) {
		mistake.File = file
	}
	if err != nil {
		return nil, err
	}
	s := f.newSource(name, p, d)
	f.sources[name] = s
	return s, nil
}

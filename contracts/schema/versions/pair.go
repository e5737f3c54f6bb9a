package versions

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// Pair is two versions of one schema.
type Pair struct {
	Name     string // the file of the new version, or of the old one if there is no new one
	Old, New *schema.Schema
	Problem  error // why they cannot be compared; nil if they can
	Added    bool  // there is no old version, so there is nothing to compare
}

// side is where the versions of one side are.
type side struct {
	files fs.FS  // nil: the operating system's
	root  string // that references stay in; "" is the one of each file
}

func (s side) load(file string) (*schema.Schema, error) {
	return schema.Options{Files: s.files, Root: s.root, AsDraft: true}.Load(file)
}

// stat returns what is known of the file of a version, which may be a schema inside of it.
func (s side) stat(name string) (fs.FileInfo, error) {
	name, _, err := schema.Options{Files: s.files}.Split(name)
	if err != nil {
		return nil, err
	}
	if s.files != nil {
		return fs.Stat(s.files, path.Clean(filepath.ToSlash(name)))
	}
	return os.Stat(name)
}

// Of returns the pairs of two files, or of two folders.
func Of(older, newer string) ([]Pair, error) { return between(side{}, older, side{}, newer) }

func between(from side, older string, to side, newer string) ([]Pair, error) {
	old, err := from.stat(older)
	if err != nil {
		return nil, err
	}
	next, err := to.stat(newer)
	switch {
	case err != nil:
		return nil, err
	case old.IsDir() != next.IsDir():
		return nil, fmt.Errorf("%s and %s: one is a folder and the other a file", older, newer)
	case old.IsDir():
		return folders(from, older, to, newer)
	}
	before, after := from.components(older), to.components(newer)
	if len(before) == 0 || len(after) == 0 {
		return []Pair{pair(from, older, to, newer)}, nil
	}
	return matched(from, older, before, to, newer, after), nil
}

// components returns what to add to the name of an OpenAPI document for each of the schemas in it; nothing if the file is another one.
func (s side) components(file string) []string {
	pointers := schema.Options{Files: s.files}.Contained(file)
	for i, pointer := range pointers {
		pointers[i] = schema.Join("", pointer)
	}
	return pointers
}

func pair(from side, older string, to side, newer string) Pair {
	old, errOld := from.load(older)
	next, errNew := to.load(newer)
	return Pair{Name: newer, Old: old, New: next, Problem: errors.Join(errOld, errNew)}
}

// folders returns the pairs of files with the same name in two folders.
func folders(from side, older string, to side, newer string) ([]Pair, error) {
	before, err := from.schemas(older)
	if err != nil {
		return nil, err
	}
	after, err := to.schemas(newer)
	if err != nil {
		return nil, err
	}
	if len(before)+len(after) == 0 {
		return nil, fmt.Errorf("there is no *%s in %s and %s", schema.Suffix, older, newer)
	}
	from.root, to.root = cmp.Or(from.root, older), cmp.Or(to.root, newer)
	return matched(from, filepath.ToSlash(older)+"/", before, to, filepath.ToSlash(newer)+"/", after), nil
}

// matched returns the pairs of schemas with the same name, each after what precedes the names of its side.
func matched(from side, older string, before []string, to side, newer string, after []string) []Pair {
	var all []Pair
	for _, name := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(before, after)))) {
		was, is := path.Clean(older+name), path.Clean(newer+name)
		switch {
		case !slices.Contains(before, name):
			all = append(all, Pair{Name: is, Added: true})
		case !slices.Contains(after, name):
			all = append(all, Pair{Name: was, Problem: fmt.Errorf("%s is there no more: "+
				"if it was renamed, compare the two files; what becomes of those who send or read it is not known", is)})
		default:
			all = append(all, pair(from, was, to, is))
		}
	}
	return all
}

// schemas returns the schemas below a folder, relative to it: files, and those in components of OpenAPI documents.
func (s side) schemas(folder string) ([]string, error) {
	tree := s.files
	if tree == nil {
		tree = os.DirFS(folder)
	} else {
		var err error
		if tree, err = fs.Sub(tree, path.Clean(filepath.ToSlash(folder))); err != nil {
			return nil, err
		}
	}
	var all []string
	err := fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() != "." && strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case entry.IsDir():
		case strings.HasSuffix(name, schema.Suffix):
			all = append(all, name)
		case slices.Contains(documents, path.Ext(name)):
			for _, pointer := range (schema.Options{Files: tree}).Contained(name) {
				all = append(all, schema.Join(name, pointer))
			}
		}
		return nil
	})
	return all, err
}

// documents are how the names of files end that may hold schemas.
var documents = []string{".json", ".yaml", ".yml"}

// History returns the pairs of the latest version in a folder with each of those before it. A version is a file, or a
// folder of schemas; they are ordered by their names, with numbers in them by value.
func History(folder string) ([]Pair, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") && (entry.IsDir() || slices.Contains(documents, filepath.Ext(entry.Name()))) {
			names = append(names, entry.Name())
		}
	}
	if len(names) < 2 {
		return nil, fmt.Errorf("%s holds %d versions: at least two are needed to compare them", folder, len(names))
	}
	slices.SortFunc(names, natural)
	latest := filepath.Join(folder, names[len(names)-1])
	var all []Pair
	for _, name := range names[:len(names)-1] {
		pairs, err := Of(filepath.Join(folder, name), latest)
		if err != nil {
			return nil, err
		}
		all = append(all, pairs...)
	}
	return all, nil
}

// natural orders names with numbers in them by the values of the numbers: v9 before v10.
func natural(a, b string) int {
	one, other := parts(a), parts(b)
	for i := range min(len(one), len(other)) {
		x, errX := strconv.Atoi(one[i])
		y, errY := strconv.Atoi(other[i])
		order := strings.Compare(one[i], other[i])
		if errX == nil && errY == nil {
			order = cmp.Compare(x, y)
		}
		if order != 0 {
			return order
		}
	}
	return cmp.Compare(len(one), len(other))
}

// parts splits a name into digits and what is between them.
func parts(name string) []string {
	var all []string
	digits := false
	for i, r := range strings.TrimSuffix(name, ".json") {
		is := r >= '0' && r <= '9'
		if i == 0 || is != digits {
			all = append(all, "")
		}
		digits = is
		all[len(all)-1] += string(r)
	}
	return all
}

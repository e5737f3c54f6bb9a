package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/spelling"
)

// closure is the files that a schema consists of.
type closure struct {
	folder  *folder
	sources []*source
	byURL   map[string]*source // by the URL that the library is given
	done    map[*source]int    // how many of its references were followed
	broken  problems
}

// gather reads the file and all that the schemas at the pointers refer to, directly or not.
func (f *folder) gather(name string, pointers []string) *closure {
	c := &closure{folder: f, byURL: map[string]*source{}, done: map[*source]int{}}
	first, err := f.source(name, nil)
	if err != nil {
		c.broken.add(err)
		return c
	}
	c.add(first)
	for _, pointer := range pointers {
		first.root(pointer)
	}
	for pending := true; pending; {
		pending = c.followPending()
	}
	c.clashes()
	for _, s := range c.sources {
		if s.openAPI != "" {
			s.tooLarge()
			s.doubtful()
		}
		if all := s.mistakes(); len(all) > 0 {
			c.broken.add(joined(all))
		}
	}
	return c
}

func (c *closure) add(s *source) {
	c.sources = append(c.sources, s)
	c.byURL[fileURL(s.name)] = s
	if standard[address(s.meta)] == nil {
		c.follow(s, metaschema(s.meta))
	}
}

// metaschema is the reference of a file to a metaschema that is a file.
func metaschema(text string) link {
	return link{pointer: "/$schema", text: text, url: strings.TrimSuffix(text, "#")}
}

// followPending follows the references that were not followed yet, and reports whether there were any. Following one may
// add files, and schemas with references of their own in files that were read before.
func (c *closure) followPending() bool {
	found := false
	for i := 0; i < len(c.sources); i++ { //nolint:intrange // following adds sources
		s := c.sources[i]
		for ; c.done[s] < len(s.links); c.done[s]++ {
			c.follow(s, s.links[c.done[s]])
			found = true
		}
	}
	return found
}

// follow finds the target of a reference, and walks it if it is where the metaschema expects no schema.
func (c *closure) follow(from *source, l link) {
	to, root := from, ""
	if at, ok := from.resources[l.url]; ok {
		root = at
	} else if builtIn(l.url) {
		if !builtIn(l.url + "#" + l.fragment) {
			from.fault(l.pointer, "%q refers to a part of a metaschema, and only a whole one is at hand: write that part into a file of your own",
				l.text)
		}
		return
	} else if to = c.file(from, l); to == nil {
		return
	}
	switch {
	case l.fragment == "" && root == "" && isOpenAPI(to.value):
		from.fault(l.pointer, "%q is a whole OpenAPI document: refer to one of its schemas, such as %s#%s", l.text, l.text,
			child(Components, to.component()))
	case l.fragment == "" && root == "":
		to.referredTo(to.value, "")
	case l.fragment == "":
	case strings.HasPrefix(l.fragment, "/"):
		pointer := root + l.fragment
		if value, ok := Lookup(to.value, pointer); ok {
			to.referredTo(value, pointer)
		} else {
			from.fault(l.pointer, "%q refers to nothing: %s has no %s", l.text, to.file, pointer)
		}
	default:
		if _, ok := to.anchors[to.baseAt(root)+"#"+l.fragment]; !ok {
			from.fault(l.pointer, "%q refers to nothing: %s has no anchor %q", l.text, to.file, l.fragment)
		}
	}
}

// file returns the file that a reference names, and makes the reference name it for the library; nil if there is none.
func (c *closure) file(from *source, l link) *source {
	name, err := c.folder.find(l, from)
	if err != nil {
		from.fault(l.pointer, "%v", err)
		return nil
	}
	to, err := c.folder.source(name, from)
	if err != nil {
		c.broken.add(err)
		return nil
	}
	if to.openAPI != from.openAPI && to.inherits() {
		from.fault(l.pointer, "%s has no $schema, and documents of different versions refer to it: give it one", to.file)
	}
	if !slices.Contains(c.sources, to) {
		c.add(to)
	}
	from.redirect(l, to)
	return to
}

// clashes finds names of two schemas.
func (c *closure) clashes() {
	owners := map[string]*source{}
	for _, s := range c.sources {
		c.sameID(s)
		for id, at := range s.resources {
			if other := owners[id]; other != nil && other != s && other.resources[id]+at != "" {
				s.fault(child(at, s.idKeyword()), "%s is also an $id in %s: an $id names one schema", id, other.file)
			}
			owners[id] = s
		}
	}
}

// sameID finds other files with the $id of a file.
func (c *closure) sameID(s *source) {
	if s.base == fileURL(s.name) {
		return
	}
	pointer := "/" + s.idKeyword()
	names, err := c.folder.named(s.base)
	if err != nil {
		s.fault(pointer, "%v", err)
	}
	for _, other := range names {
		if text, err := c.folder.read(other); err != nil || !bytes.Equal(text, s.text) {
			s.fault(pointer, "%s is also the $id of %s: an $id names one schema", s.base, c.folder.shown(other))
		}
	}
}

// find returns the name of the file that a reference names: the one with this $id, the one at this path below the root,
// or the one whose path relative to the referring file is that of its URL relative to that file's $id. Nothing is fetched.
func (f *folder) find(l link, from *source) (string, error) {
	ways := []func(link, *source) (string, error){f.byID, f.byPath}
	if strings.HasPrefix(l.url, folderURL) { // no $id in absolute form: there is no need to look for any
		slices.Reverse(ways)
	}
	for _, way := range ways {
		if name, err := way(l, from); name != "" || err != nil {
			return name, err
		}
	}
	return "", f.missing(l, from)
}

// byID returns the file whose $id a reference is; "" if there is none.
func (f *folder) byID(l link, _ *source) (string, error) {
	names, err := f.named(l.url)
	switch {
	case err != nil || len(names) == 0:
		return "", err
	case len(names) > 1:
		return "", fmt.Errorf("%q is the $id of several files: %s", l.url, f.list(names))
	}
	return names[0], nil
}

// byPath returns the file at the place that a reference means; "" if there is none.
func (f *folder) byPath(l link, from *source) (string, error) {
	for _, name := range f.candidates(l, from) {
		if name == ".." || strings.HasPrefix(name, "../") {
			return "", fmt.Errorf("%q leads out of the folder %s, which schemas are read from: move the file into it, "+
				"or name a higher folder as the root", l.text, f.root)
		}
		switch _, err := f.read(name); {
		case err == nil:
			return name, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("%q: %s: %w", l.text, f.shown(name), err)
		}
	}
	return "", nil
}

// missing returns the error for a reference whose file was not found.
func (f *folder) missing(l link, from *source) error {
	tried := f.candidates(l, from)
	if len(tried) == 0 {
		return fmt.Errorf("%q is not here, and nothing is fetched over a network: save it below %s, with that address as its $id", l.text, f.root)
	}
	text := fmt.Sprintf("%q is not here: there is no %s", l.text, f.list(tried))
	if !strings.HasPrefix(l.url, folderURL) {
		text += fmt.Sprintf(", and no file below %s has the $id %s", f.root, l.url)
	}
	if len(f.names) > 0 {
		near, _ := spelling.Nearest(tried[0], f.names)
		text += fmt.Sprintf(" (did you mean %s?)", f.shown(near))
	}
	return errors.New(text + "; nothing is fetched over a network")
}

func (f *folder) list(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = f.shown(name)
	}
	return strings.Join(all, ", ")
}

// candidates returns the names that a reference may mean, below the root or starting with ../.
func (f *folder) candidates(l link, from *source) []string {
	to, err := url.Parse(l.url)
	if err != nil {
		return nil
	}
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	written, _, _ := strings.Cut(l.text, "#")
	if from != nil {
		dir := path.Dir(from.name)
		if reference, err := url.Parse(written); err == nil && !reference.IsAbs() && reference.Host == "" && written != "" &&
			!strings.HasPrefix(written, "/") {
			add(path.Join(dir, reference.Path))
		}
		if base, err := url.Parse(from.base); err == nil && base.Scheme == to.Scheme && base.Host == to.Host && base.Opaque == "" &&
			to.Opaque == "" {
			add(path.Join(dir, relative(path.Dir(base.Path), to.Path)))
		}
	}
	if to.Scheme == "folder" {
		add(strings.TrimPrefix(to.Path, "/"))
	}
	return names
}

// relative returns how to get from a folder to a file, both absolute paths of URLs.
func relative(dir, file string) string {
	from, to := strings.Split(strings.Trim(dir, "/"), "/"), strings.Split(strings.Trim(file, "/"), "/")
	if from[0] == "" {
		from = nil
	}
	for len(from) > 0 && len(to) > 1 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return strings.Repeat("../", len(from)) + strings.Join(to, "/")
}

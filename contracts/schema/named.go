package schema

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Split splits the name of a schema, FILE or FILE#POINTER, where the pointer leads to a schema inside of the file, such as
// openapi.yaml#/components/schemas/Order. The pointer is one of RFC 6901, and may be escaped as in a URL. A file whose own name
// has the sign is found all the same.
func (o Options) Split(name string) (file, pointer string, err error) {
	file, fragment, has := strings.Cut(name, "#")
	if !has || o.find(name) == nil {
		return name, "", nil
	}
	if pointer, err = url.PathUnescape(fragment); err != nil || pointer != "" && !strings.HasPrefix(pointer, "/") {
		return "", "", fmt.Errorf("%q is no JSON Pointer: want one such as #%s/Order", "#"+fragment, Components)
	}
	return file, pointer, nil
}

// Join is the inverse of Options.Split.
func Join(file, pointer string) string {
	if pointer == "" {
		return file
	}
	return file + "#" + pointer
}

// fragment escapes a pointer for a URL.
func fragment(pointer string) string {
	var b strings.Builder
	for _, token := range tokens(pointer) {
		b.WriteString("/" + url.PathEscape(lastOf(token)))
	}
	return b.String()
}

// lastOf escapes a token for a pointer.
func lastOf(token string) string { return strings.TrimPrefix(child("", token), "/") }

// Contained returns the pointers to the schemas in components of an OpenAPI document, sorted; none if the file is another one, or
// cannot be read, which is for Load to say.
func (o Options) Contained(file string) []string {
	text, err := o.readFile(file)
	if err != nil || !mayBeOpenAPI(text) {
		return nil
	}
	p, err := parse(file, text)
	if err != nil || !isOpenAPI(p.value) {
		return nil
	}
	var all []string
	for _, name := range (&source{parsed: p}).components() {
		all = append(all, child(Components, name))
	}
	return all
}

// mayBeOpenAPI saves the parsing of most files that are none.
func mayBeOpenAPI(text []byte) bool {
	return strings.Contains(string(text), "openapi") || strings.Contains(string(text), "swagger")
}

func (o Options) readFile(file string) ([]byte, error) {
	if o.Files != nil {
		return fs.ReadFile(o.Files, filepath.ToSlash(file))
	}
	return os.ReadFile(file)
}

package verification

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/textfile"
)

// Source returns pacts. An error means that they could not be read; it is not about the provider.
type Source func(ctx context.Context) ([]Document, error)

// Document is one pact as its source has it.
type Document struct {
	Name    string // where it is from, for people: a file, or a URL
	Text    []byte
	Any     bool     // it is one of many, for whatever providers: it is left out if it is for another one
	Pending bool     // the provider never kept it yet: a failure of it is not red
	Notes   []string // why it is verified, in the words of who gave it

	// Publish, if not nil, reports the results to the pact's source. It is called only if every interaction has a
	// conclusive verdict. It returns notes for people.
	Publish func(ctx context.Context, results []Result) (notes []string, err error)
}

// maxBytes is how large a pact may be.
const maxBytes = 64 << 20

// Files is the source of pact files. A folder is every *.json in it and in the folders below it, whatever the case of
// these letters. A pact under any other name in such a folder is an error, so that none is left out unnoticed.
func Files(paths ...string) Source {
	return func(context.Context) ([]Document, error) {
		if len(paths) == 0 {
			return nil, errors.New("no pact file and no folder of them is named")
		}
		var all []Document
		var failed []error
		for _, path := range paths {
			documents, err := filesAt(path)
			all = append(all, documents...)
			failed = append(failed, err)
		}
		return all, errors.Join(failed...)
	}
}

// filesAt reads what a path names.
func filesAt(path string) ([]Document, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("pact source %s: %w", path, errors.Unwrap(err))
	}
	if !info.IsDir() {
		text, err := textfile.Read(path, maxBytes)
		if err != nil {
			return nil, fmt.Errorf("pact %s: %w", path, err)
		}
		return []Document{{Name: path, Text: text}}, nil
	}
	f := folder{seen: map[string]bool{}}
	f.read(path)
	if len(f.documents) == 0 && len(f.failed) == 0 {
		return nil, fmt.Errorf("pact source %s: no pact in this folder (*.json)", path)
	}
	return f.documents, errors.Join(f.failed...)
}

// folder is a folder of pacts while it is read.
type folder struct {
	documents []Document
	failed    []error
	seen      map[string]bool // folders, without symbolic links: a link may lead back
}

func (f *folder) read(path string) {
	real, err := filepath.EvalSymlinks(path)
	if err == nil && f.seen[real] {
		return
	}
	f.seen[real] = true
	entries, err := os.ReadDir(path)
	if err != nil {
		f.failed = append(f.failed, fmt.Errorf("pact source %s: %w", path, errors.Unwrap(err)))
		return
	}
	for _, entry := range entries {
		f.readEntry(filepath.Join(path, entry.Name()))
	}
}

func (f *folder) readEntry(path string) {
	info, err := os.Stat(path) // of what a symbolic link leads to
	if err != nil {
		f.failed = append(f.failed, fmt.Errorf("pact %s: %w", path, errors.Unwrap(err)))
		return
	}
	if info.IsDir() {
		f.read(path)
		return
	}
	var text []byte
	if info.Mode().IsRegular() {
		text, err = textfile.Read(path, maxBytes)
	}
	switch {
	case err != nil:
		f.failed = append(f.failed, fmt.Errorf("pact %s: %w", path, err))
	case strings.EqualFold(filepath.Ext(path), ".json"):
		f.documents = append(f.documents, Document{Name: path, Text: text, Any: true})
	case isPact(text):
		f.failed = append(f.failed, fmt.Errorf("pact %s: it is a pact and its name does not end in .json, so it would not be verified: "+
			"rename it, or move it out of the folder", path))
	}
}

// isPact reports whether a text looks like a pact.
func isPact(text []byte) bool {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	return bytes.HasPrefix(text, []byte("{")) && bytes.Contains(text, []byte(`"consumer"`)) && bytes.Contains(text, []byte(`"provider"`))
}

package pact

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/fridaygate/fridaygate/contracts/verification"
)

// Source gives pacts. An error means that they could not be had: it says nothing about the provider.
type Source func(ctx context.Context) ([]Document, error)

// Document is one pact as a source gives it.
type Document struct {
	Name    string // where it is from, for people: a file, or a URL
	Text    []byte
	Any     bool     // it is one of many, for whatever providers: it is left out if it is for another one
	Pending bool     // the provider never kept it yet: a failure of it is not red
	Notes   []string // why it is verified, in the words of who gave it

	// Publish tells whoever gave the pact what came of it. It is called if every interaction was verified, and not
	// if that is not known of one; what it gives is for people. Nil: nobody is told.
	Publish func(ctx context.Context, results []verification.Result) (notes []string, err error)
}

// Files is the source of pact files: a file is itself, a folder is every *.json in it.
func Files(paths ...string) Source {
	return func(context.Context) ([]Document, error) {
		if len(paths) == 0 {
			return nil, errors.New("no pact file and no folder of them is named")
		}
		var all []Document
		var failed []error
		for _, path := range paths {
			files, err := filesIn(path)
			failed = append(failed, err)
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					failed = append(failed, fmt.Errorf("pact %s: %w", file, errors.Unwrap(err)))
					continue
				}
				all = append(all, Document{Name: file, Text: text, Any: file != path})
			}
		}
		return all, errors.Join(failed...)
	}
}

// filesIn gives the files that a path names.
func filesIn(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("pact source %s: %w", path, errors.Unwrap(err))
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	found, err := filepath.Glob(filepath.Join(path, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("pact source %s: %w", path, err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("pact source %s: no pact in this folder (*.json)", path)
	}
	slices.Sort(found)
	return found, nil
}

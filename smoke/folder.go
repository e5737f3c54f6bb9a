package smoke

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// folder is one folder of golden webhooks with its contract.
type folder struct {
	path     string
	contract *webhook.Contract
	goldens  []fixtures.Fixture
	chosen   []fixtures.Fixture // of goldens: those that are replayed
	alone    bool               // single files were chosen
}

// load reads every folder. The error holds the mistakes of all that cannot be used.
func load(paths []string) ([]*folder, error) {
	var all []*folder
	var mistakes []error
	for _, one := range sources(paths) {
		f, err := one.load()
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		all = append(all, f)
	}
	return all, errors.Join(mistakes...)
}

// source is a folder of fixtures, and which of its files are replayed.
type source struct {
	folder string
	files  []string // paths; none is every one
}

// sources accepts folders, and single files of golden webhooks. One that is named twice is replayed once, as its event ids
// must not be delivered again.
func sources(paths []string) []source {
	var all []source
	for _, one := range paths {
		s := source{folder: filepath.Clean(one)}
		if info, err := os.Stat(one); err == nil && info.Mode().IsRegular() {
			s = source{folder: filepath.Dir(one), files: []string{filepath.Clean(one)}}
		}
		switch at := slices.IndexFunc(all, func(other source) bool { return other.folder == s.folder }); {
		case at < 0:
			all = append(all, s)
		case len(s.files) == 0 || len(all[at].files) == 0:
			all[at].files = nil
		case !slices.Contains(all[at].files, s.files[0]):
			all[at].files = append(all[at].files, s.files...)
		}
	}
	return all
}

func (s source) load() (*folder, error) {
	contract, err := webhook.Load(s.folder)
	if err != nil {
		return nil, err
	}
	for i, glob := range contract.Enforce {
		if _, err := cases.Catalogue(glob); err != nil {
			return nil, fmt.Errorf("%s: enforce[%d]: %w", contract.Path, i, err)
		}
	}
	all, err := fixtures.Load(s.folder, contract.Files()...)
	if err != nil {
		return nil, err
	}
	chosen, err := s.choose(all)
	if err != nil {
		return nil, err
	}
	return &folder{path: s.folder, contract: contract, goldens: all, chosen: chosen, alone: len(s.files) > 0}, nil
}

// choose returns the fixtures of a folder that are replayed. It returns an error for a file that is not a golden webhook of
// the folder.
func (s source) choose(all []fixtures.Fixture) ([]fixtures.Fixture, error) {
	if len(s.files) == 0 {
		return all, nil
	}
	var chosen []fixtures.Fixture
	for _, file := range s.files {
		at := slices.IndexFunc(all, func(f fixtures.Fixture) bool { return f.Path == file })
		if at < 0 {
			return nil, fmt.Errorf("fixtures %s: it is no golden webhook of %s", file, s.folder)
		}
		chosen = append(chosen, all[at])
	}
	return chosen, nil
}

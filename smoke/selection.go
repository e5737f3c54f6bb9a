package smoke

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/cases"
)

// source is a folder of fixtures, and which of its files are replayed.
type source struct {
	folder string
	files  []string // paths; none is every one
}

// sources takes folders, and files of golden webhooks, each of which stands for itself alone.
func sources(paths []string) []source {
	var all []source
	for _, one := range paths {
		s := source{folder: filepath.Clean(one)}
		if info, err := os.Stat(one); err == nil && info.Mode().IsRegular() {
			s = source{folder: filepath.Dir(one), files: []string{filepath.Clean(one)}}
		}
		at := slices.IndexFunc(all, func(other source) bool {
			return other.folder == s.folder && len(other.files) > 0 && len(s.files) > 0
		})
		if at < 0 {
			all = append(all, s)
		} else {
			all[at].files = append(all[at].files, s.files...)
		}
	}
	return all
}

// choose returns the fixtures of a folder that are replayed. A file that is none of its golden webhooks is an error.
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

// globs checks the patterns of cases by themselves.
func (o Options) globs() []error {
	var all []error
	for key, globs := range map[string][]string{"case": o.Cases, "except": o.Except} {
		for _, glob := range globs {
			if _, err := path.Match(glob, ""); err != nil {
				all = append(all, fmt.Errorf("%s %q: not a pattern: %w", key, glob, err))
			}
		}
	}
	return all
}

// excepted reports whether a case is left out.
func (o Options) excepted(name string) bool {
	return slices.ContainsFunc(o.Except, func(glob string) bool { return cases.Match(glob, name) })
}

// mistyped checks that every pattern matches a case: of those that apply somewhere, or of the catalogue.
func (p *Plan) mistyped() []error {
	seen := map[string]bool{}
	for _, c := range p.Checks {
		seen[c.Case.Name] = true
	}
	for _, n := range p.NotApplicable {
		seen[n.Case] = true
	}
	for _, e := range p.Excluded {
		seen[e.Case] = true
	}
	var all []error
	for _, glob := range slices.Concat(p.options.Cases, p.options.Except) {
		known := false
		for name := range seen {
			known = known || cases.Match(glob, name)
		}
		if _, err := cases.Catalogue(glob); err != nil && !known {
			all = append(all, fmt.Errorf("%w: %w", ErrNothingSelected, err))
		}
	}
	return all
}

// nothing says why a plan is empty.
func (p *Plan) nothing() error {
	goldens := 0
	for _, f := range p.folders {
		goldens += len(f.goldens)
	}
	if goldens == 0 {
		return fmt.Errorf("%w: there is no golden webhook in %q: put the raw body of one real delivery beside webhook.yaml, such as order.paid.json", ErrNothingSelected, p.options.Fixtures)
	}
	why := fmt.Sprintf("no fixture in %q lends itself to a case", p.options.Fixtures)
	if len(p.options.Cases) > 0 {
		why += fmt.Sprintf(" that matches %q", p.options.Cases)
	}
	for _, n := range p.NotApplicable {
		why += fmt.Sprintf("; %s/%s: %s", n.Subject, n.Case, n.Why)
	}
	if len(p.Excluded) > 0 {
		why += "; left out: " + strings.Join(p.options.Except, ", ")
	}
	return fmt.Errorf("%w: %s", ErrNothingSelected, why)
}

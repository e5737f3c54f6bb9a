package schema

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Mistake is one place in a schema file that keeps it from being used.
type Mistake struct {
	File         string // as it was named, or below the root
	Pointer      string // JSON Pointer to the place; "" is the whole file
	Line, Column int    // from 1; columns count characters
	What         string // what is wrong, and what to do
}

func (m *Mistake) Error() string {
	at := ""
	if m.Pointer != "" {
		at = " " + m.Pointer + ":"
	}
	return fmt.Sprintf("%s:%d:%d:%s %s", m.File, m.Line, m.Column, at, m.What)
}

// Mistakes returns the mistakes that an error of this package holds, in order; none if it is of another kind.
func Mistakes(err error) []*Mistake {
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		var all []*Mistake
		for _, part := range several.Unwrap() {
			all = append(all, Mistakes(part)...)
		}
		return all
	}
	var one *Mistake
	if errors.As(err, &one) {
		return []*Mistake{one}
	}
	return nil
}

// joined puts the mistakes of one file in the order of its lines.
func joined(all []*Mistake) error {
	slices.SortStableFunc(all, func(a, b *Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Pointer, b.Pointer))
	})
	errs := make([]error, len(all))
	for i, one := range all {
		errs[i] = one
	}
	return errors.Join(errs...)
}

// problems is errors of several files, each place once.
type problems struct {
	errs []error
	said map[string]bool
}

// add adds an error, or each of the mistakes that it holds.
func (p *problems) add(err error) {
	found := Mistakes(err)
	if len(found) == 0 {
		p.one(err)
	}
	for _, m := range found {
		p.one(m)
	}
}

func (p *problems) one(err error) {
	if p.said == nil {
		p.said = map[string]bool{}
	}
	if !p.said[err.Error()] {
		p.said[err.Error()] = true
		p.errs = append(p.errs, err)
	}
}

func (p *problems) join() error { return errors.Join(p.errs...) }

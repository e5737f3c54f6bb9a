package compat

import (
	"context"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/versions"
)

// All compares pairs of versions. Breaks that the list allows are marked; nil allows none. What cannot be compared is
// undecided. A schema without an older version breaks nobody.
func All(ctx context.Context, pairs []versions.Pair, opts Options, allowed *AllowList) []Comparison {
	var all []Comparison
	for _, p := range pairs {
		switch {
		case p.Added:
			for _, d := range opts.Direction.single() {
				all = append(all, Comparison{New: p.Name, Direction: d})
			}
		case p.Problem != nil:
			for _, d := range opts.Direction.single() {
				all = append(all, Comparison{Old: p.Name, New: p.Name, Direction: d, Doubts: doubtsOf(p.Problem)})
			}
		default:
			all = append(all, opts.compare(ctx, p.Old, p.New, allowed)...)
		}
	}
	return all
}

// doubtsOf returns the mistakes that keep a schema from being compared.
func doubtsOf(err error) []Doubt {
	var all []Doubt
	for _, m := range schema.Mistakes(err) {
		all = append(all, Doubt{Place: schema.Place{File: m.File, Pointer: m.Pointer, Line: m.Line, Column: m.Column}, Why: m.What})
	}
	if len(all) == 0 {
		all = append(all, Doubt{Why: err.Error()})
	}
	return all
}

package report

import "fmt"

// Shard is the part of a run that one of several machines made. Its report alone says nothing of the rest: see Join.
type Shard struct {
	Index int    `json:"index"` // from 1 to Of
	Of    int    `json:"of"`    // how many parts the run has
	Plan  string `json:"plan"`  // a checksum of what all parts must have in common
	Kind  string `json:"kind"`  // what is shared out: "check", or "fixture" with all its checks
	Units int    `json:"units"` // how many of these all parts have together…
	Has   int    `json:"has"`   // …and this one
}

// String returns the shard's name, such as "shard 3 of 8".
func (s Shard) String() string { return fmt.Sprintf("shard %d of %d", s.Index, s.Of) }

// part returns what part of the run a report is, for people, with a space before it; "" when it is whole.
func (r Report) part() string {
	if r.Shard == nil || r.Shard.Of == 1 {
		return ""
	}
	return fmt.Sprintf(" %s (%d of %d %ss)", r.Shard, r.Shard.Has, r.Shard.Units, r.Shard.Kind)
}

// index returns which shard the report is; 0 when it is whole.
func (r Report) index() int {
	if r.Shard == nil || r.Shard.Of == 1 {
		return 0
	}
	return r.Shard.Index
}

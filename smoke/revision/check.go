package revision

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Place is where an answer has a value: a header, or a JSON Pointer (RFC 6901) into the body. The zero value is nowhere.
type Place struct {
	Header  string `yaml:"header"`
	Pointer string `yaml:"pointer"`
}

// Named reports whether there is a place.
func (p Place) Named() bool { return p != Place{} }

func (p Place) String() string {
	if p.Header != "" {
		return "header " + p.Header
	}
	return p.Pointer
}

// Check is what a service is asked about itself.
type Check struct {
	URLs       []*url.URL // each is asked, on each address that its host has
	Revision   Place
	ConfigHash Place  // nowhere: it is not compared
	Instance   Place  // of the name that tells replicas behind one address apart; nowhere: there is one behind each
	Asks       int    // how often each address is asked where there is an Instance
	Want       string // the revision that must answer; "": any one
	WantConfig string // the config hash that must answer; "": any one
}

// Seen is what one replica answered.
type Seen struct {
	Where      string // URL, address and instance
	Revision   string
	ConfigHash string
}

// shortest is how many characters of a revision are enough to name it, as in git's own short form.
const shortest = 7

// same reports whether two revisions are one: equal, or one is the short form of the other.
func same(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return a == b || len(a) >= shortest && strings.HasPrefix(b, a)
}

// Problem returns why what was seen is not what is wanted; "" if it is. All replicas must agree.
func (c *Check) Problem(all []Seen) string {
	first := all[0]
	for _, one := range all {
		switch {
		case c.Want != "" && !same(one.Revision, c.Want):
			return fmt.Sprintf("revision: %s runs %s, and %s is to be checked: wait for the deploy (--wait-for-revision), or name the "+
				"revision that is there", one.Where, one.Revision, c.Want)
		case one.Revision != first.Revision:
			return fmt.Sprintf("revision: the replicas differ: %s runs %s, and %s runs %s: wait until the deploy is over", first.Where,
				first.Revision, one.Where, one.Revision)
		case c.WantConfig != "" && one.ConfigHash != c.WantConfig:
			return fmt.Sprintf("config hash: %s has %s, and %s is to be checked: it runs with other settings", one.Where, one.ConfigHash,
				c.WantConfig)
		case one.ConfigHash != first.ConfigHash:
			return fmt.Sprintf("config hash: the replicas differ: %s has %s, and %s has %s: they run with other settings", first.Where,
				first.ConfigHash, one.Where, one.ConfigHash)
		}
	}
	return ""
}

// Moved returns how what answers at the end differs from what answered before; "" if it does not.
func Moved(before, after []Seen) string {
	old := before[0]
	for _, one := range after {
		if one.Revision != old.Revision || one.ConfigHash != old.ConfigHash {
			return fmt.Sprintf("there was a deploy while the checks ran: %s answered at the beginning and %s at the end (%s): run them again",
				old.name(), one.name(), one.Where)
		}
	}
	return ""
}

func (s Seen) name() string {
	if s.ConfigHash == "" {
		return s.Revision
	}
	return s.Revision + " with the settings " + s.ConfigHash
}

// distinct returns what was seen, each replica once.
func distinct(all []Seen) []Seen {
	var kept []Seen
	for _, one := range all {
		if !slices.Contains(kept, one) {
			kept = append(kept, one)
		}
	}
	return kept
}

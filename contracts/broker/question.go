package broker

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// VersionSelector names one version of a pacticipant: by its number, or as the latest of a branch, of the main branch,
// with a tag, or of all. Exactly one of these must be set.
type VersionSelector struct {
	Pacticipant string `json:"pacticipant"`
	Version     string `json:"version,omitempty"`
	Branch      string `json:"branch,omitempty"`
	MainBranch  bool   `json:"mainBranch,omitempty"`
	Tag         string `json:"tag,omitempty"`
	Latest      bool   `json:"latest,omitempty"` // of all; implied with Branch, MainBranch and Tag
}

// Question is what CanIDeploy asks.
type Question struct {
	Versions    []VersionSelector // what is to be deployed, together; at least one
	Environment string            // into which; empty: see ToTag
	// the latest versions with this tag stand for an environment; empty, as Environment: with the latest of the others, or, for several
	// Versions, with each other
	ToTag  string
	Ignore []VersionSelector // pacticipants, or single versions of them, that do not count; only Pacticipant and Version matter

	everywhere bool // every row of one version, deployed or not
}

func (q Question) validate() error {
	var wrong []error
	refuse := func(condition bool, format string, args ...any) {
		if condition {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	refuse(len(q.Versions) == 0, "no pacticipant is named: nothing would be decided")
	refuse(q.Environment != "" && q.ToTag != "", "an environment and a tag are named: give one of the two")
	seen := map[string]bool{}
	for n, v := range q.Versions {
		name := fmt.Sprintf("pacticipant %d", n+1)
		if v.Pacticipant != "" {
			name = v.Pacticipant
		}
		refuse(strings.TrimSpace(v.Pacticipant) == "", "%s has no name", name)
		refuse(seen[v.Pacticipant] && v.Pacticipant != "", "%s is named twice", name)
		seen[v.Pacticipant] = true
		ways := count(v.Version != "", v.Branch != "", v.MainBranch, v.Tag != "" || v.Latest && v.Branch == "" && !v.MainBranch)
		refuse(ways == 0, "%s: which version? give its number, a branch, the main branch, a tag or the latest", name)
		refuse(ways > 1, "%s: a version is named in more than one way: give its number, a branch, the main branch, a tag or the latest", name)
		for _, ignored := range q.Ignore {
			refuse(ignored.Pacticipant == v.Pacticipant && ignored.Version == "", "%s is to be deployed and ignored", name)
		}
	}
	for _, ignored := range q.Ignore {
		refuse(strings.TrimSpace(ignored.Pacticipant) == "", "what is to be ignored has no name")
	}
	return errors.Join(wrong...)
}

// encode returns the query of the broker's matrix, as Pact's own command line sends it.
func (q Question) encode() string {
	var parts []string
	add := func(key, value string) { parts = append(parts, url.QueryEscape(key)+"="+url.QueryEscape(value)) }
	selector := func(list string, v VersionSelector) { // its pacticipant comes first: there begins another one
		add(list+"[][pacticipant]", v.Pacticipant)
		for _, part := range [][2]string{{"version", v.Version}, {"branch", v.Branch}, {"tag", v.Tag}} {
			if part[1] != "" {
				add(list+"[]["+part[0]+"]", part[1])
			}
		}
		if v.MainBranch {
			add(list+"[][mainBranch]", "true")
		}
		if v.Latest || v.MainBranch || v.Branch != "" || v.Tag != "" {
			add(list+"[][latest]", "true")
		}
	}
	for _, v := range q.Versions {
		selector("q", v)
	}
	for _, v := range q.Ignore {
		selector("ignore", VersionSelector{Pacticipant: v.Pacticipant, Version: v.Version})
	}
	switch {
	case q.Environment != "":
		add("latestby", "cvpv")
		add("environment", q.Environment)
	case q.ToTag != "":
		add("latestby", "cvp")
		add("latest", "true")
		add("tag", q.ToTag)
	case q.everywhere:
		add("latestby", "cvp")
	case len(q.Versions) == 1:
		add("latestby", "cvp")
		add("latest", "true")
	default:
		add("latestby", "cvpv")
	}
	return strings.Join(parts, "&")
}

// amongThemselves reports whether the versions are compared with each other only.
func (q Question) amongThemselves() bool {
	return q.Environment == "" && q.ToTag == "" && len(q.Versions) > 1
}

// ignores reports whether a row does not count.
func (q Question) ignores(r Row) bool {
	for _, i := range q.Ignore {
		if i.Pacticipant == r.Consumer && (i.Version == "" || i.Version == r.ConsumerVersion) ||
			i.Pacticipant == r.Provider && (i.Version == "" || i.Version == r.ProviderVersion) {
			return true
		}
	}
	return false
}

// takes reports whether a row is about the version.
func (v VersionSelector) takes(r Row) bool {
	return r.Consumer == v.Pacticipant && (v.Version == "" || v.Version == r.ConsumerVersion) ||
		r.Provider == v.Pacticipant && (v.Version == "" || v.Version == r.ProviderVersion)
}

// String names the version for a person.
func (v VersionSelector) String() string {
	switch {
	case v.Version != "":
		return v.Pacticipant + " " + v.Version
	case v.Branch != "":
		return v.Pacticipant + ", the latest of branch " + v.Branch
	case v.MainBranch:
		return v.Pacticipant + ", the latest of the main branch"
	case v.Tag != "":
		return v.Pacticipant + ", the latest with tag " + v.Tag
	default:
		return v.Pacticipant + ", the latest"
	}
}

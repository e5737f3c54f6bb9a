package ci

import (
	"cmp"
	"strings"
)

// Build is what is known of a build. An empty field is not known.
type Build struct {
	System  string // such as "GitHub Actions", or "git"; empty: nothing was found
	Version string // the commit
	Branch  string
	URL     string // of the build's page, for a person
	Dirty   bool   // files that git tracks differ from the commit; only looked at where System is "git"
}

// LookupEnv returns a variable and whether it is set, as os.LookupEnv does.
type LookupEnv func(name string) (string, bool)

// Git runs git with arguments in the repository, and returns what it prints.
type Git func(arguments ...string) (string, error)

// Detect returns the build of the CI system whose variables are set. Without one, or for what it leaves out, it asks
// git; a detached HEAD has no branch.
func Detect(lookup LookupEnv, git Git) Build {
	read := func(name string) string {
		value, _ := lookup(name)
		return strings.TrimSpace(value)
	}
	var b Build
	for _, s := range systems {
		if read(s.marker) != "" {
			b = s.build(read)
			b.System = s.name
			break
		}
	}
	return fromGit(b, git)
}

func fromGit(b Build, git Git) Build {
	ask := func(arguments ...string) string {
		text, err := git(arguments...)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(text)
	}
	if b.Version == "" {
		if b.Version = ask("rev-parse", "HEAD"); b.Version != "" && b.System == "" {
			b.System = "git"
			b.Dirty = ask("status", "--porcelain", "--untracked-files=no") != ""
		}
	}
	b.Branch = cmp.Or(b.Branch, ask("symbolic-ref", "--quiet", "--short", "HEAD"))
	return b
}

// trimRef returns the branch that a git reference names; "" for a tag.
func trimRef(ref string) string {
	if strings.HasPrefix(ref, "refs/tags/") || strings.HasPrefix(ref, "refs/pull/") {
		return ""
	}
	return strings.TrimPrefix(ref, "refs/heads/")
}

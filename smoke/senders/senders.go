package senders

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// None is what a webhook.yaml names as its sender to leave every profile out. No profile has this name.
const None = "none"

const ext = ".yaml"

//go:embed *.yaml
var files embed.FS

// Names returns the name of every profile, in alphabetical order.
func Names() []string {
	entries, _ := files.ReadDir(".") // an embedded folder can always be read
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = strings.TrimSuffix(entry.Name(), ext)
	}
	slices.Sort(names) // without the extension, the order is another one
	return names
}

// Has reports whether there is a profile of this name.
func Has(name string) bool { return slices.Contains(Names(), name) }

// Open returns the text of a profile. The error names the profile whose name is nearest.
func Open(name string) ([]byte, error) {
	if !Has(name) {
		return nil, fmt.Errorf("%q: no such profile: did you mean %s? The profiles are %s; %s leaves them all out",
			name, nearest(name), strings.Join(Names(), ", "), None)
	}
	return files.ReadFile(name + ext)
}

// nearest returns the name that takes the fewest edits to write; one that holds what was written is nearer than others.
func nearest(name string) string {
	far := func(other string) int {
		if strings.Contains(other, name) {
			return 0
		}
		return levenshtein.ComputeDistance(name, other)
	}
	return slices.MinFunc(Names(), func(a, b string) int { return far(a) - far(b) })
}

package senders

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/spelling"
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
		return nil, fmt.Errorf("%q: no such profile: %sThe profiles are %s; %s leaves them all out",
			name, meant(name), strings.Join(Names(), ", "), None)
	}
	return files.ReadFile(name + ext)
}

// meant suggests the profile whose name holds what was written, or is near to it.
func meant(written string) string {
	all := Names()
	if i := slices.IndexFunc(all, func(name string) bool { return strings.Contains(name, written) }); i >= 0 {
		return fmt.Sprintf("did you mean %s? ", all[i])
	}
	if name, near := spelling.Nearest(written, all); near {
		return fmt.Sprintf("did you mean %s? ", name)
	}
	return ""
}

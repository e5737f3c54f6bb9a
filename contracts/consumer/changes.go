package consumer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// shown is how many lines of a difference are shown.
const shown = 120

// difference names the interactions that are new, changed or gone, a line each, before the difference of the
// files itself, of which it keeps the first lines.
func difference(committed, written, lines []byte) string {
	var b strings.Builder
	for _, change := range changes(committed, written) {
		fmt.Fprintf(&b, "  %s\n", change)
	}
	all := strings.SplitAfter(string(lines), "\n")[1:] // the first line names a diff command
	b.WriteString(strings.Join(all[:min(shown, len(all))], ""))
	if len(all) > shown {
		fmt.Fprintf(&b, "  ... and %d lines more\n", len(all)-shown)
	}
	return b.String()
}

// changes returns nothing when the interactions are the same, and only the rest of the file is not.
func changes(committed, written []byte) []string {
	old, err := parse(committed, "")
	if err != nil {
		return []string{"the committed file is no pact: " + err.Error()}
	}
	ours, err := parse(written, "")
	if err != nil {
		return []string{"what was written is no pact: " + err.Error()}
	}
	var all []string
	for _, i := range ours.all {
		was, ok := old.find(i)
		if !ok {
			all = append(all, "new: "+i.name())
		} else if !bytes.Equal(was.text, i.text) {
			all = append(all, "changed: "+i.name())
		}
	}
	for _, i := range old.all {
		if _, ok := ours.find(i); !ok {
			all = append(all, "gone: "+i.name())
		}
	}
	slices.Sort(all)
	return all
}

// find returns the interaction of the same description in the same states.
func (p part) find(like interaction) (interaction, bool) {
	for _, i := range p.all {
		if i.same(like) {
			return i, true
		}
	}
	return interaction{}, false
}

func (i interaction) same(other interaction) bool {
	return i.description == other.description && i.states == other.states
}

// name is the description and the states, these no longer than fits a line.
func (i interaction) name() string {
	if i.states == "null" {
		return fmt.Sprintf("%q", i.description)
	}
	states := []rune(i.states)
	if len(states) > 100 {
		states = append(states[:100], []rune("...")...)
	}
	return fmt.Sprintf("%q, in %s", i.description, string(states))
}

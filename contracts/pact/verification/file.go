package verification

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// file is one pact that was read.
type file struct {
	Document
	consumer, provider string
	major              int // of the Pact specification
	root               *value
	faults             []string // what keeps parts of it from being verified that are in no interaction
	interactions       []*interaction
}

// read reads a pact. An error means that nothing of it can be verified. Names that occur twice in one of its objects
// are faults, unless they are accepted: then the last one counts, as it does for the library.
func read(d Document, acceptDuplicates bool) (*file, error) {
	f := &file{Document: d}
	f.Text = bytes.TrimPrefix(d.Text, []byte("\xef\xbb\xbf")) // RFC 8259 section 8.1: a reader may ignore a byte order mark
	if err := f.parse(acceptDuplicates); err != nil {
		return nil, fmt.Errorf("pact %s: %w", d.Name, err)
	}
	return f, nil
}

func (f *file) parse(acceptDuplicates bool) error {
	root, faults, err := parse(f.Text)
	if err != nil {
		return err
	}
	if acceptDuplicates {
		faults = withoutDuplicates(faults)
	}
	f.root = root
	f.consumer, f.provider = root.member("consumer").member("name").str(), root.member("provider").member("name").str()
	if f.consumer == "" || f.provider == "" {
		return errors.New("it is no pact: it must name a consumer and a provider")
	}
	if plugins := root.member("metadata").member("plugins"); plugins != nil && len(plugins.elements) > 0 {
		return fmt.Errorf("%s: it needs the plugin %q, and plugins are not supported: verify it with a tool that runs it",
			f.where(plugins), plugins.elements[0].member("name").str())
	}
	g, err := pactGrammar()
	if err != nil {
		return err
	}
	f.major, err = specification(root)
	whole := "pact"
	if f.major == 4 {
		whole = "pact-4"
	}
	faults = append(faults, g.check(whole, root)...)
	if err != nil {
		f.sort(faults)
		return errors.New(strings.Join(append([]string{err.Error()}, f.faults...), "\n"))
	}
	f.readInteractions(g)
	f.sort(faults)
	if len(f.interactions) == 0 {
		return errors.New(strings.Join(append([]string{"it has no interaction"}, f.faults...), "\n"))
	}
	return nil
}

// sort adds each fault to the interaction in which it is, or to the file.
func (f *file) sort(faults []fault) {
	of := map[*value]*interaction{}
	for _, i := range f.interactions {
		of[i.value] = i
	}
	sorted := map[*interaction][]fault{}
	for _, one := range faults {
		v := one.at
		for v != nil && of[v] == nil {
			v = v.parent
		}
		sorted[of[v]] = append(sorted[of[v]], one)
	}
	for i, all := range sorted {
		if i == nil {
			f.faults = append(f.faults, f.texts(all)...)
		} else {
			i.faults = append(i.faults, f.texts(all)...)
		}
	}
}

// texts returns the place and cause of each fault, or of the first ones if there are many.
func (f *file) texts(faults []fault) []string {
	const most = 20
	var all []string
	for _, one := range faults[:min(most, len(faults))] {
		all = append(all, f.where(one.at)+": "+one.text)
	}
	if more := len(faults) - most; more > 0 {
		all = append(all, fmt.Sprintf("and %d more", more))
	}
	return all
}

// where names a place in the file.
func (f *file) where(v *value) string {
	at := fmt.Sprintf("line %d", line(f.Text, v.offset))
	if pointer := v.pointer(); pointer != "" {
		at += ", " + pointer
	}
	return at
}

func (f *file) readInteractions(g grammar) {
	for _, list := range []string{"interactions", "messages"} {
		all := f.root.member(list)
		if all == nil {
			continue
		}
		line, from := 1, 0
		for _, v := range all.elements {
			line += bytes.Count(f.Text[from:v.offset], []byte("\n"))
			from = v.offset
			f.interactions = append(f.interactions, f.newInteraction(g, v, list == "messages", line))
		}
	}
}

// specification returns the major version of the Pact specification that the pact follows. pact-ruby's old pacts name
// none: then the pact's own form decides.
func specification(root *value) (int, error) {
	named, at := "", "metadata.pactSpecification.version"
	metadata := root.member("metadata")
	for _, v := range []*value{
		metadata.member("pactSpecification").member("version"),
		metadata.member("pact-specification").member("version"),
		metadata.member("pactSpecificationVersion"),
	} {
		if v == nil || v.kind != '"' && v.kind != '0' {
			continue
		}
		if named != "" && majorOf(named) != majorOf(v.text) {
			return 0, fmt.Errorf("it names two versions of the Pact specification, %q and %q: leave one in %s", named, v.text, at)
		}
		named = v.text
	}
	if major := majorOf(named); major >= 1 && major <= 4 {
		return major, nil
	}
	if named != "" {
		return 0, fmt.Errorf("specification version %q is not supported: want 1 to 4 in %s", named, at)
	}
	major := 2
	for _, list := range []string{"interactions", "messages"} {
		all := root.member(list)
		if all == nil {
			continue
		}
		for _, v := range all.elements {
			if v.member("type") != nil {
				return 4, nil
			}
			if list == "messages" || v.member("providerStates") != nil {
				major = 3
			}
		}
	}
	return major, nil
}

func majorOf(version string) int {
	major, _, _ := strings.Cut(version, ".")
	n, _ := strconv.Atoi(major)
	return n
}

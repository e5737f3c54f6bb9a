package consumer

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/fridaygate/fridaygate/contracts/exact"
)

// part is the pact of one test, as pact-go wrote it.
type part struct {
	test     string // the subtest's name
	consumer json.RawMessage
	provider json.RawMessage
	metadata map[string]json.RawMessage
	all      []interaction
}

// interaction is one interaction in its one form: keys sorted, no space, numbers as they were written.
type interaction struct {
	test        string
	description string
	states      string
	text        []byte
}

// versions are the metadata of a pact that change without any change of the contract.
var versions = []string{"pact-go", "pactRust"}

// read reads the one pact that a folder has.
func read(dir, test string) (part, error) {
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		return part{}, errors.Join(fmt.Errorf("want one file, there are %d", len(files)), err)
	}
	text, err := os.ReadFile(filepath.Join(dir, files[0].Name()))
	if err != nil {
		return part{}, err
	}
	return parse(text, test)
}

func parse(text []byte, test string) (part, error) {
	var pact struct {
		Consumer, Provider json.RawMessage
		Metadata           map[string]json.RawMessage
		Interactions       []json.RawMessage
	}
	if err := json.Unmarshal(text, &pact); err != nil {
		return part{}, err
	}
	for _, name := range versions {
		delete(pact.Metadata, name)
	}
	p := part{test: test, consumer: pact.Consumer, provider: pact.Provider, metadata: pact.Metadata}
	for _, raw := range pact.Interactions {
		i, err := parseInteraction(raw, test)
		if err != nil {
			return part{}, err
		}
		p.all = append(p.all, i)
	}
	if len(p.all) == 0 {
		return part{}, errors.New("it has no interaction")
	}
	return p, nil
}

func parseInteraction(raw json.RawMessage, test string) (interaction, error) {
	var whole any
	if err := exact.Decode(raw, &whole); err != nil {
		return interaction{}, err
	}
	m, ok := whole.(map[string]any)
	if !ok {
		return interaction{}, fmt.Errorf("an interaction is no object: %s", raw)
	}
	steadyBoundary(m)
	realBodies(m)
	i := interaction{test: test}
	i.description, _ = m["description"].(string)
	states, err := compact(m["providerStates"])
	if err != nil {
		return interaction{}, err
	}
	i.states = string(states)
	i.text, err = compact(m)
	return i, err
}

// merge makes one pact of the parts, which does not depend on their order. Interactions that several tests have in common
// become one. Every conflict between parts is in its error.
func merge(parts []part) ([]byte, error) {
	var all []interaction
	pact := map[string]any{}
	metadata := map[string]json.RawMessage{}
	var wrong []error
	for _, p := range parts {
		pact["consumer"], pact["provider"] = p.consumer, p.provider
		all = append(all, p.all...)
		for name, value := range p.metadata {
			if old, there := metadata[name]; there && !bytes.Equal(old, value) {
				wrong = append(wrong, fmt.Errorf("test %q has the metadata %s %s, and others have %s", p.test, name, value, old))
			}
			metadata[name] = value
		}
	}
	slices.SortFunc(all, func(a, b interaction) int {
		return cmp.Or(cmp.Compare(a.description, b.description), cmp.Compare(a.states, b.states), bytes.Compare(a.text, b.text),
			cmp.Compare(a.test, b.test))
	})
	var interactions []json.RawMessage
	for n, i := range all {
		if n > 0 && all[n-1].same(i) {
			if !bytes.Equal(all[n-1].text, i.text) {
				wrong = append(wrong,
					fmt.Errorf("the tests %q and %q both write %s, and not the same: give one of them another description, or other states",
						all[n-1].test, i.test, i.name()))
			}
			continue
		}
		interactions = append(interactions, i.text)
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	pact["interactions"], pact["metadata"] = interactions, metadata
	return pretty(pact)
}

// pretty is the form of a committed pact: keys sorted, two spaces, numbers as they were written.
func pretty(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var whole any
	if err := exact.Decode(text, &whole); err != nil {
		return nil, err
	}
	return encode(whole, "  ")
}

func compact(v any) ([]byte, error) {
	text, err := encode(v, "")
	return bytes.TrimSpace(text), err
}

func encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	err := encoder.Encode(v)
	return b.Bytes(), err
}

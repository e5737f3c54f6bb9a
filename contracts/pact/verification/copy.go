package verification

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
)

// verified lists the members of an interaction that the library sees. This package handles the others itself (states,
// pending and transport), or has reported that it does not.
var verified = []string{"type", "request", "response", "contents", "metadata", "metaData", "matchingRules", "generators"}

// write writes copies of the pact to dir for the verifier, with the interactions that numbers has, and returns their
// paths. Each interaction is named by its number and asks for one state of that name, so what the verifier does can be
// matched to it, even when two have one description. The real states are set up by the state server.
// The library takes a pact of version 3 with messages for one of messages alone, so these are a separate copy.
func (f *file) write(dir string, numbers map[int]int) ([]string, error) {
	lists := map[string][]json.RawMessage{}
	for n, i := range f.interactions {
		number, ok := numbers[n]
		if !ok {
			continue
		}
		one, err := f.copied(i, label(number))
		if err != nil {
			return nil, err
		}
		list := "interactions"
		if i.Message && f.major < 4 {
			list = "messages"
		}
		lists[list] = append(lists[list], one)
	}
	var paths []string
	for list, all := range lists {
		version := f.major
		if list == "messages" {
			version = 3
		}
		path, err := f.writeOne(dir, map[string]any{
			"consumer": map[string]string{"name": f.consumer}, "provider": map[string]string{"name": f.provider}, list: all,
			"metadata": map[string]any{"pactSpecification": map[string]string{"version": strconv.Itoa(version) + ".0.0"}},
		})
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func (f *file) writeOne(dir string, whole any) (string, error) {
	text, err := json.Marshal(whole)
	if err != nil {
		return "", err
	}
	copied, err := os.CreateTemp(dir, "pact-*.json") // two sources may hold files of one name
	if err != nil {
		return "", err
	}
	_, err = copied.Write(text)
	return copied.Name(), errors.Join(err, copied.Close())
}

// copied returns the interaction for the verifier, under another name.
func (f *file) copied(i *interaction, name string) (json.RawMessage, error) {
	c := map[string]any{"description": name, "providerStates": []any{map[string]string{"name": name}}}
	if f.major < 3 {
		c["providerState"] = name
		delete(c, "providerStates")
	}
	part, _ := i.expected()
	edits := withValues(part)
	if !i.Message {
		edits = append(edits, placeholders(i.requestGenerators(f.major))...)
	}
	slices.SortFunc(edits, func(a, b edit) int { return a.from - b.from })
	for _, member := range verified {
		if v := i.member(member); v != nil {
			c[member] = f.spliced(v, edits)
		}
	}
	if request := i.request(); !i.Message {
		c["request"] = f.copiedRequest(request, edits)
	}
	return json.Marshal(c)
}

// edit replaces a part of a text, by its offsets.
type edit struct {
	from, to int
	text     string
}

// spliced returns v as it is written, with the edits that are inside it.
func (f *file) spliced(v *value, edits []edit) json.RawMessage {
	var text []byte
	from, end := v.offset, v.offset+len(v.raw)
	for _, e := range edits {
		if e.from >= from && e.to <= end {
			text = append(append(text, f.Text[from:e.from]...), e.text...)
			from = e.to
		}
	}
	return append(text, f.Text[from:end]...)
}

// copiedRequest returns a request for the library. It has no field for the framing of the body, which the library would
// wait for if it is not that of the body that it sends. A query of version 2 is a text: the library would send no other.
func (f *file) copiedRequest(request *value, edits []edit) map[string]any {
	c := map[string]any{}
	for _, m := range request.members {
		c[m.name] = f.spliced(m, edits)
	}
	if headers := request.member("headers"); headers != nil && headers.kind == '{' {
		fields := map[string]json.RawMessage{}
		for _, field := range headers.members {
			if !framing(field.name) {
				fields[field.name] = f.spliced(field, edits)
			}
		}
		c["headers"] = fields
	}
	if query := request.member("query"); f.major < 3 && query != nil && query.kind == '{' {
		c["query"] = queryText(query)
	}
	return c
}

// queryText writes a query as version 2 has it.
func queryText(query *value) string {
	var pairs []string
	for _, key := range query.members {
		values := key.elements
		if key.kind == '"' {
			values = []*value{key}
		}
		for _, v := range values {
			pairs = append(pairs, url.QueryEscape(key.name)+"="+url.QueryEscape(v.text))
		}
	}
	return strings.Join(pairs, "&")
}

// label names the interaction of a number to the verifier.
func label(number int) string { return "#" + strconv.Itoa(number) }

// number is the reverse of label.
func number(label string) (int, bool) {
	digits, ok := strings.CutPrefix(label, "#")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil
}

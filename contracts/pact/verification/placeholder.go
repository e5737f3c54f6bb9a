package verification

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// libpact_ffi sends the example where it cannot fill a generator, and says nothing: it cannot read the generator's
// pattern, format or expression, or the generator's place is not in the request. So the copy of the pact that it reads
// has placeholders for these examples. A placeholder in a request shows which generator was not filled.

// generator is a generator of a request.
type generator struct {
	*value
	place       *value // the example that it replaces; nil: there is none
	placeholder string // in place of the example; "": the example is neither text nor a number
}

// requestGenerators returns the generators of the interaction's request.
func (i *interaction) requestGenerators(major int) []generator {
	request := i.request()
	body := request.member("body")
	if major == 4 {
		body = body.member("content")
	}
	var all []generator
	add := func(g, place *value) {
		one := generator{value: g, place: place}
		switch n := strconv.Itoa(len(all)); {
		case place == nil:
		case place.kind == '"':
			one.placeholder = "fridaygate-placeholder-" + n + "-of-a-generator"
		case place.kind == '0':
			one.placeholder = "7295817205119" + n
		}
		all = append(all, one)
	}
	for _, category := range request.member("generators").children() {
		switch category.name {
		case "path":
			add(category, request.member("path"))
		case "header", "headers", "query":
			fields := request.member(map[bool]string{true: "query", false: "headers"}[category.name == "query"])
			for _, g := range category.members {
				add(g, exampleOf(fields, g.name))
			}
		case "body", "contents", "content":
			for _, g := range category.members {
				for _, place := range body.at(tokens(g.name)) {
					add(g, place)
				}
			}
		}
	}
	return all
}

// exampleOf returns the value of a header field or a query parameter; of several the first. A name with an index, such
// as q[0], is that of the parameter if no other one has it.
func exampleOf(fields *value, name string) *value {
	if fields == nil || fields.kind != '{' {
		return nil
	}
	base, _, _ := strings.Cut(name, "[")
	for _, one := range []string{name, base} {
		for _, field := range fields.members {
			if !strings.EqualFold(field.name, one) {
				continue
			}
			if len(field.elements) > 0 {
				return field.elements[0]
			}
			return field
		}
	}
	return nil
}

// misplaced returns a fault for each generator of a request that libpact_ffi would not apply.
func misplaced(i *interaction, major int) []fault {
	request := i.request()
	generators := request.member("generators")
	if kind := i.member("type").str(); kind == synchronous && generators != nil && len(generators.members) > 0 {
		return []fault{{
			at:   generators,
			text: "the library does not apply generators to a message that wants an answer, and the example would be sent: take them out",
		}}
	}
	body := request.member("body")
	if major == 4 {
		body = body.member("content")
	}
	var all []fault
	for _, category := range bodyCategories {
		for _, g := range generators.member(category).children() {
			if body != nil && body.kind != '"' && len(body.at(tokens(g.name))) == 0 {
				all = append(all, fault{
					at: g,
					text: "the body has nothing at this place, and the generator would fill nothing: " +
						"write the path of a value of the body, or take the generator out",
				})
			}
		}
	}
	for _, g := range i.requestGenerators(major) {
		low, high := g.member("min"), g.member("max")
		if g.member("type").str() == "RandomInt" && low != nil && high != nil && numberOf(low) > numberOf(high) {
			all = append(all, fault{at: g.value, text: fmt.Sprintf("min %s is above max %s", low.text, high.text)})
		}
	}
	return all
}

// placeholders returns the edits that replace examples by placeholders.
func placeholders(generators []generator) []edit {
	var all []edit
	for _, g := range generators {
		switch {
		case g.placeholder == "" || slices.ContainsFunc(all, func(e edit) bool { return e.from == g.place.offset }):
		case g.place.kind == '"':
			all = append(all, edit{g.place.offset, g.place.offset + len(g.place.raw), strconv.Quote(g.placeholder)})
		default:
			all = append(all, edit{g.place.offset, g.place.offset + len(g.place.raw), g.placeholder})
		}
	}
	return all
}

// unfilled returns an error if the request has a placeholder: a generator was not filled.
func (p *planned) unfilled(request []byte) error {
	for _, g := range p.of.requestGenerators(p.file.major) {
		if g.placeholder == "" || !bytes.Contains(request, []byte(g.placeholder)) {
			continue
		}
		return inconclusive(fmt.Errorf("%s: the library could not fill the generator %s, and would have sent the example: %s",
			p.file.where(g.value), short(g.raw), advice(g.member("type").str(), g.name)))
	}
	return nil
}

// advice returns how to correct a generator of a type.
func advice(kind, name string) string {
	switch kind {
	case "Regex":
		return "write the pattern without lookaround and back references, and close what it opens"
	case "Date", "Time", "DateTime":
		return `write a format such as "yyyy-MM-dd'T'HH:mm:ss", with words in quotes, ` +
			`and an expression such as "today", "+ 1 week", "next monday" or "tomorrow @ 5 o'clock pm + 10 minutes"`
	default:
		return fmt.Sprintf("write its name %q as the request writes it, without an index, or take it out", name)
	}
}

// merged writes said with the values that the library filled in, at paths, as they were sent, and everything else as it is
// in the pact.
func merged(b *bytes.Buffer, said, sent *value, place []string, paths [][]string) {
	inside := func(token string) []string { return append(slices.Clip(place), token) }
	switch {
	case slices.ContainsFunc(paths, func(path []string) bool { return len(path) == len(place) && weight(path, place) > 0 }):
		b.Write(sent.raw)
	case said.kind == '{' && sent.kind == '{':
		b.WriteByte('{')
		for n, m := range said.members {
			if n > 0 {
				b.WriteByte(',')
			}
			name, _ := jsontext.AppendQuote(nil, m.name)
			b.Write(append(name, ':'))
			merged(b, m, cmp.Or(sent.member(m.name), m), inside(m.name), paths)
		}
		b.WriteByte('}')
	case said.kind == '[' && sent.kind == '[' && len(said.elements) == len(sent.elements):
		b.WriteByte('[')
		for n, e := range said.elements {
			if n > 0 {
				b.WriteByte(',')
			}
			merged(b, e, sent.elements[n], inside(strconv.Itoa(n)), paths)
		}
		b.WriteByte(']')
	default:
		b.Write(said.raw)
	}
}

package verification

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The library reads numbers as 64-bit integers and doubles, and keeps the last of two members of one name. So it takes
// 12345678901234567890123 for 12345678901234567890124, and {"id": "x", "id": 1} for {"id": 1}. The second look reads
// the same JSON exactly, and finds what the library cannot see. It never finds less than the library does.

// look returns what the library could not see in an answer.
func (i *interaction) look(answer []byte, major int, acceptDuplicates bool) []Mismatch {
	part, body := i.expected()
	if body == nil || body.kind == 'n' {
		return nil
	}
	expected := expectedJSON(part, body, major)
	if expected == nil {
		return nil
	}
	actual, faults, err := parse(answer)
	if err != nil { // the library reports it too
		return nil
	}
	if acceptDuplicates {
		faults = withoutDuplicates(faults)
	}
	var all []Mismatch
	for _, one := range faults {
		all = append(all, Mismatch{
			Part: "body", Path: jsonPath(one.at.path()), Expected: "JSON that every program reads alike", Actual: short(one.at.raw), Text: one.text,
		})
	}
	c := comparison{part: "body", rules: bodyRules(part), generated: generatedPaths(part)}
	c.compare([]string{"$"}, expected, actual)
	return append(all, c.found...)
}

// lookMetadata returns what the library could not see in the metadata of a message, which is a JSON object.
func (i *interaction) lookMetadata(metadata []byte) []Mismatch {
	part, _ := i.expected()
	expected := part.member("metadata")
	if expected == nil {
		expected = part.member("metaData")
	}
	actual, faults, err := parse(metadata)
	if err != nil || expected == nil {
		return nil
	}
	c := comparison{part: "metadata", rules: metadataRules(part)}
	for _, one := range faults {
		c.found = append(c.found, Mismatch{
			Part: c.part, Path: one.at.pointer(), Expected: "JSON that every program reads alike", Actual: short(one.at.raw), Text: one.text,
		})
	}
	for name, e := range expected.byName() {
		if a := actual.member(name); a != nil {
			c.compare([]string{name}, e, a)
		}
	}
	return c.found
}

// expected returns the part of the interaction that holds the expected answer or message, and its body; nil if it has none.
func (i *interaction) expected() (part, body *value) {
	part = i.value
	if response := i.member("response"); response != nil {
		part = response
		if len(response.elements) > 0 {
			part = response.elements[0]
		}
	}
	if body = part.member("body"); body == nil {
		body = part.member("contents")
	}
	return part, body
}

// expectedJSON returns the JSON that a body must be; nil if it must be something else.
func expectedJSON(part, body *value, major int) *value {
	contentType, encoded, content := contentTypeOf(part), "", body
	if major == 4 {
		content, encoded = body.member("content"), strings.ToLower(body.member("encoded").str())
		if own := body.member("contentType").str(); own != "" {
			contentType = own
		}
	}
	switch {
	case content == nil, isOtherType(contentType):
		return nil
	case content.kind != '"':
		return content
	case major == 4 && encoded == "" && contentType != "":
		return content // a JSON text
	}
	text := []byte(content.text)
	if encoded == "base64" {
		decoded, err := base64.StdEncoding.DecodeString(content.text)
		if err != nil {
			return nil
		}
		text = decoded
	}
	parsed, _, err := parse(text)
	if err != nil {
		return nil
	}
	return parsed
}

// contentTypeOf returns the content type of a part of the pact, or "" if it has none.
func contentTypeOf(part *value) string {
	for _, name := range []string{"headers", "metadata", "metaData"} {
		all := part.member(name)
		if all == nil {
			continue
		}
		for _, m := range all.members {
			if plain := strings.ReplaceAll(strings.ToLower(m.name), "-", ""); plain != "contenttype" {
				continue
			}
			if len(m.elements) > 0 {
				m = m.elements[0]
			}
			return m.str()
		}
	}
	return ""
}

// comparison compares numbers exactly where the pact demands equality.
type comparison struct {
	part      string // of the answer
	rules     []bodyRule
	generated [][]string
	found     []Mismatch
}

func (c *comparison) compare(place []string, expected, actual *value) {
	if isOpaque(c.rules, place) {
		return
	}
	c.compareKinds(place, expected, actual)
	if expected.kind != actual.kind {
		return
	}
	switch expected.kind {
	case '{':
		there := actual.byName()
		for name, e := range expected.byName() {
			if a := there[name]; a != nil {
				c.compare(append(slices.Clip(place), name), e, a)
			}
		}
	case '[':
		for n, a := range actual.elements {
			if len(expected.elements) == 0 {
				return
			}
			e := expected.elements[0] // the example of every element, if a rule lets there be more of them
			if n < len(expected.elements) {
				e = expected.elements[n]
			}
			c.compare(append(slices.Clip(place), strconv.Itoa(n)), e, a)
		}
	case '0':
		c.compareNumbers(place, expected.text, actual.text)
	}
}

func (c *comparison) compareNumbers(place []string, expected, actual string) {
	if wild(expected) != "" || wild(actual) != "" || !demandsEquality(c.rules, place) || c.isGenerated(place) || sameNumber(expected, actual) {
		return
	}
	c.found = append(c.found, Mismatch{
		Part: c.part, Path: jsonPath(place), Expected: expected, Actual: actual,
		Text: fmt.Sprintf("expected exactly %s but was %s", expected, actual),
	})
}

func (c *comparison) isGenerated(place []string) bool {
	return slices.ContainsFunc(c.generated, func(g []string) bool { return weight(g, place) > 0 })
}

// path returns the tokens of v's place in its text, as matching rules have them.
func (v *value) path() []string {
	var all []string
	for ; v.parent != nil; v = v.parent {
		token := v.name
		if v.parent.kind == '[' {
			token = strconv.Itoa(v.index)
		}
		all = append(all, token)
	}
	all = append(all, "$")
	slices.Reverse(all)
	return all
}

// jsonPath writes a place as the library does: $.a[0]['b c'].
func jsonPath(place []string) string {
	var b strings.Builder
	for n, token := range place {
		_, err := strconv.Atoi(token)
		switch {
		case n == 0:
			b.WriteString(token)
		case err == nil:
			b.WriteString("[" + token + "]")
		case strings.ContainsAny(token, " .[]'-") || token == "":
			b.WriteString("['" + token + "']")
		default:
			b.WriteString("." + token)
		}
	}
	return b.String()
}

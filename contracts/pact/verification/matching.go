package verification

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// matching compares an answer with the example of a pact as libpact_ffi does, for programs that cannot have the library.
// TestMatchingAgreesWithTheCorpus compares the two. What it does not know for certain is unclear, never a pass or a mismatch.
type matching struct {
	Comparison
	rules  []bodyRule
	closed bool // objects have no members but those of the example
}

func (m *matching) differs(part, path, expected, actual, format string, a ...any) {
	m.Mismatches = append(m.Mismatches, Mismatch{Part: part, Path: path, Expected: expected, Actual: actual, Text: fmt.Sprintf(format, a...)})
}

func (m *matching) unclear(format string, a ...any) {
	m.Unclear = append(m.Unclear, fmt.Sprintf(format, a...)+
		": only libpact_ffi compares that, in the contract suite; describe the answer with a JSON Schema here")
}

// status compares the status of the answer.
func (m *matching) status(part *value, status int) {
	rules := part.member("matchingRules")
	for _, name := range []string{"status", "$.status"} {
		if rules.member(name) != nil {
			m.unclear("the pact has a matching rule for the status")
			return
		}
	}
	if said := part.member("status").raw; string(said) != strconv.Itoa(status) {
		m.differs("status", "", string(said), strconv.Itoa(status), "expected the status %s but was %d", said, status)
	}
}

// header compares the fields that the pact names. Others may come too.
func (m *matching) header(part *value, header http.Header) {
	for _, field := range part.member("headers").children() {
		values := header.Values(field.name)
		if len(values) == 0 {
			m.differs("header", field.name, fieldList(fieldValues(field)), "(nothing)", "expected the field %q but it is missing", field.name)
			continue
		}
		if rule := fieldRule(part.member("matchingRules"), field.name); rule != nil {
			m.ruledField(field, *rule, values)
			continue
		}
		expected, actual := fieldList(fieldValues(field)), fieldList(textOf(values))
		if expected != actual && !sameMediaType(field.name, expected, actual) {
			m.differs("header", field.name, expected, actual, "expected the field %q to be %q but was %q", field.name, expected, actual)
		}
	}
}

// ruledField compares each value of a field by its rule.
func (m *matching) ruledField(field *value, rule bodyRule, values []string) {
	if len(values) > 1 || len(field.elements) > 1 {
		m.unclear("the field %s has several values and a matching rule", field.name)
		return
	}
	example := field
	if len(field.elements) == 1 {
		example = field.elements[0]
	}
	actual := &value{kind: '"', text: values[0], raw: []byte(strconv.Quote(values[0]))}
	m.apply("header", field.name, rule, example, actual)
}

// fieldRule returns the rule for a field; nil if there is none.
func fieldRule(rules *value, name string) *bodyRule {
	for _, category := range rules.children() {
		if rest, ok := strings.CutPrefix(category.name, "$.headers."); ok && strings.EqualFold(rest, name) { // version 2
			return &bodyRule{matchers: []*value{category}}
		}
		if category.name != "header" && category.name != "headers" {
			continue
		}
		for _, field := range category.members {
			if strings.EqualFold(strings.TrimPrefix(field.name, "$."), name) {
				return &bodyRule{matchers: field.member("matchers").children()}
			}
		}
	}
	return nil
}

// sameMediaType reports whether the value b of a field has the media type of a, with its parameters in any order. It may have
// others.
func sameMediaType(name, a, b string) bool {
	if !strings.EqualFold(name, "Content-Type") && !strings.EqualFold(name, "Accept") {
		return false
	}
	kindA, parametersA, errA := mime.ParseMediaType(a)
	kindB, parametersB, errB := mime.ParseMediaType(b)
	if errA != nil || errB != nil || kindA != kindB {
		return false
	}
	for key, want := range parametersA {
		if !strings.EqualFold(want, parametersB[key]) {
			return false
		}
	}
	return true
}

// body compares the body. Only JSON is compared by rules; a text or bytes without rules must be equal.
func (m *matching) body(part, expected *value, major int, actual []byte) {
	if expected == nil {
		return
	}
	content := expected
	if major == 4 && expected.kind == '{' {
		content = expected.member("content")
	}
	if content != nil && content.kind == 'n' {
		m.nothing(part, major, actual)
		return
	}
	if example := expectedJSON(part, expected, major); example != nil {
		answer, _, err := parse(actual)
		if err != nil {
			m.differs("body", "$", "JSON", short(actual), "expected JSON but it is none: %s", err)
			return
		}
		m.compare([]string{"$"}, example, answer)
		return
	}
	switch {
	case content == nil:
	case content.kind == '"' && len(m.rules) == 0 && expected.member("encoded").str() == "" && isPlainText(part, expected):
		if content.text != string(actual) {
			m.differs("body", "$", short([]byte(content.text)), short(actual), "expected this text but was another")
		}
	default:
		m.unclear("the body is %s", contentTypeOf(part)+expected.member("contentType").str())
	}
}

// nothing demands no body: the pact's is null.
func (m *matching) nothing(part *value, major int, actual []byte) {
	other := isOtherType(contentTypeOf(part))
	switch text := strings.TrimSpace(string(actual)); {
	case text == "", text == "null" && !other:
	case major == 4, other:
		m.unclear("the body is null")
	default:
		m.differs("body", "$", "no body, or null", short(actual), "expected no body but was %s", short(actual))
	}
}

// isPlainText reports whether a body is text without a form of its own.
func isPlainText(part, body *value) bool {
	kind, _, _ := mime.ParseMediaType(contentTypeOf(part))
	if own := body.member("contentType").str(); own != "" {
		kind, _, _ = mime.ParseMediaType(own)
	}
	return kind == "text/plain"
}

// compare compares a JSON value with the example at a place.
func (m *matching) compare(place []string, expected, actual *value) {
	rule, found := bestRule(m.rules, place)
	if !found {
		rule = bodyRule{equal: true}
	}
	cascaded := len(rule.path) < len(place)
	switch {
	case isUnclear(rule, cascaded):
		m.unclear("the rule %s at %s", strings.Join(rule.names(), ", "), jsonPath(place))
	case isInside(rule):
		m.compareInside(place, rule, expected, actual)
	case expected.kind == '{' && actual.kind == '{':
		m.compareObjects(place, expected, actual)
	case expected.kind == '[' && actual.kind == '[':
		m.compareArrays(place, rule, found, cascaded, expected, actual)
	case !found:
		m.equal("body", jsonPath(place), expected, actual)
	default:
		m.apply("body", jsonPath(place), rule, expected, actual)
	}
}

// unclearRules are the rules that compare what is inside in ways of their own, or that are about other things than JSON.
var unclearRules = []string{"values", "statuscode", "contenttype"}

// isUnclear reports whether nothing is known of a rule. cascaded is whether it is for what is around the value.
func isUnclear(rule bodyRule, cascaded bool) bool {
	unclear := func(name string) bool { return slices.Contains(unclearRules, name) }
	return slices.ContainsFunc(rule.names(), unclear) || cascaded && isInside(rule)
}

// isInside reports whether a rule compares what is inside by rules of its own.
func isInside(rule bodyRule) bool {
	return slices.ContainsFunc(rule.names(), func(name string) bool { return slices.Contains(insideRules, name) })
}

func (m *matching) compareObjects(place []string, expected, actual *value) {
	there := actual.byName()
	for name, e := range expected.byName() {
		inside := append(slices.Clip(place), name)
		if a := there[name]; a != nil {
			m.compare(inside, e, a)
		} else {
			m.differs("body", jsonPath(inside), short(e.raw), "(nothing)", "expected the member %q but it is missing", name)
		}
	}
	for _, a := range actual.members {
		if m.closed && expected.member(a.name) == nil {
			m.differs("body", jsonPath(append(slices.Clip(place), a.name)), "(nothing)", short(a.raw), "expected no member %q", a.name)
		}
	}
}

// bestRule returns the rule that fits a place best, and whether one fits.
func bestRule(rules []bodyRule, place []string) (best bodyRule, found bool) {
	most := 0
	for _, r := range rules {
		if w := weight(r.path, place); w > most {
			best, most = r, w
		}
	}
	return best, most > 0
}

// names returns the names of a rule's matchers.
func (r bodyRule) names() []string {
	var all []string
	for _, matcher := range r.matchers {
		all = append(all, ruleName(matcher))
	}
	return all
}

// any reports whether one of the matchers is enough.
func (r bodyRule) any() bool {
	if len(r.matchers) == 0 || r.matchers[0].parent == nil || r.matchers[0].parent.parent == nil {
		return false
	}
	return strings.EqualFold(r.matchers[0].parent.parent.member("combine").str(), "OR")
}

// ruleName returns the name of a matcher in lower case, without dashes. One without a name is known by its members.
func ruleName(matcher *value) string {
	if name := matcher.member("match").str(); name != "" {
		return strings.ReplaceAll(strings.ToLower(name), "-", "")
	}
	for _, name := range []string{"regex", "min", "max", "date", "time", "timestamp"} {
		if matcher.member(name) != nil {
			return name
		}
	}
	return ""
}

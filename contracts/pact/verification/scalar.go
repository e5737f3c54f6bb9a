package verification

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// apply applies a rule to one value that has nothing inside, or whose kind is not that of the example.
func (m *matching) apply(part, at string, rule bodyRule, expected, actual *value) {
	var broken []Mismatch
	for _, matcher := range rule.matchers {
		one := &matching{}
		one.matcher(part, at, matcher, expected, actual)
		if len(one.Unclear) > 0 {
			m.Unclear = append(m.Unclear, one.Unclear...)
			return
		}
		if rule.any() && len(one.Mismatches) == 0 {
			return
		}
		broken = append(broken, one.Mismatches...)
	}
	m.Mismatches = append(m.Mismatches, broken...)
}

// matcher applies one matcher.
func (m *matching) matcher(part, at string, matcher, expected, actual *value) {
	wants := func(what string, holds bool) {
		if !holds {
			m.differs(part, at, what, short(actual.raw), "expected %s but was %s", what, short(actual.raw))
		}
	}
	inside := actual.kind == '{' || actual.kind == '['
	switch name := ruleName(matcher); name {
	case "equality":
		m.equal(part, at, expected, actual)
	case "type", "min", "max", "mintype", "maxtype":
		wants("a value of the type of "+short(expected.raw), kindName(expected.kind) == kindName(actual.kind))
	case "regex", "include", "date", "time", "datetime", "timestamp":
		if inside || actual.kind == 'n' {
			wants("a text", false)
			return
		}
		m.text(part, at, name, matcher, actual)
	case "integer", "number", "decimal", "real":
		m.number(part, at, name, actual)
	case "boolean":
		m.only(part, at, "true or false", actual, actual.kind == 't' || actual.kind == 'f')
	case "null":
		wants("null", actual.kind == 'n')
	case "semver":
		wants("a version such as 1.0.0", actual.kind == '"' && isVersion(actual.text))
	case "notempty":
		wants("a value that is not empty", actual.text != "" || len(actual.children()) > 0)
	default:
		m.unclear("the rule %s at %s", name, at)
	}
}

// only demands a kind. A text that may be read as one is unclear: implementations of Pact differ.
func (m *matching) only(part, at, what string, actual *value, holds bool) {
	switch {
	case holds:
	case actual.kind == '"':
		m.unclear("the text %s where the rule at %s is for %s", short(actual.raw), at, what)
	default:
		m.differs(part, at, what, short(actual.raw), "expected %s but was %s", what, short(actual.raw))
	}
}

func (m *matching) number(part, at, name string, actual *value) {
	integer := isLongInteger(actual) || actual.kind == '0' && strings.Trim(strings.TrimPrefix(actual.text, "-"), "0123456789") == ""
	switch {
	case name == "number":
		m.only(part, at, "a number", actual, actual.kind == '0')
	case actual.kind == '0' && strings.ContainsAny(actual.text, "eE"):
		m.unclear("the number %s at %s", actual.text, at)
	case name == "integer":
		m.only(part, at, "an integer", actual, integer)
	default:
		m.only(part, at, "a number with decimal places", actual, actual.kind == '0' && !integer)
	}
}

// text applies a rule about the text of a scalar.
func (m *matching) text(part, at, name string, matcher, actual *value) {
	switch name {
	case "include":
		if want := matcher.member("value").text; !strings.Contains(actual.text, want) {
			m.differs(part, at, "a text with "+want, short(actual.raw),
				"expected a text with %q but was %s", want, short(actual.raw))
		}
	case "regex":
		said := matcher.member("regex").str()
		is, err := newExpression(said).matches(actual.text)
		if err != nil {
			m.unclear("the pattern %q at %s", said, at)
		} else if !is {
			m.differs(part, at, said, short(actual.raw), "expected a text that %q matches but was %s", said, short(actual.raw))
		}
	default:
		m.moment(part, at, name, matcher, actual)
	}
}

// moment applies a rule about a date or a time.
func (m *matching) moment(part, at, name string, matcher, actual *value) {
	format := matcher.member("format").str()
	if format == "" {
		format = matcher.member(name).str()
	}
	layout, known := layoutOf(format)
	pattern, _, ok := momentOf(format)
	if !ok || !known {
		m.unclear("the format %q at %s", format, at)
		return
	}
	_, err := time.Parse(layout, actual.text)
	if err != nil || actual.kind != '"' || !regexp.MustCompile(pattern).MatchString(actual.text) {
		m.differs(part, at, name+" "+format, short(actual.raw),
			"expected a %s of the format %q but was %s", name, format, short(actual.raw))
	}
}

// version is what https://semver.org has for versions.
const version = `^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)` +
	`(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`

// isVersion reports whether a text is a version of 64-bit numbers, which are all that libpact_ffi reads.
func isVersion(text string) bool {
	parts := regexp.MustCompile(version).FindStringSubmatch(text)
	if parts == nil {
		return false
	}
	for _, part := range parts[1:4] {
		if _, err := strconv.ParseUint(part, 10, 64); err != nil {
			return false
		}
	}
	return true
}

// equal demands the value of the example. Numbers are equal by their values.
func (m *matching) equal(part, at string, expected, actual *value) {
	same := expected.kind == actual.kind
	switch {
	case !same:
	case expected.kind == '0':
		same = wild(expected.text) == "" && wild(actual.text) == "" && sameNumber(expected.text, actual.text)
	case expected.kind == '"':
		same = expected.text == actual.text
	case expected.kind == '{' || expected.kind == '[':
		m.unclear("the rule equality for what is inside %s", at)
		return
	}
	if !same {
		m.differs(part, at, short(expected.raw), short(actual.raw), "expected %s but was %s", short(expected.raw), short(actual.raw))
	}
}

package verification

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// lookAtFields compares the answer's fields that libpact_ffi could not see: its HTTP client hides Content-Encoding and
// Content-Length of a body that it decompresses, and the library leaves out values that are not ASCII. It reports such
// fields as missing, or, where the pact has a matching rule for one, as right. It also takes a list for another one if it
// stands on more or fewer lines, which means the same (RFC 9110 section 5.3).
func (p *planned) lookAtFields(r *Result) {
	if p.wire.answer == nil || p.err != nil || r.Verdict == verdict.Unknown {
		return
	}
	var kept []Mismatch
	for _, m := range r.Mismatches {
		values := p.wire.answer.Values(m.Path)
		if m.Part != "header" || len(values) == 0 {
			kept = append(kept, m)
			continue
		}
		expected, actual := fieldList(p.expectedField(m.Path)), fieldList(textOf(values))
		switch hidden, ruled := p.hidden(m.Path), p.ruled(m.Path); {
		case hidden && ruled: // see below
		case expected == actual && !ruled && (hidden || !strings.EqualFold(m.Path, "Set-Cookie")):
		case hidden:
			m.Expected, m.Actual, m.Text = expected, actual, ""
			kept = append(kept, m)
		default:
			kept = append(kept, m)
		}
	}
	if len(r.Mismatches) > 0 && len(kept) == 0 {
		r.Verdict = verdict.Pass
	}
	r.Mismatches = kept
	if unseen := p.unseen(); r.Verdict == verdict.Pass && unseen != "" {
		r.Verdict = verdict.Unknown
		r.Reason = fmt.Sprintf("the pact has a matching rule for the field %s, and libpact_ffi cannot see its value %q: "+
			"compare it without a rule",
			unseen, fieldList(textOf(p.wire.answer.Values(unseen))))
	}
}

// unseen returns the name of a field that the pact has a matching rule for and that libpact_ffi could not see; "" if
// there is none.
func (p *planned) unseen() string {
	part, _ := p.of.expected()
	if headers := part.member("headers"); headers != nil {
		for _, field := range headers.members {
			if p.hidden(field.name) && p.ruled(field.name) {
				return field.name
			}
		}
	}
	return ""
}

// hidden reports whether the answer has the field, and libpact_ffi could not see it as it is.
func (p *planned) hidden(name string) bool {
	values := p.wire.answer.Values(name)
	if len(values) == 0 {
		return false
	}
	for _, v := range values {
		if strings.IndexFunc(v, func(r rune) bool { return r > 0x7e }) >= 0 {
			return true
		}
	}
	rewritten := len(p.wire.answer.Values("Content-Encoding")) > 0 || charsetOf(p.wire.answer) != nil
	return rewritten && (framing(name) || strings.EqualFold(name, "Content-Encoding"))
}

// expectedField returns the values that the pact expects of a field.
func (p *planned) expectedField(name string) []string {
	part, _ := p.of.expected()
	if headers := part.member("headers"); headers != nil {
		for _, field := range headers.members {
			if strings.EqualFold(field.name, name) {
				return fieldValues(field)
			}
		}
	}
	return nil
}

// ruled reports whether the pact has a matching rule for a field of the answer.
func (p *planned) ruled(name string) bool {
	part, _ := p.of.expected()
	rules := part.member("matchingRules")
	if rules == nil {
		return false
	}
	for _, m := range rules.members {
		if rest, ok := strings.CutPrefix(m.name, "$.headers."); ok && strings.EqualFold(rest, name) { // version 2
			return true
		}
		if m.name != "header" && m.name != "headers" {
			continue
		}
		for _, field := range m.members {
			if strings.EqualFold(strings.TrimPrefix(field.name, "$."), name) {
				return true
			}
		}
	}
	return false
}

// textOf reads values as UTF-8, or, where they are none, as ISO 8859-1 (RFC 9110 section 5.5).
func textOf(values []string) []string {
	all := make([]string, len(values))
	for i, v := range values {
		if all[i] = v; !utf8.ValidString(v) {
			runes := make([]rune, len(v))
			for n := range len(v) {
				runes[n] = rune(v[n])
			}
			all[i] = string(runes)
		}
	}
	return all
}

// fieldList writes values as one list, which means the same (RFC 9110 section 5.3).
func fieldList(values []string) string {
	parts := strings.Split(strings.Join(values, ","), ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.Join(parts, ", ")
}

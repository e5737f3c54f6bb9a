package verification

import (
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// lookAtIntegers removes mismatches about integers beyond 64 bits: libpact_ffi reads them as doubles, and takes no double
// for an integer.
func (p *planned) lookAtIntegers(r *Result) {
	if p.err != nil || len(r.Mismatches) == 0 {
		return
	}
	answer, _, err := parse(p.answer)
	if err != nil {
		return
	}
	kept := slices.DeleteFunc(slices.Clone(r.Mismatches), func(m Mismatch) bool {
		if m.Part != "body" || !strings.HasSuffix(m.Text, "(Decimal) to be an integer") {
			return false
		}
		found := answer.at(tokens(m.Path))
		return len(found) == 1 && isLongInteger(found[0])
	})
	if len(kept) == 0 {
		r.Verdict = verdict.Pass
	}
	r.Mismatches = kept
}

// isLongInteger reports whether v is an integer that 64 bits do not hold.
func isLongInteger(v *value) bool {
	return v.kind == '0' && len(v.text) > 18 && strings.Trim(strings.TrimPrefix(v.text, "-"), "0123456789") == ""
}

// lookAtNull passes the JSON text null where the pact has null as its body: libpact_ffi takes that for no body alone.
func (p *planned) lookAtNull(r *Result) {
	part, body := p.of.expected()
	if p.file.major == 4 {
		body = body.member("content")
	}
	if p.err != nil || len(r.Mismatches) == 0 || body == nil || body.kind != 'n' || strings.TrimSpace(string(p.answer)) != "null" ||
		isOtherType(contentTypeOf(part)) {
		return
	}
	kept := slices.DeleteFunc(slices.Clone(r.Mismatches), func(m Mismatch) bool { return m.Part == "body" })
	if len(kept) == 0 {
		r.Verdict = verdict.Pass
	}
	r.Mismatches = kept
}

// isOtherType reports whether a content type is that of something else than JSON.
func isOtherType(contentType string) bool {
	return contentType != "" && !strings.Contains(strings.ToLower(contentType), "json")
}

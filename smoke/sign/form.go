package sign

import (
	"regexp"
	"strings"
)

const signaturePart = "{signature}"

var version = regexp.MustCompile(`([A-Za-z]+)\d+`)

// form is how a signature is written: encoded, and within a format such as `t={timestamp},v1={signature}`. The
// format's separator stands between its parts, and between several signatures; "" in a header of one.
type form struct {
	encoding          encoding
	format, separator string
	value             *regexp.Regexp // what is before the signature, the signature, what is after it
}

func newForm(format, separator string, e encoding) form {
	before, after, _ := strings.Cut(format, signaturePart)
	return form{e, format, separator, regexp.MustCompile(`(?s)^(` + anyVersion(before) + `)(.*?)(` + anyVersion(after) + `)$`)}
}

// anyVersion returns a pattern of what a part of a format becomes, with any number for a version's.
func anyVersion(part string) string {
	var pattern strings.Builder
	for i, literal := range placeholder.Split(part, -1) {
		if i > 0 {
			pattern.WriteString(`.*?`)
		}
		pattern.WriteString(version.ReplaceAllString(regexp.QuoteMeta(literal), `$1\d+[a-z]?`))
	}
	return pattern.String()
}

// split cuts a header's value into the signature and what is before and after it. A value of another format is
// all signature.
func (f form) split(value string) (before, signature, after string) {
	if found := f.value.FindStringSubmatch(value); found != nil {
		return found[1], found[2], found[3]
	}
	return "", value, ""
}

// element cuts a header's value into the list element that holds the signature, and what is before and after
// that element, including separators.
func (f form) element(value string) (lead, element, trail string) {
	before, signature, after := f.split(value)
	if f.separator == "" {
		return "", value, ""
	}
	if at := strings.LastIndex(before, f.separator); at >= 0 {
		at += len(f.separator)
		lead, before = before[:at], before[at:]
	}
	if at := strings.Index(after, f.separator); at >= 0 {
		after, trail = after[:at], after[at:]
	}
	return lead, before + signature + after, trail
}

// join writes the signatures of several values into the first one's place.
func (f form) join(values ...string) string {
	lead, _, trail := f.element(values[0])
	elements := make([]string, len(values))
	for i, value := range values {
		_, elements[i], _ = f.element(value)
	}
	return lead + strings.Join(elements, f.separator) + trail
}

// mix puts one value's signature in place of that of another.
func (f form) mix(signature, around string) string {
	_, signature, _ = f.split(signature)
	before, _, after := f.split(around)
	return before + signature + after
}

// old returns the format with an older version's name, or where there is none an unknown one's: v0 for v1, v1 for v0,
// sha1 for sha256. It is "" where the format names no version.
func (f form) old() string {
	before, after, _ := strings.Cut(f.format, signaturePart)
	at := strings.LastIndex(before, f.separator)
	if f.separator == "" || at < 0 {
		at = 0
	}
	lead, name := before[:at], before[at:]
	for _, old := range [][2]string{{"sha256", "sha1"}, {"sha512", "sha1"}, {"v0", "v1"}, {"v", "v0"}, {"h", "h0"}} {
		if at := strings.LastIndex(name, old[0]); at >= 0 && versioned.MatchString(name[at:]) {
			return lead + name[:at] + versioned.ReplaceAllString(name[at:], old[1]+"$1") + signaturePart + after
		}
	}
	return ""
}

var versioned = regexp.MustCompile(`^(?:sha256|sha512|[vh]\d+)([=,:. ]?)$`)

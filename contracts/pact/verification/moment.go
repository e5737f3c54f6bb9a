package verification

import (
	"regexp"
	"strings"
)

// dateToken is a part of a format of Java's DateTimeFormatter, as Pact has them, that Go reads just as strictly.
type dateToken struct{ layout, pattern string }

var dateTokens = map[string]dateToken{
	"yyyy": {"2006", `[0-9]{4}`}, "MM": {"01", `(0[1-9]|1[0-2])`}, "dd": {"02", `(0[1-9]|[12][0-9]|3[01])`},
	"HH": {"15", `([01][0-9]|2[0-3])`}, "mm": {"04", `[0-5][0-9]`}, "ss": {"05", `[0-5][0-9]`}, "SSS": {"000", `[0-9]{3}`},
	"XXX": {"Z07:00", `(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])`}, "Z": {"-0700", `[+-]([01][0-9]|2[0-3])[0-5][0-9]`},
}

// dateParts splits a format, and reports whether all its parts are known.
func dateParts(format string) ([]dateToken, bool) {
	var all []dateToken
	for rest := format; rest != ""; {
		token := rest[:len(rest)-len(strings.TrimLeft(rest, rest[:1]))]
		part, ok := dateTokens[token]
		switch {
		case ok:
		case strings.HasPrefix(rest, "'T'"), strings.HasPrefix(rest, "'Z'"):
			token, part = rest[:3], dateToken{rest[1:2], rest[1:2]}
		case strings.ContainsAny(token[:1], "-:. /"):
			part = dateToken{token, regexp.QuoteMeta(token)}
		default:
			return nil, false
		}
		all = append(all, part)
		rest = rest[len(token):]
	}
	return all, format != ""
}

// layoutOf returns the layout of package time for a format, and whether there is one.
func layoutOf(format string) (string, bool) {
	all, ok := dateParts(format)
	var layout strings.Builder
	for _, part := range all {
		layout.WriteString(part.layout)
	}
	return layout.String(), ok
}

// standardMoments are the formats whose texts are those of a format of JSON Schema.
var standardMoments = map[string]string{
	"yyyy-MM-dd": "date", "yyyy-MM-dd'T'HH:mm:ssXXX": "date-time", "yyyy-MM-dd'T'HH:mm:ss'Z'": "date-time",
	"yyyy-MM-dd'T'HH:mm:ss.SSSXXX": "date-time", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'": "date-time",
}

// momentOf returns a pattern that all texts of a format match, the format of JSON Schema that they all have, "" if there is none,
// and whether the format is known.
func momentOf(format string) (pattern, standard string, ok bool) {
	all, ok := dateParts(format)
	var b strings.Builder
	for _, part := range all {
		b.WriteString(part.pattern)
	}
	return "^" + b.String() + "$", standardMoments[format], ok
}

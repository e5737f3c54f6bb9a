package pact

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
)

// unfillable returns a fault for each generator whose pattern or date expression the library cannot read: it would send
// the example and say nothing.
func unfillable(i *interaction) []fault {
	var all []fault
	i.all(func(v *value) bool {
		if isData(v) {
			return false
		}
		switch regex, expression := v.member("regex"), v.member("expression"); v.member("type").str() {
		case "Regex":
			if regex != nil && !readsPattern(regex.str()) {
				all = append(all, fault{at: regex, text: "the library cannot read this pattern, and the example would be sent: write it without lookaround and back references, and close what it opens"})
			}
		case "Date", "Time", "DateTime":
			if expression != nil && expression.kind == '"' && !dateExpression.MatchString(strings.ToLower(expression.str())) {
				all = append(all, fault{at: expression, text: `this is no date expression, and the example would be sent: write one such as "today", "+ 1 week", "next monday" or "tomorrow @ 5 o'clock pm + 10 minutes"`})
			}
		}
		return true
	})
	return all
}

// readsPattern reports whether a pattern is a regular expression for the library, whose engine has no lookaround and no back
// references, as Go's. Escapes are not judged: the two engines know different ones.
func readsPattern(pattern string) bool {
	_, err := syntax.Parse(pattern, syntax.Perl)
	var wrong *syntax.Error
	if !errors.As(err, &wrong) {
		return true
	}
	digit := strings.IndexFunc(wrong.Expr, func(r rune) bool { return r >= '1' && r <= '9' })
	return wrong.Code == syntax.ErrInvalidEscape && digit != 1 // \1 is a back reference
}

// dateExpression matches the expressions of the Date, Time and DateTime generators (Pact specification version 3 and 4,
// "Expressions"): a base, steps from it, and for a time of day the same after @.
var dateExpression = func() *regexp.Regexp {
	const (
		day  = `mon(day)?|tue(s|sday)?|wed(nesday)?|thu(r|rs|rsday)?|fri(day)?|sat(urday)?|sun(day)?`
		name = `jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sep(t|tember)?|oct(ober)?|nov(ember)?|dec(ember)?`
		unit = `days?|weeks?|fortnights?|months?|years?`
		of   = `(` + day + `|` + name + `|` + unit + `)`
		date = `((now|today|yesterday|tomorrow)|(next|last)\s+` + of + `)?(\s*[+-]\s*(\d+\s*(` + unit + `)|(next|last)\s+` + of + `))*`
		hour = `hours?|minutes?|seconds?|milliseconds?`
		time = `(now|midnight|noon|\d+\s*o'clock(\s*(am|pm))?|(next|last)\s+(` + hour + `))?(\s*[+-]\s*(\d+\s*(` + hour + `)|(next|last)\s+(` + hour + `)))*`
	)
	return regexp.MustCompile(`^\s*(` + date + `|` + time + `|` + date + `\s*@\s*` + time + `)\s*$`)
}()

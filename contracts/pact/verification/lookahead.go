package verification

import (
	"regexp"
	"strings"
)

// expression is a pattern of a pact, as it must match a whole text. Go's engine has no lookahead; those at the beginning of a pattern
// are patterns of their own.
type expression struct {
	whole   string      // "^(?:…)$"
	demands []lookahead // of the text from its first character
}

// lookahead is one lookahead, anchored at the first character.
type lookahead struct {
	pattern string
	not     bool
}

// newExpression reads a pattern. It need not be one that Go's engine can run.
func newExpression(pattern string) expression {
	whole := expression{whole: "^(?:" + pattern + ")$"}
	e, rest := expression{}, strings.TrimPrefix(pattern, "^")
	for {
		kind, inside, after, ok := group(rest)
		if !ok {
			break
		}
		e.demands = append(e.demands, lookahead{"^(?:" + inside + ")", kind == "(?!"})
		rest = after
	}
	if len(e.demands) == 0 || alternates(rest) {
		return whole
	}
	e.whole = "^(?:" + rest + ")$"
	return e
}

// matches reports whether the expression matches a text. The error is that Go's engine cannot tell.
func (e expression) matches(text string) (bool, error) {
	whole, err := regexp.Compile(e.whole)
	if err != nil {
		return false, err
	}
	is := whole.MatchString(text)
	for _, d := range e.demands {
		ahead, err := regexp.Compile(d.pattern)
		if err != nil {
			return false, err
		}
		is = is && ahead.MatchString(text) != d.not
	}
	return is, nil
}

// schema describes the texts that the expression matches.
func (e expression) schema() keywords {
	schema := keywords{"type": "string", "pattern": e.whole}
	var all []any
	for _, d := range e.demands {
		one := keywords{"pattern": d.pattern}
		if d.not {
			one = keywords{"not": one}
		}
		all = append(all, one)
	}
	if len(all) > 0 {
		schema["allOf"] = all
	}
	return schema
}

// group splits a pattern that begins with a lookahead.
func group(pattern string) (kind, inside, after string, ok bool) {
	if !strings.HasPrefix(pattern, "(?=") && !strings.HasPrefix(pattern, "(?!") {
		return "", "", "", false
	}
	end := 0
	walk(pattern, func(at, depth int) bool {
		if depth == 0 && pattern[at] == ')' {
			end = at
			return false
		}
		return true
	})
	if end == 0 {
		return "", "", "", false
	}
	after = pattern[end+1:]
	quantified := after != "" && strings.ContainsRune("*+?{", rune(after[0]))
	return pattern[:3], pattern[3:end], after, !quantified
}

// alternates reports whether a pattern has a | outside of groups.
func alternates(pattern string) (found bool) {
	walk(pattern, func(at, depth int) bool {
		found = depth == 0 && pattern[at] == '|'
		return !found
	})
	return found
}

// walk calls see for each character of a pattern that is neither escaped nor in a class, with the number of groups around it,
// until see returns false. A bracket of a group counts as outside of it.
func walk(pattern string, see func(at, depth int) bool) {
	depth, class := 0, false
	for at := 0; at < len(pattern); at++ {
		c := pattern[at]
		switch {
		case c == '\\':
			at++
			continue
		case class:
			class = c != ']'
			continue
		case c == '[':
			class = true
			if rest := strings.TrimPrefix(pattern[at+1:], "^"); strings.HasPrefix(rest, "]") { // a bracket that comes first is a character
				at = len(pattern) - len(rest)
			}
			continue
		case c == ')':
			depth--
		}
		if !see(at, depth) {
			return
		}
		if c == '(' {
			depth++
		}
	}
}

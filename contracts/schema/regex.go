package schema

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// isRegex reports whether s is a regular expression of ECMA-262, as JSON Schema 2020-12 core section 6.4 demands,
// including those that Go's engine cannot run.
func isRegex(s string) bool {
	_, err := translate(s)
	var lacks *unsupportedError
	return err == nil || errors.As(err, &lacks)
}

// unsupportedError names a part of ECMA-262 that Go's engine lacks.
type unsupportedError struct{ what string }

func (e *unsupportedError) Error() string { return e.what }

// translate rewrites an ECMA-262 expression for package regexp, so that it matches the same strings as with the flag u;
// escaped punctuation and literal braces are allowed, as without that flag. The error is an *unsupportedError if the
// expression is valid and Go's engine cannot run it.
func translate(pattern string) (string, error) {
	t := translation{in: pattern}
	if err := t.expression(); err != nil {
		return "", err
	}
	out := t.out.String()
	if _, err := regexp.Compile(out); err != nil {
		var wrong *syntax.Error
		if errors.As(err, &wrong) && wrong.Code == syntax.ErrInvalidRepeatSize && t.lacks == "" && repeats.MatchString(out) {
			return "", &unsupportedError{"a part that repeats more than 1,000 times in all"}
		}
		if errors.As(err, &wrong) && (wrong.Code == syntax.ErrLarge || wrong.Code == syntax.ErrNestingDepth) {
			return "", &unsupportedError{"an expression of this size"}
		}
		return "", fmt.Errorf("%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	if t.lacks != "" {
		return "", &unsupportedError{t.lacks}
	}
	return out, nil
}

// repeats matches a count of repetitions.
var repeats = regexp.MustCompile(`\{\d+(,\d*)?\}`)

// Characters that differ between the two dialects, as parts of a class.
const (
	space    = `\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}` // WhiteSpace and LineTerminator
	notSpace = `\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}` +
		`\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`
	dot      = `[^\n\r\x{2028}\x{2029}]`
	anything = `\x{0}-\x{10ffff}`
)

// translation is the state of one translate.
type translation struct {
	in    string
	out   strings.Builder
	lacks string // the first thing that Go's engine lacks
}

func (t *translation) lack(what string) {
	if t.lacks == "" {
		t.lacks = what
	}
}

// take removes the prefix from what is left to read, and reports whether it was there.
func (t *translation) take(prefix string) bool {
	rest, ok := strings.CutPrefix(t.in, prefix)
	t.in = rest
	return ok
}

func (t *translation) next() byte {
	c := t.in[0]
	t.in = t.in[1:]
	return c
}

func (t *translation) expression() error {
	for t.in != "" {
		var err error
		switch c := t.next(); c {
		case '.':
			t.out.WriteString(dot)
		case '(':
			err = t.group()
		case '[':
			err = t.class()
		case '\\':
			err = t.escape(false)
		default:
			t.out.WriteByte(c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var groupName = regexp.MustCompile(`^\?<([A-Za-z_$][A-Za-z0-9_$]*)>`)

func (t *translation) group() error {
	lookaround := map[string]string{"?=": "a lookahead (?=", "?!": "a lookahead (?!", "?<=": "a lookbehind (?<=", "?<!": "a lookbehind (?<!"}
	for prefix, name := range lookaround {
		if t.take(prefix) {
			t.lack(name)
			t.out.WriteString("(?:")
			return nil
		}
	}
	switch name := groupName.FindStringSubmatch(t.in); {
	case name != nil:
		t.take(name[0])
		t.out.WriteString("(")
	case strings.HasPrefix(t.in, "?:") || !strings.HasPrefix(t.in, "?"):
		t.out.WriteString("(")
	default:
		return fmt.Errorf("(%s is no group of ECMA-262", t.in[:min(2, len(t.in))])
	}
	return nil
}

func (t *translation) class() error {
	negated := t.take("^")
	if t.take("]") { // nothing, or anything
		t.out.WriteString(map[bool]string{false: `[^` + anything + `]`, true: `[` + anything + `]`}[negated])
		return nil
	}
	t.out.WriteString("[")
	if negated {
		t.out.WriteString("^")
	}
	for t.in != "" {
		switch c := t.next(); c {
		case ']':
			t.out.WriteString("]")
			return nil
		case '[':
			t.out.WriteString(`\[`)
		case '\\':
			if err := t.escape(true); err != nil {
				return err
			}
		default:
			t.out.WriteByte(c)
		}
	}
	return errors.New("a [ without its ]")
}

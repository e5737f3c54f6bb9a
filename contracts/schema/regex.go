package schema

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode/utf16"
)

// isRegex reports whether s is a regular expression of ECMA-262, as JSON Schema 2020-12 core section 6.4 asks for,
// including those that Go's engine cannot run.
func isRegex(s string) bool {
	_, err := translate(s)
	var lacks *unsupportedError
	return err == nil || errors.As(err, &lacks)
}

// unsupportedError says what of ECMA-262 Go's engine lacks.
type unsupportedError struct{ what string }

func (e *unsupportedError) Error() string { return e.what }

// translate rewrites an ECMA-262 expression (with the flag u, but as lenient about escaped punctuation and braces as
// without it) for package regexp, so that it accepts the same strings. The error is an *unsupportedError if the
// expression is right and Go's engine cannot run it.
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

// repeats is a count of repetitions whose bounds are in order.
var repeats = regexp.MustCompile(`\{\d+(,\d*)?\}`)

// Characters that differ between the two dialects, as parts of a class.
const (
	space    = `\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}` // WhiteSpace and LineTerminator
	notSpace = `\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`
	dot      = `[^\n\r\x{2028}\x{2029}]`
	all      = `\x{0}-\x{10ffff}`
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
		t.out.WriteString(map[bool]string{false: `[^` + all + `]`, true: `[` + all + `]`}[negated])
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

var (
	unicodeEscape = regexp.MustCompile(`^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{4})(?:\\u([0-9A-Fa-f]{4}))?)`)
	property      = regexp.MustCompile(`^\{(?:(?:Script|sc|Script_Extensions|scx|General_Category|gc)=)?([A-Za-z_]+)\}`)
	reference     = regexp.MustCompile(`^(?:[1-9][0-9]*|k<[^>]+>)`)
	hex           = regexp.MustCompile(`^x([0-9A-Fa-f]{2})`)
)

// escape translates what follows a backslash.
func (t *translation) escape(inClass bool) error {
	if t.in == "" {
		return errors.New("a backslash at the end")
	}
	if back := reference.FindString(t.in); back != "" && !inClass {
		t.take(back)
		t.lack(`a back reference \` + back)
		t.out.WriteString("(?:)")
		return nil
	}
	if code := hex.FindStringSubmatch(t.in); code != nil {
		t.take(code[0])
		t.out.WriteString(`\x` + code[1])
		return nil
	}
	switch c := t.next(); c {
	case 's', 'S':
		set := map[byte]string{'s': space, 'S': notSpace}[c]
		if !inClass {
			set = "[" + set + "]"
		}
		t.out.WriteString(set)
	case 'b':
		t.out.WriteString(map[bool]string{false: `\b`, true: `\x08`}[inClass])
	case 'B':
		if inClass {
			return errors.New(`\B in a class`)
		}
		t.out.WriteString(`\B`)
	case 'd', 'D', 'w', 'W', 'f', 'n', 'r', 't', 'v':
		t.out.WriteString(`\` + string(c))
	case '0':
		t.out.WriteString(`\x00`)
	case 'c':
		return t.control()
	case 'u':
		return t.codePoint()
	case 'p', 'P':
		return t.property(c)
	default:
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return fmt.Errorf(`\%c is no escape of ECMA-262`, c)
		}
		if c < 0x80 {
			t.out.WriteByte('\\')
		}
		t.out.WriteByte(c)
	}
	return nil
}

// control translates \cA.
func (t *translation) control() error {
	if t.in == "" || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", rune(t.in[0])) {
		return errors.New(`\c without a letter`)
	}
	fmt.Fprintf(&t.out, `\x%02x`, t.next()%32)
	return nil
}

// codePoint translates A, \u{1F600} and pairs of surrogates.
func (t *translation) codePoint() error {
	code := unicodeEscape.FindStringSubmatch(t.in)
	if code == nil {
		return errors.New(`\u without four hexadecimal digits`)
	}
	value, _ := strconv.ParseInt(code[1]+code[2], 16, 32)
	if value > 0x10ffff {
		return fmt.Errorf(`\u{%s} is above 10FFFF`, code[1])
	}
	length := len(code[1]) + 2
	if code[1] == "" {
		length = 4
	}
	if utf16.IsSurrogate(rune(value)) {
		low, err := strconv.ParseInt(code[3], 16, 32)
		pair := utf16.DecodeRune(rune(value), rune(low))
		if err != nil || pair == 0xfffd {
			t.lack(`half a surrogate pair \u` + code[1] + code[2])
			pair = 0xfffd
		} else {
			length = len(code[0])
		}
		value = int64(pair)
	}
	t.in = t.in[length:]
	fmt.Fprintf(&t.out, `\x{%x}`, value)
	return nil
}

// property translates \p{Lu}, \p{Letter} and \p{Script=Greek}.
func (t *translation) property(c byte) error {
	name := property.FindStringSubmatch(t.in)
	if name == nil {
		return fmt.Errorf(`\%c without a property in braces`, c)
	}
	t.take(name[0])
	out := `\` + string(c) + `{` + name[1] + `}`
	if _, err := regexp.Compile(out); err != nil {
		t.lack("the property " + out)
		out = `\pL`
	}
	t.out.WriteString(out)
	return nil
}

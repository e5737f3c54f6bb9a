package schema

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

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

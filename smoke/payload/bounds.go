package payload

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// What no webhook needs and what makes readers fail: RFC 8259, section 9, lets every reader set such limits.
const (
	maxDepth    = 500    // of arrays and objects in each other
	maxExponent = 10_000 // of a number, up or down
	maxDigits   = 10_000 // of a number
)

// Bounded returns an error if a JSON text is nested deeper than 500 levels, or holds a number with an exponent beyond
// 10,000 or with more than 10,000 digits: exact arithmetic on such a number takes memory and time without an end.
// Whether the text is JSON at all is left to its reader.
func Bounded(text []byte) error {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			i = endOfString(text, i)
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fmt.Errorf("it is nested deeper than %d levels", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		case c == '-' || (c >= '0' && c <= '9'):
			end := i
			for end < len(text) && bytes.IndexByte([]byte("+-.eE0123456789"), text[end]) >= 0 {
				end++
			}
			if err := boundedNumber(string(text[i:end])); err != nil {
				return err
			}
			i = end - 1
		}
	}
	return nil
}

// endOfString returns where the string ends that starts at i.
func endOfString(text []byte, i int) int {
	for i++; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}

func boundedNumber(text string) error {
	mantissa, power, scientific := strings.Cut(strings.ToLower(text), "e")
	if len(mantissa) > maxDigits {
		return fmt.Errorf("it holds a number of more than %d digits", maxDigits)
	}
	exponent, err := strconv.Atoi(power)
	if scientific && (err != nil || exponent > maxExponent || exponent < -maxExponent) {
		return fmt.Errorf("it holds the number %.40s, whose exponent is beyond %d", text, maxExponent)
	}
	return nil
}

package payload

import (
	"bytes"
	"encoding/json"
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
// A text that is not JSON is not an error: its reader reports that.
func Bounded(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	for depth := 0; ; {
		token, err := d.Token()
		if err != nil {
			return nil //nolint:nilerr // it has ended, or is not JSON
		}
		switch token := token.(type) {
		case json.Delim:
			if depth++; token == '}' || token == ']' {
				depth -= 2
			}
			if depth > maxDepth {
				return fmt.Errorf("it is nested deeper than %d levels", maxDepth)
			}
		case json.Number:
			if err := boundedNumber(token.String()); err != nil {
				return err
			}
		}
	}
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

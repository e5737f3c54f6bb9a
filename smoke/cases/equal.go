package cases

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/smoke/payload"
)

// sameJSON reports whether two texts are one JSON value as RFC 8785 sees it, except that numbers are compared
// exactly: RFC 8785 reads them as doubles, in which 9007199254740992 equals 9007199254740993.
func sameJSON(a, b []byte) bool {
	x, errX := payload.Value(a)
	y, errY := payload.Value(b)
	return errX == nil && errY == nil && equal(x, y)
}

func equal(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for name, value := range x {
			if other, there := y[name]; !there || !equal(value, other) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, equal)
	case json.Number:
		y, ok := b.(json.Number)
		return ok && decimal(x.String()) == decimal(y.String())
	default:
		return a == b
	}
}

// decimal writes a JSON number in the one form `-digits e exponent` without zeros around the digits, so that two
// are equal as texts if they are equal as numbers. An exponent that no machine word holds stays as it is written.
func decimal(number string) string {
	mantissa, power, _ := strings.Cut(strings.ToLower(number), "e")
	exponent, err := strconv.ParseInt(strings.TrimPrefix(power, "+"), 10, 32)
	if power != "" && err != nil {
		return number
	}
	sign := ""
	if mantissa[0] == '-' {
		sign, mantissa = "-", mantissa[1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	exponent -= int64(len(fraction))
	short := strings.TrimRight(digits, "0")
	if short == "" {
		return "0"
	}
	return sign + short + "e" + strconv.FormatInt(exponent+int64(len(digits)-len(short)), 10)
}

package witness

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is a JSON type. Integers are numbers that are multiples of one.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	array
	object
	kinds // how many there are
)

// kindSet is a set of kinds, a bit each.
type kindSet uint8

const anyKind kindSet = 1<<kinds - 1

func only(k kind) kindSet { return 1 << k }

func (s kindSet) has(k kind) bool { return s&only(k) != 0 }

var kindNames = map[string]kind{"null": null, "boolean": boolean, "number": number, "string": text, "array": array, "object": object}

// kindOf returns the kind of a decoded JSON value, whose numbers are json.Number.
func kindOf(value any) kind {
	switch value.(type) {
	case bool:
		return boolean
	case json.Number:
		return number
	case string:
		return text
	case []any:
		return array
	case map[string]any:
		return object
	}
	return null
}

// canonical returns a text that is the same for equal values: 1.0 equals 1.
func canonical(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(value)
	case json.Number:
		return rational(value).RatString()
	case string:
		return strconv.Quote(value)
	case []any:
		parts := make([]string, len(value))
		for i, item := range value {
			parts[i] = canonical(item)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		parts := make([]string, 0, len(value))
		for _, name := range slices.Sorted(maps.Keys(value)) {
			parts = append(parts, strconv.Quote(name)+":"+canonical(value[name]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return fmt.Sprint(value)
}

func rational(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return new(big.Rat)
	}
	return r
}

// decimal writes a number that has a finite decimal form. ok is false for one that has none, such as 1/3.
func decimal(r *big.Rat) (n json.Number, ok bool) {
	if r.IsInt() {
		return json.Number(r.Num().String()), true
	}
	const most = 400
	digits, exact := r.FloatPrec()
	if !exact || digits > most {
		return "", false
	}
	return json.Number(r.FloatString(digits)), true
}

// size returns what minLength, minItems and minProperties count.
func size(value any) int {
	switch value := value.(type) {
	case string:
		return utf8.RuneCountInString(value)
	case []any:
		return len(value)
	case map[string]any:
		return len(value)
	}
	return 0
}

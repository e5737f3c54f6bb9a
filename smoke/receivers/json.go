package receivers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// depthLimit is how deeply arrays and objects may be nested.
const depthLimit = 100

// object is a JSON object in the order of its text.
type object []member

type member struct {
	name  string
	value any
}

// readJSON reads one I-JSON text (RFC 7493): UTF-8, no key twice in one object, no half of a surrogate pair. It
// returns nil, bool, string, json.Number, []any and object.
func readJSON(text []byte) (any, error) {
	switch {
	case len(text) == 0:
		return nil, errors.New("the body is empty")
	case !utf8.Valid(text):
		return nil, errors.New("the body is not UTF-8")
	case !json.Valid(text):
		return nil, errors.New("the body is not JSON")
	case halfPair(text):
		return nil, errors.New("the body has half a surrogate pair")
	}
	tokens := json.NewDecoder(bytes.NewReader(text))
	tokens.UseNumber()
	return readValue(tokens, 0)
}

func readValue(tokens *json.Decoder, depth int) (any, error) {
	token, err := tokens.Token()
	if err != nil {
		return nil, err
	}
	if depth > depthLimit {
		return nil, errors.New("the body is too deep")
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return readArray(tokens, depth)
		}
		return readObject(tokens, depth)
	case json.Number:
		_, err := decimal(token)
		return token, err
	default:
		return token, nil
	}
}

func readArray(tokens *json.Decoder, depth int) (any, error) {
	items := []any{}
	for tokens.More() {
		item, err := readValue(tokens, depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := tokens.Token() // the closing bracket
	return items, err
}

func readObject(tokens *json.Decoder, depth int) (any, error) {
	members, seen := object{}, map[string]bool{}
	for tokens.More() {
		token, err := tokens.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string) // the text is valid: a key is a string
		if seen[name] {
			return nil, fmt.Errorf("the key %q occurs twice in one object", name)
		}
		seen[name] = true
		value, err := readValue(tokens, depth+1)
		if err != nil {
			return nil, err
		}
		members = append(members, member{name, value})
	}
	_, err := tokens.Token() // the closing brace
	return members, err
}

// halfPair finds an escape such as \ud800 without its other half. encoding/json would read it as U+FFFD, and two
// bodies that differ would be one.
func halfPair(text []byte) bool {
	const high, low, end = 0xd800, 0xdc00, 0xe000
	for at := bytes.IndexByte(text, '\\'); at >= 0 && at < len(text); at++ {
		if text[at] != '\\' {
			continue
		}
		at++ // an escape is a backslash and at least one more
		switch unit := escaped(text[at-1:]); {
		case unit >= low && unit < end:
			return true
		case unit >= high && unit < low:
			if next := escaped(text[at+5:]); next < low || next >= end {
				return true
			}
			at += 6
		}
	}
	return false
}

// escaped returns the code unit of the escape \uXXXX that text starts with, or -1.
func escaped(text []byte) int64 {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseInt(string(text[2:6]), 16, 32)
	if err != nil {
		return -1
	}
	return unit
}

// decimal writes a number in one way, exactly: 1000, 1000.0 and 1e3 are 1e3. An exponent of more than 12 digits
// is an error.
func decimal(n json.Number) (string, error) {
	mantissa, power, scientific := strings.Cut(strings.ToLower(string(n)), "e")
	exponent := 0
	if scientific {
		var err error
		if exponent, err = strconv.Atoi(power); err != nil || max(exponent, -exponent) >= 1e12 {
			return "", errors.New("the exponent of a number is too large")
		}
	}
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return "0", nil
	}
	exponent -= len(fraction)
	short := strings.TrimRight(digits, "0")
	exponent += len(digits) - len(short)
	if negative {
		short = "-" + short
	}
	return short + "e" + strconv.Itoa(exponent), nil
}

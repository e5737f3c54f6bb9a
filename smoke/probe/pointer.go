package probe

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/smoke/payload"
)

// CountAt returns the number at pointer in a JSON document, or the length of the array there.
func CountAt(doc []byte, pointer string) (int, error) {
	value, err := At(doc, pointer)
	if err != nil {
		return 0, err
	}
	switch v := value.(type) {
	case []any:
		return len(v), nil
	case json.Number:
		n, err := strconv.Atoi(v.String())
		if err == nil && n >= 0 {
			return n, nil
		}
	}
	return 0, fmt.Errorf("its answer has no count and no array at %q", pointer)
}

// longestNumber is how many characters a number may have: a longer one may stand for one that is astronomically large.
const longestNumber = 100

// NumberOf reads a number, which may be written as a text: "403.00".
func NumberOf(value any) (*big.Rat, bool) {
	var text string
	switch v := value.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	}
	if text == "" || len(text) > longestNumber || strings.ContainsAny(text, "eE/") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// TextAt returns the string or number at a JSON Pointer into a document, as text; "" when there is neither.
func TextAt(doc []byte, pointer string) string {
	value, err := At(doc, pointer)
	if err != nil {
		return ""
	}
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	return ""
}

// numberAt returns the number at a pointer, or the length of the array.
func numberAt(doc []byte, pointer string) (*big.Rat, error) {
	value, err := At(doc, pointer)
	if err != nil {
		return nil, err
	}
	if list, ok := value.([]any); ok {
		return big.NewRat(int64(len(list)), 1), nil
	}
	n, ok := NumberOf(value)
	if !ok {
		return nil, fmt.Errorf("its answer has no number at %q", pointer)
	}
	return n, nil
}

// At returns the value at a JSON Pointer (RFC 6901) into a document, its numbers as json.Number. A document is one
// value, with nothing after it. One that payload.Bounded refuses is an error.
func At(doc []byte, pointer string) (any, error) {
	value, err := payload.Value(doc)
	if err != nil {
		return nil, fmt.Errorf("answered with %w", err)
	}
	for key := range jsontext.Pointer(pointer).Tokens() {
		found, ok := any(nil), false
		switch v := value.(type) {
		case map[string]any:
			found, ok = v[key]
		case []any:
			if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(v) && strconv.Itoa(i) == key { // no +1, no 01
				found, ok = v[i], true
			}
		}
		if !ok {
			return nil, fmt.Errorf("its answer has nothing at %q", pointer)
		}
		value = found
	}
	return value, nil
}

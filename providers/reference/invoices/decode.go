package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"mime"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// errMalformed marks a body that is not what JSON services agree on: it is refused before it is understood.
var errMalformed = errors.New("malformed")

// decode reads JSON into a pointer to a struct. Go matches keys in any case; senders do not. A key that differs
// from a known one in its case only is refused, because another reader would see another value.
func decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return fmt.Errorf("%w: %w", errMalformed, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: more than one JSON value", errMalformed)
	}
	if holdsNUL(value) {
		return fmt.Errorf("%w: a text holds U+0000, which PostgreSQL cannot store", errMalformed)
	}
	if err := exactKeys(value, reflect.TypeOf(into)); err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return fmt.Errorf("%s must not be a %s", wrong.Field, wrong.Value)
		}
		return err
	}
	return nil
}

// holdsNUL reports whether a text anywhere in value contains U+0000.
func holdsNUL(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.ContainsRune(v, 0)
	case []any:
		return slices.ContainsFunc(v, holdsNUL)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), holdsNUL)
	}
	return false
}

// exactKeys refuses keys that would be taken for a field of t and are not spelt like it.
func exactKeys(value any, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := value.(type) {
	case []any:
		if t.Kind() != reflect.Slice {
			return nil
		}
		for _, element := range v {
			if err := exactKeys(element, t.Elem()); err != nil {
				return err
			}
		}
	case map[string]any:
		if t.Kind() != reflect.Struct {
			return nil
		}
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			for key, member := range v {
				switch {
				case key == name:
					if err := exactKeys(member, t.Field(i).Type); err != nil {
						return err
					}
				case strings.EqualFold(key, name):
					return fmt.Errorf("%w: the key %q is written %q here", errMalformed, key, name)
				}
			}
		}
	}
	return nil
}

// integer is a whole number in any form that JSON has for it: 1000, 1000.0 and 1e3 are one number, to JSON Schema
// and to the fingerprint, and so they are here.
type integer int64

// UnmarshalJSON reads the number exactly.
func (n *integer) UnmarshalJSON(text []byte) error {
	written := string(text)
	if whole, err := strconv.ParseInt(written, 10, 64); err == nil {
		*n = integer(whole)
		return nil
	}
	// A long number has no 64 bits, and one with a long exponent would take for ever.
	_, exponent, _ := strings.Cut(strings.ToLower(written), "e")
	if len(written) > 64 || len(strings.TrimLeft(exponent, "+-0")) > 2 {
		return fmt.Errorf("%.20s… is no amount", written)
	}
	x, ok := new(big.Rat).SetString(written)
	if !ok || !x.IsInt() || !x.Num().IsInt64() {
		return fmt.Errorf("%s is not a whole number", written)
	}
	*n = integer(x.Num().Int64())
	return nil
}

// isJSON reports whether a Content-Type is JSON.
func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

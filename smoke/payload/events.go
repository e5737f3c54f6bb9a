package payload

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// events finds the values at a pointer in every document.
func events(documents []part, pointer string) ([]part, error) {
	var all []part
	for _, document := range documents {
		if err := Bounded(document.plain); err != nil {
			return nil, err
		}
		found := finder{d: jsontext.NewDecoder(bytes.NewReader(document.plain))}
		if err := found.find(slices.Collect(jsontext.Pointer(pointer).Tokens())); err != nil {
			return nil, fmt.Errorf("it is not JSON: %w", err)
		}
		for _, span := range found.spans {
			all = append(all, document.slice(span[0], span[1]))
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("it has no event at %s", pointer)
	}
	return all, nil
}

// finder collects the positions of values.
type finder struct {
	d     *jsontext.Decoder
	spans [][2]int
}

// find reads one value, and collects what is at the rest of a pointer in it.
func (f *finder) find(rest []string) error {
	kind := f.d.PeekKind()
	if len(rest) == 0 || (kind != '{' && kind != '[') {
		value, err := f.d.ReadValue()
		if err == nil && len(rest) == 0 {
			end := int(f.d.InputOffset())
			f.spans = append(f.spans, [2]int{end - len(value), end})
		}
		return err
	}
	if _, err := f.d.ReadToken(); err != nil {
		return err
	}
	for i := 0; ; i++ {
		if next := f.d.PeekKind(); next == '}' || next == ']' {
			_, err := f.d.ReadToken()
			return err
		}
		key := strconv.Itoa(i)
		if kind == '{' {
			name, err := f.d.ReadToken()
			if err != nil {
				return err
			}
			key = name.String()
		}
		err := error(nil)
		if rest[0] == "*" || rest[0] == key {
			err = f.find(rest[1:])
		} else {
			err = f.d.SkipValue()
		}
		if err != nil {
			return err
		}
	}
}

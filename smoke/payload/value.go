package payload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Value returns the one JSON value that text is, its numbers as json.Number. A text that Bounded refuses, and one with more
// after the value, is an error.
func Value(text []byte) (any, error) {
	if err := Bounded(text); err != nil {
		return nil, fmt.Errorf("JSON that is not read: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("no JSON: there is more after the value, from byte %d", d.InputOffset())
	}
	return value, nil
}

// Package exact decodes JSON without rounding its numbers.
package exact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Decode decodes the one JSON value that text holds, with every number as it is written: as a json.Number. A text with more after
// the value is an error.
func Decode(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("there is more after the value, from byte %d", d.InputOffset())
	}
	return nil
}

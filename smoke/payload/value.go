package payload

import (
	"fmt"

	"github.com/fridaygate/fridaygate/contracts/exact"
)

// Value returns the one JSON value that text is, its numbers as json.Number. A text that Bounded refuses, and one with more
// after the value, is an error.
func Value(text []byte) (any, error) {
	if err := Bounded(text); err != nil {
		return nil, fmt.Errorf("JSON that is not read: %w", err)
	}
	var value any
	if err := exact.Decode(text, &value); err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	return value, nil
}

package probe

import (
	"context"
	"encoding/json"
)

// result counts the different values that accepted answers have in one place. A null there is no value: nothing
// was made that has an id.
type result struct{ pointer string }

func (p result) Where(Event) string {
	return "the different values at " + p.pointer + " of the answers"
}

func (p result) Look(_ context.Context, e Event) (Count, error) {
	different := map[string]bool{}
	for _, body := range e.Results {
		value, err := At(body, p.pointer)
		if err != nil {
			return Count{}, err
		}
		if value == nil {
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			return Count{}, err
		}
		different[string(text)] = true
	}
	return Count{N: len(different)}, nil
}

func (p result) Close() error { return nil }

package schema

import (
	"bytes"
	"fmt"
	"sync"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// steps limits the work of one check: a schema whose alternatives refer to itself may take twice as many steps for each
// level of a document. It is an extension of the library, which calls it whenever it checks a value against a schema.
type steps struct {
	one   sync.Mutex // held during a check, as it counts one at a time
	left  int
	until time.Time // zero: for ever
}

// The limits of a document. A check is given up, and says so with the number, where it would be beyond them.
const (
	maxDocument  = 128 << 20 // bytes
	maxDocValues = 1_000_000
	maxCheck     = 10 * time.Second
)

// tooLarge returns why a document is not checked, or "".
func tooLarge(doc []byte) string {
	if len(doc) > maxDocument {
		return fmt.Sprintf("it has %d bytes, and more than %d MiB are not checked", len(doc), maxDocument>>20)
	}
	if bytes.Count(doc, []byte(",")) < maxDocValues { // each value but the first of an object or array has one before it
		return ""
	}
	d := dialect{duplicateNames: true, loneSurrogates: true}.decoder(doc)
	for count := 0; ; count++ {
		if count > 2*maxDocValues { // a name is a token too
			return fmt.Sprintf("it has more than %d values, and so many are not checked", maxDocValues)
		}
		if _, err := d.ReadToken(); err != nil {
			return "" // the end, or a mistake that is reported for itself
		}
	}
}

// allowance returns the number of steps that a document may take, far more than it needs unless the work explodes. The
// cost of a failing step grows with the square of its depth, as the library writes down its place. chain is how many schemas may
// apply to one value, each by way of the one before.
func allowance(value any, chain int) int {
	values, depth := measure(value)
	depth += chain
	return (200_000 + 500*values) / (1 + depth*depth/(32*32))
}

// measure counts the values of a document, and how deep they are nested.
func measure(value any) (values, depth int) {
	values = 1
	add := func(part any) {
		n, below := measure(part)
		values += n
		depth = max(depth, below+1)
	}
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			add(member)
		}
	case []any:
		for _, item := range value {
			add(item)
		}
	}
	return values, depth
}

// longest returns how many schemas may apply to one value, each by way of the one before.
func longest(root *jsonschema.Schema) int {
	known := map[*jsonschema.Schema]int{}
	var visit func(*jsonschema.Schema) int
	visit = func(s *jsonschema.Schema) int {
		if s == nil {
			return 0
		}
		if length, ok := known[s]; ok {
			return length
		}
		known[s] = 1 // of those that a dynamic reference leads to again
		length := 1
		for _, next := range inPlace(s) {
			length = max(length, 1+visit(next))
		}
		known[s] = length
		return length
	}
	most := 0
	for one := range reachable(root) {
		most = max(most, visit(one))
	}
	return most
}

// Compile makes every schema count.
func (s *steps) Compile(jsonschema.CompilerContext, map[string]any) (jsonschema.ExtSchema, error) {
	return s, nil
}

// Validate counts. The library recovers from this panic and returns its value as the error.
func (s *steps) Validate(jsonschema.ValidationContext, any) error {
	if s.left--; s.left < 0 || s.left%64 == 0 && !s.until.IsZero() && time.Now().After(s.until) {
		//nolint:forbidigo // the only way out of the library, see above
		panic(jsonschema.InfiniteLoopError("none: it was given up, as the schema's alternatives make it take too many steps, or more than 10 s"))
	}
	return nil
}

package schema

import (
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// steps limits the work of one check: a schema whose alternatives refer to itself may take twice as many steps for each
// level of a document. It is an extension of the library, which calls it whenever it checks a value against a schema.
type steps struct {
	one  sync.Mutex // held during a check, as it counts one at a time
	left int
}

// allowance returns the number of steps that a document may take, far more than it needs unless the work explodes. The
// cost of a failing step grows with the square of its depth, as the library writes down its place.
func allowance(value any) int {
	values, depth := measure(value)
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

// Compile makes every schema count.
func (s *steps) Compile(jsonschema.CompilerContext, map[string]any) (jsonschema.ExtSchema, error) {
	return s, nil
}

// Validate counts. The library recovers from this panic and returns its value as the error.
func (s *steps) Validate(jsonschema.ValidationContext, any) error {
	if s.left--; s.left < 0 {
		//nolint:forbidigo // the only way out of the library, see above
		panic(jsonschema.InfiniteLoopError("none: it was given up, as the schema's alternatives make it take too many steps"))
	}
	return nil
}

package compat_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema/compat"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// hostile are schemas that would take a naive comparison forever, each a little different from its second version.
func hostile() map[string][2]any {
	type m = map[string]any
	fan := func(last any) any {
		defs := m{"d24": last}
		for i := range 24 {
			next := m{"$ref": fmt.Sprintf("#/$defs/d%d", i+1)}
			defs[fmt.Sprintf("d%d", i)] = m{"properties": m{"a": next, "b": next}}
		}
		return m{"$ref": "#/$defs/d0", "$defs": defs}
	}
	nested := func(last any) any {
		for range 100 {
			last = m{"type": "object", "required": []any{"a"}, "properties": m{"a": last}}
		}
		return last
	}
	enum := func(n int) any {
		var all []any
		for i := range n {
			all = append(all, fmt.Sprintf("value %d", i))
		}
		return m{"enum": all}
	}
	product := func(n int) any {
		var all []any
		for i := range n {
			name := fmt.Sprintf("p%d", i)
			all = append(all, m{"anyOf": []any{m{"required": []any{name}}, m{"required": []any{"not" + name}}, m{"minProperties": i + 3}}})
		}
		return m{"type": "object", "allOf": all}
	}
	overlapping := func(n int) any {
		var all []any
		for i := range n {
			all = append(all, m{"type": "integer", "multipleOf": i + 2})
		}
		return m{"oneOf": all}
	}
	patterns := func(last string) any {
		of := m{}
		for i := range 12 {
			of[fmt.Sprintf("%c.*%c", 'a'+i, 'b'+i)] = m{"type": "string"}
		}
		of[last] = m{"type": "integer"}
		return m{"type": "object", "patternProperties": of}
	}
	recursive := func(last any) any {
		return m{"$ref": "#/$defs/t", "$defs": m{"t": m{"anyOf": []any{last,
			m{"type": "object", "properties": m{"l": m{"$ref": "#/$defs/t"}, "r": m{"$ref": "#/$defs/t"}}, "required": []any{"l", "r"}}}}}}
	}
	return map[string][2]any{
		"references that fan out":   {fan(m{"type": "string"}), fan(m{"type": "string", "maxLength": 1})},
		"deep nesting":              {nested(m{"type": "string"}), nested(m{"type": "string", "maxLength": 1})},
		"a huge enum":               {enum(20000), enum(19999)},
		"a huge enum as a pattern":  {enum(5000), m{"type": "string", "pattern": "^value [0-9]+$"}},
		"many alternatives":         {product(30), product(31)},
		"alternatives that overlap": {overlapping(40), overlapping(41)},
		"many patterns":             {patterns("x"), patterns("y")},
		"large automata":            {m{"type": "string", "pattern": "^(a|b)*a(a|b){20}$"}, m{"type": "string", "pattern": "^(a|b)*b(a|b){20}$"}},
		"long strings":              {m{"type": "string", "minLength": 5_000_000}, m{"type": "string", "minLength": 5_000_001}},
		"long lists":                {m{"type": "array", "minItems": 5000}, m{"type": "array", "minItems": 5001}},
		"many members":              {m{"type": "object", "minProperties": 50000}, m{"type": "object", "minProperties": 50001}},
		"a tree":                    {recursive(m{"type": "number"}), recursive(m{"type": "integer"})},
		"unique items of a large kind": {
			m{"type": "array", "uniqueItems": true, "minItems": 60, "items": m{"type": "integer", "minimum": 0, "maximum": 100}},
			m{"type": "array", "uniqueItems": true, "minItems": 60, "items": m{"type": "integer", "minimum": 0, "maximum": 99}},
		},
		"multiples of primes": {
			m{"type": "integer", "multipleOf": 1000003, "not": m{"anyOf": []any{m{"multipleOf": 999983}, m{"multipleOf": 1299709}}}},
			m{"type": "integer", "multipleOf": 1000003, "maximum": 100},
		},
		"exponents": {m{"minimum": json.Number("1e900")}, m{"minimum": json.Number("1e901")}},
	}
}

// Whatever the schemas are, the comparison ends, and what it says is right. The bound is generous, for slow machines; on a
// quiet one, each takes less than a second.
func TestHostileSchemasEnd(t *testing.T) {
	for name, pair := range hostile() {
		t.Run(name, func(t *testing.T) {
			older, err := json.Marshal(pair[0])
			require.NoError(t, err)
			newer, err := json.Marshal(pair[1])
			require.NoError(t, err)
			a, b := load(t, "old", older), load(t, "new", newer)
			started := time.Now()
			backward, forward := both(t, a, b, compat.Options{})
			t.Log(strings.Join([]string{backward, forward, time.Since(started).Round(time.Millisecond).String()}, " "))
		})
	}
}

func TestTimeoutIsUndecided(t *testing.T) {
	pair := hostile()["many alternatives"]
	older, _ := json.Marshal(pair[0])
	newer, _ := json.Marshal(pair[1])
	all := compat.Compare(t.Context(), load(t, "old", older), load(t, "new", newer), compat.Options{Timeout: 1})
	require.Equal(t, verdict.Unknown, all[0].Verdict())
	require.Contains(t, all[0].Doubts[0].Why, "given up")
}

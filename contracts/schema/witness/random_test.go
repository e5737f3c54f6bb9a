package witness_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/contracts/schema/drawn"
	"github.com/fridaygate/fridaygate/contracts/schema/witness"
)

func compile(t require.TestingT, schema any) *jsonschema.Schema {
	text, err := json.Marshal(schema)
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	require.NoError(t, c.AddResource("s.json", strings.NewReader(string(text))))
	s, err := c.Compile("s.json")
	if err != nil {
		return nil
	}
	return s
}

func decode(t require.TestingT, value any) any {
	text, err := json.Marshal(value)
	require.NoError(t, err)
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var decoded any
	require.NoError(t, d.Decode(&decoded))
	return decoded
}

func valid(s *jsonschema.Schema, document any) bool { return s.Validate(document) == nil }

// No document may contradict a proof, and no document that is found may be judged otherwise by the validator.
func TestAnswersAgreeWithTheValidator(t *testing.T) {
	counts := map[witness.Outcome]int{}
	rapid.Check(t, func(t *rapid.T) {
		d := drawn.Source{T: t}
		old := d.Root()
		var next any = d.Root()
		if rapid.Bool().Draw(t, "related") {
			next = d.Changed(old)
		}
		accepts, refuses := compile(t, old), compile(t, next)
		if accepts == nil || refuses == nil {
			return // a schema that is none: nothing can be asked about it
		}
		answer := witness.Ask(accepts, refuses, witness.Options{Steps: 30_000}).Find(t.Context())
		counts[answer.Outcome]++
		switch answer.Outcome {
		case witness.Found:
			require.NoError(t, accepts.Validate(answer.Document), "%v", answer.Document)
			require.Error(t, refuses.Validate(answer.Document), "%v", answer.Document)
		case witness.None:
			for range 20 {
				document := decode(t, d.Document(3))
				require.False(t, valid(accepts, document) && !valid(refuses, document), "%v", document)
			}
		}
	})
	require.NotZero(t, counts[witness.Found], "no pair was drawn that a document tells apart: %v", counts)
	require.NotZero(t, counts[witness.None], "no pair was drawn without such a document: %v", counts)
}

// A document that two schemas have in common is accepted by both, and where there is none, no document that is drawn is one.
func TestCommonDocumentsAgreeWithTheValidator(t *testing.T) {
	counts := map[witness.Outcome]int{}
	rapid.Check(t, func(t *rapid.T) {
		d := drawn.Source{T: t}
		one, other := compile(t, d.Root()), compile(t, d.Root())
		if one == nil || other == nil {
			return // a schema that is none: nothing can be asked about it
		}
		q := witness.Common(one, other, witness.Options{Steps: 30_000})
		answer := q.Find(t.Context())
		counts[answer.Outcome]++
		switch answer.Outcome {
		case witness.Found:
			require.NoError(t, one.Validate(answer.Document), "%v", answer.Document)
			require.NoError(t, other.Validate(answer.Document), "%v", answer.Document)
			require.True(t, q.Confirms(answer.Document))
		case witness.None:
			for range 20 {
				document := decode(t, d.Document(3))
				require.False(t, valid(one, document) && valid(other, document), "%v", document)
			}
		}
	})
	require.NotZero(t, counts[witness.Found], "no pair was drawn with a document in common: %v", counts)
	require.NotZero(t, counts[witness.None], "no pair was drawn without one: %v", counts)
}

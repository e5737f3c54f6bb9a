package schema_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

func TestTextIsASchema(t *testing.T) {
	s, err := schema.Options{}.Parse("made.json", []byte(`{"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}`))
	require.NoError(t, err)
	require.Empty(t, s.Check([]byte(`"x"`)))
	found := s.Check([]byte(`1`))
	require.Len(t, found, 1)
	require.Equal(t, "made.json", found[0].SchemaFile)
	_, err = schema.Options{}.Parse("made.json", []byte(`{"$ref": "other.json"}`))
	require.ErrorContains(t, err, "made.json")
}

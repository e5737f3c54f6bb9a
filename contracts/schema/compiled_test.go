package schema_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.schema.json")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// A schema that was published with a mistake can still be compared with its successor.
func TestAsDraftIgnoresWhatTheDraftIgnores(t *testing.T) {
	for _, text := range []string{
		`{"reqired":["a"]}`, `{"format":"dat"}`,
		`{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"a":{}},
			"properties":{"b":{"$ref":"#/definitions/a","type":"string"}}}`,
	} {
		_, err := schema.Load(written(t, text))
		require.Error(t, err, text)
		s, err := schema.Options{AsDraft: true}.Load(written(t, text))
		require.NoError(t, err, text)
		require.Empty(t, s.Check([]byte(`{}`)), text)
	}
	_, err := schema.Options{AsDraft: true}.Load(written(t, `{"required":"a"}`))
	require.Error(t, err, "what the draft forbids stays a mistake")
}

// The library ignores an empty enum; the drafts accept nothing under it.
func TestEmptyEnumOfAPublishedSchemaAcceptsNothing(t *testing.T) {
	s, err := schema.Options{AsDraft: true}.Load(written(t, `{"properties":{"a":{"enum":[],"type":"string"},"b":{}}}`))
	require.NoError(t, err)
	require.Empty(t, s.Check([]byte(`{"b":1}`)))
	got := s.Check([]byte(`{"a":"1"}`))
	require.Len(t, got, 1)
	require.Equal(t, "enum /properties/a/enum", got[0].Keyword+" "+got[0].SchemaPath)
}

func TestAsDraftMarksExpressionsThatCannotRun(t *testing.T) {
	s, err := schema.Options{AsDraft: true}.Load(written(t, `{"pattern":"^(?!x)"}`))
	require.NoError(t, err)
	require.True(t, schema.Unsupported(s.Compiled().Pattern))
	s, err = schema.Options{AsDraft: true}.Load(written(t, `{"pattern":"^x"}`))
	require.NoError(t, err)
	require.False(t, schema.Unsupported(s.Compiled().Pattern))
}

func TestPlaceIsWhereAKeywordIsWritten(t *testing.T) {
	path := written(t, "{\"properties\":\n {\"a\": {\"type\": \"string\"}}}")
	s, err := schema.Load(path)
	require.NoError(t, err)
	at := s.Place(s.Compiled().Properties["a"], "type")
	require.Equal(t, schema.Place{File: path, Pointer: "/properties/a/type", Line: 2, Column: 17}, at)
	require.Equal(t, "/properties/a", s.Place(s.Compiled().Properties["a"], "format").Pointer, "the nearest, if there is none")
	require.Equal(t, schema.Place{}, s.Nearest("other.json", ""))
}

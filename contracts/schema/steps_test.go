package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// fan is a schema in which each of forty levels refers to the next one twice.
func fan(keyword, leaf string) string {
	var b strings.Builder
	b.WriteString(`{"$ref": "#/$defs/a0", "$defs": {`)
	for i := range 40 {
		fmt.Fprintf(&b, `"a%d": {%q: [{"$ref": "#/$defs/a%d"}, {"$ref": "#/$defs/a%d"}]}, `, i, keyword, i+1, i+1)
	}
	fmt.Fprintf(&b, `"a40": %s}}`, leaf)
	return b.String()
}

// References that fan out end: whether the document is valid is then not known, and that is no refusal.
func TestReferencesThatFanOutAreGivenUp(t *testing.T) {
	for _, keyword := range []string{"allOf", "oneOf"} {
		for _, leaf := range []string{`{"type": "string"}`, `{"type": "integer"}`} {
			file := filepath.Join(t.TempDir(), "a.schema.json")
			require.NoError(t, os.WriteFile(file, []byte(fan(keyword, leaf)), 0o600))
			s, err := schema.Load(file)
			require.NoError(t, err)
			got := s.Check([]byte("1"))
			require.Len(t, got, 1, keyword+leaf)
			require.Equal(t, schema.GivenUp, got[0].Keyword)
		}
	}
}

func TestDocumentBeyondTheLimitsIsGivenUpWithTheNumber(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.schema.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"type": ["array", "string"]}`), 0o600))
	s, err := schema.Load(file)
	require.NoError(t, err)
	require.Empty(t, s.Check([]byte(`"`+strings.Repeat(",", 3_000_000)+`"`)), "commas in a text are no values")
	for document, says := range map[string]string{
		"[" + strings.Repeat("1,", 2_100_000) + "1]": "more than 1000000 values",
		strings.Repeat(" ", 128<<20) + "1":           "more than 128 MiB",
	} {
		got := s.Check([]byte(document))
		require.Len(t, got, 1)
		require.Equal(t, schema.GivenUp, got[0].Keyword)
		require.Contains(t, got[0].Message, says)
	}
}

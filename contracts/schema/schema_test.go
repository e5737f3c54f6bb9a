package schema_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

func TestCheckGivesEveryViolation(t *testing.T) {
	s, err := schema.Load("../schemas/customer.schema.json")
	require.NoError(t, err)
	require.Empty(t, s.Check([]byte(`{"id":"cus_1","name":"Ada","country":"NL"}`)))

	got := s.Check([]byte(`{"id":"1","name":"","country":"NL"}`))
	require.Len(t, got, 2)
	require.Equal(t, []string{"pattern", "minLength"}, []string{got[0].Keyword, got[1].Keyword})
	require.Equal(t, "/id", got[0].InstancePath)
}

func TestNotJSONIsAViolation(t *testing.T) {
	s, err := schema.Load("../schemas/customer.schema.json")
	require.NoError(t, err)
	for _, doc := range []string{"", "<html>", `{"id":"cus_1"`, `{} {}`} {
		got := s.Check([]byte(doc))
		require.Len(t, got, 1, doc)
		require.Equal(t, "json", got[0].Keyword)
	}
}

func TestReferenceToASiblingResolves(t *testing.T) {
	s, err := schema.Load("../schemas/invoice-list.schema.json")
	require.NoError(t, err)
	require.Empty(t, s.Check([]byte(`{"invoices":[]}`)))
	require.NotEmpty(t, s.Check([]byte(`{"invoices":[{}]}`)))
}

func TestFormatsAreAsserted(t *testing.T) {
	s, err := schema.Load("../schemas/ledger-message.schema.json")
	require.NoError(t, err)
	message := func(when string) []byte {
		return []byte(`{"event_id":"e","source":"stripe","type":"invoice.paid","invoice_id":"i","customer":"c","currency":"EUR","amount":1,"occurred_at":"` + when + `"}`)
	}
	require.Empty(t, s.Check(message("2026-11-20T16:45:00Z")))
	got := s.Check(message("last Friday"))
	require.Len(t, got, 1)
	require.Equal(t, "format", got[0].Keyword)
}

func TestLoadSaysWhere(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return file
	}
	for name, want := range map[string]string{
		write("broken.schema.json", `{"type":`):                         "broken.schema.json",
		write("wrong.schema.json", `{"type":"nonsense"}`):               "wrong.schema.json",
		write("remote.schema.json", `{"$ref":"https://example.com/a"}`): "nothing is fetched",
		write("sibling.schema.json", `{"$ref":"missing.schema.json"}`):  "missing.schema.json",
		filepath.Join(dir, "absent.schema.json"):                        "no such file",
	} {
		_, err := schema.Load(name)
		require.ErrorContains(t, err, want)
	}
}

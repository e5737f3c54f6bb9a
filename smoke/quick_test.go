package smoke_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// quick is one of the golden invoices, with a contract that does not wait for effects.
func quick(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	schemas, err := filepath.Abs("../contracts/schemas")
	require.NoError(t, err)
	for _, name := range []string{"webhook.yaml", "invoice.paid.json"} {
		text, err := os.ReadFile(filepath.Join("../fixtures/invoices", name))
		require.NoError(t, err)
		if name == "webhook.yaml" {
			text, _, _ = bytes.Cut(text, []byte("sequence:"))
			text = bytes.Replace(text, []byte("effects:\n"), []byte("effects:\n  within: 50ms\n"), 1)
			text = bytes.ReplaceAll(text, []byte("../../contracts/schemas"), []byte("schemas"))
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	require.NoError(t, os.Symlink(schemas, filepath.Join(dir, "schemas")))
	return dir
}

package webhook_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/webhook"
)

func TestSchemaOptionsSayHowSchemasAreRead(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"orders/order.schema.json":  `{"tsType": "Order", "properties": {"sku": {"format": "sku"}, "total": {"$ref": "../money.json"}}}`,
		"orders/result.schema.json": `{"type": "object"}`,
		"money.json":                `{"type": "integer"}`,
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	load := func(more string) (*webhook.Contract, error) {
		text := good + "sender: none\nschema: order.schema.json\nresult_schema: result.schema.json\n" + more
		require.NoError(t, os.WriteFile(filepath.Join(dir, "orders/webhook.yaml"), []byte(text), 0o600))
		return webhook.Load(filepath.Join(dir, "orders"))
	}
	_, err := load("")
	for _, want := range []string{"schema: load schema", `"tsType"`, `"sku"`, "leads out of the folder"} {
		require.ErrorContains(t, err, want)
	}
	c, err := load("schema_options: {root: .., keywords: [tsType], formats: [sku]}\n")
	require.NoError(t, err)
	require.Len(t, c.PayloadSchema.Check([]byte(`{"sku": "x", "total": "1"}`)), 1)
	twice := []byte(`{"a": 1, "a": 2}`)
	require.Len(t, c.ResultSchema.Check(twice), 1)
	c, err = load("schema_options: {root: .., keywords: [tsType], formats: [sku], accept_duplicate_keys: true}\n")
	require.NoError(t, err)
	require.Empty(t, c.ResultSchema.Check(twice))
}

func TestSchemaMayBeOneOfAnOpenAPIDocument(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"webhook.yaml": good + "sender: none\nschema: openapi.json#/components/schemas/Order\n" +
			"result_schema: openapi.json#/components/schemas/Result\n",
		"openapi.json": `{"openapi": "3.0.3", "components": {"schemas": {"Order": {"type": "object", "properties":
			{"note": {"type": "string", "nullable": true}}}, "Result": {"type": "boolean"}}}}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	c, err := webhook.Load(dir)
	require.NoError(t, err)
	require.Empty(t, c.PayloadSchema.Check([]byte(`{"note": null}`)))
	require.Len(t, c.PayloadSchema.Check([]byte(`{"note": 1}`)), 1)
	require.Len(t, c.ResultSchema.Check([]byte(`1`)), 1)
	require.Equal(t, []string{"openapi.json", "openapi.json"}, c.Files(), "the document is no golden webhook")
}

package contracts_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts"
)

// payloadsOf writes a payloads.yaml for the shop's pact in a folder, with one schema for all that it describes.
func payloadsOf(t *testing.T, pacts, schema string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "order.schema.json"), []byte(schema), 0o600))
	file := filepath.Join(dir, "payloads.yaml")
	require.NoError(t, os.WriteFile(file, []byte("pacts: ["+pacts+"]\npayloads:\n"+
		"  - {schema: order.schema.json, answers: [\"GET /orders/{id}\"], requests: [POST /orders]}\n"), 0o600))
	return file
}

// TestPayloadsOfShop is green without a fault.
func TestPayloadsOfShop(t *testing.T) {
	text, err := os.ReadFile("pact/testdata/web-shop.json")
	require.NoError(t, err)
	pact := string(text)
	if os.Getenv(injected) != "" && os.Getenv(injected) != "none" {
		pact = strings.Replace(pact, `"content": {"total": 5}`, `"content": {"total": 5}},
			"matchingRules": {"body": {"$.total": {"matchers": [{"match": "type"}]}}`, 1)
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "web-shop.json"), []byte(pact), 0o600))
	contracts.CheckPayloads(t, payloadsOf(t, dir, `{"properties": {"total": {"type": "integer"}}}`))
}

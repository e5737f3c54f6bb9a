package webhook

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema/yamlfile/yamlfiletest"
)

func TestSchemaAndStructsHaveTheSameKeys(t *testing.T) {
	yamlfiletest.SameKeys(t, schemaFiles, SchemaFile, Contract{})
}

func TestPlaceholdersOfTheSchemaAreThoseThatAreFilled(t *testing.T) {
	text, err := Schema()
	require.NoError(t, err)
	var schema struct {
		Defs struct {
			Template struct{ Pattern string }
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(text, &schema))
	var names []string
	for _, placeholder := range Placeholders {
		names = append(names, strings.Trim(placeholder, "{}"))
	}
	require.Contains(t, schema.Defs.Template.Pattern, `\{(`+strings.Join(names, "|")+`|/[^{}]*)\}`)
}

func TestFilesOfTheRepositoryLoad(t *testing.T) {
	var folders int
	for _, pattern := range []string{"../../fixtures/*", "../senders/examples/*", "../benchmarks/*"} {
		files, err := filepath.Glob(filepath.Join(pattern, "webhook.yaml"))
		require.NoError(t, err)
		for _, file := range files {
			_, err := Load(filepath.Dir(file))
			require.NoError(t, err)
			folders++
		}
	}
	require.Greater(t, folders, 38)
}

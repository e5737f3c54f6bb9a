package editors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// opinion is what the validators complain of in one file.
type opinion struct {
	Ajv    []string `json:"ajv"`
	Server []string `json:"server"` // the YAML language server
}

// installed installs the validators of package-lock.json, once.
var installed = sync.OnceValue(func() error {
	if said, err := exec.Command("npm", "ci").CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci in smoke/senders/vendors/editors: %w (Node.js 20 or later is needed)\n%s", err, said)
	}
	return nil
})

// opinions asks about files, each with its schema.
func opinions(t *testing.T, files map[string]string) map[string]opinion {
	t.Helper()
	require.NoError(t, installed())
	asked, err := json.Marshal(files)
	require.NoError(t, err)
	node := exec.CommandContext(t.Context(), "node", "check.mjs")
	node.Stdin, node.Stderr = bytes.NewReader(asked), os.Stderr
	answer, err := node.Output()
	require.NoError(t, err)
	var all map[string]opinion
	require.NoError(t, json.Unmarshal(answer, &all))
	require.Len(t, all, len(files))
	return all
}

func TestEditorsAndTheGateAgree(t *testing.T) {
	files := map[string]string{}
	accepted := map[string]bool{}
	for _, from := range []struct {
		pattern, schema string
		accepted        bool
		fewest          int
	}{
		{"../../../webhook/testdata/wrong/schema/*.yaml", "webhook.schema.json", false, 70},
		{"../../../webhook/testdata/wrong/rules/*.yaml", "webhook.schema.json", true, 20}, // only the gate sees what is wrong
		{"../../../../fixtures/*/webhook.yaml", "webhook.schema.json", true, 2},
		{"../../examples/*/webhook.yaml", "webhook.schema.json", true, 36},
		{"../../*.yaml", "sender.schema.json", true, 36},
	} {
		found, err := filepath.Glob(from.pattern)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(found), from.fewest, from.pattern)
		for _, file := range found {
			path, err := filepath.Abs(file)
			require.NoError(t, err)
			schema, err := filepath.Abs(filepath.Join("../../../webhook", from.schema))
			require.NoError(t, err)
			files[path], accepted[path] = schema, from.accepted
			_, err = os.ReadFile(path) // so that go test runs again when it changes
			require.NoError(t, err)
		}
	}
	for _, used := range []string{
		"check.mjs", "package-lock.json", "../../../webhook/webhook.schema.json", "../../../webhook/sender.schema.json",
	} {
		_, err := os.ReadFile(used)
		require.NoError(t, err)
	}
	for file, said := range opinions(t, files) {
		require.Equal(t, accepted[file], len(said.Ajv) == 0, "ajv: %s: %s", file, said.Ajv)
		require.Equal(t, accepted[file], len(said.Server) == 0, "YAML language server: %s: %s", file, said.Server)
	}
}

// The language server shows the schema's own sentences, as the gate does.
func TestEditorsShowTheSentencesOfTheSchema(t *testing.T) {
	file, err := filepath.Abs("../../../webhook/testdata/wrong/schema/policy-delivered.yaml")
	require.NoError(t, err)
	schema, err := filepath.Abs("../../../webhook/webhook.schema.json")
	require.NoError(t, err)
	said := opinions(t, map[string]string{file: schema})[file].Server
	require.Contains(t, strings.Join(said, "\n"), "must be a status such as 204, a class such as 2xx, or a range such as 200-204")
}

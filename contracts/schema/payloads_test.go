//go:build unix

package schema_test

import (
	"archive/zip"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// peersFolder is where make schema-peers installs GitHub's payloads and ajv.
var peersFolder = flag.String("peers", "", "folder with the node_modules of contracts/schema/compat/peers")

// payload is a payload of GitHub's, with the pointer to the definition of its event.
type payload struct {
	Pointer  string          `json:"pointer"`
	Document json.RawMessage `json:"document"`
}

// payloads returns those of a folder of @octokit/webhooks-examples.
func payloads(t *testing.T, files fs.FS, folder string, definitions map[string]json.RawMessage) []payload {
	t.Helper()
	text, err := fs.ReadFile(files, folder+"/index.json")
	require.NoError(t, err)
	var events []struct {
		Name     string            `json:"name"`
		Examples []json.RawMessage `json:"examples"`
	}
	require.NoError(t, json.Unmarshal(text, &events))
	var all []payload
	for _, event := range events {
		pointer := "" // the schema has this event no more: the alternatives of all events
		for _, name := range []string{event.Name + "_event", event.Name + "$event"} {
			if definitions[name] != nil {
				pointer = "/definitions/" + name
			}
		}
		for _, document := range event.Examples {
			all = append(all, payload{pointer, document})
		}
	}
	return all
}

// judge returns whether we accept each payload, and the processor time of that once the schemas were loaded.
func judge(t *testing.T, files fs.FS, all []payload) ([]bool, time.Duration) {
	t.Helper()
	var pointers []string
	at := map[string]int{}
	for _, one := range all {
		if _, known := at[one.Pointer]; !known {
			at[one.Pointer] = len(pointers)
			pointers = append(pointers, one.Pointer)
		}
	}
	loaded, err := schema.Options{Files: files, Keywords: []string{"tsAdditionalProperties"}}.LoadAt("schema.json", pointers...)
	require.NoError(t, err)
	verdicts := make([]bool, len(all))
	before := processorTime(t)
	for i, one := range all {
		verdicts[i] = len(loaded[at[one.Pointer]].Check(one.Document)) == 0
	}
	return verdicts, processorTime(t) - before
}

// processorTime is what the program has used of it so far: others may use the machine too.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func definitions(t *testing.T, files fs.FS) map[string]json.RawMessage {
	t.Helper()
	text, err := fs.ReadFile(files, "schema.json")
	require.NoError(t, err)
	var of struct {
		Definitions map[string]json.RawMessage `json:"definitions"`
	}
	require.NoError(t, json.Unmarshal(text, &of))
	return of.Definitions
}

// One payload of each of GitHub's events has the verdict that ajv 8.20.0 had on it.
func TestGitHubPayloadsHaveTheVerdictsOfAjv(t *testing.T) {
	files, err := zip.OpenReader("testdata/octokit/octokit-webhooks-7.6.1.zip")
	require.NoError(t, err)
	defer func() { require.NoError(t, files.Close()) }()
	all := payloads(t, files, "api.github.com", definitions(t, files))
	text, err := fs.ReadFile(files, "ajv.json")
	require.NoError(t, err)
	var recorded []bool
	require.NoError(t, json.Unmarshal(text, &recorded))
	require.NotEmpty(t, recorded)
	verdicts, _ := judge(t, files, all)
	for i := range all {
		require.Equal(t, recorded[i], verdicts[i], "%s %s", all[i].Pointer, all[i].Document)
	}
}

// All 726 payloads have the verdict of ajv, which is asked: make schema-peers.
func TestVerdictsBesideAjv(t *testing.T) {
	if *peersFolder == "" {
		return // the payloads that are here have a test of their own
	}
	modules := filepath.Join(*peersFolder, "node_modules")
	examples, files := os.DirFS(filepath.Join(modules, "@octokit", "webhooks-examples")), os.DirFS(filepath.Join(modules, "octokit-11"))
	known := definitions(t, files)
	folders, err := fs.Glob(examples, "*/index.json")
	require.NoError(t, err)
	count := 0
	for _, file := range folders {
		folder := filepath.Dir(file)
		all := payloads(t, examples, folder, known)
		verdicts, took := judge(t, files, all)
		require.Equal(t, askAjv(t, filepath.Join(modules, "octokit-11", "schema.json"), all), verdicts, folder)
		refused := 0
		for _, accepted := range verdicts {
			if !accepted {
				refused++
			}
		}
		t.Logf("%s: %d payloads in %s of processor time, %d refused, by both", folder, len(all), took.Round(time.Millisecond), refused)
		count += len(all)
	}
	require.Equal(t, 726, count)
}

// askAjv returns whether ajv accepts each payload.
func askAjv(t *testing.T, file string, all []payload) []bool {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	input, output := filepath.Join(t.TempDir(), "payloads.json"), filepath.Join(t.TempDir(), "verdicts.json")
	text, err = json.Marshal(map[string]any{"schema": json.RawMessage(text), "documents": all})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(input, text, 0o600))
	script, err := filepath.Abs("peers/judge.mjs")
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), "node", script, input, output)
	command.Dir = *peersFolder
	said, err := command.CombinedOutput()
	require.NoError(t, err, string(said))
	text, err = os.ReadFile(output)
	require.NoError(t, err)
	var verdicts []bool
	require.NoError(t, json.Unmarshal(text, &verdicts))
	return verdicts
}

package schema_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// suiteGroup is one schema of JSON-Schema-Test-Suite with its tests.
type suiteGroup struct {
	Description string          `json:"description"`
	Schema      json.RawMessage `json:"schema"`
	Tests       []struct {
		Description string          `json:"description"`
		Data        json.RawMessage `json:"data"`
		Valid       bool            `json:"valid"`
	} `json:"tests"`
}

// suiteDrafts are the drafts whose required tests are run, by their folders.
var suiteDrafts = map[string]string{
	"draft7": "http://json-schema.org/draft-07/schema#", "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
	"draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}

// Required tests of JSON-Schema-Test-Suite fail if and only if they are listed.
func TestSuiteFailuresAreThoseListed(t *testing.T) {
	files, err := zip.OpenReader("testdata/suite/JSON-Schema-Test-Suite-44401e0c.zip")
	require.NoError(t, err)
	defer func() { require.NoError(t, files.Close()) }()
	var failures []string
	tests := map[string]int{}
	for draft, address := range suiteDrafts {
		served := remotes(t, files, draft, address)
		names, err := fs.Glob(files, "tests/"+draft+"/*.json")
		require.NoError(t, err)
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			require.NoError(t, err)
			var groups []suiteGroup
			require.NoError(t, json.Unmarshal(text, &groups))
			for _, group := range groups {
				tests[draft] += len(group.Tests)
				for _, failure := range group.run(served, address) {
					failures = append(failures, path.Join(draft, path.Base(name))+": "+group.Description+": "+failure)
				}
			}
		}
	}
	require.Equal(t, map[string]int{"draft7": 927, "draft2019-09": 1259, "draft2020-12": 1299}, tests, "a test is lost, or new")
	listed, err := os.ReadFile("testdata/suite/failures.txt")
	require.NoError(t, err)
	slices.Sort(failures)
	require.Equal(t, string(listed), strings.Join(failures, "\n")+"\n")
}

// run returns the tests of a group that fail.
func (g suiteGroup) run(served fstest.MapFS, address string) (failures []string) {
	var object map[string]any
	text := g.Schema
	if json.Unmarshal(g.Schema, &object) == nil && object["$schema"] == nil {
		text = fmt.Appendf(nil, `{"$schema": %q, %s`, address, strings.TrimPrefix(strings.TrimSpace(string(g.Schema)), "{"))
		text = []byte(strings.Replace(string(text), ", }", "}", 1))
	}
	served["suite.json"] = &fstest.MapFile{Data: text}
	s, err := schema.Options{Files: served, AsDraft: true, FormatsByDraft: true}.Load("suite.json")
	if err != nil {
		return []string{"not loaded: " + strings.Join(strings.Fields(err.Error()), " ")}
	}
	for _, test := range g.Tests {
		if valid := len(s.Check(test.Data)) == 0; valid != test.Valid {
			failures = append(failures, test.Description)
		}
	}
	return failures
}

// remotes are the schemas that tests refer to at http://localhost:1234/. Nothing is fetched, so each that has no $id gets that address.
func remotes(t *testing.T, files fs.FS, draft, address string) fstest.MapFS {
	t.Helper()
	served := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(files, "remotes", func(name string, entry fs.DirEntry, err error) error {
		other := strings.HasPrefix(name, "remotes/draft") && !strings.HasPrefix(name, "remotes/"+draft+"/")
		if err != nil || entry.IsDir() || other {
			return err
		}
		text, err := fs.ReadFile(files, name)
		var object map[string]any
		if err != nil || json.Unmarshal(text, &object) != nil {
			return err
		}
		if object["$id"] == nil {
			object["$id"] = "http://localhost:1234/" + strings.TrimPrefix(name, "remotes/")
		}
		if object["$schema"] == nil {
			object["$schema"] = address
		}
		text, err = json.Marshal(object)
		served[name] = &fstest.MapFile{Data: text}
		return err
	}))
	return served
}

package verification

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGrammarNamesOnlyWhatItDefines(t *testing.T) {
	_, err := pactGrammar()
	require.NoError(t, err)
	_, err = readGrammar([]byte("a: {b: '[c | {d}]'}"))
	require.ErrorContains(t, err, `a: nothing defines "c"`)
}

// Every pact of this module is one that this package verifies whole.
func TestCommittedPactsHaveNoFault(t *testing.T) {
	files, err := filepath.Glob("../../pacts/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		require.Empty(t, faultsOf(t, name), name)
	}
}

// Pacts in the forms of other tools, with everything that these write beside what is verified.
func TestPactsOfOtherToolsHaveNoFault(t *testing.T) {
	files, err := filepath.Glob("../testdata/tools/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		require.Empty(t, faultsOf(t, name), name)
	}
}

// faultsOf reads a pact and returns every fault of it.
func faultsOf(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	f, err := read(Document{Name: name, Text: text}, false)
	require.NoError(t, err)
	all := f.faults
	for _, i := range f.interactions {
		all = append(all, i.faults...)
	}
	return all
}

func faultsIn(t *testing.T, text string) string {
	t.Helper()
	f, err := read(Document{Name: "x.json", Text: []byte(text)}, false)
	if err != nil {
		return err.Error()
	}
	all := f.faults
	for _, i := range f.interactions {
		all = append(all, i.faults...)
	}
	return strings.Join(all, "\n")
}

// A member at each level of a pact, misspelt: the fault names the line, the pointer and the right name.
func TestMisspeltMemberIsNamedAtEveryLevel(t *testing.T) {
	const v4 = `{"consumer": {"name": "web"}, "provider": {"name": "shop"}, "metadata": {"pactSpecification": {"version": "4.0"}},
 "interactions": [
 {"type": "Synchronous/HTTP", "description": "d", "key": "k", "pending": false, "comments": {},
  "providerStates": [{"name": "s", "params": {"id": 1}}],
  "request": {"method": "GET", "path": "/", "query": {"a": ["1"]}, "headers": {"A": ["1"]},
   "body": {"contentType": "application/json", "encoded": false, "content": {}},
   "generators": {"path": {"type": "ProviderState", "expression": "/${id}", "dataType": "STRING"}}},
  "response": {"status": 200, "headers": {"B": ["1"]}, "body": {"contentType": "application/json", "encoded": false, "content": {"a": [1]}},
   "matchingRules": {"body": {"$.a": {"combine": "AND", "matchers": [{"match": "type", "min": 1}, {"match": "regex", "regex": "x"}]}}}}}]}`
	require.Empty(t, faultsIn(t, v4))
	for right, wrong := range map[string]string{
		"interactions": "interctions", "providerStates": "provderStates", "params": "parameters", "pending": "pendng", "comments": "coments",
		"metadata": "metadate", "request": "reqest", "response": "respnse", "method": "methd", "path": "pth", "query": "qury",
		"headers": "header", "status": "staus", "body": "bdy", "contentType": "contenttype", "encoded": "encodd", "content": "contents",
		"generators": "generator", "expression": "expresion", "dataType": "datatype", "matchingRules": "matchingRule", "combine": "combin",
		"matchers": "matcher", "match": "macth", "min": "mim", "regex": "regx", "type": "typ",
	} {
		text := strings.ReplaceAll(v4, `"`+right+`":`, `"`+wrong+`":`)
		require.NotEqual(t, v4, text, right)
		faults := faultsIn(t, text)
		require.NotEmpty(t, faults, wrong)
		require.Contains(t, faults, "line ", wrong)
	}
	require.Contains(t, faultsIn(t, strings.ReplaceAll(v4, `"response"`, `"respnse"`)),
		`line 8, /interactions/0/respnse: the member "respnse" is unknown, and would be ignored: write "response"`)
}

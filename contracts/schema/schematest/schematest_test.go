package schematest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/schematest"
)

// folderVariable names the folder that TestFolderOfTheVariable checks, in a separate process: a test cannot observe
// how another test of its process fails.
const folderVariable = "SCHEMATEST_FOLDER"

func TestFolderOfTheVariable(t *testing.T) {
	if dir := os.Getenv(folderVariable); dir != "" {
		schematest.Check(t, schematest.Options{Dir: dir, Schema: schema.Options{Keywords: []string{"tsType"}}})
	}
}

// check runs Check over a folder of these files, and returns what it prints.
func check(t *testing.T, files map[string]string) (out string, passed bool) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	run := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFolderOfTheVariable$", "-test.v")
	run.Env = append(os.Environ(), folderVariable+"="+dir, report.FolderVariable+"=")
	printed, err := run.CombinedOutput()
	return string(printed), err == nil
}

// situation is a schema with a valid example, and with an invalid one that is named for a keyword.
type situation struct{ keyword, schema, valid, invalid string }

// folderOf makes one folder of the situations: s0.schema.json is the first.
func folderOf(all []situation) map[string]string {
	files := map[string]string{}
	for i, c := range all {
		files[fmt.Sprintf("s%d.schema.json", i)] = c.schema
		files[fmt.Sprintf("examples/valid/s%d/v.json", i)] = c.valid
		files[fmt.Sprintf("examples/invalid/s%d/%s--x.json", i, c.keyword)] = c.invalid
	}
	return files
}

// An example is named for the keyword that refuses it, or for one that refuses because of it.
func TestExampleMayBeNamedForAnyKeywordThatRefuses(t *testing.T) {
	all := []situation{
		{"type", `{"type": "string"}`, `"a"`, `1`},
		{"oneOf", `{"oneOf": [{"type": "string"}, {"required": ["id"], "type": "object"}]}`, `"a"`, `true`},
		{"oneOf", `{"oneOf": [{"type": "string"}, {"required": ["id"], "type": "object"}]}`, `"a"`, `{}`},
		{"oneOf", `{"oneOf": [{"minimum": 1}, {"maximum": 3}]}`, `0`, `2`},
		{"anyOf", `{"anyOf": [{"type": "string"}, {"minimum": 1}]}`, `"a"`, `0`},
		{"allOf", `{"allOf": [{"type": "string"}]}`, `"a"`, `0`},
		{"not", `{"not": {"type": "null"}}`, `1`, `null`},
		{"if", `{"if": {"required": ["a"]}, "then": {"required": ["b"]}}`, `{}`, `{"a": 1}`},
		{"then", `{"if": {"required": ["a"]}, "then": {"required": ["b"]}}`, `{}`, `{"a": 1}`},
		{"else", `{"if": {"required": ["a"]}, "else": {"required": ["b"]}}`, `{"a": 1}`, `{}`},
		{"contains", `{"contains": {"const": 1}}`, `[1]`, `[2, 3]`},
		{"contains", `{"contains": {"const": 1}}`, `[1]`, `[]`},
		{"contains", `{"contains": {"const": 1}, "minContains": 2}`, `[1, 1]`, `[1]`},
		{"minContains", `{"contains": {"const": 1}, "minContains": 2}`, `[1, 1]`, `[1]`},
		{"maxContains", `{"contains": {"const": 1}, "maxContains": 1}`, `[1]`, `[1, 1]`},
		{"propertyNames", `{"propertyNames": {"maxLength": 1}}`, `{"a": 1}`, `{"ab": 1, "cd": 2}`},
		{"dependentRequired", `{"dependentRequired": {"a": ["b"]}}`, `{}`, `{"a": 1}`},
		{"dependentSchemas", `{"dependentSchemas": {"a": {"required": ["b"]}}}`, `{}`, `{"a": 1}`},
		{"dependencies", `{"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": ["b"]}}`, `{}`, `{"a": 1}`},
		{"dependencies", `{"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"a": {"required": ["b"]}}}`, `{}`, `{"a": 1}`},
		{"unevaluatedProperties", `{"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": false}`, `{"a": 1}`, `{"b": 1}`},
		{"unevaluatedItems", `{"prefixItems": [{}], "unevaluatedItems": false}`, `[1]`, `[1, 2]`},
		{"prefixItems", `{"prefixItems": [{"type": "string"}]}`, `["a"]`, `[1]`},
		{"items", `{"prefixItems": [{}], "items": false}`, `[1]`, `[1, 2]`},
		{"additionalProperties", `{"additionalProperties": {"type": "string"}}`, `{"a": "b"}`, `{"a": 1}`},
		{"patternProperties", `{"patternProperties": {"^a": false}}`, `{"b": 1}`, `{"a": 1}`},
		{"properties", `{"properties": {"secret": false}}`, `{}`, `{"secret": 1}`},
		{"false", `{"properties": {"secret": false}}`, `{}`, `{"secret": 1}`},
		{"$ref", `{"$ref": "#/$defs/b", "$defs": {"b": {"type": "string"}}}`, `"a"`, `1`},
		{"json", `{}`, `1`, `{"a": 1, "a": 2}`},
	}
	out, passed := check(t, folderOf(all))
	require.True(t, passed, out)
	for i, c := range all {
		require.Contains(t, out, fmt.Sprintf("--- PASS: TestFolderOfTheVariable/s%d/invalid/%s--x", i, c.keyword))
	}
}

func TestExampleThatAnotherKeywordRefusesTooFails(t *testing.T) {
	cases := []struct {
		why string
		situation
		want string
	}{
		{"accepted", situation{"type", `{"type": "string"}`, `"a"`, `"b"`}, `accepts it, and "type" should refuse it`},
		{
			"another one", situation{"minimum", `{"type": "string"}`, `"a"`, `1`},
			`it should be refused by "minimum" alone, and is also refused at /: expected string, but got number (type)`,
		},
		{"two rules", situation{"required", `{"required": ["id"], "maxProperties": 1}`, `{"id": 1}`, `{"a": 1, "b": 2}`}, `(maxProperties)`},
		{
			"beside the alternatives",
			situation{"oneOf", `{"oneOf": [{"type": "string"}, {"type": "integer"}], "enum": ["a"]}`, `"a"`, `true`}, `(enum)`,
		},
		{
			"alternatives that miss different things",
			situation{"type", `{"oneOf": [{"type": "string"}, {"maximum": 3}]}`, `"a"`, `4`}, `by way of oneOf > maximum`,
		},
		{"another alternative", situation{"anyOf", `{"oneOf": [{"type": "string"}]}`, `"a"`, `1`}, `by way of oneOf > type`},
		{
			"a property's name is no keyword",
			situation{"required", `{"properties": {"required": {"type": "string"}}}`, `{}`, `{"required": 1}`}, `by way of properties > type`,
		},
		{
			"another item", situation{"contains", `{"contains": {"const": 1}, "items": {"type": "integer"}}`, `[1]`, `["2"]`},
			`by way of items > type`,
		},
		{"not the name of a keyword", situation{"x", `{"type": "string"}`, `"a"`, `1`}, `refused by "x" alone`},
	}
	var all []situation
	for _, c := range cases {
		all = append(all, c.situation)
	}
	out, passed := check(t, folderOf(all))
	require.False(t, passed, out)
	for i, c := range cases {
		name := fmt.Sprintf("TestFolderOfTheVariable/s%d/invalid/%s--x", i, c.keyword)
		require.Contains(t, out, "--- FAIL: "+name, c.why)
		_, said, _ := strings.Cut(out, "=== RUN   "+name)
		said, _, _ = strings.Cut(said, "=== RUN")
		require.Contains(t, said, c.want, c.why)
		require.Contains(t, said, fmt.Sprintf("rerun: go test -run '^TestFolderOfTheVariable$/^s%d$/^invalid$/^%s--x$' .", i, c.keyword))
	}
}

func TestExampleIsNamedForItsKeyword(t *testing.T) {
	files := whole(map[string]string{"examples/invalid/a/number.json": `1`})
	out, passed := check(t, files)
	require.False(t, passed)
	require.Contains(t, out, "number.json: its name must say which keyword refuses it")
}

func TestValidExampleThatIsRefusedFailsWithItsPlace(t *testing.T) {
	out, passed := check(t, whole(map[string]string{"examples/valid/a/v.json": "\n 1"}))
	require.False(t, passed)
	require.Contains(t, out, "v.json:2:2: ")
}

// whole is a folder in which nothing is wrong; edit changes a copy of it.
func whole(edit map[string]string) map[string]string {
	files := map[string]string{
		"a.schema.json":                                  `{"$ref": "common.json", "tsType": "A"}`,
		"common.json":                                    `{"$id": "https://example.com/common.json", "type": "string"}`,
		"events/paid.schema.json":                        `{"$ref": "../a.schema.json", "maxLength": 2}`,
		"package.json":                                   `{"name": "schemas"}`,
		"README.md":                                      "",
		"examples/README.md":                             "",
		"examples/valid/a/.gitkeep":                      "",
		"examples/valid/a/v.json":                        `"x"`,
		"examples/invalid/a/type--x.json":                `1`,
		"examples/valid/events/paid/v.json":              `"x"`,
		"examples/invalid/events/paid/$ref--x.json":      `1`,
		"examples/invalid/events/paid/maxLength--x.json": `"abc"`,
	}
	for name, text := range edit {
		files[name] = text
		if text == "absent" {
			delete(files, name)
		}
	}
	return files
}

func TestFolderWithoutFaultPasses(t *testing.T) {
	out, passed := check(t, whole(nil))
	require.True(t, passed, out)
	require.Contains(t, out, "--- PASS: TestFolderOfTheVariable/events/paid/invalid/maxLength--x", "schemas below the folder are checked")
}

func TestNoFileOfTheFolderIsIgnored(t *testing.T) {
	for why, c := range map[string]struct {
		edit map[string]string
		want string
	}{
		"a schema without valid examples":   {map[string]string{"examples/valid/a/v.json": "absent"}, "it has no valid example"},
		"a schema without invalid examples": {map[string]string{"examples/invalid/a/type--x.json": "absent"}, "it has no invalid example"},
		"one below without examples":        {map[string]string{"events/void.schema.json": `{}`}, "examples/valid/events/void/*.json"},
		"an example without a schema":       {map[string]string{"examples/valid/b/v.json": `1`}, "there is no b.schema.json"},
		"an example beside the folders":     {map[string]string{"examples/valid/v.json": `1`}, "v.json: it is not read"},
		"a folder of another name":          {map[string]string{"examples/vaild/a/v.json": `1`}, "it is not read"},
		"an example of another kind":        {map[string]string{"examples/invalid/a/type--y.JSON": `1`}, "type--y.JSON: it is not read"},
		"a schema that is named otherwise": {
			map[string]string{"order.json": `{"type": "object"}`}, "order.json: it looks like a schema, and nothing checks it",
		},
		"a schema in capitals": {
			map[string]string{"order.schema.JSON": `{}`}, "order.schema.JSON: it is named like a schema, and is not read",
		},
		"a schema in YAML": {
			map[string]string{"order.schema.yaml": "type: object"}, "it is named like a schema, and is not read",
		},
		"a schema that cannot be loaded":     {map[string]string{"events/paid.schema.json": `{"tpye": 1}`}, `did you mean "type"?`},
		"a mistake in a file of two schemas": {map[string]string{"common.json": `{"tpye": 1}`}, `common.json:1:10: /tpye`},
		"no examples": {
			map[string]string{"examples/valid/a/v.json": "absent", "examples/valid/events/paid/v.json": "absent"}, "it has no valid example",
		},
	} {
		out, passed := check(t, whole(c.edit))
		require.False(t, passed, "%s\n%s", why, out)
		require.Contains(t, out, c.want, why)
	}
}

func TestEveryMistakeIsAFailureOfItsOwn(t *testing.T) {
	out, passed := check(t, whole(map[string]string{"common.json": `{"tpye": 1, "formt": 2}`, "order.json": `{"type": "object"}`}))
	require.False(t, passed)
	require.Equal(t, 3, strings.Count(out, "FAIL: /"), out)
	require.Equal(t, 1, strings.Count(out, `did you mean "type"?`), "though two schemas refer to the file")
}

func TestFolderWithoutSchemasFails(t *testing.T) {
	out, passed := check(t, map[string]string{"README.md": ""})
	require.False(t, passed)
	require.Contains(t, out, "there is no schema in")
	run := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFolderOfTheVariable$")
	run.Env = append(os.Environ(), folderVariable+"="+filepath.Join(t.TempDir(), "absent"), report.FolderVariable+"=")
	printed, err := run.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(printed), "is no folder")
}

func TestSchemasOfAnOpenAPIDocumentAreChecked(t *testing.T) {
	files := map[string]string{
		"a/o.yaml": "openapi: 3.1.0\ncomponents: {schemas: {Order: {required: [id], properties: {id: {$ref: '#/components/schemas/ID'}}}, ID: " +
			"{type: string}}}\n",
		"examples/valid/a/o/Order/v.json":             `{"id": "1"}`,
		"examples/invalid/a/o/Order/required--i.json": `{}`,
	}
	out, passed := check(t, files)
	require.True(t, passed, out)
	files["examples/valid/a/o/Order/w.json"] = `{"id": 1}`
	out, passed = check(t, files)
	require.False(t, passed)
	require.Contains(t, out, "a/o/Order/valid/w")
	delete(files, "examples/valid/a/o/Order/w.json")
	delete(files, "examples/invalid/a/o/Order/required--i.json")
	out, passed = check(t, files)
	require.False(t, passed)
	require.Contains(t, out, "it has no invalid example")
	require.NotContains(t, out, "schemas/ID: it has no")
}

// A document whose check takes too long is not known to be refused.
func TestExampleThatIsGivenUpIsUnknown(t *testing.T) {
	level := `{"anyOf": [{"type": "object", "additionalProperties": {"$ref": "#"}}, ` +
		`{"type": "object", "additionalProperties": {"$ref": "#"}}]}`
	out, passed := check(t, map[string]string{
		"a.schema.json": level, "examples/valid/a/v.json": strings.Repeat(`{"a":`, 20) + "1" + strings.Repeat("}", 20),
		"examples/invalid/a/anyOf--text.json": `"text"`,
	})
	require.False(t, passed)
	require.Contains(t, out, "UNKNOWN: ")
	require.NotContains(t, out, "v.json:1")
}

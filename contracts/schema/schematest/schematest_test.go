package schematest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/schematest"
)

// folderVariable names the folder that TestFolderOfTheVariable checks, in a process of its own: a test cannot look at how
// another one of its process fails.
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
	run.Env = append(os.Environ(), folderVariable+"="+dir)
	printed, err := run.CombinedOutput()
	return string(printed), err == nil
}

// named checks one schema with a valid example and with an invalid one of this name.
func named(t *testing.T, schema, valid, name, invalid string) (out string, passed bool) {
	t.Helper()
	return check(t, map[string]string{
		"a.schema.json":                        schema,
		"examples/valid/a/v.json":              valid,
		"examples/invalid/a/" + name + ".json": invalid,
	})
}

// An example is named for the keyword that refuses it, or for one that refuses because of it.
func TestExampleMayBeNamedForAnyKeywordThatRefuses(t *testing.T) {
	for _, c := range []struct{ keyword, schema, valid, invalid string }{
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
	} {
		out, passed := named(t, c.schema, c.valid, c.keyword+"--x", c.invalid)
		require.True(t, passed, "%s in %s\n%s", c.keyword, c.schema, out)
		require.Contains(t, out, "--- PASS: TestFolderOfTheVariable/a/invalid/"+c.keyword+"--x")
	}
}

func TestExampleThatAnotherKeywordRefusesTooFails(t *testing.T) {
	for _, c := range []struct{ why, keyword, schema, valid, invalid, want string }{
		{"accepted", "type", `{"type": "string"}`, `"a"`, `"b"`, `accepts it, and "type" should refuse it`},
		{"another one", "minimum", `{"type": "string"}`, `"a"`, `1`, `it should be refused by "minimum" alone, and is also refused at /: expected string, but got number (type)`},
		{"two rules", "required", `{"required": ["id"], "maxProperties": 1}`, `{"id": 1}`, `{"a": 1, "b": 2}`, `(maxProperties)`},
		{"beside the alternatives", "oneOf", `{"oneOf": [{"type": "string"}, {"type": "integer"}], "enum": ["a"]}`, `"a"`, `true`, `(enum)`},
		{"alternatives that miss different things", "type", `{"oneOf": [{"type": "string"}, {"maximum": 3}]}`, `"a"`, `4`, `by way of oneOf > maximum`},
		{"another alternative", "anyOf", `{"oneOf": [{"type": "string"}]}`, `"a"`, `1`, `by way of oneOf > type`},
		{"a property's name is no keyword", "required", `{"properties": {"required": {"type": "string"}}}`, `{}`, `{"required": 1}`, `by way of properties > type`},
		{"another item", "contains", `{"contains": {"const": 1}, "items": {"type": "integer"}}`, `[1]`, `["2"]`, `by way of items > type`},
		{"not the name", "x", `{"type": "string"}`, `"a"`, `1`, `refused by "x" alone`},
	} {
		out, passed := named(t, c.schema, c.valid, c.keyword+"--x", c.invalid)
		require.False(t, passed, "%s\n%s", c.why, out)
		require.Contains(t, out, c.want, c.why)
		require.Contains(t, out, "again: go test -run '^TestFolderOfTheVariable$/^a$/^invalid$/^"+c.keyword+"--x$' .")
	}
	out, passed := named(t, `{"type": "string"}`, `"a"`, "number", `1`)
	require.False(t, passed)
	require.Contains(t, out, "its name must say which keyword refuses it")
	out, passed = named(t, `{"type": "string"}`, "\n 1", "type--x", `1`)
	require.False(t, passed)
	require.Contains(t, out, "v.json:2:2: ", "the place in a valid example that is refused")
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

func TestNothingInTheFolderIsPassedOver(t *testing.T) {
	for why, c := range map[string]struct {
		edit map[string]string
		want string
	}{
		"a schema without valid examples":    {map[string]string{"examples/valid/a/v.json": "absent"}, "it has no valid example"},
		"a schema without invalid examples":  {map[string]string{"examples/invalid/a/type--x.json": "absent"}, "it has no invalid example"},
		"one below without examples":         {map[string]string{"events/void.schema.json": `{}`}, "examples/valid/events/void/*.json"},
		"an example without a schema":        {map[string]string{"examples/valid/b/v.json": `1`}, "there is no b.schema.json"},
		"an example beside the folders":      {map[string]string{"examples/valid/v.json": `1`}, "v.json: it is not read"},
		"a folder of another name":           {map[string]string{"examples/vaild/a/v.json": `1`}, "it is not read"},
		"an example of another kind":         {map[string]string{"examples/invalid/a/type--y.JSON": `1`}, "type--y.JSON: it is not read"},
		"a schema that is named otherwise":   {map[string]string{"order.json": `{"type": "object"}`}, "order.json: it looks like a schema, and nothing checks it"},
		"a schema in capitals":               {map[string]string{"order.schema.JSON": `{}`}, "order.schema.JSON: it is named like a schema, and is not read"},
		"a schema in YAML":                   {map[string]string{"order.schema.yaml": "type: object"}, "it is named like a schema, and is not read"},
		"a schema that cannot be loaded":     {map[string]string{"events/paid.schema.json": `{"tpye": 1}`}, `did you mean "type"?`},
		"a mistake in a file of two schemas": {map[string]string{"common.json": `{"tpye": 1}`}, `common.json:1:10: /tpye`},
		"no examples":                        {map[string]string{"examples/valid/a/v.json": "absent", "examples/valid/events/paid/v.json": "absent"}, "it has no valid example"},
	} {
		out, passed := check(t, whole(c.edit))
		require.False(t, passed, "%s\n%s", why, out)
		require.Contains(t, out, c.want, why)
	}
}

func TestFolderWithoutSchemasFails(t *testing.T) {
	out, passed := check(t, map[string]string{"README.md": ""})
	require.False(t, passed)
	require.Contains(t, out, "there is no schema in")
	run := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFolderOfTheVariable$")
	run.Env = append(os.Environ(), folderVariable+"="+filepath.Join(t.TempDir(), "absent"))
	printed, err := run.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(printed), "is no folder")
}

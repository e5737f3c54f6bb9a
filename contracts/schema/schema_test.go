package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

func TestCheckReturnsEveryViolation(t *testing.T) {
	s, err := schema.Load("../schemas/customer.schema.json")
	require.NoError(t, err)
	require.Empty(t, s.Check([]byte(`{"id":"cus_1","name":"Ada","country":"NL"}`)))

	got := s.Check([]byte(`{"id":"1","name":"","country":"NL"}`))
	require.Len(t, got, 2)
	require.Equal(t, []string{"pattern", "minLength"}, []string{got[0].Keyword, got[1].Keyword})
	require.Equal(t, "/id", got[0].InstancePath)
}

func TestNotJSONIsAViolation(t *testing.T) {
	s, err := schema.Load("../schemas/customer.schema.json")
	require.NoError(t, err)
	for _, doc := range []string{"", "<html>", `{"id":"cus_1"`, `{} {}`} {
		got := s.Check([]byte(doc))
		require.Len(t, got, 1, doc)
		require.Equal(t, "json", got[0].Keyword)
	}
}

func TestReferenceToASiblingResolves(t *testing.T) {
	s, err := schema.Load("../schemas/invoice-list.schema.json")
	require.NoError(t, err)
	require.Empty(t, s.Check([]byte(`{"invoices":[]}`)))
	require.NotEmpty(t, s.Check([]byte(`{"invoices":[{}]}`)))
}

func TestFormatsAreAsserted(t *testing.T) {
	s, err := schema.Load("../schemas/ledger-message.schema.json")
	require.NoError(t, err)
	message := func(when string) []byte {
		return []byte(`{"event_id":"e","source":"stripe","type":"invoice.paid","invoice_id":"i","customer":"c",` +
			`"currency":"EUR","amount":1,"occurred_at":"` + when + `"}`)
	}
	require.Empty(t, s.Check(message("2026-11-20T16:45:00Z")))
	got := s.Check(message("last Friday"))
	require.Len(t, got, 1)
	require.Equal(t, "format", got[0].Keyword)
}

// write makes a folder of files, and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	return dir
}

func TestLoadNamesTheFileThatIsNotThere(t *testing.T) {
	_, err := schema.Load(filepath.Join(t.TempDir(), "absent.schema.json"))
	require.ErrorContains(t, err, "absent.schema.json: no such file")
	_, err = schema.Load(t.TempDir())
	require.Error(t, err, "a folder is no schema")
}

func TestMistakesAreInTheOrderOfTheLines(t *testing.T) {
	dir := write(t, map[string]string{
		"a.json": "{\n\"tpye\": 1,\n\"$ref\": \"b.json\",\n\"formt\": 2}",
		"b.json": "{\n\"itmes\": {}}",
	})
	_, err := schema.Load(filepath.Join(dir, "a.json"))
	var at []string
	for _, m := range schema.Mistakes(err) {
		at = append(at, m.Pointer)
	}
	require.Equal(t, []string{"/tpye", "/formt", "/itmes"}, at)
	require.ErrorContains(t, err, filepath.Join(dir, "a.json")+":2:9: /tpye: ")
	require.Empty(t, schema.Mistakes(os.ErrNotExist))
}

// Without Options.Root, references stay in the nearest folder named schemas, or in the file's own.
func TestRootIsTheNearestFolderNamedSchemas(t *testing.T) {
	files := map[string]string{"events/a.json": `{"$ref": "../b.json"}`, "b.json": `{"type": "integer"}`}
	in := func(root string) error {
		below := map[string]string{}
		for name, text := range files {
			below[root+"/"+name] = text
		}
		_, err := schema.Load(filepath.Join(write(t, below), root, "events/a.json"))
		return err
	}
	require.NoError(t, in("schemas"))
	require.NoError(t, in("x/schemas"))
	require.ErrorContains(t, in("contracts"), "leads out of the folder")

	files["go.mod"] = "module x"
	files["b.json"] = `{"type": "integer"}`
	dir := write(t, map[string]string{"schemas/go/a.json": `{"$ref": "../b.json"}`, "schemas/b.json": `{}`, "schemas/go/go.mod": "module x"})
	_, err := schema.Load(filepath.Join(dir, "schemas/go/a.json"))
	require.ErrorContains(t, err, "leads out of the folder", "a folder above the module is not its own")
}

func TestRootHoldsTheFile(t *testing.T) {
	dir := write(t, map[string]string{"a.json": `{}`, "in/b.json": `{}`})
	_, err := schema.Options{Root: filepath.Join(dir, "in")}.Load(filepath.Join(dir, "a.json"))
	require.ErrorContains(t, err, "is not below the root")
	_, err = schema.Options{Root: dir}.Load(filepath.Join(dir, "in/b.json"))
	require.NoError(t, err)
}

func TestLinkOutOfTheRootIsNotFollowed(t *testing.T) {
	dir := write(t, map[string]string{
		"secret.json": `{}`, "in/a.json": `{"$ref": "b.json"}`, "in/c.json": `{"$ref": "d.json"}`, "in/e.json": `{}`,
	})
	require.NoError(t, os.Symlink("../secret.json", filepath.Join(dir, "in/b.json")))
	require.NoError(t, os.Symlink("e.json", filepath.Join(dir, "in/d.json")))
	_, err := schema.Load(filepath.Join(dir, "in/a.json"))
	require.ErrorContains(t, err, "escapes")
	_, err = schema.Load(filepath.Join(dir, "in/c.json"))
	require.NoError(t, err, "a link that stays inside")
}

func TestReferencesWithoutEndAreRefused(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"itself":         {"a.json": `{"$ref": "#"}`},
		"through allOf":  {"a.json": `{"allOf": [{"$ref": "#/$defs/b"}], "$defs": {"b": {"anyOf": [{"$ref": "#"}]}}}`},
		"over two files": {"a.json": `{"$ref": "b.json"}`, "b.json": `{"$ref": "a.json"}`},
	} {
		_, err := schema.Load(filepath.Join(write(t, files), "a.json"))
		require.ErrorContains(t, err, "refers to itself without end", name)
	}
}

// Each level of the document doubles the work: without a bound, 100 levels would never end.
func TestWorkOfOneCheckIsBounded(t *testing.T) {
	dir := write(t, map[string]string{
		"a.json": `{"anyOf": [{"items": {"$ref": "#"}}, {"items": {"$ref": "#"}, "type": "array"}], "not": {"const": 1}}`,
	})
	s, err := schema.Load(filepath.Join(dir, "a.json"))
	require.NoError(t, err)
	require.Empty(t, s.Check([]byte(`[[[[0]]]]`)))
	found := s.Check([]byte(strings.Repeat("[", 100) + "1" + strings.Repeat("]", 100)))
	require.Len(t, found, 1)
	require.Equal(t, "schema", found[0].Keyword)
	require.Contains(t, found[0].Message, "too many steps")
	require.Empty(t, s.Check([]byte(`[[[[0]]]]`)), "the next one starts anew")
}

func TestNumberOfAMillionDigitsIsRefusedInFewWords(t *testing.T) {
	s, err := schema.Load("../schemas/customer.schema.json")
	require.NoError(t, err)
	for _, number := range []string{
		strings.Repeat("9", 1_000_000), "0." + strings.Repeat("0", 1_000_000) + "1", "1e" + strings.Repeat("9", 1_000_000),
	} {
		found := s.Check([]byte(`{"id": ` + number + `}`))
		require.Len(t, found, 1)
		require.Equal(t, "json", found[0].Keyword)
		require.Equal(t, "/id", found[0].InstancePath)
		require.Less(t, len(found[0].Message), 400)
	}
}

func TestSchemaOfTooManySchemasIsRefused(t *testing.T) {
	of := func(draft string, n int) error {
		text := `{"$schema": "` + draft + `", "prefixItems": [{}` + strings.Repeat(`,{"not":{}}`, n/2) + `]}`
		if !strings.Contains(draft, "2020") {
			text = strings.Replace(text, "prefixItems", "items", 1)
		}
		_, err := schema.Load(filepath.Join(write(t, map[string]string{"a.json": text}), "a.json"))
		return err
	}
	require.ErrorContains(t, of("https://json-schema.org/draft/2020-12/schema", 20_002), "split it")
	require.NoError(t, of("http://json-schema.org/draft-07/schema#", 20_002))
	require.NoError(t, of("https://json-schema.org/draft/2020-12/schema", 1_000))
}

func TestFormatsByDraftAssertsWhatTheDraftDoes(t *testing.T) {
	dir := write(t, map[string]string{
		"new.json":    `{"$schema": "https://json-schema.org/draft/2020-12/schema", "format": "date"}`,
		"old.json":    `{"$schema": "http://json-schema.org/draft-07/schema#", "format": "date"}`,
		"assert.json": `{"$schema": "urn:example:meta", "format": "date"}`,
		"meta.json": `{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:example:meta", "$dynamicAnchor": "meta",
			"$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/core": true,
				"https://json-schema.org/draft/2020-12/vocab/format-assertion": true},
			"allOf": [{"$ref": "https://json-schema.org/draft/2020-12/meta/core"},
				{"$ref": "https://json-schema.org/draft/2020-12/meta/format-assertion"}]}`,
	})
	// violations: always asserted, by draft
	for name, want := range map[string][2]int{"new.json": {1, 0}, "old.json": {1, 1}, "assert.json": {1, 1}} {
		for i, options := range []schema.Options{{}, {FormatsByDraft: true}} {
			s, err := options.Load(filepath.Join(dir, name))
			require.NoError(t, err)
			require.Len(t, s.Check([]byte(`"Friday"`)), want[i], name)
			require.Empty(t, s.Check([]byte(`"2026-11-20"`)))
		}
	}
}

func TestFormatsOfTheTeam(t *testing.T) {
	file := filepath.Join(write(t, map[string]string{
		"a.json": `{"properties": {"sku": {"format": "sku"}, "at": {"format": "date"}, "any": {"format": "any"}}}`,
	}), "a.json")
	_, err := schema.Load(file)
	require.ErrorContains(t, err, `"sku" is no format`)
	never := func(any) bool { return false }
	s, err := schema.Options{Formats: map[string]schema.FormatFunc{"sku": never, "date": never, "any": nil}}.Load(file)
	require.NoError(t, err)
	require.Len(t, s.Check([]byte(`{"sku": "1", "at": "2026-11-20", "any": "x"}`)), 2)
}

func TestAcceptDuplicateKeysMayBeAccepted(t *testing.T) {
	file := filepath.Join(write(t, map[string]string{"a.json": `{"properties": {"a": {"type": "integer"}}}`}), "a.json")
	s, err := schema.Options{AcceptDuplicateKeys: true}.Load(file)
	require.NoError(t, err)
	require.Empty(t, s.Check([]byte(`{"a": "1", "a": 2}`)), "the last one counts")
	require.Len(t, s.Check([]byte(`{"a": 1, "a": "2"}`)), 1)
}

// The library visits members in the order of a map: it differs from run to run.
func TestViolationsAreInTheOrderOfTheDocument(t *testing.T) {
	file := filepath.Join(write(t, map[string]string{
		"a.json": `{"additionalProperties": {"allOf": [{"type": "integer"}, {"const": 1}]}}`,
	}), "a.json")
	s, err := schema.Load(file)
	require.NoError(t, err)
	for range 20 {
		var got []string
		for _, v := range s.Check([]byte("{\"b\": \"1\",\n \"é\": {}, \"a\": true}")) {
			got = append(got, fmt.Sprintf("%d:%d %s %s", v.Line, v.Column, v.InstancePath, v.Keyword))
		}
		require.Equal(t, []string{"1:7 /b const", "1:7 /b type", "2:7 /é const", "2:7 /é type", "2:16 /a const", "2:16 /a type"}, got)
	}
}

func TestViolationNamesTheFileOfTheKeyword(t *testing.T) {
	dir := write(t, map[string]string{
		"a.json": `{"items": {"$ref": "b.json#/$defs/c"}}`, "b.json": `{"$id": "urn:example:b", "$defs": {"c": {"minimum": 3}}}`,
	})
	s, err := schema.Load(filepath.Join(dir, "a.json"))
	require.NoError(t, err)
	found := s.Check([]byte(`[2]`))
	require.Len(t, found, 1)
	require.Equal(t, filepath.Join(dir, "b.json"), found[0].SchemaFile)
	require.Equal(t, "/$defs/c/minimum", found[0].SchemaPath)
	require.Equal(t, []string{"items", "$ref", "minimum"}, found[0].Refusing)
}

func TestCheckIsSafeForConcurrentUse(t *testing.T) {
	s, err := schema.Load("../schemas/customer.schema.json")
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				assert.Empty(t, s.Check([]byte(`{"id":"cus_1","name":"Ada","country":"NL"}`)))
				assert.Len(t, s.Check([]byte(`{"id":"cus_1","name":"","country":"NL"}`)), 1)
			}
		})
	}
	all.Wait()
}

func TestPropertiesListsTheNamesOfAllFiles(t *testing.T) {
	dir := write(t, map[string]string{
		"a.json": `{"properties": {"a": {"oneOf": [{"properties": {"b": {}}}]}}, "items": {"$ref": "b.json"}}`,
		"b.json": `{"properties": {"c": {}}, "patternProperties": {"^\\u0061": {"properties": {"d": {}}}}}`,
	})
	s, err := schema.Load(filepath.Join(dir, "a.json"))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c", "d"}, s.Properties())
}

// A copy of a schema, such as one that a build leaves, is the same schema.
func TestCopyWithTheSameIDIsNoClash(t *testing.T) {
	one, other := `{"$id": "https://example.com/b", "type": "integer"}`, `{"$id": "https://example.com/b", "type": "string"}`
	dir := write(t, map[string]string{"a.json": `{"$ref": "https://example.com/b"}`, "b.json": one, "build/b.json": one})
	s, err := schema.Load(filepath.Join(dir, "a.json"))
	require.NoError(t, err)
	require.Len(t, s.Check([]byte(`"x"`)), 1)
	_, err = schema.Load(filepath.Join(dir, "b.json"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "build/b.json"), []byte(other), 0o600))
	for _, name := range []string{"a.json", "b.json"} {
		_, err = schema.Load(filepath.Join(dir, name))
		require.ErrorContains(t, err, "the $id of", name)
	}
}

func TestMissingFileNamesTheNearest(t *testing.T) {
	dir := write(t, map[string]string{"a.json": `{"$ref": "parts/monye.json"}`, "parts/money.json": `{}`})
	_, err := schema.Load(filepath.Join(dir, "a.json"))
	require.ErrorContains(t, err, "did you mean "+filepath.Join(dir, "parts/money.json")+"?")
}

// Examples are documents: what looks like an $id in one is data.
func TestExamplesAreNoSchemas(t *testing.T) {
	dir := write(t, map[string]string{
		"a.schema.json":                  `{"$id": "https://example.com/a"}`,
		"examples/valid/a/v.json":        `{"$id": "https://example.com/a"}`,
		"events/examples/valid/a/v.json": `{"$id": "https://example.com/a", "type": "object"}`,
	})
	all, err := schema.Options{}.LoadFolder(dir)
	require.NoError(t, err)
	require.Len(t, all, 1)
}

func TestLoadFolderReturnsWhatCanBeLoadedAndWhatCannot(t *testing.T) {
	dir := write(t, map[string]string{
		"a.schema.json":   `{"$ref": "b.json"}`,
		"b.json":          `{"tpye": 1}`,
		"c.schema.json":   `{"$ref": "b.json"}`,
		"d/e.schema.json": `{"type": "string"}`,
		"f.schema.json":   `{`,
	})
	all, err := schema.Options{}.LoadFolder(dir)
	require.Len(t, all, 1)
	require.Equal(t, filepath.Join(dir, "d/e.schema.json"), all[0].Path())
	require.Len(t, schema.Mistakes(err), 2, "each once: %v", err)
}

// A metaschema of the team's own may let through what the drafts do not: that is an error, and no panic of the library.
func TestLenientMetaschemaLetsNothingWrongThrough(t *testing.T) {
	for _, wrong := range []string{
		`"$ref": 5`, `"$dynamicRef": 5`, `"$anchor": 5`, `"$id": 5`, `"type": 5`, `"properties": []`, `"properties": {"a": 5}`, `"enum": "x"`,
		`"required": "a"`, `"required": [1]`, `"pattern": 5`, `"minimum": "1"`, `"dependentRequired": {"a": 5}`, `"additionalProperties": 5`,
		`"items": 5`, `"allOf": {}`, `"format": 5`, `"uniqueItems": 1`,
	} {
		dir := write(t, map[string]string{
			"a.json": `{"$schema": "urn:example:meta", ` + wrong + `}`,
			"meta.json": `{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:example:meta", "properties": {
				"$schema": {}, "$ref": {}, "$dynamicRef": {}, "$anchor": {}, "$id": {}, "type": {}, "properties": {}, "enum": {},
				"required": {}, "pattern": {}, "minimum": {}, "dependentRequired": {},
				"additionalProperties": {}, "items": {}, "allOf": {}, "format": {}, "uniqueItems": {}}}`,
		})
		_, err := schema.Load(filepath.Join(dir, "a.json"))
		require.ErrorContains(t, err, "a.json", wrong)
	}
}

func TestSchemasOfAProgramAreReadFromItsFiles(t *testing.T) {
	files := fstest.MapFS{
		"order/order.schema.json": {Data: []byte(`{"properties": {"total": {"$ref": "money.schema.json"}}, "additionalProperties": false}`)},
		"order/money.schema.json": {Data: []byte(`{"type": "integer"}`)},
	}
	s, err := schema.Options{Files: files}.Load("order/order.schema.json")
	require.NoError(t, err)
	require.Empty(t, s.Check([]byte(`{"total": 1}`)))
	violations := s.Check([]byte(`{"total": "1", "b": 1, "a": 1}`))
	require.Len(t, violations, 2)
	written, there := s.Written(violations[1].SchemaFile, violations[1].SchemaPath)
	require.True(t, there)
	require.Equal(t, "integer", written)
	whole, _ := s.Written("order/order.schema.json", "")
	require.Equal(t, []string{"a", "b"}, schema.Undescribed(whole.(map[string]any), map[string]any{"b": 1, "total": 1, "a": 1}))
	_, there = s.Written("money.schema.json", "")
	require.False(t, there, "no such file")

	_, err = schema.Options{Files: files}.Load("order/none.schema.json")
	require.ErrorContains(t, err, "order/none.schema.json: file does not exist")
	files["order/out.schema.json"] = &fstest.MapFile{Data: []byte(`{"$ref": "../secret.json"}`)}
	_, err = schema.Options{Files: files}.Load("order/out.schema.json")
	require.ErrorContains(t, err, "leads out of the folder")
}

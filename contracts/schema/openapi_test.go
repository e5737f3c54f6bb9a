package schema_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

const (
	orders30 = "testdata/openapi/orders-3.0.yaml"
	orders31 = "testdata/openapi/orders-3.1.json"
)

func component(t *testing.T, file, name string) *schema.Schema {
	t.Helper()
	s, err := schema.Load(file + "#/components/schemas/" + name)
	require.NoError(t, err)
	return s
}

// refusals returns what refuses a document, as keyword and place.
func refusals(s *schema.Schema, document string) []string {
	var all []string
	for _, v := range s.Check([]byte(document)) {
		all = append(all, v.Keyword+" "+v.InstancePath)
	}
	return all
}

func TestSchemaOfAnOpenAPIDocumentIsRead(t *testing.T) {
	for document, want := range map[string][]string{
		`{"id":"ord_1","total":1,"note":null,"state":null,"lines":[{"sku":null,"price":0.5}],"payment":{"kind":"card"}}`: nil,
		`{"id":"ord_1","total":0}`:                               {"exclusiveMinimum /total"},
		`{"id":"ord_1","total":9223372036854775808}`:             {"format /total"},
		`{"id":"ord_1","total":1,"note":7}`:                      {"type /note"},
		`{"id":"ord_1","total":1,"note":"too long"}`:             {"maxLength /note"},
		`{"id":"ord_1","total":1,"state":"lost"}`:                {"enum /state"},
		`{"id":"ord_1","total":1,"lines":[{"price":-1}]}`:        {"required /lines/0", "minimum /lines/0/price"},
		`{"id":"ord_1","total":1,"after":{"total":null}}`:        {"required /after", "type /after/total"},
		`{"id":"ord_1","total":1,"sku":"anything"}`:              nil,
		`{"id":"ord_1","total":1,"payment":{"kind":"transfer"}}`: nil,
		`{"id":null,"total":1}`:                                  {"type /id"},
	} {
		require.Equal(t, want, refusals(component(t, orders30, "Order"), document), document)
	}
	for document, want := range map[string][]string{
		`{"id":"a","note":null,"total":1,"pair":["a",2]}`: nil,
		`{"id":"a","total":0}`:                            {"exclusiveMinimum /total"},
		`{"id":"a","pair":["a","b"]}`:                     {"type /pair/1"},
		`{"id":"a","more":1}`:                             {"unevaluatedProperties /more"},
	} {
		require.Equal(t, want, refusals(component(t, orders31, "Order"), document), document)
	}
}

func TestPointerMayBeEscapedAsInAURL(t *testing.T) {
	for _, name := range []string{"With a~1slash and space", "With%20a~1slash%20and%20space"} {
		require.Equal(t, []string{"type "}, refusals(component(t, orders30, name), `1`), name)
	}
}

func TestPointerNamesASchemaInsideOfAnyFile(t *testing.T) {
	dir := write(t, map[string]string{
		"a.json": `{"$id": "https://example.com/a", "$defs": {"b": {"type": "integer"}}, "type": "string"}`, "#.json": `{"type": "null"}`,
		"y.yaml": "type: string\n",
	})
	s, err := schema.Load(filepath.Join(dir, "a.json#/$defs/b"))
	require.NoError(t, err)
	require.Empty(t, s.Check([]byte("1")))
	require.NotEmpty(t, s.Check([]byte(`"1"`)))
	require.Equal(t, filepath.Join(dir, "a.json#/$defs/b"), s.Path())
	s, err = schema.Load(filepath.Join(dir, "#.json"))
	require.NoError(t, err)
	require.NotEmpty(t, s.Check([]byte("1")))
	s, err = schema.Load(filepath.Join(dir, "y.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, s.Check([]byte("1")))
	for name, want := range map[string]string{
		"a.json#/$defs/c": "there is no /$defs/c", "a.json#b": "no JSON Pointer", "a.json#/%": "no JSON Pointer",
		"none.yaml#/a": "no such file",
	} {
		_, err := schema.Load(filepath.Join(dir, name))
		require.ErrorContains(t, err, want, name)
	}
}

// What OpenAPI ignores in silence is a mistake, with its line.
func TestMistakesInAnOpenAPIDocument(t *testing.T) {
	_, err := schema.Load(orders30 + "#/components/schemas/Nothing")
	var all []string
	for _, m := range schema.Mistakes(err) {
		all = append(all, strings.TrimPrefix(m.Error(), m.File))
	}
	for i, want := range []string{
		`:50:27: /components/schemas/Nothing/properties/plain/nullable: nullable has no effect without "type"`,
		`:51:42: /components/schemas/Nothing/properties/listed/nullable: nullable has no effect, as "enum"`,
		`:52:25: /components/schemas/Nothing/properties/several/type: OpenAPI 3.0 does not allow this`,
		`:53:50: /components/schemas/Nothing/properties/bound/exclusiveMinimum: OpenAPI 3.0 does not allow this`,
		`:54:24: /components/schemas/Nothing/properties/const/const: "const" is no keyword of OpenAPI 3.0`,
		`:55:32: /components/schemas/Nothing/properties/id/id: "id" is no keyword of OpenAPI 3.0`,
		`:56:61: /components/schemas/Nothing/properties/list/nullable: OpenAPI 3.0 ignores "nullable" beside "$ref": `,
		`:57:38: /components/schemas/Nothing/properties/date/format: "date-tima" is no format`,
		`:58:40: /components/schemas/Nothing/properties/number/enum/0: 010: versions of YAML`,
	} {
		require.Greater(t, len(all), i, "%q is missing", want)
		require.True(t, strings.HasPrefix(all[i], want), "%s\n%s", all[i], want)
	}
	require.Len(t, all, 9)

	for name, want := range map[string]string{
		orders30: "it is an OpenAPI document: name one of its schemas, such as " + orders30 + "#/components/schemas/Broken",
		orders30 + "#/components/schemas/Broken": `:46:13: /components/schemas/Broken/tpye: "tpye" is no keyword of OpenAPI 3.0, ` +
			`so it would be ignored: did you mean "type"?`,
		orders30 + "#/components/schemas/Ordr":  "there is no /components/schemas/Ordr: did you mean /components/schemas/Order?",
		orders30 + "#/components/schemas/Whole": "is a whole OpenAPI document",
		orders31 + "#/components/schemas/Old":   `"nullable" is no keyword of OpenAPI 3.1`,
	} {
		_, err := schema.Load(name)
		require.ErrorContains(t, err, want)
	}
}

// A document that cannot be changed any more is read as its version says.
func TestPublishedOpenAPIDocumentIsReadAsItSays(t *testing.T) {
	s, err := schema.Options{AsDraft: true}.Load(orders31 + "#/components/schemas/Old")
	require.NoError(t, err)
	require.Equal(t, []string{"type "}, refusals(s, "null"))
	_, err = schema.Options{AsDraft: true}.Load(orders30 + "#/components/schemas/Broken")
	require.NoError(t, err)
}

func TestNotesSayWhatOfOpenAPIIsNotUsed(t *testing.T) {
	require.Equal(t, []string{
		orders30 + `:27: discriminator is not used: oneOf, anyOf or allOf beside it decides`,
		orders30 + `:30: the format "sku" is not known, and accepts everything`,
	}, component(t, orders30, "Order").Notes())
	dir := write(t, map[string]string{"o.yaml": "openapi: 3.0.0\ncomponents: {schemas: {A: {type: object, required: [a, b], properties: " +
		"{a: {type: string, writeOnly: true}, b: {type: string, readOnly: true}}}}}\n"})
	notes := component(t, filepath.Join(dir, "o.yaml"), "A").Notes()
	require.Len(t, notes, 2)
	require.Contains(t, notes[0], "readOnly and required is required of every document here, and OpenAPI requires it in answers only")
	require.Contains(t, notes[1], "in requests only")
}

func TestVersionsOfOpenAPI(t *testing.T) {
	const part = "\ncomponents: {schemas: {A: {type: integer}}}\n"
	for head, want := range map[string]string{
		"openapi: 3.0.4":   "",
		"openapi: '3.1.1'": "",
		"openapi: 3.2.0":   "",
		"openapi: 3.9.0":   "OpenAPI 3.9 is not known",
		"openapi: 4.0.0":   "it is not OpenAPI 3.0, 3.1 or 3.2",
		"swagger: '2.0'":   "1:10: /swagger: it is not OpenAPI 3.0, 3.1 or 3.2",
		"openapi: 3.1":     "it is not OpenAPI", // a number, and no version
		"openapi: [3.1.0]": "it is not OpenAPI",
		"openapi: 3.1.0\njsonSchemaDialect: https://spec.openapis.org/oas/3.1/dialect/base": "",
		"openapi: 3.1.0\njsonSchemaDialect: http://json-schema.org/draft-07/schema#":        "",
		"openapi: 3.1.0\njsonSchemaDialect: https://example.com/own":                        "2:20: /jsonSchemaDialect: ",
		"openapi: 3.0.0\nopenapi: 3.0.0":                                                    "occurs again",
		"openapi: 3.0.0\n---\na: b":                                                         "a second document starts here",
		"openapi: {":                                                                        "it is not YAML",
	} {
		dir := write(t, map[string]string{"o.yaml": head + part})
		s, err := schema.Load(filepath.Join(dir, "o.yaml#/components/schemas/A"))
		if want != "" {
			require.ErrorContains(t, err, want, head)
			continue
		}
		require.NoError(t, err, head)
		require.NotEmpty(t, s.Check([]byte(`"a"`)), head)
	}
}

// A document may be larger than what is read of it, and hold what is none of the schema's business.
func TestOnlyWhatASchemaRefersToIsRead(t *testing.T) {
	dir := write(t, map[string]string{"o.json": `{"openapi": "3.1.0", "paths": {"/a": {"$ref": "https://example.com/a"}},
		"components": {"schemas": {"A": {"type": "integer"}, "B": {"$ref": "https://example.com/b"}, "C": {"tpye": 1}}}}`})
	require.NotEmpty(t, component(t, filepath.Join(dir, "o.json"), "A").Check([]byte(`"a"`)))
	_, err := schema.Load(filepath.Join(dir, "o.json#/components/schemas/B"))
	require.ErrorContains(t, err, "nothing is fetched over a network")
}

func TestOpenAPIReferencesStayInTheRoot(t *testing.T) {
	dir := write(t, map[string]string{
		"in/o.yaml": "openapi: 3.0.0\ncomponents: {schemas: {A: {$ref: ../b.yaml}, B: {$ref: link.yaml}}}\n", "b.yaml": "type: integer\n",
	})
	require.NoError(t, os.Symlink(filepath.Join(dir, "b.yaml"), filepath.Join(dir, "in", "link.yaml")))
	for _, name := range []string{"A", "B"} {
		_, err := schema.Load(filepath.Join(dir, "in", "o.yaml#/components/schemas/"+name))
		require.Error(t, err, name)
	}
}

// Aliases that repeat each other many times over are refused, and take no time.
func TestAliasesThatExplodeAreRefused(t *testing.T) {
	var text strings.Builder
	text.WriteString("openapi: 3.0.0\na0: &a0 [1,1,1,1,1,1,1,1,1,1]\n")
	for i := range 9 {
		text.WriteString(strings.NewReplacer("N", string(rune('1'+i)), "M", string(rune('0'+i))).
			Replace("aN: &aN [*aM,*aM,*aM,*aM,*aM,*aM,*aM,*aM,*aM,*aM]\n"))
	}
	dir := write(t, map[string]string{"o.yaml": text.String()})
	_, err := schema.Load(filepath.Join(dir, "o.yaml#/components/schemas/A"))
	require.ErrorContains(t, err, "more than 1000000 values")
}

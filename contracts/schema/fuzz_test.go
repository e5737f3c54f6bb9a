package schema

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// seeds adds every file of the corpus whose name matches.
func seeds(f *testing.F, pattern string) {
	files, err := filepath.Glob("testdata/corpus/*/" + pattern)
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(text)
	}
}

// A document gets the same answer every time, whatever it is, and soon.
func FuzzCheck(f *testing.F) {
	seeds(f, "case.json")
	for _, doc := range []string{
		`1e1000`, `[1e-999, -0, 0.1]`, `{"a":1,"a":2}`, "\xef\xbb\xbf1", `"\ud800"`, `[[[[[[]]]]]]`, `{"n":{"n":{"n":[1,2]}}}`, ``,
	} {
		f.Add([]byte(doc))
	}
	file := filepath.Join(f.TempDir(), "a.json")
	require.NoError(f, os.WriteFile(file, []byte(`{
		"$defs": {"n": {"anyOf": [{"type": "object", "additionalProperties": {"$ref": "#/$defs/n"}, "propertyNames": {"pattern": "^[a-z]*$"}},
			{"type": "array", "items": {"$ref": "#/$defs/n"}, "uniqueItems": true, "contains": {"multipleOf": 0.01}},
			{"enum": [0, 0.1, "a", null, [1]]}, {"format": "uri-template"}]}},
		"$ref": "#/$defs/n", "not": {"const": 1}, "unevaluatedProperties": false
	}`), 0o600))
	s, err := Load(file)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, doc []byte) {
		first := s.Check(doc)
		require.Equal(t, first, s.Check(doc))
		for _, v := range first {
			require.NotEmpty(t, v.Keyword)
			require.NotEmpty(t, v.Message)
			require.Positive(t, v.Line)
			require.Positive(t, v.Column)
		}
	})
}

// A schema of an OpenAPI document is loaded or refused with its place, whether the document is YAML or JSON.
func FuzzOpenAPI(f *testing.F) {
	for _, pattern := range []string{"testdata/openapi/*", "testdata/corpus/nullable/*"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(text, "/components/schemas/Order")
		}
	}
	f.Add([]byte("openapi: 3.0.0\ncomponents: {schemas: {A: &a {properties: {b: *a}}, B: {<<: *a, nullable: true}}}"), "/components/schemas/B")
	f.Add([]byte("openapi: 3.1.0\na: {$ref: '#/b', items: {$ref: '#'}}\nb: {$dynamicRef: '#x', $defs: {c: {$dynamicAnchor: x}}}"), "/a")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte, pointer string) {
		for _, name := range []string{"a.yaml", "a.json"} {
			file := filepath.Join(dir, name)
			require.NoError(t, os.WriteFile(file, text, 0o600))
			all, err := Options{Root: dir}.LoadAll(file + "#" + pointer)
			for _, m := range Mistakes(err) {
				require.NotEmpty(t, m.What)
				require.Positive(t, m.Line)
				require.Positive(t, m.Column)
			}
			for _, s := range all {
				first := s.Check([]byte(`{"id":"ord_1","total":null,"lines":[{"sku":null}]}`))
				require.Equal(t, first, s.Check([]byte(`{"id":"ord_1","total":null,"lines":[{"sku":null}]}`)))
				s.Notes()
			}
		}
	})
}

// A schema is loaded or refused with the place of each mistake, and checks documents once it is loaded.
func FuzzLoad(f *testing.F) {
	seeds(f, "*.schema.json")
	dir := f.TempDir()
	file := filepath.Join(dir, "a.schema.json")
	require.NoError(f, os.WriteFile(filepath.Join(dir, "b.json"),
		[]byte(`{"$id": "https://example.com/b.json", "$anchor": "x", "$ref": "a.schema.json"}`), 0o600))
	f.Fuzz(func(t *testing.T, text []byte) {
		require.NoError(t, os.WriteFile(file, text, 0o600))
		s, err := Load(file)
		if err != nil {
			require.ErrorContains(t, err, "a.schema.json")
			for _, m := range Mistakes(err) {
				require.Positive(t, m.Line)
				require.Positive(t, m.Column)
			}
			return
		}
		s.Properties()
		for _, doc := range []string{`null`, `true`, `1.5`, `"a b"`, `[1, "2", [3]]`, `{"a": 1, "b": {"c": []}}`} {
			for _, v := range s.Check([]byte(doc)) {
				require.NotEmpty(t, v.Keyword)
			}
		}
	})
}

// An expression that is translated compiles, and one that is not gets a reason.
func FuzzTranslate(f *testing.F) {
	for _, pattern := range []string{
		`^\s[^\S\]]+$`, `(?<a>\u{1F600})\p{Script=Greek}`, `(?=a)\1[]`, `\ud83d\ude00[\b\cA]{2,3}?`, `[[:alpha:]]\/\-`,
	} {
		f.Add(pattern)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		ours, err := translate(pattern)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		_, err = regexp.Compile(ours)
		require.NoError(t, err)
	})
}

func FuzzFormats(f *testing.F) {
	for _, s := range []string{
		"xn--nxasmq6b.example", "실례@실례.테스트", "http://[::1]:80/{a}", "2016-12-31T23:59:60Z", "P1Y2M", "/a~0b", "\xff", "ᅠ-",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, is := range formats {
			if is != nil {
				require.Equal(t, is(s), is(s), name)
			}
		}
		if uri.absolute(s) {
			require.True(t, iri.absolute(s), "a URI is an IRI")
			require.True(t, uri.reference(s), "and a reference")
		}
		if isHostname(s) {
			require.True(t, isIDNHostname(s))
		}
	})
}

// What is plain has the verdict of the whole syntax.
func FuzzURITemplate(f *testing.F) {
	for _, s := range []string{"https://a/b{/c}{?d,e}", "https://a{b", "https://a{b}c}", "https://a{,}", "https://{}", "https://a{?}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		require.Equal(t, template().MatchString(s), isURITemplate(s), s)
	})
}

package verification

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/drawn"
)

// compiled compiles the schema of a payload's language.
func compiled(t require.TestingT, folder string, l Language) *schema.Schema {
	file := filepath.Join(folder, "language"+schema.Suffix)
	require.NoError(t, os.WriteFile(file, l.Schema, 0o600))
	s, err := schema.Options{AsDraft: true}.Load(file)
	require.NoError(t, err)
	return s
}

// The schema of a payload's language accepts what the matching rules let through, and nothing else where they raise no doubt.
func TestLanguageIsWhatTheMatcherLetsThrough(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		d := drawn.Source{T: t}
		all, err := Payloads(Document{Name: "drawn", Text: d.Pact(true)})
		require.NoError(t, err)
		require.Len(t, all, 1)
		l, err := all[0].Language(nil)
		require.NoError(t, err)
		s := compiled(t, folder, l)
		for range 10 {
			var example any
			decoder := json.NewDecoder(bytes.NewReader(all[0].Example))
			decoder.UseNumber()
			require.NoError(t, decoder.Decode(&example))
			document, err := json.Marshal(d.Neighbour(example))
			require.NoError(t, err)
			document = all[0].Spelled(document)
			found := all[0].Compare(document)
			if len(found.Mismatches)+len(found.Unclear) == 0 {
				require.Empty(t, s.Check(document), "%s is let through, and not in %s", document, l.Schema)
			}
			if len(l.Doubts) == 0 && len(s.Check(document)) == 0 {
				require.Empty(t, found, "%s is not let through, and in %s", document, l.Schema)
			}
		}
	})
}

// languageOf returns the language of an answer with a body and rules of version 4, without completing it.
func languageOf(t *testing.T, body, rules string) (*Payload, Language) {
	t.Helper()
	all, err := Payloads(Document{Name: "web-shop.json", Text: []byte(`{"consumer": {"name": "web"}, "provider": {"name": "shop"},
		"interactions": [{
			"type": "Synchronous/HTTP", "description": "an order", "request": {"method": "get", "path": "/orders/1"},
			"response": {"status": 200, "body": {"contentType": "application/json", "content": ` + body + `},
				"matchingRules": {"body": ` + rules + `}}
		}],
		"metadata": {"pactSpecification": {"version": "4.0.0"}}}`)})
	require.NoError(t, err)
	require.Len(t, all, 1)
	l, err := all[0].Language(nil)
	require.NoError(t, err)
	return all[0], l
}

func TestLanguageOfRules(t *testing.T) {
	for name, c := range map[string]struct{ example, rules, in, out string }{ // of a member a
		"no rule":      {`1`, ``, `1.0`, `2`},
		"type":         {`"x"`, `"$.a": {"matchers": [{"match": "type"}]}`, `""`, `1`},
		"regex":        {`"x"`, `"$.a": {"matchers": [{"match": "regex", "regex": "x|y"}]}`, `"y"`, `"yy"`},
		"include":      {`"x.y"`, `"$.a": {"matchers": [{"match": "include", "value": "."}]}`, `"b."`, `"b"`},
		"integer":      {`1`, `"$.a": {"matchers": [{"match": "integer"}]}`, `5`, `5.5`},
		"alternatives": {`1`, `"$.a": {"combine": "OR", "matchers": [{"match": "type"}, {"match": "null"}]}`, `null`, `"x"`},
		"all of them":  {`"x"`, `"$.a": {"matchers": [{"match": "type"}, {"match": "regex", "regex": "x+"}]}`, `"xx"`, `"y"`},
		"date":         {`"2026-01-02"`, `"$.a": {"matchers": [{"match": "date", "date": "yyyy-MM-dd"}]}`, `"2024-02-29"`, `"2025-02-29"`},
		"elements": {
			`[1]`, `"$.a": {"matchers": [{"match": "type", "min": 1}]}, "$.a[*]": {"matchers": [{"match": "type"}]}`, `[1, 2]`, `[]`,
		},
		"elements by number": {`[1, 2]`, `"$.a[0]": {"matchers": [{"match": "type"}]}`, `[5, 2]`, `[5, 3]`},
		"at most":            {`[1]`, `"$.a": {"matchers": [{"match": "type", "max": 1}]}`, `[7]`, `[7, 8]`},
		"any number of elements, by a rule above": {`[1]`, `"$": {"matchers": [{"match": "type"}]}`, `[2, 3]`, `["x"]`},
		"no example of an element":                {`[]`, `"$.a": {"matchers": [{"match": "type"}]}`, `["x", 1]`, `{}`},
		"version":                                 {`"1.0.0"`, `"$.a": {"matchers": [{"match": "semver"}]}`, `"0.1.2-rc.1+x"`, `"1.0"`},
		"each value": {
			`{"b": 1}`, `"$.a": {"matchers": [{"match": "eachValue", "rules": [{"match": "integer"}]}]}`, `{"c": 2}`, `{"b": 1.5}`,
		},
		"each element": {`[1]`, `"$.a": {"matchers": [{"match": "eachValue", "rules": [{"match": "type"}]}]}`, `[2, 3]`, `[2, "x"]`},
		"each key": {
			`{"b": 1}`, `"$.a": {"matchers": [{"match": "eachKey", "rules": [{"match": "regex", "regex": "[a-z]"}]}]},
			"$.a.*": {"matchers": [{"match": "type"}]}`, `{"c": 2, "d": 3}`, `{"1": 2}`,
		},
		"contains": {
			`[{"k": "x", "n": 1}]`, `"$.a": {"matchers": [{"match": "arrayContains", "variants": [{"index": 0, "rules": {
			"$.n": {"matchers": [{"match": "integer"}]}}}]}]}`, `[7, {"k": "x", "n": 2}]`, `[{"k": "y", "n": 2}]`,
		},
		"of what is around": {`{"b": 1}`, `"$.a": {"matchers": [{"match": "type"}]}`, `{"b": 5}`, `{"b": "x"}`},
	} {
		t.Run(name, func(t *testing.T) {
			p, l := languageOf(t, `{"a": `+c.example+`}`, "{"+c.rules+"}")
			require.Empty(t, l.Doubts)
			s := compiled(t, t.TempDir(), l)
			require.Empty(t, s.Check([]byte(`{"a": `+c.in+`}`)))
			require.Empty(t, p.Compare([]byte(`{"a": `+c.in+`}`)))
			require.NotEmpty(t, s.Check([]byte(`{"a": `+c.out+`}`)))
			require.NotEmpty(t, p.Compare([]byte(`{"a": `+c.out+`}`)).Mismatches)
		})
	}
}

func TestLanguageNamesItsDoubts(t *testing.T) {
	for rule, want := range map[string]string{
		`{"match": "values"}`:                          "the rule values at $.a",
		`{"match": "equality"}, {"match": "notEmpty"}`: "the rule equality for an array at $.a",
	} {
		_, l := languageOf(t, `{"a": [1]}`, `{"$.a": {"matchers": [`+rule+`]}}`)
		require.Contains(t, l.Doubts, want)
	}
}

func TestPayloadIsFoundInThePact(t *testing.T) {
	p, _ := languageOf(t, `{"a": {"b c": [1]}}`, `{"$.a": {"matchers": [{"match": "type"}]}}`)
	require.Equal(t, "web/any state/an order, answer", p.Name())
	require.Equal(t, "/interactions/0/response/body/content/a/b c/0", p.Place("/a/b c/3").Pointer)
	require.Equal(t, "type at $.a", p.Place("/a/b c").Rules)
	or, _ := languageOf(t, `{"a": 1}`, `{"$.a": {"combine": "OR", "matchers": [{"match": "type"}, {"match": "null"}]}}`)
	require.Equal(t, "type or null at $.a", or.Place("/a").Rules)
	require.Equal(t, "/interactions/0/response/body/content", p.Place("/x").Pointer)
	require.Equal(t, 4, p.Place("").Line)
}

// A consumer that sends a member which its pact does not name fails its own test; one that reads others is asked to ignore them.
func TestOnlyWhatIsSentIsClosed(t *testing.T) {
	for request, want := range map[bool]int{true: 1, false: 0} {
		body := `"body": {"a": 1}`
		sent, came := map[bool]string{true: body + ","}[request], map[bool]string{false: body + ","}[request]
		all, err := Payloads(Document{Name: "web-shop.json", Text: []byte(`{"consumer": {"name": "web"}, "provider": {"name": "shop"},
			"interactions": [{"description": "d", "request": {` + sent + `"method": "put", "path": "/"},
			"response": {` + came + `"status": 200}}]}`)})
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Len(t, all[0].Compare([]byte(`{"a": 1, "b": 2}`)).Mismatches, want)
	}
}

package widen_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/widen"
)

func load(t testing.TB, text string) *schema.Schema {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.schema.json")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	s, err := schema.Load(file)
	require.NoError(t, err)
	return s
}

func propose(t testing.TB, text string, documents ...string) widen.Proposal {
	t.Helper()
	var all []widen.Document
	for i, document := range documents {
		all = append(all, widen.Document{Text: []byte(document), Group: i + 1})
	}
	return widen.Propose(t.Context(), load(t, text), all, nil)
}

// Each keyword is widened as little as the document needs, the rest of the text stays, and what was accepted still is.
func TestKeywordIsWidenedWhereItStands(t *testing.T) {
	for _, c := range []struct{ schema, document, want string }{
		{`{"type": "integer"}`, `"1"`, `{"type": ["integer","string"]}`},
		{`{"type": "integer"}`, `1.5`, `{"type": "number"}`},
		{`{"type": ["integer", "string"]}`, `null`, `{"type": ["integer","string","null"]}`},
		{`{ "required": ["a", "b"] }`, `{"b":1}`, `{ "required": ["b"] }`},
		{`{"type": "object", "required": ["a"]}`, `{}`, `{"type": "object"}`},
		{`{"properties": {"a": {}}, "additionalProperties": false}`, `{"b":true}`,
			`{"properties": {"a": {},"b":{"type":"boolean"}}, "additionalProperties": false}`},
		{`{"additionalProperties": false}`, `{"b":1}`, `{"additionalProperties": false,"properties":{"b":{"type":"integer"}}}`},
		{`{"enum": ["a"]}`, `"b"`, `{"enum": ["a","b"]}`},
		{`{"const": "a"}`, `"b"`, `{"enum":["a","b"]}`},
		{`{"minimum": 1}`, `-2.50`, `{"minimum": -2.5}`},
		{`{"exclusiveMaximum": 1}`, `1`, `{"maximum":1}`},
		{`{"maxLength": 1}`, `"äöü"`, `{"maxLength": 3}`},
		{`{"minItems": 2}`, `[]`, `{"minItems": 0}`},
		{`{"pattern": "^a", "maxLength": 5}`, `"b"`, `{ "maxLength": 5}`},
		{`{"properties": {"a": false}}`, `{"a":1}`, `{"properties": {"a": {}}}`},
		{`{"oneOf": [{"type": "integer"}, {"minimum": 3}]}`, `4`, `{"anyOf":[{"type":"integer"},{"minimum":3}]}`},
		{`{"oneOf": [{"properties": {"k": {"const": "a"}, "n": {"type": "integer"}}, "required": ["k"]},
			{"properties": {"k": {"const": "b"}}, "required": ["k", "m"]}]}`, `{"k":"a","n":"1"}`,
			`{"oneOf": [{"properties": {"k": {"const": "a"}, "n": {"type": ["integer","string"]}}, "required": ["k"]},
			{"properties": {"k": {"const": "b"}}, "required": ["k", "m"]}]}`},
		{`{"anyOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"properties": {"x": {"type": "integer"}}}}}`, `{"x":""}`,
			`{"anyOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"properties": {"x": {"type": ["integer","string"]}}}}}`},
	} {
		p := propose(t, c.schema, c.document)
		require.Empty(t, p.Open, c.schema)
		require.Equal(t, c.want, string(p.Text), c.schema)
		require.True(t, p.Proved, "%s: %s", c.schema, p.Proof)
		require.NotEmpty(t, p.Changes)
	}
}

// Two alternatives that a wider one would make overlap are no way to refuse what was accepted.
func TestWiderAlternativeDoesNotRefuseWhatWasAccepted(t *testing.T) {
	p := propose(t, `{"oneOf": [{"type": "integer"}, {"type": "string", "minLength": 2}]}`, `"a"`, `2.5`)
	require.Empty(t, p.Open)
	require.True(t, p.Proved, "%s: %s", p.Proof, p.Text)
}

func TestNothingIsProposedWhereNothingIsRefused(t *testing.T) {
	p := propose(t, `{"type": "integer"}`, `1`)
	require.Nil(t, p.Text)
	require.Empty(t, p.Changes)
	require.Empty(t, p.Open)
}

func TestChangesNameLinesAndFormats(t *testing.T) {
	p := propose(t, "{\n  \"properties\": {\n    \"a\": {\"type\": \"integer\"}\n  }\n}", `{"a":"1"}`, `{"a":null}`, `{"a":"2"}`)
	require.Empty(t, p.Open)
	require.Len(t, p.Changes, 2)
	require.Contains(t, p.Changes[0].String(), `:3: /properties/a/type: "integer" becomes ["integer","string"] (format 1`)
	require.Contains(t, p.Changes[1].String(), `["integer","string"] becomes ["integer","string","null"] (format 2)`)
}

// What is known of refused values beyond the documents counts.
func TestBoundsAndEnumsHoldAllRefusedValues(t *testing.T) {
	s := load(t, `{"properties": {"n": {"minimum": 0}, "e": {"enum": ["a"]}, "m": {"maximum": 1}}}`)
	file, _ := s.File()
	known := map[string]widen.Refused{
		file + "#/properties/n/minimum": {Values: []json.RawMessage{[]byte("-3"), []byte("-7")}},
		file + "#/properties/e/enum":    {Values: []json.RawMessage{[]byte(`"c"`)}},
		file + "#/properties/m/maximum": {More: true},
	}
	p := widen.Propose(t.Context(), s, []widen.Document{{Text: []byte(`{"n":-1,"e":"b","m":2}`), Group: 1}}, known)
	require.Equal(t, `{"properties": {"n": {"minimum": -7}, "e": {"enum": ["a","b","c"]}, "m": {}}}`, string(p.Text))
}

func TestOtherFilesAreNotChanged(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.json"), []byte(`{"type": "integer"}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.json"), []byte(`{"properties": {"a": {"$ref": "b.json"}}}`), 0o600))
	s, err := schema.Load(filepath.Join(dir, "a.json"))
	require.NoError(t, err)
	p := widen.Propose(t.Context(), s, []widen.Document{{Text: []byte(`{"a":""}`), Group: 1}}, nil)
	require.Nil(t, p.Text)
	require.Contains(t, fmt.Sprint(p.Open), "it would have to be changed in another file: "+filepath.Join(dir, "b.json#/type"))
}

package drift_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/contracts/logfile"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/drift"
)

// corpus returns the schemas of the situations of package schema, each with its documents, one line each.
func corpus(t testing.TB) map[string][]json.RawMessage {
	t.Helper()
	all := map[string][]json.RawMessage{}
	files, err := filepath.Glob("../testdata/corpus/*/case.json")
	require.NoError(t, err)
	for _, file := range files {
		var situation struct {
			Valid, Invalid map[string]struct{ JSON json.RawMessage }
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &situation))
		at := filepath.Join(filepath.Dir(file), "a.schema.json")
		for _, list := range []map[string]struct{ JSON json.RawMessage }{situation.Valid, situation.Invalid} {
			for _, doc := range list {
				var line bytes.Buffer
				if doc.JSON != nil && json.Compact(&line, doc.JSON) == nil {
					all[at] = append(all[at], line.Bytes())
				}
			}
		}
	}
	require.Greater(t, len(all), 100)
	return all
}

// Every payload has the verdict that a check of it alone has, although most are not checked alone: for every keyword, and
// for documents made of parts of others. -rapid.checks=N tries more.
func TestEveryPayloadHasItsOwnVerdict(t *testing.T) {
	documents := corpus(t)
	var schemas []*schema.Schema
	for _, file := range slices.Sorted(maps.Keys(documents)) {
		if s, err := schema.Load(file); err == nil { // some situations are about schemas that do not load
			schemas = append(schemas, s)
		}
	}
	require.Greater(t, len(schemas), 100)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(schemas).Draw(t, "schema")
		var log bytes.Buffer
		var want, got int64
		for range rapid.IntRange(1, 30).Draw(t, "payloads") {
			doc := mixed(t, documents[s.Path()], 2)
			if len(s.Check(doc)) > 0 {
				want++
			}
			log.Write(append(doc, '\n'))
		}
		d := drift.Read(t.Context(), []logfile.Log{inMemory(log.Bytes())}, drift.Options{Schema: s})
		require.Empty(t, d.Unread)
		for _, f := range d.Formats {
			got += f.Refused
		}
		require.Equal(t, want, got, "%s\n%s", s.Path(), log.String())
	})
}

func inMemory(text []byte) logfile.Log { return log("a", text) }

// mixed is one of the documents, or an array or object of several.
func mixed(t *rapid.T, documents []json.RawMessage, depth int) []byte {
	pick := func() []byte { return bytes.Clone(rapid.SampledFrom(documents).Draw(t, "document")) }
	if depth == 0 {
		return pick()
	}
	switch rapid.IntRange(0, 5).Draw(t, "how") {
	case 0:
		var items [][]byte
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			items = append(items, mixed(t, documents, depth-1))
		}
		return append(append([]byte("["), bytes.Join(items, []byte(","))...), ']')
	case 1:
		name := rapid.SampledFrom([]string{"a", "b", "ab", "1", "x-1", "foo"}).Draw(t, "name")
		return fmt.Appendf(nil, `{%q:%s}`, name, mixed(t, documents, depth-1))
	case 2:
		return []byte(rapid.SampledFrom([]string{
			"0", "1", "1.0", "1e0", "-0", "2.5", "1e400", `""`, `"a"`, `"\u0061"`, "null", "true", "false", "[]", "{}",
		}).Draw(t, "value"))
	}
	return pick()
}

// The scanner accepts exactly what jsontext accepts.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-0.5e+3,"é\u00e9\ud800"],"b":{}}`, `[[],{"a":null,"a":1}]`, "\"\x7f\"",
		`01`, `"\x"`, `tru`, `{"a" 1}`, `[1,]`, "\"\xff\"", `1e`, `-`, ` 1 `, `"\u12"`,
	} {
		f.Add([]byte(seed))
	}
	s := load(f, `{"properties": {"a": {"items": {"type": ["integer", "string"], "maxLength": 3}}}, "additionalProperties": {"minimum": 0}}`)
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsAny(line, "\n") || len(bytes.TrimSpace(line)) == 0 || bytes.HasPrefix(line, []byte("\ufeff")) || magic(line) {
			return
		}
		if bytes.Count(line, []byte("["))+bytes.Count(line, []byte("{")) > 128 {
			return
		}
		d := drift.Read(t.Context(), []logfile.Log{log("a", line)}, drift.Options{Schema: s})
		value := jsontext.Value(bytes.TrimSpace(line))
		twice := jsontext.AllowDuplicateNames(true)
		valid := value.IsValid(twice) || value.IsValid(twice, jsontext.AllowInvalidUTF8(true)) && utf8.Valid(line)
		require.Equal(t, valid, d.Payloads == 1, "%q %v", line, d.Unread)
		if d.Payloads == 1 {
			require.Equal(t, len(s.Check(value)) > 0, d.Formats[0].Refused == 1, "%q", line)
		}
		d.Report()
	})
}

// magic reports whether the text begins as compressed data does.
func magic(line []byte) bool {
	for _, begin := range []string{"\x1f\x8b", "\x28\xb5\x2f\xfd", "BZh", "\xfd7zXZ", "PK\x03\x04", "\x04\x22\x4d\x18"} {
		if bytes.HasPrefix(line, []byte(begin)) {
			return true
		}
	}
	return false
}

package schema_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// situation is testdata/corpus/NAME/case.json. The schemas are beside it.
type situation struct {
	Why      string                // what is shown, and its source
	Schema   string                // the file to load; a.schema.json when empty
	Root     string                // Options.Root, from the folder of the case; its own folder when empty
	Keywords []string              // Options.Keywords
	Drafts   []string              // values for $schema, each in turn; none: leave it as it is
	Mistakes []mistake             // why it cannot be loaded, all of it; none: it can
	Valid    map[string]document   // by what they show
	Invalid  map[string]refusal    // likewise
	Ajv      map[string]string     // where ajv differs, by document; "load" is the schema itself: see testdata/corpus/README.md
	Text     map[string]base64Text // of files that a checkout or an editor would change, by name
}

type mistake struct {
	At   string // FILE:LINE:COLUMN POINTER
	Says string // part of what it says
}

// document is a JSON value, or a text that is not quite one.
type document struct {
	JSON   json.RawMessage
	Text   string
	Base64 base64Text
}

type base64Text []byte

func (b *base64Text) UnmarshalText(text []byte) (err error) {
	*b, err = base64.StdEncoding.DecodeString(string(text))
	return err
}

func (d document) bytes() []byte {
	if d.Base64 != nil {
		return d.Base64
	}
	if d.JSON != nil {
		return d.JSON
	}
	return []byte(d.Text)
}

type refusal struct {
	document
	Keyword  string   // of the only violation, or of each
	Refusing []string // of the first; unset: not compared
	At       string   // where the first is
	Line     int      // likewise; 0: not compared
	Column   int
	Says     string // part of the first one's message
}

func TestCorpus(t *testing.T) {
	files, err := filepath.Glob("testdata/corpus/*/case.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 150)
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			var s situation
			require.NoError(t, strict(text, &s))
			require.True(t, len(s.Mistakes) > 0 || len(s.Valid) > 0 && len(s.Invalid) > 0,
				"a schema that loads has a document that it accepts and one that it refuses")
			if len(s.Drafts) == 0 {
				s.run(t, prepared(t, filepath.Dir(file), s, ""))
			}
			for _, draft := range s.Drafts {
				t.Run(draft, func(t *testing.T) { s.run(t, prepared(t, filepath.Dir(file), s, draft)) })
			}
		})
	}
}

// prepared returns a folder with the files of the situation, and the draft in them.
func prepared(t *testing.T, dir string, s situation, draft string) string {
	if draft == "" && s.Text == nil {
		return dir
	}
	copied := t.TempDir()
	require.NoError(t, os.CopyFS(copied, os.DirFS(dir)))
	for name, text := range s.Text {
		require.NoError(t, os.WriteFile(filepath.Join(copied, name), text, 0o600))
	}
	if draft != "" {
		file := filepath.Join(copied, "a.schema.json")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var members map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(text, &members))
		members["$schema"], err = json.Marshal(draft)
		require.NoError(t, err)
		text, err = json.Marshal(members)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, text, 0o600))
	}
	return copied
}

// strict refuses members that the situation does not have.
func strict(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func (s situation) run(t *testing.T, dir string) {
	name := s.Schema
	if name == "" {
		name = "a.schema.json"
	}
	options := schema.Options{Keywords: s.Keywords, Root: filepath.Join(dir, s.Root)}
	loaded, err := options.Load(filepath.Join(dir, name))
	if len(s.Mistakes) > 0 {
		s.refused(t, dir, err)
		return
	}
	require.NoError(t, err)
	for what, doc := range s.Valid {
		require.Empty(t, loaded.Check(doc.bytes()), what)
	}
	for what, doc := range s.Invalid {
		found := loaded.Check(doc.bytes())
		require.NotEmpty(t, found, what)
		for _, v := range found {
			require.Equal(t, doc.Keyword, v.Keyword, "%s: %s", what, v)
		}
		first := found[0]
		require.Equal(t, doc.At, first.InstancePath, what)
		require.Contains(t, first.Message, doc.Says, what)
		if doc.Refusing != nil {
			require.Equal(t, doc.Refusing, first.Refusing, what)
		}
		if doc.Line > 0 {
			require.Equal(t, [2]int{doc.Line, doc.Column}, [2]int{first.Line, first.Column}, what)
		}
	}
}

func (s situation) refused(t *testing.T, dir string, err error) {
	require.Error(t, err)
	var at []string
	for _, m := range schema.Mistakes(err) {
		file, relErr := filepath.Rel(dir, m.File)
		require.NoError(t, relErr)
		at = append(at, fmt.Sprintf("%s:%d:%d %s", filepath.ToSlash(file), m.Line, m.Column, m.Pointer))
	}
	var want []string
	for _, m := range s.Mistakes {
		want = append(want, m.At)
		require.ErrorContains(t, err, m.Says)
	}
	require.ElementsMatch(t, want, at, "%v", err)
}

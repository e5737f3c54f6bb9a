package compat_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/compat"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// labelled is a pair of the corpus.
type labelled struct {
	Name     string          `json:"name"`
	Old      json.RawMessage `json:"old"`
	New      json.RawMessage `json:"new"`
	Backward string          `json:"backward"`
	Forward  string          `json:"forward"`
	Why      string          `json:"why"`
}

func corpus(t testing.TB) []labelled {
	t.Helper()
	text, err := os.ReadFile("testdata/corpus/keywords.json")
	require.NoError(t, err)
	var all []labelled
	require.NoError(t, json.Unmarshal(text, &all))
	return all
}

// load writes a schema to a file and loads it.
func load(t testing.TB, name string, text []byte) *schema.Schema {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+schema.Suffix)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	s, err := schema.Options{AsDraft: true}.Load(path)
	require.NoError(t, err)
	return s
}

var words = map[verdict.Verdict]string{verdict.Pass: "compatible", verdict.Fail: "broken", verdict.Unknown: "undecided"}

// both returns the words for the verdicts of a pair, and checks its counterexamples.
func both(t testing.TB, older, newer *schema.Schema, opts compat.Options) (backward, forward string) {
	t.Helper()
	opts.Direction = compat.Full
	all := compat.Compare(t.Context(), older, newer, opts)
	require.Len(t, all, 2)
	for i, c := range all {
		accepts, refuses := older, newer
		if i == 1 {
			accepts, refuses = newer, older
		}
		for _, b := range c.Breaks {
			require.Empty(t, accepts.Check(b.Document), "%s", b.Document)
			require.NotEmpty(t, refuses.Check(b.Document), "%s", b.Document)
			require.NotEmpty(t, b.Refusing.File)
			require.NotZero(t, b.Refusing.Line)
			require.NotEmpty(t, b.Message)
		}
		if c.Verdict() == verdict.Unknown {
			t.Log(c.Doubts)
		}
	}
	return words[all[0].Verdict()], words[all[1].Verdict()]
}

func TestCorpusIsJudgedAsLabelled(t *testing.T) {
	all := corpus(t)
	require.NotEmpty(t, all)
	documents := sampled(t)
	for _, c := range all {
		t.Run(c.Name, func(t *testing.T) { c.check(t, documents) })
	}
}

// check demands the verdicts of the labels, and that no document contradicts the label compatible.
func (c labelled) check(t *testing.T, documents [][]byte) {
	t.Helper()
	older, newer := load(t, "old", c.Old), load(t, "new", c.New)
	backward, forward := both(t, older, newer, compat.Options{})
	require.Equal(t, []string{c.Backward, c.Forward}, []string{backward, forward})
	for i, pair := range [][2]*schema.Schema{{older, newer}, {newer, older}} {
		if []string{c.Backward, c.Forward}[i] == "compatible" {
			require.Equal(t, "compatible", label(pair[0], pair[1], documents))
		}
	}
}

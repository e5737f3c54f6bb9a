package compat_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/compat"
	"github.com/fridaygate/fridaygate/contracts/schema/drawn"
)

var (
	update = flag.Bool("update", false, "draw the generated pairs of the corpus again, and label them by all documents of the universe")
	every  = flag.Int("every", 200, "check the labels of the pairs with every so many documents of the universe; 1 is all")
)

const generatedFile = "testdata/corpus/generated.json"

// universe returns all small documents made of what drawn schemas are about. A schema of package drawn counts to three, so
// what it tells apart is in here.
func universe() []any {
	var scalars []any
	for _, text := range []string{"null", "true", "false", "0", "1", "2", "3", "1.5", "-1", "0.5", "6"} {
		scalars = append(scalars, decoded(text))
	}
	for _, s := range []string{"", "a", "b", "ab", "aab", "aaa", "x", "1", "2026-01-02", "192.0.2.1", "https://a.b"} {
		scalars = append(scalars, s)
	}
	all := append([]any{}, scalars...)
	few := []any{nil, json.Number("1"), json.Number("2"), json.Number("1.5"), "", "a", "ab", "2026-01-02", []any{}, map[string]any{},
		[]any{json.Number("1")}, map[string]any{"a": json.Number("1")}}
	lists := [][]any{{}}
	for range 3 {
		var longer [][]any
		for _, list := range lists {
			for _, item := range few {
				longer = append(longer, append(append([]any{}, list...), item))
			}
		}
		for _, list := range lists {
			all = append(all, list)
		}
		lists = longer
	}
	for _, list := range lists {
		all = append(all, list)
	}
	objects := []map[string]any{{}}
	for _, name := range []string{"a", "b", "ab", "c"} {
		for _, object := range objects {
			for _, value := range few[1:9] {
				with := maps.Clone(object)
				with[name] = value
				objects = append(objects, with)
			}
		}
	}
	for _, object := range objects {
		all = append(all, object)
	}
	return all
}

func decoded(text string) any {
	if text == "null" {
		return nil
	}
	if text == "true" || text == "false" {
		return text == "true"
	}
	return json.Number(text)
}

// label says whether a document of the universe shows that one schema accepts what the other refuses.
func label(accepts, refuses *schema.Schema, documents [][]byte) string {
	for _, document := range documents {
		if len(accepts.Check(document)) == 0 && len(refuses.Check(document)) > 0 {
			return "broken"
		}
	}
	return "compatible"
}

func generated(t testing.TB) []labelled {
	t.Helper()
	text, err := os.ReadFile(generatedFile)
	require.NoError(t, err)
	var all []labelled
	require.NoError(t, json.Unmarshal(text, &all))
	return all
}

// A generated pair is labelled broken for a document that the validators judge differently, and compatible if no document of
// the universe is one.
func TestGeneratedPairsAreJudgedAsTheUniverseShows(t *testing.T) {
	if *update {
		draw(t, encoded(t))
	}
	all := generated(t)
	require.NotEmpty(t, all)
	documents := sampled(t)
	for _, c := range all {
		t.Run(c.Name, func(t *testing.T) { c.check(t, documents) })
	}
}

// encoded returns the universe as JSON.
func encoded(t testing.TB) [][]byte {
	t.Helper()
	var all [][]byte
	for _, document := range universe() {
		text, err := json.Marshal(document)
		require.NoError(t, err)
		all = append(all, text)
	}
	return all
}

// sampled returns a part of the universe, see every.
func sampled(t testing.TB) [][]byte {
	t.Helper()
	var some [][]byte
	for i, document := range encoded(t) {
		if i%*every == 0 {
			some = append(some, document)
		}
	}
	return some
}

// draw writes pairs that differ, and labels them.
func draw(t *testing.T, documents [][]byte) {
	t.Helper()
	pairs := rapid.Custom(func(t *rapid.T) [2]any {
		d := drawn.Source{T: t}
		old := d.Root()
		if rapid.Bool().Draw(t, "related") {
			return [2]any{old, d.Changed(old)}
		}
		return [2]any{old, d.Root()}
	})
	var all []map[string]any
	const most = 120
	for seed := 0; len(all) < most; seed++ {
		pair := pairs.Example(seed)
		older, errOld := json.Marshal(pair[0])
		newer, errNew := json.Marshal(pair[1])
		require.NoError(t, errOld)
		require.NoError(t, errNew)
		if string(older) == string(newer) {
			continue
		}
		a, b := tryLoad(t, older), tryLoad(t, newer)
		if a == nil || b == nil {
			continue
		}
		backward, forward := label(a, b, documents), label(b, a, documents)
		byComparison, back := both(t, a, b, compat.Options{}) // their counterexamples are checked there
		if byComparison == "broken" {
			backward = "broken"
		}
		if back == "broken" {
			forward = "broken"
		}
		all = append(all, map[string]any{
			"name": fmt.Sprintf("drawn from %d", seed), "old": pair[0], "new": pair[1], "backward": backward, "forward": forward,
		})
	}
	text := "[\n"
	for i, one := range all {
		line, err := json.Marshal(one)
		require.NoError(t, err)
		text += "  " + string(line) + map[bool]string{true: "\n", false: ",\n"}[i == len(all)-1]
	}
	require.NoError(t, os.WriteFile(generatedFile, []byte(text+"]\n"), 0o600))
}

// tryLoad returns nil for what is no schema, such as one with a multipleOf of zero.
func tryLoad(t *testing.T, text []byte) *schema.Schema {
	t.Helper()
	path := filepath.Join(t.TempDir(), "drawn"+schema.Suffix)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	s, err := schema.Options{AsDraft: true}.Load(path)
	if err != nil {
		return nil
	}
	return s
}

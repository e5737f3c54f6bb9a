package verification

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzRead reads texts as pacts: each is an error, or a pact whose interactions are all there, and whose copy for the
// library is JSON with those that have no fault.
func FuzzRead(f *testing.F) {
	for _, pattern := range []string{"../testdata/*.json", "../testdata/tools/*.json", "../testdata/corpus/*/pact.json"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, name := range files {
			text, err := os.ReadFile(name)
			require.NoError(f, err)
			f.Add(text)
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := read(Document{Name: "x.json", Text: text}, false)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		numbers := map[int]int{}
		for n, i := range p.interactions {
			if len(i.faults) == 0 {
				numbers[n] = n
			}
		}
		require.NotEmpty(t, p.interactions)
		paths, err := p.write(dir, numbers)
		require.NoError(t, err)
		copied := 0
		for _, path := range paths {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			var c struct {
				Interactions, Messages []struct{ Description string }
			}
			require.NoError(t, json.Unmarshal(text, &c))
			copied += len(c.Interactions) + len(c.Messages)
			require.NoError(t, os.Remove(path))
		}
		require.Equal(t, len(numbers), copied)
	})
}

// FuzzLook compares JSON with itself and with other JSON: nothing differs from itself but names that occur twice and
// numbers that nobody can be relied on to read, and no text takes long.
func FuzzLook(f *testing.F) {
	f.Add([]byte(`{"v":12345678901234567890123}`), []byte(`{"v":12345678901234567890124}`))
	f.Add([]byte(`[{"a":[1.5,-0]},1e400]`), []byte(`{"a":1,"a":2}`))
	f.Add([]byte(`[[[1e-1000001]]]`), []byte(`[[[0]]]`))
	f.Fuzz(func(t *testing.T, one, other []byte) {
		expected, faults, err := parse(one)
		if err != nil {
			return
		}
		c := comparison{}
		c.compare([]string{"$"}, expected, expected)
		if len(faults) == 0 {
			require.Empty(t, c.found)
		}
		if actual, _, err := parse(other); err == nil {
			c.compare([]string{"$"}, expected, actual)
		}
	})
}

// FuzzTokens splits any text as a path, and terminates.
func FuzzTokens(f *testing.F) {
	for _, path := range []string{"", "$", "$.a['b c'][0].*", "$..a", "$[", "$.a[", "['", "a.b"} {
		f.Add(path)
	}
	f.Fuzz(func(_ *testing.T, path string) { tokens(path) })
}

package environment_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/environment"
)

// Whatever a file holds, it is an environment that can be used, or every mistake has its place.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("../environments/*.yaml")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte(head + mapped))
	f.Add([]byte(head + pact))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(t.TempDir(), "staging.yaml")
		require.NoError(t, os.WriteFile(file, text, 0o600))
		e, err := environment.Load(file, lookup(map[string]string{"TOKEN": "swordfish"}))
		if err != nil {
			require.Contains(t, err.Error(), file)
			return
		}
		require.NotEmpty(t, e.Name)
		require.NotEmpty(t, e.Target)
		require.NotNil(t, e.Triage)
		for _, level := range e.Triage.Levels {
			require.NotEmpty(t, e.Triage.Metrics)
			require.NotEmpty(t, level.Count)
			require.NotEmpty(t, level.Of)
			require.True(t, level.Usual == nil || *level.Usual >= 0 && *level.Usual <= 1)
		}
	})
}

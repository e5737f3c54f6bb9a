package compat_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/compat"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// BenchmarkKeywords compares the pairs of the corpus, in both directions.
func BenchmarkKeywords(b *testing.B) {
	var pairs [][2]*schema.Schema
	for _, c := range corpus(b) {
		pairs = append(pairs, [2]*schema.Schema{load(b, "old", c.Old), load(b, "new", c.New)})
	}
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		pair := pairs[i%len(pairs)]
		compat.Compare(b.Context(), pair[0], pair[1], compat.Options{Direction: compat.Full})
	}
}

// BenchmarkOctokit compares GitHub's webhook schema with the version before, until the verdict is known. It needs the
// folder of -peers.
func BenchmarkOctokit(b *testing.B) {
	require.NotEmpty(b, *peersFolder, "run it with -peers")
	var pair [2]*schema.Schema
	for i, version := range []string{"octokit-10", "octokit-11"} {
		var err error
		pair[i], err = schema.Options{AsDraft: true}.Load(filepath.Join(*peersFolder, "node_modules", version, "schema.json"))
		require.NoError(b, err)
	}
	for b.Loop() {
		all := compat.Compare(b.Context(), pair[0], pair[1], compat.Options{MaxBreaks: 1})
		require.Equal(b, verdict.Fail, all[0].Verdict())
	}
}

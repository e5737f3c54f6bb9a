package compat_test

import (
	"encoding/json"
	"path"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/compat"
	"github.com/fridaygate/fridaygate/contracts/schema/drawn"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// spelled compiles a drawn schema as a draft spells it; nil if it is none.
func spelled(t require.TestingT, draft string, root map[string]any) (s *schema.Schema, same bool) {
	written, same := drawn.As(draft, root)
	text, err := json.Marshal(written)
	require.NoError(t, err)
	s, err = schema.Options{AsDraft: true}.Parse("drawn", text)
	if err != nil {
		return nil, false
	}
	return s, same
}

// Whatever the drafts of the two versions: no document that is drawn contradicts a proof, and every break has a document that
// shows it.
func TestVerdictsAgreeWithTheValidatorsInEveryDraft(t *testing.T) {
	options := compat.Options{Direction: compat.Full, Steps: 20_000, MaxBreaks: 2}
	for _, draft := range drawn.Drafts {
		t.Run(path.Base(path.Dir(draft)), func(t *testing.T) {
			counts := map[verdict.Verdict]int{}
			rapid.Check(t, func(t *rapid.T) {
				d := drawn.Source{T: t}
				old := d.Root()
				next := old
				switch rapid.IntRange(0, 2).Draw(t, "next") {
				case 0:
					next, _ = d.Changed(old).(map[string]any)
				case 1:
					next = d.Root()
				}
				other := rapid.SampledFrom([]string{draft, drawn.Drafts[len(drawn.Drafts)-1]}).Draw(t, "other")
				older, sameOlder := spelled(t, draft, old)
				newer, sameNewer := spelled(t, other, next)
				if older == nil || newer == nil {
					return // it is no schema: nothing can be asked about it
				}
				unchanged := sameOlder && sameNewer && len(next) == len(old) && same(t, old, next)
				for i, c := range compat.Compare(t.Context(), older, newer, options) {
					accepts, refuses := older, newer
					if i == 1 {
						accepts, refuses = newer, older
					}
					counts[c.Verdict()]++
					require.False(t, unchanged && c.Verdict() == verdict.Fail, "only the spelling differs: %v", c.Breaks)
					for _, b := range c.Breaks {
						require.Empty(t, accepts.Check(b.Document))
						require.NotEmpty(t, refuses.Check(b.Document))
					}
					for range 10 {
						document, err := json.Marshal(d.Document(3))
						require.NoError(t, err)
						require.False(t, c.Verdict() == verdict.Pass && len(accepts.Check(document)) == 0 && len(refuses.Check(document)) > 0,
							"%s", document)
					}
				}
			})
			require.NotZero(t, counts[verdict.Pass], "no pair was drawn that is compatible: %v", counts)
			require.NotZero(t, counts[verdict.Fail], "no pair was drawn that is not: %v", counts)
		})
	}
}

func same(t require.TestingT, a, b any) bool {
	one, err := json.Marshal(a)
	require.NoError(t, err)
	other, err := json.Marshal(b)
	require.NoError(t, err)
	return string(one) == string(other)
}

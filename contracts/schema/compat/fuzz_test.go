package compat_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/compat"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Whatever the schemas are: every break has a document that shows it, and no document contradicts a proof.
func FuzzCompare(f *testing.F) {
	for _, c := range corpus(f) {
		f.Add([]byte(c.Old), []byte(c.New))
	}
	documents := sampled(f)
	f.Fuzz(func(t *testing.T, older, newer []byte) {
		files := fstest.MapFS{"old.schema.json": {Data: older}, "new.schema.json": {Data: newer}}
		a, errOld := schema.Options{Files: files, AsDraft: true}.Load("old.schema.json")
		b, errNew := schema.Options{Files: files, AsDraft: true}.Load("new.schema.json")
		if errOld != nil || errNew != nil {
			return
		}
		for i, c := range compat.Compare(t.Context(), a, b, compat.Options{Direction: compat.Full, Steps: 20_000, MaxBreaks: 3}) {
			accepts, refuses := a, b
			if i == 1 {
				accepts, refuses = b, a
			}
			for _, found := range c.Breaks {
				require.Empty(t, accepts.Check(found.Document), "%s", found.Document)
				require.NotEmpty(t, refuses.Check(found.Document), "%s", found.Document)
			}
			if c.Verdict() == verdict.Pass {
				require.Equal(t, "compatible", label(accepts, refuses, documents))
			}
			for _, d := range c.Doubts {
				require.NotContains(t, d.Why, "a mistake of fridaygate")
			}
		}
	})
}

package pact_test

import (
	"context"
	"flag"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/pact/corpus"
)

var corpusFolder = flag.String("corpus", "testdata/corpus", "the folder of situations that TestCorpus verifies")

// verified verifies the pact of a situation against one behaviour of its provider.
func verified(t *testing.T, s corpus.Situation, v corpus.Variant) pact.Verification {
	t.Helper()
	address, stop, err := v.Serve()
	require.NoError(t, err)
	defer stop()
	opts := pact.Options{
		Provider: s.Provider, URL: "http://" + address + v.Prefix, Sources: []pact.Source{pact.Files(s.Pact())},
		States: pact.States{}, AcceptDuplicateKeys: s.AcceptDuplicateKeys,
	}
	for name := range v.States {
		opts.States[name] = func(_ context.Context, c *pact.Setup) error {
			for key, value := range v.Values(name, c.Params) {
				c.Return(key, value)
			}
			return nil
		}
	}
	if v.Message != nil {
		opts.Message = func(context.Context, *pact.Setup) (pact.Message, error) {
			return pact.Message{Body: v.Content(), Metadata: v.Metadata}, nil
		}
	}
	return pact.Verify(t.Context(), opts)
}

// words returns the whole text of a report.
func words(r pact.Verification) string {
	all := slices.Concat(r.Problems, r.Notes)
	for _, one := range r.Results {
		all = append(all, one.String())
	}
	return strings.Join(all, "\n")
}

// Every situation of the corpus gets the verdict that is right for it, and gets it soon.
func TestCorpus(t *testing.T) { verifyAll(t, *corpusFolder) }

// The situations of this folder are not compared with other verifiers.
func TestSituations(t *testing.T) {
	verifyAll(t, "testdata/situations")
}

func verifyAll(t *testing.T, folder string) {
	t.Helper()
	all, err := corpus.Load(folder)
	require.NoError(t, err)
	for _, s := range all {
		for _, v := range s.Variants {
			t.Run(s.Name+"/"+v.Name, func(t *testing.T) {
				started := time.Now()
				report := verified(t, s, v)
				require.Less(t, time.Since(started), 30*time.Second)
				require.True(t, v.Wants(report.Verdict.String()), "%s: want %s\n%s", report.Verdict, v.Want, words(report))
				for _, text := range v.Says {
					require.Contains(t, words(report), text)
				}
			})
		}
	}
}

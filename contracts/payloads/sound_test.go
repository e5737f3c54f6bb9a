package payloads_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/contracts/pact/verification"
	"github.com/fridaygate/fridaygate/contracts/payloads"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/drawn"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func decode(t require.TestingT, text []byte) (value any) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	require.NoError(t, d.Decode(&value))
	return value
}

// A body never agrees where a document that is drawn shows otherwise, and every counterexample is one.
func TestVerdictsAgreeWithMatcherAndValidator(t *testing.T) {
	dir, counts := t.TempDir(), map[verdict.Verdict]int{}
	write := func(t require.TestingT, name string, text []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	rapid.Check(t, func(t *rapid.T) {
		d := drawn.Source{T: t}
		request := rapid.Bool().Draw(t, "request")
		text := d.Pact(request)
		all, err := verification.Payloads(verification.Document{Name: "drawn", Text: text})
		require.NoError(t, err)
		l, err := all[0].Language(nil)
		require.NoError(t, err)
		related, err := json.Marshal(d.Changed(d.Changed(decode(t, l.Schema))))
		require.NoError(t, err)
		write(t, "web-shop.json", text)
		write(t, "s.schema.json", related)
		write(t, "payloads.yaml", []byte("pacts: [web-shop.json]\npayloads: [{schema: s.schema.json, strict: true, "+
			map[bool]string{true: "requests", false: "answers"}[request]+`: ["* *"]}]`))
		s, err := schema.Load(filepath.Join(dir, "s.schema.json"))
		if err != nil {
			return // a change made it none
		}
		f, err := payloads.Read(filepath.Join(dir, "payloads.yaml"))
		require.NoError(t, err)
		r := f.Check(t.Context(), noon)
		result := r.Results[len(r.Results)-1]
		counts[result.Verdict]++
		for _, found := range result.Findings {
			if document, ok := strings.CutPrefix(found.Words, "counterexample: "); ok {
				require.Empty(t, all[0].Compare([]byte(document)))
				require.NotEmpty(t, s.Check([]byte(document)))
			}
		}
		if result.Verdict != verdict.Pass || len(s.Check(all[0].Example)) > 0 {
			return
		}
		for range 20 {
			document, err := json.Marshal(d.Neighbour(decode(t, all[0].Example)))
			require.NoError(t, err)
			document = all[0].Spelled(document)
			if found := all[0].Compare(document); len(found.Mismatches)+len(found.Unclear) == 0 {
				require.Empty(t, s.Check(document), "%s agrees with %s, and %s is let through", text, related, document)
			}
		}
	})
	require.NotZero(t, counts[verdict.Pass], "nothing was drawn that agrees: %v", counts)
	require.NotZero(t, counts[verdict.Fail], "nothing was drawn that does not: %v", counts)
}

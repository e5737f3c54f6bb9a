package compat_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/compat"
	"github.com/fridaygate/fridaygate/contracts/schema/versions"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

const (
	orderV1 = `{"type":"object","properties":{"id":{"type":"string"},"note":{"type":"string"}}}`
	orderV2 = `{"type":"object","required":["id"],"properties":{"id":{"type":"string"},"note":{"type":"string","maxLength":5}}}`
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// allowing compares two versions with a file of allowed breaks.
func allowing(t *testing.T, older, newer, list string) ([]compat.Comparison, *compat.AllowList) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"old/order": older, "new/order": newer} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, name+schema.Suffix), []byte(text), 0o600))
	}
	path := filepath.Join(folder, "allowed.yaml")
	require.NoError(t, os.WriteFile(path, []byte(list), 0o600))
	allowed, err := compat.ReadAllowList(path, noon)
	require.NoError(t, err)
	pairs, err := versions.Of(filepath.Join(folder, "old"), filepath.Join(folder, "new"))
	require.NoError(t, err)
	return compat.All(t.Context(), pairs, compat.Options{}, allowed), allowed
}

const bothAllowed = `allowed:
  - {schema: order.schema.json, pointer: /required, member: id, reason: every sender has one, until: 2026-06-01}
  - {schema: new/order.schema.json, pointer: /properties/note/maxLength, reason: nobody writes more, until: 2026-12-31}
`

func TestAllowedBreaksPass(t *testing.T) {
	all, list := allowing(t, orderV1, orderV2, bothAllowed)
	require.Equal(t, verdict.Pass, all[0].Verdict(), "the last day counts")
	require.Len(t, all[0].Breaks, 2)
	expired, unused := list.Remarks()
	require.Empty(t, expired)
	require.Empty(t, unused)
	r := compat.Report(all)
	require.Equal(t, verdict.Pass, r.Verdict())
	require.Len(t, r.Results[0].Excused, 2)
	require.Contains(t, r.Results[0].Known, "allowed until")
}

func TestOneMoreBreakThanAllowedFails(t *testing.T) {
	all, _ := allowing(t, orderV1, `{"type":"object","required":["id","note"],"properties":{"note":{"maxLength":5}}}`, bothAllowed)
	require.Equal(t, verdict.Fail, all[0].Verdict())
	var members []string
	for _, b := range all[0].Breaks {
		if b.Allowed == nil {
			members = append(members, b.Member)
		}
	}
	require.Contains(t, members, "note", "another required member is not allowed by the entry for the first")
}

func TestExpiredEntryAllowsNothing(t *testing.T) {
	all, list := allowing(t, orderV1, orderV2, `allowed:
  - {schema: order.schema.json, pointer: /required, member: id, reason: every sender has one, until: 2026-05-31}
  - {schema: order.schema.json, pointer: /properties/note/maxLength, reason: nobody writes more, until: 2026-12-31}
  - {schema: other.schema.json, pointer: /type, reason: gone, until: 2026-12-31}
`)
	require.Equal(t, verdict.Fail, all[0].Verdict())
	expired, unused := list.Remarks()
	require.Len(t, expired, 1)
	require.Contains(t, expired[0], "allowed.yaml:2")
	require.Contains(t, expired[0], "2026-05-31")
	require.Len(t, unused, 1)
	require.Contains(t, unused[0], "allowed.yaml:4")
}

func TestAllowListIsChecked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "allowed.yaml")
	require.NoError(t, os.WriteFile(path, []byte("allowed:\n  - {schema: a, pointer: /a, until: 2026-13-01}\n"), 0o600))
	_, err := compat.ReadAllowList(path, noon)
	require.ErrorContains(t, err, "reason")
	require.ErrorContains(t, err, "2026-13-01")
}

func TestReportKeepsToItsSchema(t *testing.T) {
	all, _ := allowing(t, orderV1, orderV2, "allowed: []\n")
	undecided := compat.Comparison{Old: "a", New: "b", Doubts: []compat.Doubt{{Why: "it is not understood"}}}
	path := filepath.Join(t.TempDir(), "report.schema.json")
	require.NoError(t, os.WriteFile(path, report.JSONSchema, 0o600))
	s, err := schema.Load(path)
	require.NoError(t, err)
	var text bytes.Buffer
	r := compat.Report(append(all, undecided))
	require.NoError(t, report.JSON(&text, r))
	require.Empty(t, s.Check(text.Bytes()), text.String())
	require.Equal(t, verdict.Fail, r.Verdict())
	require.Contains(t, r.Results[0].Findings[0].Where, "order.schema.json:1:")
}

func TestFindingsNameTheLineOfTheNewVersion(t *testing.T) {
	old, next := load(t, "old", []byte(orderV2)), load(t, "new", []byte("{\"type\":\n\"string\"}"))
	var text bytes.Buffer
	r := compat.Report(compat.Compare(t.Context(), old, next, compat.Options{Direction: compat.Full}))
	require.NoError(t, report.Annotations(&text, r))
	require.Regexp(t, `(?m)^::error file=\S+new\.schema\.json,line=2,title=fail%3A \S+ with \S+::type: `, text.String())
	require.Len(t, r.Results, 2, "backward and forward")
	for _, result := range r.Results {
		for _, f := range result.Findings {
			require.Equal(t, "new.schema.json", filepath.Base(f.File))
		}
	}
}

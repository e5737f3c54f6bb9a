package report_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Whatever two files hold, they are merged or refused: together they pass only if both are reports that pass, and they fail
// if one fails. Every format can be written of what was read, and JSON has the verdict that it was read with.
func FuzzJoin(f *testing.F) {
	var shards [][]byte
	for i, v := range []verdict.Verdict{verdict.Pass, verdict.Fail, verdict.Unknown} {
		one := part(i+1, v)
		one.Results[1].Histories = nil // small inputs are minimized quickly
		text, err := one.MarshalJSON()
		require.NoError(f, err)
		shards = append(shards, text)
	}
	f.Add(shards[0], shards[1])
	f.Add(shards[2], shards[2][:len(shards[2])/2])
	f.Add([]byte(`{"version":1,"verdict":"pass","planned":[{"kind":"schema","subject":"a","case":"b"}],"results":[`+
		`{"kind":"schema","subject":"a","case":"b","verdict":"pass","took_ns":1}]}`), []byte(`{"version":1,"verdict":"unknown"}`))
	f.Add([]byte(`{"version":2}`), []byte(`null`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var j report.Joiner
		passed, failed := 0, false
		for _, text := range [][]byte{a, b} {
			r, err := report.Parse(text)
			if err != nil {
				j.Unreadable("file", err)
				continue
			}
			everyFormat(t, r)
			if r.Verdict() == verdict.Pass {
				passed++
			}
			failed = failed || r.Verdict() == verdict.Fail
			j.Add("file", r)
		}
		together := j.Report()
		everyFormat(t, together)
		require.True(t, together.Verdict() != verdict.Pass || passed == 2, "merged into a pass")
		require.True(t, !failed || together.Verdict() == verdict.Fail, "a failure got lost")
	})
}

// everyFormat writes a report in every format.
func everyFormat(t *testing.T, r report.Report) {
	t.Helper()
	text := report.Text{W: io.Discard, Verbose: true, Kinds: true}
	text.Write(r)
	require.NoError(t, errors.Join(text.Err, report.JUnit(io.Discard, r), report.SARIF(io.Discard, r), report.TAP(io.Discard, r),
		report.Markdown(io.Discard, r), report.Annotations(io.Discard, r)))
	var b bytes.Buffer
	require.NoError(t, report.JSON(&b, r))
	again, err := report.Parse(b.Bytes())
	require.NoError(t, err)
	require.Equal(t, r.Verdict(), again.Verdict())
}

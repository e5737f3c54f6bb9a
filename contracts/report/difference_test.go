package report_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func result(name string, v verdict.Verdict, took time.Duration) report.Result {
	r := report.Result{Check: check("f", name), Verdict: v, Took: took}
	switch v {
	case verdict.Fail:
		r.Findings = []verdict.Finding{twoEffects}
	case verdict.Unknown:
		r.Inconclusive = []string{"refused"}
	}
	return r
}

func TestCompare(t *testing.T) {
	p, f, u := verdict.Pass, verdict.Fail, verdict.Unknown
	before := report.Report{Results: []report.Result{
		result("same", p, 1), result("red", p, 1), result("green", f, 1), result("still", f, 1), result("gone", p, 1),
		result("slow", p, time.Second), result("twice", p, 1), result("twice", p, 1),
	}}
	now := report.Report{Results: []report.Result{
		result("slow", p, 3*time.Second), result("same", p, 2), result("red", f, 1), result("green", p, 1), result("still", u, 1),
		result("twice", p, 1), result("new", p, 1),
	}}
	d := report.Compare(before, now)
	var b bytes.Buffer
	require.NoError(t, d.Text(&b))
	require.Equal(t, `got red: 1
  f/red: was pass, is fail (effect-count: 2 effects)
got green: 2
  f/green: was fail, is pass
  f/new: new, pass
still red: 1
  f/still: unknown (refused)
no longer checked: 2
  f/gone: was pass
  f/twice: was pass
slower: 1
  f/slow: 1s, then 3s
passed before and now: 3
`, b.String())
	require.Equal(t, f, d.Verdict())
}

func TestVerdictOfADifference(t *testing.T) {
	p, f, u := verdict.Pass, verdict.Fail, verdict.Unknown
	run := func(v ...verdict.Verdict) report.Report {
		var r report.Report
		for i, one := range v {
			r.Results = append(r.Results, result(string(rune('a'+i)), one, 1))
		}
		return r
	}
	for name, c := range map[string]struct {
		before, now report.Report
		want        verdict.Verdict
	}{
		"nothing changed":              {run(p, f), run(p, f), p},
		"one fails now":                {run(p), run(f), f},
		"one fails that is new":        {run(), run(f), f},
		"one came to no verdict":       {run(p), run(u), u},
		"one that failed is unknown":   {run(f), run(u), p},
		"one is gone":                  {run(p, p), run(p), u},
		"one is mended":                {run(f), run(p), p},
		"fails outrank what is gone":   {run(p, p), run(f), f},
		"of two reports without tests": {run(), run(), u},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, report.Compare(c.before, c.now).Verdict()) })
	}
}

package page_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/report/page"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// The formats in logs have a section: how many there are, since when, how often, and what sets them apart.
func TestFormatsInLogsHaveASection(t *testing.T) {
	friday := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)
	monday := friday.Add(64 * time.Hour)
	result := func(name string, v verdict.Verdict, f report.Format) report.Result {
		r := report.Result{Check: report.Check{Kind: report.Schema, Subject: "event.schema.json", Case: name}, Verdict: v, Format: &f}
		if v == verdict.Fail {
			r.Findings = []verdict.Finding{{Rule: "type", Got: "string"}}
		}
		return r
	}
	r := report.Report{Results: []report.Result{
		result("format 1", verdict.Pass, report.Format{
			Number: 1, Payloads: 30, AllPayloads: 40, First: &friday, Last: &monday, FirstAt: "a.log:1", LastAt: "a.log:40",
			Optional: []string{"/note (string) in 3 of 30"},
		}),
		result("format 2", verdict.Fail, report.Format{
			Number: 2, Payloads: 10, AllPayloads: 40, Refused: 10, First: &monday, Last: &monday, FirstAt: "a.log:9", LastAt: "a.log:9", Beside: 1,
			Differences: []string{"/total is of type <b>string"}, Undescribed: []string{"/due (string)"}, Sample: `{"total":"00"}`,
		}),
	}}
	for _, one := range r.Results {
		r.Planned = append(r.Planned, one.Check)
	}
	var b strings.Builder
	require.NoError(t, page.Write(&b, r))
	for _, want := range []string{
		"<h2>2 formats in the logs <small>of event.schema.json</small></h2>",
		"The bars are the time from 2026-11-20 16:00:00 UTC to 2026-11-23 08:00:00 UTC",
		"margin-left:0%;width:100%", "margin-left:99%;width:1%", `<a href="#schema.event.schema.json.format_2">format 2</a>`,
		"<small>75.0 %</small>",
		"10 refused", "/total is of type &lt;b&gt;string", "the schema does not describe /due (string)",
		"not in all: /note (string) in 3 of 30", `{"total":"00"}`,
	} {
		require.Contains(t, b.String(), want)
	}
	b.Reset()
	require.NoError(t, page.Write(&b, report.Report{}))
	require.NotContains(t, b.String(), "in the logs")
}

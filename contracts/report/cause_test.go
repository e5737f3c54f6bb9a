package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// failedWith is a webhook check that failed with one finding.
func failedWith(subject, name string, f verdict.Finding) report.Result {
	return report.Result{Check: check(subject, name), Verdict: verdict.Fail, Findings: []verdict.Finding{f}}
}

func doubled(event, step, got string) verdict.Finding {
	return verdict.Finding{Rule: "effect-count", Where: "GET /events/" + event + "#/effects, after " + step, Expected: "1 effect", Got: got}
}

func refused(got string) verdict.Finding {
	return verdict.Finding{Rule: "accepted", Where: "POST /hooks, first delivery", Expected: "2xx", Got: got}
}

func unknown(name string, why ...string) report.Result {
	return report.Result{Check: check("f/a", name), Inconclusive: why}
}

func TestOneCauseIsOneFinding(t *testing.T) {
	for name, all := range map[string][]report.Result{
		"other events, other numbers, other golden webhooks": {
			failedWith("f/a", "dup-1", doubled("evt_fgwfbjfdbnmhtp33p664", "copies at once", "2 effects")),
			failedWith("f/a", "dup-2", doubled("evt_fgwfbjfdbn7en2xfbx2n", "copies at once", "8 effects (16 times; this is the first)")),
			failedWith("f/b", "dup-1", doubled("7f1e2a90-1b2c-4d3e-8f90-a1b2c3d4e5f6", "copies at once", "5 effects")),
		},
		"one error with other ids and times": {
			failedWith("f/a", "x", refused(`500 Internal Server Error {"request_id":"VQIOQUJOPMS44","at":"2026-11-25T17:00:01Z","title":"disk"}`)),
			failedWith("f/a", "y", refused(`500 Internal Server Error {"request_id":"AKEKZABCDEFGH","at":"2026-11-25T17:59:59Z","title":"disk"}`)),
		},
		"accepted, whatever the result": {
			failedWith("f/a", "x", verdict.Finding{Rule: "rejected", Where: "POST /, stranger", Expected: "4xx", Got: `200 OK {"status":"paid"}`}),
			failedWith("f/b", "x", verdict.Finding{Rule: "rejected", Where: "POST /, stranger", Expected: "4xx", Got: `200 OK {"status":"open"}`}),
		},
		"one connection that cannot be made": {
			{Check: check("f/a", "x"), Inconclusive: []string{"first: dial: refused"}, Because: []string{"dial: refused"}},
			{Check: check("f/b", "y"), Inconclusive: []string{"retry: dial: refused"}, Because: []string{"dial: refused"}},
		},
		"connections from other ports": {
			unknown("x", "read tcp 127.0.0.1:51111->127.0.0.1:80: reset"), unknown("y", "read tcp 127.0.0.1:52222->127.0.0.1:80: reset"),
		},
		"what follows from the first": {
			failedWith("f/a", "dup-seq", doubled("evt_1", "duplicate", "2 effects")),
			{
				Check: check("f/a", "mismatch"), Verdict: verdict.Fail, Follows: "dup-seq",
				Findings: []verdict.Finding{refused("200 OK"), doubled("evt_2", "other content", "2 effects")},
			},
		},
	} {
		causes := report.Causes(report.Report{Results: all})
		require.Len(t, causes, 1, name)
		require.Equal(t, all, causes[0].Results, name)
	}
}

func TestTwoCausesAreNeverOne(t *testing.T) {
	for name, all := range map[string][2]report.Result{
		"an effect too many and one too few": {
			failedWith("f/a", "x", doubled("evt_1", "copies at once", "2 effects")),
			failedWith("f/a", "y", doubled("evt_2", "copies at once", "0 effects")),
		},
		"after other deliveries": {
			failedWith("f/a", "x", doubled("evt_1", "copies at once", "2 effects")),
			failedWith("f/a", "y", doubled("evt_1", "other content", "2 effects")),
		},
		"other receivers": {
			failedWith("f/a", "x", doubled("evt_1", "duplicate", "2 effects")),
			failedWith("g/a", "x", doubled("evt_1", "duplicate", "2 effects")),
		},
		"other rules": {
			failedWith("f/a", "x", verdict.Finding{Rule: "one", Got: "500"}), failedWith("f/a", "y", verdict.Finding{Rule: "two", Got: "500"}),
		},
		"one rule, and one more": {
			failedWith("f/a", "x", refused("500 Internal Server Error")),
			{
				Check: check("f/a", "y"), Verdict: verdict.Fail,
				Findings: []verdict.Finding{refused("500 Internal Server Error"), doubled("evt_1", "duplicate", "2 effects")},
			},
		},
		"other statuses": {
			failedWith("f/a", "x", refused("500 Internal Server Error {}")), failedWith("f/a", "y", refused("409 Conflict {}")),
		},
		"other errors with one status": {
			failedWith("f/a", "x", refused(`500 Internal Server Error {"title":"no disk"}`)),
			failedWith("f/a", "y", refused(`500 Internal Server Error {"title":"no database"}`)),
		},
		"other symptoms": {
			failedWith("f/a", "x", verdict.Finding{Rule: "same-result", Got: "200 OK {}", Symptom: "answered with other /at"}),
			failedWith("f/a", "y", verdict.Finding{Rule: "same-result", Got: "200 OK {}", Symptom: "answered with other /total"}),
		},
		"failed and could not tell": {
			failedWith("f/a", "x", refused("500")), {Check: check("f/a", "y"), Inconclusive: []string{"500"}},
		},
		"other machines": {unknown("x", "dial tcp 10.0.0.1:80: refused"), unknown("y", "dial tcp 10.0.0.2:80: refused")},
		"other ports":    {unknown("x", "dial tcp 10.0.0.1:80: refused"), unknown("y", "dial tcp 10.0.0.1:81: refused")},
		"a probe and a delivery": {
			{Check: check("f/a", "x"), Inconclusive: []string{"i"}, Because: []string{"effects: no answer within 1s"}},
			{Check: check("f/a", "y"), Inconclusive: []string{"i"}, Because: []string{"no answer within 1s"}},
		},
		"one reason, and one more": {unknown("x", "refused"), unknown("y", "refused", "the clock was set back")},
		"no reason at all":         {unknown("x"), unknown("y")},
		"failures that say nothing": {
			{Check: check("f/a", "x"), Verdict: verdict.Fail}, {Check: check("f/a", "y"), Verdict: verdict.Fail},
		},
		"other requests to one provider": {provider("GET /invoices/1 HTTP/1.1", "$.id"), provider("GET /orders/1 HTTP/1.1", "$.id")},
		"other places in one answer":     {provider("GET /invoices/1 HTTP/1.1", "$.id"), provider("GET /invoices/1 HTTP/1.1", "$.total")},
		"what follows in another golden webhook": {
			failedWith("f/a", "dup-seq", doubled("evt_1", "duplicate", "2 effects")),
			{Check: check("f/b", "y"), Verdict: verdict.Fail, Follows: "dup-seq", Findings: []verdict.Finding{refused("200 OK")}},
		},
		"formats of payloads": {
			{Check: check("f/a", "x"), Verdict: verdict.Pass, Format: &report.Format{}},
			{Check: check("f/a", "y"), Verdict: verdict.Pass, Format: &report.Format{}},
		},
		"known failures with other reasons": {
			{Check: check("f/a", "x"), Verdict: verdict.Pass, Known: "ticket 7", Excused: []verdict.Finding{refused("500")}},
			{Check: check("f/a", "y"), Verdict: verdict.Pass, Known: "ticket 8", Excused: []verdict.Finding{refused("500")}},
		},
	} {
		require.Len(t, report.Causes(report.Report{Results: all[:]}), 2, name)
	}
}

func provider(request, where string) report.Result {
	return report.Result{
		Check: report.Check{Kind: report.Provider, Subject: "shop", Case: request + where}, Verdict: verdict.Fail, Sent: request + "\n\n",
		Findings: []verdict.Finding{{Rule: "body", Where: where, Expected: "1", Got: `"1"`}},
	}
}

func TestOneInteractionInTwoPactsIsOneCause(t *testing.T) {
	one, other := provider("GET /invoices/1 HTTP/1.1", "$.id"), provider("GET /invoices/2 HTTP/1.1", "$.id")
	require.Len(t, report.Causes(report.Report{Results: []report.Result{one, other}}), 1)
}

// What needs a person most comes first; each check is in one cause.
func TestCausesAreOrderedAndComplete(t *testing.T) {
	r := report.Report{Results: []report.Result{
		{Check: check("f/a", "passed"), Verdict: verdict.Pass}, unknown("x", "refused"),
		failedWith("f/a", "y", refused("500")), unknown("z", "refused"),
		{Check: check("f/a", "advice"), Verdict: verdict.Pass, Advice: []verdict.Finding{refused("500")}},
	}}
	var names []string
	for _, c := range report.Causes(r) {
		for _, one := range c.Results {
			names = append(names, one.Case)
		}
	}
	require.Equal(t, []string{"y", "x", "z", "advice"}, names)
}

func TestTextShowsACauseOnceWithItsCount(t *testing.T) {
	r := report.Report{}
	for i := range 40 {
		one := failedWith(fmt.Sprintf("f/%c", 'a'+i%2), fmt.Sprintf("dup-%02d", i/2), doubled("evt_1", "copies at once", "8 effects"))
		one.Findings[0].Rerun = "again " + one.Case
		r.Planned, r.Results = append(r.Planned, one.Check), append(r.Results, one)
	}
	text := shown(t, r)
	require.Equal(t, 1, strings.Count(text, "One event took effect more than once."))
	require.Contains(t, text, "means     one event, 8 effects: ")
	require.Contains(t, text, "rerun: again dup-00\n")
	require.Contains(t, text, "the same cause: 39 more checks"+
		"\n            b: dup-00, dup-01, dup-02, dup-03, dup-04, dup-05, … and 14 more\n            a: dup-01, ")
	require.Contains(t, text, "FAIL    f/a                                      0 of 20 cases passed, 20 failed")
	var all strings.Builder
	verbose := report.Text{W: &all, Verbose: true}
	verbose.Write(r)
	require.Equal(t, 40, strings.Count(all.String(), "One event took effect more than once."))
}

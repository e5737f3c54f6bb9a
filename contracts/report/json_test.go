package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// whole is a report in which every member is set, so that the schema is compared with all that can be written.
func whole() report.Report {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	finding := []verdict.Finding{{
		File: "f.json", Line: 3,
		Rule: "same-result", Where: "POST /", Expected: "a", Got: "<b>", Words: "w", Symptom: "s",
		Choice: "c", Attempts: []int{1}, Check: []string{"d"}, Rerun: "e",
	}}
	attempt := history.Attempt{
		Number: 1, Name: "first", Connection: "127.0.0.1:1", Answer: "{}", RequestID: "r", TraceParent: "t", Digest: "d",
		Rival: true, Resend: true, Started: at, Sent: at, FirstByte: at, Ended: at, Date: at, Status: 200,
		ContentType: "text/plain", Location: "/", Confirmed: true, Truncated: true, Err: "e", Unreachable: true, Cut: true,
		Closed: true, TimedOut: true, Persisted: 2, StillInFlight: true, Replaced: true,
		Request: &history.Request{
			Method: "POST", URL: "http://a/", Header: map[string][]string{"A": {"b"}},
			Text: "x", Bytes: []byte{0}, Difference: "d", Size: 1, Curl: "curl",
		},
	}
	operations := []history.Operation{
		{ID: 1, Kind: history.Accepted, Call: 1, Return: 2, Digest: "d", Result: "r"}, {Kind: history.Read, Count: 2},
	}
	failed := report.Result{
		Check: check("f", "dup"), Verdict: verdict.Fail, Severity: "critical", Sends: "s", Holds: "h", Basis: "b", Source: "f:1",
		Findings: finding, WhyAdvice: "w", Because: []string{"b"}, Follows: "c", Notes: []string{"n"},
		Sent: "s", Received: "r", Rerun: "again", Took: time.Second,
		Format: &report.Format{
			Number: 2, Of: "o", Payloads: 1, AllPayloads: 3, Refused: 1, IDs: 1, First: &at, Last: &at, FirstAt: "a:1", LastAt: "a:2", Beside: 1,
			Differences: []string{"d"}, Undescribed: []string{"u"}, Optional: []string{"o"}, Combinations: 2, Sample: "{}",
		},
		Histories: []history.History{{
			EventID: "evt_1", Events: []string{"evt_1"}, Attempts: []history.Attempt{attempt}, Problem: "p", Purpose: "q",
			Observations: []history.Observation{{
				Step: 1, Event: "evt_1", From: at, At: at, Where: "w", Count: 1, Absent: true, Remote: true, NotFound: true, Err: "e",
			}},
			States: []history.State{{Step: 1, At: at, Where: "w", Value: "v", Err: "e"}},
		}, {EventID: "evt_2"}},
		Counterexamples: []history.Counterexample{{EventID: "evt_1", Rule: "r", Words: "w", Operations: operations, Round: operations}},
	}
	remark := []report.Remark{{Kind: report.Provider, Subject: "shop", Text: "t"}}
	return report.Report{
		Command: "fridaygate smoke", Revision: "r", Target: "http://a", RunID: "1", RunTag: "2",
		Started: at, Ended: at, Interrupted: true, Void: true, Problems: remark, Notes: remark,
		Shard:   &report.Shard{Index: 3, Of: 8, Plan: strings.Repeat("0f", 32), Kind: "check", Units: 40, Has: 5},
		Chain:   &report.Chain{Check: check("f", "dup"), Deliveries: 7},
		Planned: []report.Check{check("f", "dup"), check("f", "pending"), check("f", "known"), check("f", "sig"), check("f", "left")},
		Results: []report.Result{
			failed,
			{Check: check("f", "pending"), Verdict: verdict.Pass, Known: "k", Pending: true, Excused: finding},
			{Check: check("f", "known"), Verdict: verdict.Pass, Advice: finding},
			{Check: check("f", "sig"), Inconclusive: []string{"refused"}},
		},
		WhyNotRun:     []report.NotRun{{Check: check("f", "left"), Why: "w"}},
		NotApplicable: []report.NotApplicable{{Check: check("f", "batch"), Severity: "high", Why: "w", Unrelated: true}},
		Except:        []string{"x*"}, Excluded: []report.Check{check("f", "x")}, Unselected: 3,
	}
}

// published loads the schema as a reader of reports would.
func published(t *testing.T) *schema.Schema {
	t.Helper()
	s, err := schema.Load("report.schema.json")
	require.NoError(t, err)
	return s
}

func TestJSONKeepsToItsSchema(t *testing.T) {
	s := published(t)
	passed := of(report.Schema, verdict.Pass)
	for name, r := range map[string]report.Report{
		"whole": whole(), "sample": sample(), "empty": {}, "passed": passed,
		"merged": report.Merge(sample(), passed, of(report.Consumer, verdict.Fail)),
	} {
		var text bytes.Buffer
		require.NoError(t, report.JSON(&text, r))
		require.Empty(t, s.Check(text.Bytes()), "%s: %s", name, text.String())
	}
}

func TestParseReadsWhatJSONWrites(t *testing.T) {
	for name, r := range map[string]report.Report{
		"whole": whole(), "sample": sample(), "empty": {}, "passed": of(report.Schema, verdict.Pass),
	} {
		var text, again bytes.Buffer
		require.NoError(t, report.JSON(&text, r))
		read, err := report.Parse(text.Bytes())
		require.NoError(t, err, name)
		require.NoError(t, report.JSON(&again, read))
		require.Equal(t, text.String(), again.String())
	}
}

func TestParseRefusesWhatIsNoReport(t *testing.T) {
	var passed bytes.Buffer
	require.NoError(t, report.JSON(&passed, of(report.Schema, verdict.Pass)))
	for text, want := range map[string]string{
		"":                               "unexpected end of JSON input",
		"{}":                             "report of version 0: this program reads version 1",
		`{"version":2}`:                  "report of version 2: this program reads version 1",
		`{"version":1}`:                  "it has no verdict",
		`[]`:                             "cannot unmarshal array",
		passed.String() + "x":            "invalid character 'x' after top-level value",
		passed.String()[:passed.Len()/2]: "unexpected end of JSON input",
		strings.Replace(passed.String(), `"verdict": "pass"`, `"verdict": "green"`, 1): `verdict "green"`,
		`{"version":1,"verdict":"pass","planned":[],"results":[]}`: "it says pass, and its results come to unknown: " +
			"it was changed, or is not whole",
	} {
		_, err := report.Parse([]byte(text))
		require.ErrorContains(t, err, want, "%.40s", text)
	}
}

// The schema refuses what would mislead: a pass that is none, a failure without a finding, an unknown member.
func TestSchemaRefusesReportsThatContradictThemselves(t *testing.T) {
	s := published(t)
	var text bytes.Buffer
	require.NoError(t, report.JSON(&text, of(report.Schema, verdict.Pass)))
	require.Empty(t, s.Check(text.Bytes()))
	for old, changed := range map[string]string{
		`"version": 1`:                      `"version": 2`,
		`"failed": 0`:                       `"failed": 1`,
		`"kind": "schema"`:                  `"kind": "other"`,
		`"took_ns": 0`:                      `"took_ns": 0, "more": 1`,
		"\"verdict\": \"pass\",\n      ":    "\"verdict\": \"fail\",\n      ",
		`"subject": "shop"`:                 `"subject": ""`,
		`"started": "0001-01-01T00:00:00Z"`: `"started": "yesterday"`,
	} {
		require.Contains(t, text.String(), old)
		require.NotEmpty(t, s.Check([]byte(strings.Replace(text.String(), old, changed, 1))), changed)
	}
}

func TestJSONIsReadBack(t *testing.T) {
	r := whole()
	var text bytes.Buffer
	require.NoError(t, report.JSON(&text, r))
	require.Contains(t, text.String(), `"got": "<b>"`, "nothing is escaped for a web page")
	var back report.Report
	require.NoError(t, json.Unmarshal(text.Bytes(), &back))
	require.Equal(t, r, back)
	again, err := json.Marshal(back)
	require.NoError(t, err)
	require.JSONEq(t, text.String(), string(again))
}

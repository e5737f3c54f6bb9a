package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func check(subject, name string) report.Check {
	return report.Check{Kind: report.Webhook, Subject: subject, Case: name}
}

func sample() report.Report {
	r := report.Report{
		Target:  "http://127.0.0.1:8080",
		Planned: []report.Check{check("f", "first"), check("f", "dup"), check("f", "sig"), check("g", "first")},
		Started: time.Unix(0, 0), Ended: time.Unix(2, 0),
		Results: []report.Result{
			{Check: check("f", "first"), Verdict: verdict.Pass, Holds: "2xx"},
			{Check: check("f", "dup"), Verdict: verdict.Fail, Severity: "critical", Findings: []verdict.Finding{{
				Rule: "same-result", Where: "POST /", Expected: "<a>&\"b\"", Got: "\x00\x1b[31m</failure>", Attempts: []int{1, 2}, Rerun: "again",
			}}},
			{Check: check("f", "sig"), Inconclusive: []string{"connection refused"}, Notes: []string{"a note"}},
		},
	}
	return r
}

func TestMissingResultKeepsARunFromPassing(t *testing.T) {
	r := sample()
	require.Equal(t, report.Tally{Passed: 1, Failed: 1, Unknown: 1}, r.Ran())
	require.Equal(t, []report.NotRun{{Check: check("g", "first"), Why: "it did not run"}}, r.NotRun())
	r.Results = r.Results[:1]
	require.Equal(t, verdict.Unknown, r.Verdict())
	r.Planned = r.Planned[:1]
	require.Equal(t, verdict.Pass, r.Verdict())
	r.Interrupted = true
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Equal(t, verdict.ExitInterrupted, r.Exit())
}

func TestJUnitCountsAndEscapes(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.JUnit(&b, sample()))
	var doc struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Suites   []struct {
			Tests int `xml:"tests,attr"`
			Cases []struct {
				Name    string  `xml:"name,attr"`
				Failure *string `xml:"failure"`
				Error   *string `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal(b.Bytes(), &doc), "whatever a receiver answers, the XML is well-formed")
	require.Equal(t, []int{4, 1, 2}, []int{doc.Tests, doc.Failures, doc.Errors})
	require.Len(t, doc.Suites, 2)
	require.Contains(t, *doc.Suites[0].Cases[1].Failure, "</failure>")
	require.Contains(t, *doc.Suites[0].Cases[2].Error, "connection refused")
	require.NotNil(t, doc.Suites[1].Cases[0].Error, "planned and not run")
}

func TestTextShowsWhatIsNeededToAct(t *testing.T) {
	var b bytes.Buffer
	text := report.Text{W: &b}
	r := sample()
	text.Write(r)
	require.NoError(t, text.Err)
	for _, want := range []string{
		"FAIL    dup", "expected  <a>&", "attempts  1 2", "rerun: again", "could not tell: connection refused",
		"note: a note", "4 planned, 3 ran: 1 passed, 1 failed, 1 could not tell",
	} {
		require.Contains(t, b.String(), want)
	}
	require.NotContains(t, b.String(), "\x1b", "an answer cannot command the terminal")
}

func TestAdviceIsShownAndCountedAndPasses(t *testing.T) {
	r := report.Report{
		Planned: []report.Check{check("f", "first"), check("f", "dup-json-key")},
		Results: []report.Result{
			{Check: check("f", "first"), Verdict: verdict.Pass},
			{
				Check: check("f", "dup-json-key"), Verdict: verdict.Pass, WhyAdvice: "no sender writes a key twice",
				Advice: []verdict.Finding{{Rule: "rejected", Where: "POST /", Expected: "4xx", Got: "200", Choice: "write so"}},
			},
		},
	}
	require.Equal(t, verdict.Pass, r.Verdict())
	require.Equal(t, report.Tally{Passed: 1, Advice: 1}, r.Ran())
	var shown, xml, json bytes.Buffer
	text := report.Text{W: &shown}
	text.Write(r)
	for _, want := range []string{
		"advice  dup-json-key", "no sender writes a key twice", "expected  4xx", "choice    write so", "2 ran: 1 passed, 1 advice, 0 failed",
	} {
		require.Contains(t, shown.String(), want)
	}
	require.NoError(t, report.JUnit(&xml, r))
	require.Contains(t, xml.String(), `failures="0"`)
	require.Contains(t, xml.String(), "advice, not counted as a failure: no sender writes a key twice")
	require.NoError(t, report.JSON(&json, r))
	require.Contains(t, json.String(), `"advice": 1`)
}

func TestTextKeepsTheFirstError(t *testing.T) {
	full := errors.New("disk full")
	text := report.Text{W: failing{full}}
	text.Write(sample())
	require.ErrorIs(t, text.Err, full)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestKnownFailuresDoNotCountAsPassed(t *testing.T) {
	r := report.Report{
		Planned: []report.Check{check("f", "first"), check("f", "dup")},
		Results: []report.Result{
			{Check: check("f", "first"), Verdict: verdict.Pass},
			{
				Check: check("f", "dup"), Verdict: verdict.Pass, Known: "known to fail until 2999-12-31: ticket 7",
				Excused: []verdict.Finding{{Rule: "same-result"}},
			},
		},
	}
	require.Equal(t, verdict.Pass, r.Verdict())
	require.Equal(t, report.Tally{Passed: 1, Known: 1}, r.Ran())
	text := shown(t, r)
	require.Contains(t, text, "2 ran: 1 passed, 1 known failure, 0 failed")
	require.Equal(t, 1, strings.Count(text, "ticket 7"), "in one list")
	var asXML bytes.Buffer
	require.NoError(t, report.JUnit(&asXML, r))
	require.Contains(t, asXML.String(), `tests="2" failures="0" errors="0" skipped="1"`)
	require.Contains(t, asXML.String(), `<skipped type="known-failure" message="known to fail until 2999-12-31: ticket 7">same-result`)
}

func TestChecksThatDidNotRunAreListedByReason(t *testing.T) {
	r := report.Report{
		Planned:   []report.Check{check("f", "first"), check("f", "dup"), check("f", "sig")},
		Results:   []report.Result{{Check: check("f", "first"), Verdict: verdict.Fail, Findings: []verdict.Finding{{Rule: "accepted"}}}},
		WhyNotRun: []report.NotRun{{Check: check("f", "dup"), Why: "first failed"}, {Check: check("f", "sig"), Why: "first failed"}},
		NotApplicable: []report.NotApplicable{
			{Check: check("f", "fail-then-retry"), Severity: "critical", Why: "no hook"},
			{Check: check("f", "tenant-scope"), Severity: "high", Why: "no tenants"},
			{Check: check("f", "batch-duplicate"), Severity: "critical", Why: "no batch", Unrelated: true},
		},
	}
	require.Equal(t, verdict.Fail, r.Verdict())
	text := shown(t, r)
	require.Equal(t, 1, strings.Count(text, "first failed"))
	require.Contains(t, text, "2 cases of f: first failed")
	require.Contains(t, text,
		"FAIL: 3 planned, 1 ran: 0 passed, 1 failed, 0 could not tell, 2 not run; 3 not applicable (critical: fail-then-retry); ")
	r.Results[0].Verdict, r.Results[0].Findings = verdict.Pass, nil
	require.Equal(t, verdict.Unknown, r.Verdict(), "what did not run keeps the run from passing")
}

func TestRunUnderAUsedNameProvesNothing(t *testing.T) {
	r := sample()
	require.Equal(t, verdict.Fail, r.Verdict())
	r.Void = true
	require.Equal(t, verdict.Unknown, r.Verdict())
}

func shown(t *testing.T, r report.Report) string {
	t.Helper()
	var b bytes.Buffer
	text := report.Text{W: &b}
	text.Write(r)
	require.NoError(t, text.Err)
	return b.String()
}

func TestWhatDoesNotApplyIsListedOnlyBesideAVerdict(t *testing.T) {
	for v, listed := range map[verdict.Verdict]bool{verdict.Pass: true, verdict.Fail: true, verdict.Unknown: false} {
		r := of(report.Webhook, v)
		r.NotApplicable = []report.NotApplicable{{Check: check("f", "batch"), Why: "the body is no batch"}}
		var b bytes.Buffer
		(&report.Text{W: &b}).Write(r)
		require.Equal(t, listed, strings.Contains(b.String(), "the body is no batch"), v)
		require.Contains(t, b.String(), "1 not applicable")
	}
}

package page_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/report/page"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// recorded is the report of a run against a receiver that charges each of eight copies.
func recorded(t testing.TB) report.Report {
	t.Helper()
	text, err := os.ReadFile("testdata/red.json")
	require.NoError(t, err)
	var r report.Report
	require.NoError(t, json.Unmarshal(text, &r))
	return r
}

func write(t *testing.T, r report.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, page.Write(&b, r))
	return b.String()
}

// one is a report of one webhook check.
func one(r report.Result) report.Report {
	r.Kind, r.Subject = report.Webhook, "fixtures/shop/paid"
	if r.Case == "" {
		r.Case = "dup-seq"
	}
	return report.Report{Planned: []report.Check{r.Check}, Results: []report.Result{r}}
}

func TestPageSaysTheVerdict(t *testing.T) {
	check := report.Check{Kind: report.Webhook, Subject: "s", Case: "c"}
	finding := []verdict.Finding{{Rule: "effect-count", Expected: "1 effect", Got: "2 effects"}}
	for name, c := range map[string]struct {
		report report.Report
		want   []string
	}{
		"passed": {
			one(report.Result{Verdict: verdict.Pass}),
			[]string{"Passed", "All that was planned ran, and nothing is broken: 1 check.", "Nothing to act on"},
		},
		"failed": {
			one(report.Result{Verdict: verdict.Fail, Findings: finding}),
			[]string{"Failed", "A contract is broken: 1 of 1 check failed.", "effect-count", "2 effects"},
		},
		"triage": {
			report.Report{
				Planned: []report.Check{{Kind: report.Triage, Subject: "s", Case: "c"}},
				Results: []report.Result{{Check: report.Check{Kind: report.Triage, Subject: "s", Case: "c"}, Verdict: verdict.Fail, Findings: finding}},
			},
			[]string{"Failed", "Look at these, in their order: 1 of 1 step showed something."},
		},
		"unknown": {
			one(report.Result{Inconclusive: []string{"connection refused"}}),
			[]string{"Could not tell", "1 of 1 check came to no verdict.", "connection refused"},
		},
		"nothing planned": {report.Report{}, []string{"Could not tell", "Nothing was planned"}},
		"not run": {
			report.Report{Planned: []report.Check{check}, WhyNotRun: []report.NotRun{{Check: check, Why: "no time"}}},
			[]string{"Could not tell", "1 of 1 planned check did not run", "no time", "No check that ran failed."},
		},
		"a problem": {
			func() report.Report {
				r := one(report.Result{Verdict: verdict.Pass})
				r.Problems = []report.Remark{{Text: "no database"}}
				return r
			}(), []string{"Could not tell", "the run had problems, so it is no pass", "no database"},
		},
		"interrupted": {
			report.Report{Interrupted: true, Planned: []report.Check{check}},
			[]string{"Could not tell", "The run was interrupted: 0 of 1 planned check ran."},
		},
		"known failure": {
			one(report.Result{Verdict: verdict.Pass, Known: "JIRA-1, until 2027", Excused: finding}),
			[]string{"Passed", "known failure", "JIRA-1, until 2027", "2 effects"},
		},
		"advice": {
			one(report.Result{Verdict: verdict.Pass, WhyAdvice: "few senders do it", Advice: finding}),
			[]string{"Passed", "advice few senders do it", "2 effects"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			text := shown(t, write(t, c.report))
			for _, want := range c.want {
				require.Contains(t, text, want)
			}
		})
	}
}

// shown returns the text of a page, as a reader sees it.
func shown(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	for _, n := range nodes(t, text) {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			b.WriteString(n.Data + " ")
		}
	}
	return regexp.MustCompile(`\s+`).ReplaceAllString(b.String(), " ")
}

func nodes(t *testing.T, text string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err)
	var all []*html.Node
	for n := range root.Descendants() {
		all = append(all, n)
	}
	return all
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func TestSameReportGivesTheSamePage(t *testing.T) {
	require.Equal(t, write(t, recorded(t)), write(t, recorded(t)))
}

func TestPageLoadsNothing(t *testing.T) {
	for _, n := range nodes(t, write(t, recorded(t))) {
		for _, a := range n.Attr {
			if a.Key == "src" || a.Key == "href" || a.Key == "xlink:href" || a.Key == "action" {
				require.True(t, strings.HasPrefix(a.Val, "#"), "%s %s=%q", n.Data, a.Key, a.Val)
			}
		}
		require.NotContains(t, []string{"img", "link", "iframe", "object", "embed", "base", "audio", "video"}, n.Data)
	}
	require.NotContains(t, write(t, recorded(t)), "url(")
}

// Every link leads to a place of the page, and every place has one name.
func TestLinksLeadSomewhere(t *testing.T) {
	all := nodes(t, write(t, recorded(t)))
	ids := map[string]int{}
	for _, n := range all {
		if id := attribute(n, "id"); id != "" {
			ids[id]++
			require.Equal(t, 1, ids[id], id)
		}
	}
	links := 0
	for _, n := range all {
		if n.Data == "a" {
			links++
			require.Equal(t, 1, ids[strings.TrimPrefix(attribute(n, "href"), "#")], attribute(n, "href"))
		}
	}
	require.Equal(t, 2, links, "past the head, and from the matrix")
}

// A check keeps its link from run to run, and two checks never share one.
func TestLinkFollowsFromTheName(t *testing.T) {
	finding := []verdict.Finding{{Rule: "r", Got: "g"}}
	r := report.Report{}
	for range 2 {
		r.Results = append(r.Results, report.Result{
			Check: report.Check{Kind: report.Provider, Subject: "shop", Case: "GET /a?b=ü"}, Verdict: verdict.Fail, Findings: finding,
		})
	}
	text := write(t, r)
	require.Contains(t, text, `id="provider.shop.GET_.a_b__"`)
	require.Contains(t, text, `id="provider.shop.GET_.a_b__.2"`)
	require.Contains(t, text, `href="#provider.shop.GET_.a_b__"`)
}

func TestHostileAnswersStayText(t *testing.T) {
	for _, hostile := range []string{
		"<script>alert(1)</script>", "</textarea></pre></details><h1 id=owned>", `" onmouseover="alert(1)`, "<!--", "]]>", "{{.}}", "&lt;b&gt;",
		"javascript:alert(1)",
		"\x1b[31m", "\xff\xfe", "\u202egnp.exe", "\x00", "\u2028", "</script>", "</style>", "</title>",
	} {
		r := one(report.Result{
			Verdict: verdict.Fail, Severity: hostile, Sends: hostile, Holds: hostile, Basis: hostile, Source: hostile,
			Rerun: hostile, Sent: hostile, Received: hostile,
			Inconclusive: []string{hostile}, Notes: []string{hostile},
			Findings: []verdict.Finding{{
				Rule: hostile, Where: hostile, Expected: hostile, Got: hostile + "x", Words: hostile, Choice: hostile, Attempts: []int{1},
				Check: []string{hostile},
			}},
			Histories: []history.History{{EventID: hostile, Purpose: hostile, Problem: hostile, Attempts: []history.Attempt{{
				Number: 1, Name: hostile, Connection: hostile, Err: hostile, Answer: hostile, Started: time.Unix(0, 0), Ended: time.Unix(1, 0),
				Request: &history.Request{Method: hostile, URL: hostile, Header: http.Header{hostile: {hostile}}, Text: hostile, Curl: hostile},
			}}}},
			Counterexamples: []history.Counterexample{{
				EventID: hostile, Words: hostile, Operations: []history.Operation{{ID: 1, Kind: history.Lost}},
			}},
		})
		r.Results[0].Case, r.Target, r.RunID = hostile, hostile, hostile
		r.Planned[0].Case = hostile
		text := write(t, r)
		require.NotContains(t, text, "\x1b")
		require.NotContains(t, text, "\u202e")
		scripts := 0
		for _, n := range nodes(t, text) {
			if n.Data == "script" {
				scripts++
			}
			require.NotEqual(t, "owned", attribute(n, "id"), hostile)
			for _, a := range n.Attr {
				require.False(t, strings.HasPrefix(a.Key, "on"), "%s %s", hostile, a.Key)
				require.False(t, strings.HasPrefix(a.Val, "javascript:"), hostile)
			}
		}
		require.Equal(t, 1, scripts, hostile)
	}
}

func TestLongTextIsCutAndCounted(t *testing.T) {
	r := one(report.Result{
		Verdict: verdict.Fail, Received: strings.Repeat("é", 1<<20), Findings: []verdict.Finding{{Rule: "r", Got: strings.Repeat("x", 1<<20)}},
	})
	text := write(t, r)
	require.Less(t, len(text), 64<<10)
	require.Contains(t, text, fmt.Sprintf("… and %d bytes more, in the JSON report", 2<<20-4096))
}

// The matrix has a cell for each check, and its head names the fixtures without the folder that they share.
func TestMatrix(t *testing.T) {
	var r report.Report
	add := func(subject, name string, v verdict.Verdict) {
		c := report.Check{Kind: report.Webhook, Subject: subject, Case: name}
		r.Planned = append(r.Planned, c)
		r.Results = append(r.Results, report.Result{Check: c, Verdict: v})
	}
	add("fixtures/shop/paid", "first", verdict.Pass)
	add("fixtures/shop/paid", "dup-seq", verdict.Fail)
	add("fixtures/shop/sent", "first", verdict.Pass)
	r.NotApplicable = []report.NotApplicable{{
		Check: report.Check{Kind: report.Webhook, Subject: "fixtures/shop/sent", Case: "dup-seq"}, Why: "no",
	}}
	text := shown(t, write(t, r))
	require.Contains(t, text, "in fixtures/shop")
	require.Contains(t, text, "case paid sent dup-seq ✗ failed – does not apply")
	require.Contains(t, text, "1 case passed wherever it applies")
	require.Contains(t, text, "first ✓ ✓")
}

func TestEveryKindIsShown(t *testing.T) {
	for _, kind := range report.Kinds {
		c := report.Check{Kind: kind, Subject: "the-subject", Case: "the-case"}
		text := shown(t, write(t, report.Report{Planned: []report.Check{c}, Results: []report.Result{{Check: c, Verdict: verdict.Pass}}}))
		require.Regexp(t,
			"(Schemas|Webhooks|Consumers|Providers|Integrations|Versions|Triage|Proof|Clean-up).* the-subject .*the-case", text, kind)
	}
}

// Providers share no cases: each has a list.
func TestListOfInteractions(t *testing.T) {
	var r report.Report
	for _, name := range []string{"a request for an invoice", "a request for none"} {
		c := report.Check{Kind: report.Provider, Subject: "shop", Case: name}
		r.Planned = append(r.Planned, c)
		r.Results = append(r.Results, report.Result{Check: c, Verdict: verdict.Pass})
	}
	r.Results[1].Verdict = verdict.Fail
	text := shown(t, write(t, r))
	require.Contains(t, text, "Providers: interactions of each pact shop ✗ a request for none failed ✓ 1 passed a request for an invoice")
}

// large is a report of 10,000 checks of which 500 failed, each as the recorded one did.
func large(t testing.TB) report.Report {
	t.Helper()
	r := recorded(t)
	passed, failed := r.Results[0], r.Results[1]
	require.Equal(t, verdict.Fail, failed.Verdict)
	r.Planned, r.Results = nil, nil
	for i := range 10_000 {
		one := passed
		if i%20 == 0 {
			one = failed
		}
		one.Subject, one.Case = fmt.Sprintf("fixtures/shop/event-%03d", i/80), fmt.Sprintf("case-%02d", i%80)
		r.Planned, r.Results = append(r.Planned, one.Check), append(r.Results, one)
	}
	return r
}

func TestPageOfThousandsOfChecksIsSmall(t *testing.T) {
	require.Less(t, len(write(t, large(t))), 5_000_000)
}

func BenchmarkPageOfTenThousandChecks(b *testing.B) {
	r := large(b)
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, page.Write(io.Discard, r))
	}
}

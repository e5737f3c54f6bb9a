package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func written(t *testing.T, format func(io.Writer, report.Report) error, r report.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, format(&b, r))
	return b.String()
}

// broken is a report of one check that failed as a file says.
func broken(source string, findings ...verdict.Finding) report.Report {
	c := report.Check{Kind: report.Provider, Subject: "shop", Case: "a request"}
	return report.Report{
		Planned: []report.Check{c}, Results: []report.Result{{Check: c, Verdict: verdict.Fail, Source: source, Findings: findings}},
	}
}

const says = "The provider does not answer as the consumer's pact says."

var twoEffects = verdict.Finding{Rule: "effect-count", Where: "GET /", Expected: "1 effect", Got: "2 effects"}

func everyReport() map[string]report.Report {
	return map[string]report.Report{
		"whole": whole(), "sample": sample(), "empty": {}, "passed": of(report.Schema, verdict.Pass),
		"broken":   broken("pacts/a b.json:12", twoEffects),
		"absolute": broken("/tmp/x.json"), "without a file": broken("", twoEffects, twoEffects),
	}
}

// The official schema of OASIS decides: it is in the library, which reads the log and writes it again. What it did not know it
// would drop.
func TestSARIFKeepsToItsSchema(t *testing.T) {
	for name, r := range everyReport() {
		text := written(t, report.SARIF, r)
		log, err := sarif.FromString(text)
		require.NoError(t, err, name)
		require.NoError(t, log.Validate(), name)
		again, err := json.Marshal(log)
		require.NoError(t, err)
		var ours, theirs any
		require.NoError(t, json.Unmarshal([]byte(text), &ours))
		require.NoError(t, json.Unmarshal(again, &theirs))
		requireIn(t, ours, theirs, name)
		for _, result := range log.Runs[0].Results {
			require.Equal(t, *result.RuleID, *log.Runs[0].Tool.Driver.Rules[result.RuleIndex].ID)
		}
	}
}

// requireIn fails unless everything in part is in whole.
func requireIn(t *testing.T, part, whole any, at string) {
	t.Helper()
	switch part := part.(type) {
	case map[string]any:
		whole, is := whole.(map[string]any)
		require.True(t, is, at)
		for name, value := range part {
			requireIn(t, value, whole[name], at+"/"+name)
		}
	case []any:
		whole, is := whole.([]any)
		require.True(t, is && len(part) == len(whole), at)
		for i := range part {
			requireIn(t, part[i], whole[i], fmt.Sprintf("%s/%d", at, i))
		}
	default:
		require.Equal(t, part, whole, at)
	}
}

func TestSARIFHasWhatWasBroken(t *testing.T) {
	log, err := sarif.FromString(written(t, report.SARIF, broken("pacts/a b.json:12", twoEffects)))
	require.NoError(t, err)
	run := log.Runs[0]
	require.True(t, *run.Invocations[0].ExecutionSuccessful)
	require.Len(t, run.Results, 1)
	require.Equal(t, "provider/effect-count", *run.Results[0].RuleID)
	require.Equal(t, "error", run.Results[0].Level)
	require.Contains(t, *run.Results[0].Message.Text,
		"fail: shop/a request\neffect-count: "+says+"\n  where     GET /\n  expected  1 effect\n  got       2 effects\n")
	place := run.Results[0].Locations[0].PhysicalLocation
	require.Equal(t, "pacts/a%20b.json", *place.ArtifactLocation.URI)
	require.Equal(t, 12, *place.Region.StartLine)

	unknown := of(report.Schema, verdict.Unknown)
	log, err = sarif.FromString(written(t, report.SARIF, unknown))
	require.NoError(t, err)
	require.False(t, *log.Runs[0].Invocations[0].ExecutionSuccessful)
	require.Equal(t, "warning", log.Runs[0].Results[0].Level)
}

func TestAnnotations(t *testing.T) {
	require.Equal(t,
		"::error file=pacts/a%2Cb.json,line=12,title=fail%3A shop/a request::effect-count: "+says+
			"%0A  where     GET /%0A  expected  1 effect%0A  got       2 effects%0A"+
			"  means     the consumer breaks when this provider is deployed\n",
		written(t, report.Annotations, broken("pacts/a,b.json:12", twoEffects)))
	require.Empty(t, written(t, report.Annotations, of(report.Schema, verdict.Pass)))
	require.Contains(t, written(t, report.Annotations, of(report.Schema, verdict.Unknown)), "::warning ")
}

// What a receiver answered gives no command: neither by a line of its own nor by a percent sign.
func TestAnnotationsAreNotCommandedByAnswers(t *testing.T) {
	hostile := twoEffects
	hostile.Got = "x\n::stop-commands::abc\r\n::error::%0A\x1b[31m"
	text := written(t, report.Annotations, broken("a.json", hostile))
	require.Equal(t, 1, strings.Count(text, "\n"))
	require.Contains(t, text, "%250A")
	require.NotContains(t, text, "\x1b")
}

// A finding that names a place is marked there, and not where its check is written.
func TestAnnotationMarksTheFindingsPlace(t *testing.T) {
	placed := twoEffects
	placed.File, placed.Line = "schemas/order.json", 7
	require.Contains(t, written(t, report.Annotations, broken("a.json", placed, twoEffects)), "::error file=schemas/order.json,line=7,title=")
	log, err := sarif.FromString(written(t, report.SARIF, broken("a.json", placed)))
	require.NoError(t, err)
	require.Equal(t, "schemas/order.json", *log.Runs[0].Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI)
}

func TestFindingsOfACheckAreOneAnnotation(t *testing.T) {
	other := twoEffects
	other.Rule = "race-answer"
	text := written(t, report.Annotations, broken("a.json", twoEffects, other))
	require.Equal(t, 1, strings.Count(text, "\n"))
	require.Contains(t, text, "effect-count")
	require.Contains(t, text, "race-answer")
}

func TestTAP(t *testing.T) {
	c := func(name string) report.Check { return report.Check{Kind: report.Webhook, Subject: "f", Case: name} }
	r := report.Report{
		Planned: []report.Check{c("first"), c("dup #1"), c("known"), c("odd"), c("left")},
		Results: []report.Result{
			{Check: c("first"), Verdict: verdict.Pass}, {Check: c("dup #1"), Verdict: verdict.Fail, Findings: []verdict.Finding{twoEffects}},
			{Check: c("known"), Verdict: verdict.Pass, Known: "JIRA-1", Excused: []verdict.Finding{twoEffects}},
			{Check: c("odd"), Inconclusive: []string{"refused"}},
		},
		Excluded: []report.Check{c("slow")}, Problems: []report.Remark{{Text: "no database"}},
	}
	text := written(t, report.TAP, r)
	require.Regexp(t, `^TAP version 14\n1\.\.7\nok 1 - f/first\nnot ok 2 - f/dup \\#1\n  ---\n  verdict: "fail"\n  details: "effect-count`,
		text)
	require.Contains(t, text, "not ok 3 - f/known # TODO JIRA-1\n")
	require.Contains(t, text, "not ok 4 - f/odd\n  ---\n  verdict: \"unknown\"\n")
	require.Contains(t, text, "not ok 5 - f/left\n  ---\n  verdict: \"not run\"\n")
	require.Contains(t, text, "not ok 6 - problem\n")
	require.Contains(t, text, "ok 7 - f/slow # SKIP left out by --except\n")
}

// A reader of TAP fails every run that is no pass.
func TestTAPPassesOnlyAPass(t *testing.T) {
	for name, r := range everyReport() {
		bad := false
		for line := range strings.Lines(written(t, report.TAP, r)) {
			bad = bad || (strings.HasPrefix(line, "not ok") && !strings.Contains(line, " # TODO "))
		}
		require.Equal(t, r.Verdict() != verdict.Pass, bad, name)
	}
}

func TestMarkdown(t *testing.T) {
	text := written(t, report.Markdown, broken("a.json", twoEffects))
	require.Contains(t, text, "## ❌ Failed: fridaygate\n")
	require.Contains(t, text, "1 planned, 1 ran: 0 passed, 1 failed, 0 could not tell")
	require.Contains(t, text, "<details><summary>❌ shop <b>a request</b> </summary>\n\n```\neffect-count: "+says+"\n  where     GET /\n")
	require.Contains(t, written(t, report.Markdown, of(report.Schema, verdict.Pass)), "## ✅ Passed")
	require.Contains(t, written(t, report.Markdown, report.Report{}), "## ❔ Could not tell")
}

func TestMarkdownStaysText(t *testing.T) {
	hostile := verdict.Finding{Rule: "r", Got: "```\n# head\n</details><script>"}
	r := broken("a.json", hostile)
	r.Results[0].Case = "<img src=x> @everyone"
	r.Target = "http://a/_b_*c*"
	text := written(t, report.Markdown, r)
	require.Contains(t, text, "````\nr: ")
	require.NotContains(t, text, "<img")
	require.Contains(t, text, `\_b\_\*c\*`)
}

func TestMarkdownFitsIntoASummary(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	var r report.Report
	for i := range 200 {
		c := report.Check{Kind: report.Webhook, Subject: "f", Case: fmt.Sprint(i)}
		r.Planned, r.Results = append(r.Planned, c), append(r.Results, report.Result{
			Check: c, Verdict: verdict.Fail, Findings: []verdict.Finding{{Rule: "r" + c.Case, Got: long}},
		})
	}
	text := written(t, report.Markdown, r)
	require.Less(t, len(text), 1<<20)
	require.Regexp(t, `\n1\d\d checks more did not fit: the other reports have all\.\n$`, text)
}

package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/report"
	html "github.com/fridaygate/fridaygate/contracts/report/page"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// browser returns one Chromium for all tests, each of which opens tabs of its own.
var browser = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute))
	allocated, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocated)
	stop = cancel
	return ctx, chromedp.Run(ctx)
})

// stop ends the browser.
var stop = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stop()
	os.Exit(code)
}

// tab is a page in the browser, and what it did beside showing itself.
type tab struct {
	context.Context

	mu       sync.Mutex
	requests []string
	errors   []string
}

// open writes a report as a page and opens it, with a fragment; actions run before.
func open(t *testing.T, r report.Report, fragment string, before ...chromedp.Action) *tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	out, err := os.Create(file)
	require.NoError(t, err)
	require.NoError(t, html.Write(out, r))
	require.NoError(t, out.Close())
	all, err := browser()
	require.NoError(t, err, "Chromium: make setup installs it")
	ctx, cancel := chromedp.NewContext(all)
	t.Cleanup(cancel)
	timed, end := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(end)
	one := &tab{Context: timed}
	chromedp.ListenTarget(timed, func(event any) {
		one.mu.Lock()
		defer one.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			one.requests = append(one.requests, e.Request.URL)
		case *runtime.EventExceptionThrown:
			one.errors = append(one.errors, e.ExceptionDetails.Error())
		case *page.EventJavascriptDialogOpening:
			one.errors = append(one.errors, "a dialog: "+e.Message)
		}
	})
	address := (&url.URL{Scheme: "file", Path: file, Fragment: fragment}).String()
	one.run(t, append([]chromedp.Action{network.Enable(), runtime.Enable(), page.Enable()}, append(before, chromedp.Navigate(address))...)...)
	return one
}

func (o *tab) run(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	require.NoError(t, chromedp.Run(o.Context, actions...))
}

// ask returns the value of an expression in the page.
func ask[T any](t *testing.T, o *tab, expression string) (value T) {
	t.Helper()
	o.run(t, chromedp.Evaluate(expression, &value))
	return value
}

// quiet fails if the page asked for anything but itself, or met an error.
func (o *tab) quiet(t *testing.T) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	require.Len(t, o.requests, 1, "a page loads nothing: %v", o.requests)
	require.Empty(t, o.errors)
}

func check(name string) report.Check {
	return report.Check{Kind: report.Webhook, Subject: "fixtures/shop/paid", Case: name}
}

func of(all ...report.Result) report.Report {
	r := report.Report{Command: "fridaygate smoke", Target: "http://127.0.0.1:8080", Started: time.Unix(0, 0), Ended: time.Unix(3, 0)}
	for _, one := range all {
		r.Planned, r.Results = append(r.Planned, one.Check), append(r.Results, one)
	}
	return r
}

func failed(name, got string) report.Result {
	return report.Result{Check: check(name), Verdict: verdict.Fail, Severity: "critical", Findings: []verdict.Finding{{
		Rule: "effect-count", Where: "GET /events/1, after copies at once", Expected: "1 effect", Got: got,
	}}}
}

// red is the report of a run against a receiver that charges each of eight copies.
func red(t *testing.T) report.Report {
	t.Helper()
	text, err := os.ReadFile("../testdata/red.json")
	require.NoError(t, err)
	var r report.Report
	require.NoError(t, json.Unmarshal(text, &r))
	return r
}

func several() report.Report {
	return of(failed("dup-concurrent-8", "8 effects"), failed("dup-concurrent-2", "2 effects"), failed("lost-answer", "0 effects"),
		report.Result{Check: check("sig-missing"), Inconclusive: []string{"connection refused"}},
		report.Result{Check: check("first"), Verdict: verdict.Pass})
}

const visibleCards = `[...document.querySelectorAll(".card")].filter(c => c.checkVisibility()).map(c => c.id.split(".").pop())`

// filter types a text into the filter, as the browser reports it to the page.
func (o *tab) filter(t *testing.T, text string) {
	t.Helper()
	o.run(t, chromedp.Evaluate(fmt.Sprintf(`(() => {
		const box = document.querySelector("input[type=search]");
		box.value = %q;
		box.dispatchEvent(new Event("input", {bubbles: true}));
	})()`, text), nil))
}

func TestFilterShowsWhatMatches(t *testing.T) {
	o := open(t, several(), "")
	require.Equal(t, []string{"dup-concurrent-8", "lost-answer", "sig-missing"}, ask[[]string](t, o, visibleCards), "one card a cause")
	o.filter(t, "concurrent-2")
	require.Equal(t, []string{"dup-concurrent-8", "dup-concurrent-2"}, ask[[]string](t, o, visibleCards), "the cause that it has is unfolded")
	o.filter(t, "")
	o.run(t, chromedp.Evaluate(`document.querySelector("input[value=failed]").click()`, nil))
	require.Equal(t, []string{"sig-missing"}, ask[[]string](t, o, visibleCards))
	require.Equal(t, "1 of 4 shown", ask[string](t, o, `document.querySelector("output").value`))
	o.quiet(t)
}

func TestAllCardsFoldAndUnfold(t *testing.T) {
	o := open(t, several(), "")
	const folded = `[...document.querySelectorAll(".card")].filter(c => !c.open).length`
	o.run(t, chromedp.Click(`button[name=close]`))
	require.Equal(t, 4, ask[int](t, o, folded))
	o.run(t, chromedp.Click(`button[name=open]`))
	require.Equal(t, 0, ask[int](t, o, folded))
	o.quiet(t)
}

// A link leads to a check that is folded away under another one of its cause, and back.
func TestDeepLinkUnfoldsWhatItLeadsTo(t *testing.T) {
	const id = "webhook.fixtures.shop.paid.dup-concurrent-2"
	const shown = `document.getElementById("` + id + `").open && document.getElementById("` + id + `").checkVisibility()`
	o := open(t, several(), id)
	o.run(t, chromedp.Poll(shown, nil)) // the browser tells the page of the new address in its own time
	o = open(t, several(), "")
	require.False(t, ask[bool](t, o, shown))
	o.run(t, chromedp.Click(`.matrix a[href="#`+id+`"]`), chromedp.Poll(shown, nil))
	require.Equal(t, "#"+id, ask[string](t, o, `location.hash`))
	o.run(t, chromedp.NavigateBack(), chromedp.Poll(`location.hash === ""`, nil))
	require.Equal(t, 0, ask[int](t, o,
		`[...document.querySelectorAll("a[href^='#']")].filter(a => !document.getElementById(a.hash.slice(1))).length`))
}

// Without JavaScript all is there: folded parts unfold, and what would do nothing is not shown.
func TestPageIsReadableWithoutJavaScript(t *testing.T) {
	o := open(t, several(), "", emulation.SetScriptExecutionDisabled(true))
	require.False(t, ask[bool](t, o, `document.querySelector(".filter").checkVisibility()`))
	require.Equal(t, []string{"dup-concurrent-8", "lost-answer", "sig-missing"}, ask[[]string](t, o, visibleCards))
	o.run(t, chromedp.Click(`.card .same > summary`))
	require.Equal(t, 4, len(ask[[]string](t, o, visibleCards)))
}

// Nothing is wider than the screen of a phone but what scrolls by itself.
func TestPageFitsAPhone(t *testing.T) {
	for _, width := range []int64{320, 390, 1280} {
		o := open(t, red(t), "", emulation.SetDeviceMetricsOverride(width, 800, 1, width < 600))
		require.LessOrEqual(t, ask[int](t, o, `document.documentElement.scrollWidth`), int(width))
	}
}

// In print everything is unfolded, and the filter is gone.
func TestPageIsPrintedWhole(t *testing.T) {
	o := open(t, several(), "")
	o.run(t, chromedp.Evaluate(`window.dispatchEvent(new Event("beforeprint"))`, nil), emulation.SetEmulatedMedia().WithMedia("print"))
	require.Equal(t, 0, ask[int](t, o, `document.querySelectorAll("details:not([open])").length`))
	require.False(t, ask[bool](t, o, `document.querySelector(".filter").checkVisibility()`))
	require.Equal(t, 4, len(ask[[]string](t, o, visibleCards)))
}

// axe-core finds nothing, in light and in dark, whatever the verdict, with all unfolded.
func TestPagesAreAccessible(t *testing.T) {
	script := axeScript(t)
	for name, r := range map[string]report.Report{
		"red": red(t), "several": several(), "green": of(report.Result{Check: check("first"), Verdict: verdict.Pass}), "nothing": {},
		"could not tell": of(report.Result{Check: check("first"), Inconclusive: []string{"connection refused"}}),
	} {
		for _, scheme := range []string{"light", "dark"} {
			media := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}})
			o := open(t, r, "", media)
			o.run(t, chromedp.Evaluate(`for (const d of document.querySelectorAll("details")) d.open = true`, nil), chromedp.Evaluate(script, nil))
			var found []string
			const violations = `axe.run().then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html + n.failureSummary)))`
			o.run(t, chromedp.Evaluate(violations, &found,
				func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
			require.Empty(t, found, "%s, %s", name, scheme)
			require.Equal(t, scheme == "dark", ask[bool](t, o, `matchMedia("(prefers-color-scheme: dark)").matches`))
		}
	}
}

// What a receiver answered stays text: it makes no element, runs nothing, loads nothing and turns no direction.
func TestHostileAnswersStayText(t *testing.T) {
	for name, hostile := range map[string]string{
		"a script": "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",
		"ends":     "</textarea></pre></details></script></style>",
		"a page":   `<iframe src="http://127.0.0.1:9/"></iframe><link rel=stylesheet href="http://127.0.0.1:9/"><base href="http://a/">`,
		"long":     strings.Repeat("long ", 1<<18), "no UTF-8": "\xff\xfe\x00", "right to left": "\u202egnp.exe\u2066", "an escape": "\x1b[31m",
	} {
		one := failed(hostile, hostile)
		one.Sent, one.Received, one.Source, one.Severity, one.Rerun = hostile, hostile, hostile, hostile, hostile
		one.Findings[0].Rule, one.Findings[0].Where, one.Findings[0].Expected = hostile, hostile, "other "+hostile
		one.Histories = []history.History{{EventID: hostile, Attempts: []history.Attempt{{
			Number: 1, Name: hostile, Answer: hostile, Status: 200, Started: time.Unix(0, 0), Ended: time.Unix(1, 0),
			Request: &history.Request{Method: hostile, URL: hostile, Text: hostile},
		}}}}
		o := open(t, of(one), "")
		require.Equal(t, "Failed: fridaygate smoke", ask[string](t, o, `document.title`), name)
		require.Equal(t, 1, ask[int](t, o, `document.scripts.length`), name)
		require.Equal(t, 0, ask[int](t, o, `document.querySelectorAll("img, iframe, link, base, object, embed, textarea").length`), name)
		require.Equal(t, 1, ask[int](t, o, `document.querySelectorAll("main > section#checks").length`), name)
		require.False(t, ask[bool](t, o,
			`/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(document.body.textContent)`), name)
		o.quiet(t)
	}
}

func TestPageOfThousandsOfChecksOpens(t *testing.T) {
	var all []report.Result
	for i := range 10_000 {
		one := report.Result{Check: check("first"), Verdict: verdict.Pass}
		if i%20 == 0 {
			one = failed("dup", strings.Repeat("x", i%97))
		}
		one.Subject, one.Case = "fixtures/shop/event-"+string(rune('a'+i%26)), one.Case+strings.Repeat("-", i%7)+string(rune('a'+i/26%26))
		all = append(all, one)
	}
	o := open(t, of(all...), "")
	require.Equal(t, 500, ask[int](t, o, `document.querySelectorAll(".card").length`))
	o.quiet(t)
}

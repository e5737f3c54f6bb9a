package smoke_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
)

func TestResultsComeInTheOrderOfThePlan(t *testing.T) {
	t.Parallel()
	server, _ := counted(t, nil)
	o := options(server.URL)
	o.Cases = []string{"*"}
	runner, err := smoke.NewRunner(o)
	require.NoError(t, err)
	var streamed []string
	r := runner.Run(t.Context(), func(result report.Result) { streamed = append(streamed, result.Subject+"/"+result.Case) })
	require.Equal(t, verdict.Pass, r.Verdict())
	var planned []string
	for _, check := range runner.Plan().Checks {
		planned = append(planned, check.Name())
	}
	require.Equal(t, planned, streamed)
}

func TestBrokenFixtureIsPlannedAndUnknown(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"webhook.yaml", "invoice.created.json", "invoice.paid.json", "invoice.refunded.json"} {
		text, err := os.ReadFile(filepath.Join("../fixtures/invoices", name))
		require.NoError(t, err)
		schemas, err := filepath.Abs("../contracts/schemas")
		require.NoError(t, err)
		text = bytes.ReplaceAll(text, []byte("../../contracts/schemas"), []byte("schemas"))
		if name == "invoice.paid.json" {
			text = bytes.Replace(text, []byte(`"EUR"`), []byte(`"euro"`), 1)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
		_ = os.Symlink(schemas, filepath.Join(dir, "schemas")) // the second time it is there
	}
	server, _ := counted(t, nil)
	o := options(server.URL)
	o.Fixtures = []string{dir}
	r := run(t, o)
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Equal(t, report.Tally{Passed: 2, Unknown: 1}, r.Ran())
	require.Equal(t, "fixture", r.Results[1].Case)
	require.Contains(t, r.Results[1].Inconclusive[0], "/data/invoice/currency")
}

func TestPlanThatCannotBeMade(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*smoke.Options)
		want   []string
	}{
		"no target":               {func(o *smoke.Options) { o.Target = "" }, []string{"target"}},
		"target without a scheme": {func(o *smoke.Options) { o.Target = "localhost:8080" }, []string{"target"}},
		"secret in the target":    {func(o *smoke.Options) { o.Target = "http://u:hunter2@localhost" }, []string{"target"}},
		"bad glob":                {func(o *smoke.Options) { o.Cases = []string{"["} }, []string{"not a pattern"}},
		"no fixtures":             {func(o *smoke.Options) { o.Fixtures = nil }, []string{"no fixtures"}},
		"no secret":               {func(o *smoke.Options) { o.LookupEnv = nil }, []string{"INVOICES_WEBHOOK_SECRET is not set"}},
		"malformed secret": {
			func(o *smoke.Options) { o.LookupEnv = func(string) (string, bool) { return "hunter2", true } },
			[]string{"INVOICES_WEBHOOK_SECRET", "whsec_"},
		},
		"several at once": {
			func(o *smoke.Options) { o.Fixtures = append(o.Fixtures, "absent"); o.LookupEnv = nil }, []string{"INVOICES_WEBHOOK_SECRET", "absent"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := options("http://127.0.0.1:1")
			c.change(&o)
			_, err := smoke.NewRunner(o)
			require.Error(t, err)
			require.NotErrorIs(t, err, smoke.ErrNothingSelected)
			require.NotContains(t, err.Error(), "hunter2")
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
	o := options("http://127.0.0.1:1")
	o.Cases = []string{"dupp-*"}
	_, err := smoke.NewRunner(o)
	require.ErrorIs(t, err, smoke.ErrNothingSelected)
	require.ErrorContains(t, err, "dup-seq")
}

// A plan holds all that it would do, and no resources: it needs neither a secret nor a receiver.
func TestPlanIsData(t *testing.T) {
	o := options("http://127.0.0.1:1")
	o.Cases, o.Except, o.LookupEnv = []string{"dup-*"}, []string{"dup-seq-x5"}, nil
	plan, err := smoke.NewPlan(o)
	require.NoError(t, err)
	again, err := smoke.NewPlan(o)
	require.NoError(t, err)
	require.Equal(t, plan, again)
	require.NotEmpty(t, plan.Checks)
	require.NotEmpty(t, plan.Excluded)
	text := plan.String()
	require.Contains(t, text, "run id friday: ")
	require.Contains(t, text, "\n../fixtures/invoices/invoice.paid/dup-seq: critical, deliveries 2\n")
	require.Contains(t, text, "/dup-after-restart does not apply: it needs a hook: hooks.restart in webhook.yaml\n")
	require.Contains(t, text, "/dup-seq-x5 is left out\n")

	o.RunID = "saturday"
	other, err := smoke.NewPlan(o)
	require.NoError(t, err)
	require.NotEqual(t, plan, other)
}

func TestPlanReportsAChangedGoldenWebhook(t *testing.T) {
	o := boxOptions(t, "http://127.0.0.1:1", "first")
	before, err := smoke.NewPlan(o)
	require.NoError(t, err)
	file := filepath.Join(o.Fixtures[0], "a.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"total":2}`), 0o600))
	after, err := smoke.NewPlan(o)
	require.NoError(t, err)
	require.NotEqual(t, before, after)
}

func TestFixtureThatIsNamedTwiceIsReplayedOnce(t *testing.T) {
	o := boxOptions(t, "http://127.0.0.1:1", "first")
	once, err := smoke.NewPlan(o)
	require.NoError(t, err)
	file := filepath.Join(o.Fixtures[0], "a.json")
	for _, paths := range [][]string{{o.Fixtures[0], o.Fixtures[0] + "/"}, {file, file}, {file, o.Fixtures[0]}, {o.Fixtures[0], file}} {
		o.Fixtures = paths
		twice, err := smoke.NewPlan(o)
		require.NoError(t, err)
		require.Equal(t, once, twice)
	}
}

func TestEveryMistakeIsReportedAtOnce(t *testing.T) {
	o := options("ftp://nowhere")
	o.LookupEnv = nil
	o.Fixtures = append(o.Fixtures, folder(t, map[string]string{"webhook.yaml": "receiver: [\n"}))
	_, err := smoke.NewRunner(o)
	require.ErrorContains(t, err, "target")
	require.ErrorContains(t, err, "INVOICES_WEBHOOK_SECRET is not set")
	require.ErrorContains(t, err, o.Fixtures[1])
}

func TestFolderWithoutAGoldenWebhookSaysWhatToPutThere(t *testing.T) {
	o := boxOptions(t, "http://127.0.0.1:1", "*")
	o.Fixtures = []string{folder(t, map[string]string{"webhook.yaml": blackBox})}
	_, err := smoke.NewRunner(o)
	require.ErrorIs(t, err, smoke.ErrNothingSelected)
	require.ErrorContains(t, err, "put the raw body of one real delivery beside webhook.yaml")
}

func TestRateAndBudgetHold(t *testing.T) {
	box := &recorder{}
	server := httptest.NewServer(box)
	defer server.Close()
	o := boxOptions(t, server.URL, "dup-seq-x5")
	o.Budget = 4
	_, err := smoke.NewRunner(o)
	require.ErrorContains(t, err, "5 deliveries are planned, and no more than 4 requests are allowed")
	require.Empty(t, box.requests())

	o.Budget = 5 // enough for the deliveries, and not for asking whether anybody is there
	r := run(t, o)
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Contains(t, r.Results[0].Inconclusive[0], "the budget of 5 requests is used up")
	require.Len(t, box.requests(), 4)

	o.Budget, o.Rate, o.Cases, o.RunID = 0, 100, []string{"dup-concurrent-2"}, "rated"
	began := time.Now()
	require.Equal(t, verdict.Pass, run(t, o).Verdict())
	require.Greater(t, time.Since(began), 200*time.Millisecond, "32 copies after a burst of 8, at 100 a second")
}

func TestPlanThatCannotFitItsTimeDoesNotStart(t *testing.T) {
	box := &recorder{}
	server := httptest.NewServer(box)
	defer server.Close()
	o := boxOptions(t, server.URL, "dup-concurrent-2") // 32 deliveries, 8 of them at once
	o.Rate, o.MaxTime = 1, 24*time.Second
	_, err := smoke.NewRunner(o)
	require.NoError(t, err)
	o.MaxTime--
	_, err = smoke.NewRunner(o)
	require.ErrorContains(t, err, "32 deliveries at 1 requests a second take 24s, and the run may take 23.999999999s")
	require.Empty(t, box.requests())
}

func TestRunThatTakesTooLongIsUnknown(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.Copy(io.Discard, r.Body) // the server notices a lost connection only then
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	o := boxOptions(t, server.URL, "first")
	o.Cases, o.MaxTime = []string{"first", "dup-seq-x5"}, 100*time.Millisecond
	r := run(t, o)
	require.Equal(t, verdict.ExitUnknown, r.Exit())
	require.Contains(t, r.Problem(), "the limit of 100ms for the whole run was over before all checks had run")
	require.Len(t, r.NotRun(), 1, r.Results)
}

func TestHooksAreUsedAloneAndTheirTroubleIsUnknown(t *testing.T) {
	box := &recorder{}
	server := httptest.NewServer(box)
	defer server.Close()
	o := boxOptions(t, server.URL, "*late")
	_, err := smoke.NewRunner(o)
	require.ErrorIs(t, err, smoke.ErrNothingSelected, "without the hook the case does not apply")

	contract := blackBox +
		"hooks: {restart: [\"true\"], fail_next: [sh, -c, \"echo no way >&2; exit 3\"], advance: [test, \"{seconds}\", -gt, \"270000\"]}\n"
	o.Fixtures = []string{folder(t, map[string]string{"a.json": "{}", "webhook.yaml": contract})}
	o.Cases = []string{"*"}
	r := run(t, o)
	byCase := map[string]report.Result{}
	for _, result := range r.Results {
		byCase[result.Case] = result
	}
	require.Equal(t, verdict.Pass, byCase["dup-late"].Verdict)
	require.Equal(t, verdict.Pass, byCase["dup-after-restart"].Verdict)
	require.Equal(t, verdict.Unknown, byCase["fail-then-retry"].Verdict)
	require.Contains(t, byCase["fail-then-retry"].Inconclusive[0], "hook fail_next: sh: exit status 3: no way")
	last := r.Planned[len(r.Planned)-3:]
	require.Equal(t, []string{"dup-late", "dup-after-restart", "fail-then-retry"}, []string{last[0].Case, last[1].Case, last[2].Case},
		"those that use hooks come last")
	var stamps []string
	for _, s := range box.requests() {
		if s.header.Get("Webhook-Id") == byCase["dup-late"].Histories[0].EventID {
			stamps = append(stamps, s.header.Get("Webhook-Timestamp"))
		}
	}
	require.Len(t, stamps, 2)
	var early, late int64
	require.NoError(t, json.Unmarshal([]byte(stamps[0]), &early))
	require.NoError(t, json.Unmarshal([]byte(stamps[1]), &late))
	require.Equal(t, 76*time.Hour+35*time.Minute+5*time.Second, time.Duration(late-early)*time.Second,
		"an hour after the schedule's end, signed by the receiver's clock")
}

func TestKnownFailures(t *testing.T) {
	box := &recorder{}
	server := httptest.NewServer(box) // accepts everything
	defer server.Close()
	day := func(text string) func() time.Time {
		return func() time.Time {
			d, err := time.Parse(time.DateOnly, text)
			require.NoError(t, err)
			return d.Add(23 * time.Hour)
		}
	}
	for name, c := range map[string]struct {
		known, glob string
		now         func() time.Time
		want        verdict.Verdict
		finding     string
	}{
		"fails as known": {"{case: sig-missing, reason: ticket 7, until: 2026-12-31}", "sig-missing", day("2026-12-31"), verdict.Pass, ""},
		"fails, a day too late": {
			"{case: sig-missing, reason: ticket 7, until: 2026-12-31}", "sig-missing", day("2027-01-01"), verdict.Fail, "still listed",
		},
		"passes unexpectedly": {
			"{case: first, fixture: a, reason: ticket 7, until: 2026-12-31}", "first", day("2026-12-31"), verdict.Fail, "it passed: drop the entry",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := boxOptions(t, server.URL, c.glob)
			o.Fixtures = []string{folder(t, map[string]string{"a.json": "{}", "webhook.yaml": blackBox + "known_failures: [" + c.known + "]\n"})}
			o.Now = c.now
			r := run(t, o)
			require.Equal(t, c.want, r.Verdict())
			require.NotEmpty(t, r.Results[0].Known)
			if c.finding == "" {
				require.NotEmpty(t, r.Results[0].Excused)
				return
			}
			findings := r.Results[0].Findings
			require.Contains(t, findings[len(findings)-1].Got, c.finding)
		})
	}
	o := boxOptions(t, server.URL, "")
	o.Cases = nil
	o.Fixtures = []string{folder(t, map[string]string{
		"a.json": "{}", "webhook.yaml": blackBox + "known_failures: [{case: sig-mising, reason: x, until: 2026-12-31}]\n",
	})}
	_, err := smoke.NewRunner(o)
	require.ErrorContains(t, err, `known_failures[0]: no fixture and case match "*" and "sig-mising"`)
}

func TestEnforcedCaseMustExist(t *testing.T) {
	o := boxOptions(t, "http://127.0.0.1:1", "")
	for glob, want := range map[string]string{
		"dup-json-keys": `enforce[0]: no case matches "dup-json-keys"`, "dup-json-key": "", "sig-malformed-odd-hex": "", "equal-*": "",
	} {
		o.Cases, o.Fixtures = nil, []string{folder(t, map[string]string{"a.json": "{}", "webhook.yaml": blackBox + "enforce: [" + glob + "]\n"})}
		runner, err := smoke.NewRunner(o)
		if want != "" {
			require.ErrorContains(t, err, want)
			continue
		}
		require.NoError(t, err)
		require.NoError(t, runner.Close())
	}
}

package triage_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/logfile"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/triage"
)

func TestHealthyServiceShowsNothing(t *testing.T) {
	r := looked(t, triage.Options{A: healthy().side(t, "a"), B: healthy().side(t, "b"), Event: "evt_1"})
	require.Equal(t, verdict.Pass, r.Verdict(), "%+v", r.Results)
	var names []string
	for _, one := range r.Results {
		names = append(names, one.Case)
	}
	require.Equal(t, []string{
		"duplicates", "mismatches", "replicas", "config", "timeouts", "cancellations", "customer-is-found", "lineage",
	}, names, "the order of the playbook")
	require.Contains(t, of(t, r, triage.Duplicates).Received, "3 of 120 deliveries (2.5%) since the start")
	require.Contains(t, of(t, r, triage.Duplicates).Received, "1 of 20 deliveries (5%) in the last")
	require.Equal(t, "r1", r.Revision)
}

// Each break is seen at its own step, and nowhere else.
func TestBreakIsSeenAtItsStep(t *testing.T) {
	for name, c := range map[string]struct {
		path    string
		answers []string
		step    string
		got     string
	}{
		"duplicates since the start": {"/metrics", []string{exposed(1, 100, 50, 0, 0), exposed(1, 101, 50, 0, 0)}, triage.Duplicates,
			"50 of 101 deliveries (49.5%) since the start"},
		"duplicates now": {"/metrics", []string{exposed(1, 100_000, 50, 0, 0), exposed(1, 100_040, 80, 0, 0)}, triage.Duplicates,
			"30 of 40 deliveries (75%) in the last"},
		"mismatches":    {"/metrics", []string{exposed(1, 100, 0, 3, 0)}, triage.Mismatches, "3 of 100 deliveries (3%)"},
		"timeouts":      {"/metrics", []string{exposed(1, 100, 0, 0, 40)}, triage.Timeouts, "40 of 140 tasks (28.6%)"},
		"a setting":     {"/settings", []string{strings.Replace(healthy()["/settings"][0], "500", "5", 1)}, triage.Config, "5 (a)"},
		"half the way":  {"/events/evt_1", healthy()["/events/late"], triage.Lineage, "waiting"},
		"effects twice": {"/events/evt_1", []string{`{"received": "done", "effects": 2.0, "published": "done"}`}, triage.Lineage, "2.0"},
	} {
		t.Run(name, func(t *testing.T) {
			broken := healthy()
			broken[c.path] = c.answers
			if c.step == triage.Config {
				broken["/version"] = []string{`{"revision": "r1", "hash": "h2"}`}
			}
			r := looked(t, triage.Options{A: broken.side(t, "a"), B: healthy().side(t, "b"), Event: "evt_1"})
			require.Equal(t, verdict.Fail, r.Verdict())
			for _, one := range r.Results {
				want := verdict.Pass
				if one.Case == c.step || c.step == triage.Timeouts && one.Case == triage.Cancellations { // which counts the same here
					want = verdict.Fail
					require.Contains(t, one.Findings[0].Got, c.got)
				}
				require.Equal(t, want, one.Verdict, "%s: %+v", one.Case, one)
			}
		})
	}
}

// What cannot be seen is never green, and never a break.
func TestWhatCannotBeSeenIsUnknown(t *testing.T) {
	few := exposed(1, 19, 0, 0, 0)
	for name, c := range map[string]struct {
		path    string
		answers []string
		step    string
		says    string
	}{
		"no metrics": {"/metrics", nil, triage.Duplicates, "answered 404 Not Found"},
		"a page":     {"/metrics", []string{"<!doctype html><title>Sign in</title>"}, triage.Duplicates, "answered with a web page"},
		"a sign-in":  {"/metrics", []string{"elsewhere"}, triage.Duplicates, "to https://sso.example.com/, which is not followed"},
		"silence":    {"/metrics", []string{"silent"}, triage.Duplicates, "no whole answer within"},
		"JSON":       {"/metrics", []string{`{"a": 1}`}, triage.Duplicates, "line 1: it ends without a line feed"},
		"too much":   {"/metrics", []string{strings.Repeat("a_total 1\n", 1_800_000)}, triage.Duplicates, "exposes more than 16 MiB"},
		"half of it": {"/metrics", []string{strings.TrimSuffix(exposed(1, 100, 0, 0, 0), "\n")}, triage.Duplicates, "it is not whole"},
		"another metric": {"/metrics", []string{"delivery_total 3\n"}, triage.Duplicates,
			"it exposes no deliveries_total: did you mean delivery_total?"},
		"too few":          {"/metrics", []string{few}, triage.Duplicates, "fewer than 20 deliveries show nothing"},
		"chance":           {"/metrics", []string{exposed(1, 30, 3, 0, 0)}, triage.Duplicates, "more than the usual 5%, and may be chance"},
		"a restart":        {"/metrics", []string{exposed(1, 900, 0, 0, 0), exposed(2, 100, 0, 0, 0)}, triage.Duplicates, "began anew"},
		"a restart unsaid": {"/metrics", []string{exposed(0, 900, 0, 0, 0), exposed(0, 100, 0, 0, 0)}, triage.Duplicates, "began anew"},
		"another replica": {"/metrics", []string{exposed(1, 100, 0, 0, 0), exposed(2, 900, 0, 0, 0)}, triage.Duplicates,
			"another replica answered"},
		"no version":        {"/version", nil, triage.Replicas, "answered 404"},
		"no version, no B":  {"/version", nil, triage.Config, "answered 404"},
		"the event unknown": {"/events/evt_1", nil, triage.Lineage, "answered 404 Not Found: the event never arrived, or its id is another one"},
		"none of the hops":  {"/events/evt_1", healthy()["/events/other"], triage.Lineage, "it has none of the hops"},
		"no JSON":           {"/events/evt_1", []string{"nothing"}, triage.Lineage, "answered with"},
	} {
		t.Run(name, func(t *testing.T) {
			broken := healthy()
			broken[c.path] = c.answers
			if c.step == triage.Config {
				broken["/settings"] = nil
			}
			a := broken.side(t, "a")
			if name == "silence" {
				a.Timeout = 50 * time.Millisecond
			}
			r := looked(t, triage.Options{A: a, B: healthy().side(t, "b"), Event: "evt_1"})
			require.Equal(t, verdict.Unknown, r.Verdict(), "%+v", r.Results)
			one := of(t, r, c.step)
			require.Equal(t, verdict.Unknown, one.Verdict)
			require.Contains(t, one.Inconclusive[0], c.says)
			require.Contains(t, printed(t, r), "NOTHING SHOWN, NOT ALL SEEN: could not tell ")
		})
	}
}

func printed(t *testing.T, r report.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, triage.Text(&b, r))
	return b.String()
}

func TestWhatIsNotMappedIsUnknown(t *testing.T) {
	a := healthy().side(t, "a")
	a.Mapping, a.Revision = &triage.Mapping{}, nil
	r := looked(t, triage.Options{A: a, B: healthy().side(t, "b"), Event: "evt_1", WhyNoContracts: "a.yaml has no smoke contracts"})
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Len(t, r.Results, 8)
	for _, one := range r.Results {
		require.Equal(t, verdict.Unknown, one.Verdict, one.Case)
		require.Contains(t, one.Inconclusive[0], "a.yaml", one.Case)
	}
	a.Mapping.Without = map[string]string{}
	for _, one := range r.Results {
		a.Mapping.Without[one.Case] = "this service has none"
	}
	r = looked(t, triage.Options{A: a, B: healthy().side(t, "b"), Event: "evt_1", WhyNoContracts: "none"})
	require.Equal(t, verdict.Unknown, r.Verdict(), "nothing was looked at")
	require.Len(t, r.NotApplicable, 9, "and no logs")
}

// Without a bound in the file, what the other environment has is usual.
func TestUsualIsWhatTheOtherEnvironmentHas(t *testing.T) {
	for name, c := range map[string]struct {
		here, there string
		want        verdict.Verdict
		says        string
	}{
		"alike": {exposed(1, 100, 2, 0, 0), exposed(1, 1000, 20, 0, 0), verdict.Pass,
			"b has 20 of 1000 deliveries (2%), which makes up to"},
		"far more":        {exposed(1, 100, 40, 0, 0), exposed(1, 1000, 20, 0, 0), verdict.Fail, "40 of 100"},
		"B is idle":       {exposed(1, 100, 40, 0, 0), exposed(1, 3, 0, 0, 0), verdict.Unknown, "fewer than 20 are no level to compare with"},
		"B is not there":  {exposed(1, 100, 40, 0, 0), "", verdict.Unknown, "b has no level to compare with: GET"},
		"B has no metric": {exposed(1, 100, 40, 0, 0), "a_total 1\n", verdict.Unknown, "it exposes no deliveries_total"},
	} {
		t.Run(name, func(t *testing.T) {
			here, there := healthy(), healthy()
			here["/metrics"], there["/metrics"] = []string{c.here}, []string{c.there}
			a, b := here.side(t, "a"), there.side(t, "b")
			a.Mapping.Levels[triage.Duplicates].Usual = nil
			if c.there == "" {
				delete(there, "/metrics")
			}
			one := of(t, looked(t, triage.Options{A: a, B: b}), triage.Duplicates)
			require.Equal(t, c.want, one.Verdict, "%+v", one)
			require.Contains(t, one.String()+one.Received, c.says)
		})
	}
	a := healthy().side(t, "a")
	a.Mapping.Levels[triage.Duplicates].Usual = nil
	one := of(t, looked(t, triage.Options{A: a}), triage.Duplicates)
	require.Equal(t, verdict.Unknown, one.Verdict)
	require.Contains(t, one.Inconclusive[0], "nothing says what is usual")
}

func TestAbsentCountIsZeroOnlyIfTheFileSaysSo(t *testing.T) {
	s := healthy()
	s["/metrics"] = []string{"deliveries_total{outcome=\"first\"} 100\ntasks_total 50\n"}
	a := s.side(t, "a")
	require.Equal(t, verdict.Unknown, of(t, looked(t, triage.Options{A: a}), triage.Duplicates).Verdict)
	a.Mapping.Levels[triage.Duplicates].AbsentIsZero = true
	require.Equal(t, verdict.Pass, of(t, looked(t, triage.Options{A: a}), triage.Duplicates).Verdict)
}

func TestReplicasThatDifferAreSeen(t *testing.T) {
	s := healthy()
	s["/version"] = []string{`{"revision": "r1", "hash": "h1"}`}
	s["/other"] = []string{`{"revision": "r2", "hash": "h1"}`}
	a := s.side(t, "a")
	a.Revision.URLs = append(a.Revision.URLs, a.Revision.URLs[0].JoinPath("../other"))
	one := of(t, looked(t, triage.Options{A: a}), triage.Replicas)
	require.Equal(t, verdict.Fail, one.Verdict)
	require.Contains(t, one.Findings[0].Got, "the replicas differ")
}

func TestSecretSettingIsNotShown(t *testing.T) {
	here, there := healthy(), healthy()
	here["/version"] = []string{`{"revision": "r1", "hash": "h2"}`}
	here["/settings"] = []string{`{"of": {"env": "b", "timeout_ms": 500, "list": [1], "api_token": "marlin", "url": "https://u:trout@db/x"}}`}
	r := looked(t, triage.Options{A: here.side(t, "a"), B: there.side(t, "b")})
	one := of(t, r, triage.Config)
	require.Equal(t, verdict.Fail, one.Verdict)
	require.Len(t, one.Findings, 2)
	require.Equal(t, []string{"these may differ, and do: /env"}, one.Notes)
	text := printed(t, r) + one.String()
	for _, secret := range []string{"swordfish", "marlin", "trout"} {
		require.NotContains(t, text, secret)
	}
	require.Contains(t, text, "/api_token: (not shown) (a), (not shown) (b)")
	require.Contains(t, text, `/url: "https://…@db/x" (a), (not set) (b)`)
}

func TestConfigHashStandsAlone(t *testing.T) {
	here := healthy()
	here["/version"] = []string{`{"revision": "r2", "hash": "h2"}`}
	one := of(t, looked(t, triage.Options{A: here.side(t, "a"), B: healthy().side(t, "b")}), triage.Config)
	require.Equal(t, verdict.Fail, one.Verdict, "a setting differs that is not shown")
	require.Equal(t, "h2 (a)", one.Findings[0].Got)
	require.Equal(t, []string{"a runs r2, and b runs r1"}, one.Notes)

	here["/settings"] = nil
	one = of(t, looked(t, triage.Options{A: here.side(t, "a"), B: healthy().side(t, "b")}), triage.Config)
	require.Equal(t, verdict.Fail, one.Verdict)
	require.Contains(t, one.Notes[1], "which settings differ is not known")

	here["/settings"] = []string{`{"of": {"env": "z", "timeout_ms": 500, "list": [1], "api_token": "swordfish"}}`}
	one = of(t, looked(t, triage.Options{A: here.side(t, "a"), B: healthy().side(t, "b")}), triage.Config)
	require.Equal(t, verdict.Pass, one.Verdict, "only what may differ differs")
}

// log returns a log of these lines.
func log(lines ...string) logfile.Log {
	return logfile.Log{Name: "invoices.log", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.Join(lines, "\n") + "\n")), nil
	}}
}

func TestLogsOfTheEventAreLookedAt(t *testing.T) {
	const (
		taken  = `{"time":"2026-11-25T12:00:01Z","level":"INFO","msg":"delivery taken","service":"invoices","event_id":"evt_1"}`
		failed = `{"time":"2026-11-25T12:00:02Z","level":"WARN","msg":"task ended badly","service":"invoices","event_id":"evt_1"}`
		other  = `{"time":"2026-11-25T12:00:02Z","level":"ERROR","msg":"it fell over","service":"invoices","event_id":"evt_2"}`
	)
	for name, c := range map[string]struct {
		log  logfile.Log
		want verdict.Verdict
		says string
	}{
		"nothing bad":       {log(taken, other), verdict.Pass, "logs: 1; lines of the event: 1"},
		"a warning":         {log(taken, other, failed), verdict.Fail, "12:00:02.000 invoices: warn: task ended badly"},
		"not in it":         {log(other), verdict.Unknown, "no line names the event"},
		"it cannot be read": {logfile.File("/nowhere.log"), verdict.Unknown, "/nowhere.log"},
	} {
		t.Run(name, func(t *testing.T) {
			r := looked(t, triage.Options{A: healthy().side(t, "a"), Event: "evt_1", Logs: []logfile.Log{c.log}})
			one := of(t, r, triage.Logs)
			require.Equal(t, c.want, one.Verdict, "%+v", one)
			require.Contains(t, one.String()+one.Received, c.says)
			require.Equal(t, c.want, r.Verdict())
		})
	}
	r := looked(t, triage.Options{A: healthy().side(t, "a"), Event: "evt_1"})
	require.Equal(t, verdict.Pass, r.Verdict(), "none were named")
}

// The other environment is down: what needs it could not be told, and the rest stands.
func TestOtherEnvironmentThatIsDownChangesNothingElse(t *testing.T) {
	b := healthy().side(t, "b")
	b.Revision.URLs[0].Host, b.Mapping.Settings.URL.Host = "127.0.0.1:1", "127.0.0.1:1"
	r := looked(t, triage.Options{A: healthy().side(t, "a"), B: b, Event: "evt_1"})
	require.Equal(t, verdict.Unknown, of(t, r, triage.Config).Verdict)
	require.Contains(t, of(t, r, triage.Config).Inconclusive[0], "connection refused")
	require.Equal(t, 1, r.Ran().Unknown)
}

func TestTimeThatIsOverIsSaid(t *testing.T) {
	a := healthy().side(t, "a")
	a.Mapping.Window = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r := triage.Run(ctx, triage.Options{A: a, Contracts: kept, Now: time.Now})
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Equal(t, verdict.ExitUnknown, r.Exit())
	require.Contains(t, of(t, r, triage.Duplicates).Inconclusive[0], "raise --max-time")
}

func TestInterruptedTriageIsNoPass(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := triage.Run(ctx, triage.Options{A: healthy().side(t, "a"), Contracts: kept, Now: time.Now})
	require.Equal(t, verdict.ExitInterrupted, r.Exit())
}

// The first line says what to look at first, and no line is wider than a terminal.
func TestFirstLineSaysWhatToLookAtFirst(t *testing.T) {
	s := healthy()
	s["/metrics"] = []string{exposed(1, 100, 50, 4, 0)}
	text := printed(t, looked(t, triage.Options{A: s.side(t, "a"), Event: "late"}))
	require.True(t, strings.HasPrefix(text, "LOOK FIRST AT duplicates: 50 of 100 deliveries (50%) since the start"), text)
	require.Contains(t, strings.Join(strings.Fields(text), " "), "usual is at most 5%; then mismatches, lineage")
	for line := range strings.Lines(text) {
		require.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), 80, line)
	}
	text = printed(t, looked(t, triage.Options{A: healthy().side(t, "a")}))
	require.True(t, strings.HasPrefix(text, "NOTHING TO LOOK AT: a shows nothing unusual\n"), text)
	require.Contains(t, text, "  -       lineage         not looked at: name an event: --event ID\n")
}

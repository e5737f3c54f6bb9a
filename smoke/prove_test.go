package smoke_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// provingCases are the cases that see the breaks.
var provingCases = []string{"first", "dup-seq", "mismatch-field", "sig-wrong-key"}

func proving(target string) smoke.Options {
	o := options(target)
	o.Fixtures, o.Cases, o.Prove = []string{"../fixtures/invoices/invoice.paid.json"}, provingCases, true
	return o
}

// blunted is the folder of fixtures/invoices with a change of its webhook.yaml.
func blunted(t *testing.T, old, replacement string) []string {
	t.Helper()
	text, err := os.ReadFile("../fixtures/invoices/webhook.yaml")
	require.NoError(t, err)
	body, err := os.ReadFile("../fixtures/invoices/invoice.paid.json")
	require.NoError(t, err)
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	before, _, _ := strings.Cut(string(text), "sequence:")
	require.Contains(t, before, old)
	before = strings.ReplaceAll(strings.Replace(before, old, replacement, 1), "../../contracts", "contracts")
	dir := folder(t, map[string]string{"invoice.paid.json": string(body), "webhook.yaml": before})
	require.NoError(t, os.Symlink(filepath.Join(root, "contracts"), filepath.Join(dir, "contracts")))
	return []string{dir}
}

// proofs returns the results of the breaks, by their names.
func proofs(r report.Report) map[string]report.Result {
	all := map[string]report.Result{}
	for _, result := range r.Results {
		if result.Kind == report.Proof {
			all[result.Case] = result
		}
	}
	return all
}

func TestGateSeesEveryBreakOfACorrectReceiver(t *testing.T) {
	t.Parallel()
	server, deliveries := counted(t, nil)
	r := run(t, proving(server.URL))
	require.Equal(t, verdict.Pass, r.Verdict(), r.Results)
	seen := map[string]string{}
	for name, result := range proofs(r) {
		seen[name] = result.Holds
	}
	require.Equal(t, map[string]string{
		"lost-effect": "seen by first (effect-count)", "doubled-effect": "seen by first (effect-count)",
		"delivery-refused": "seen by first (accepted)", "duplicate-refused": "seen by dup-seq (same-result)",
		"duplicate-other-result": "seen by dup-seq (same-result)", "mismatch-accepted": "seen by mismatch-field (mismatch-answer)",
		"duplicate-carried-out": "seen by dup-seq (effect-count)", "mismatch-carried-out": "seen by mismatch-field (effect-count)",
		"wrong-signature-accepted": "seen by sig-wrong-key (rejected)",
	}, seen)
	require.LessOrEqual(t, deliveries.Load(), int64(7+15), "the checks, and what the breaks let through")
}

// A gate that lets everything through is not one.
func TestBluntedGateIsRed(t *testing.T) {
	t.Parallel()
	const effects = "effects:\n  http: {path: \"/events/{event_id}?source=invoices\", count: /effects, absent: 404}\n  settle: 25ms"
	excuse := func(name string) string {
		return "known_failures: [{case: " + name + ", reason: it is known, until: 2999-01-01}]\nenforce:"
	}
	for name, c := range map[string]struct{ old, replacement, unseen, says string }{
		"without effects": {effects, "effects: {none: nobody can look}\n", "lost-effect", "add effects to webhook.yaml"},
		"a result that may differ": {
			"duplicate: same-result", "duplicate: same-result\n  result_ignore: [/event_id, /type, /status, /invoice, /sequence]",
			"duplicate-other-result", "policy.result_ignore",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := counted(t, nil)
			o := proving(server.URL)
			o.Fixtures = blunted(t, c.old, c.replacement)
			r := run(t, o)
			require.Equal(t, verdict.ExitFail, r.Exit(), proofs(r)["duplicate-other-result"].Holds)
			for name, result := range proofs(r) {
				require.Equal(t, name == c.unseen, result.Verdict == verdict.Fail, result)
			}
			found := proofs(r)[c.unseen]
			require.Contains(t, found.String(), "this gate would not notice a receiver that ")
			require.Contains(t, found.String(), c.says)
		})
	}
	t.Run("a case left out", func(t *testing.T) {
		t.Parallel()
		server, _ := counted(t, nil)
		o := proving(server.URL)
		o.Except = []string{"sig-*"}
		r := run(t, o)
		require.Equal(t, verdict.ExitFail, r.Exit())
		require.Contains(t, proofs(r)["wrong-signature-accepted"].String(), "sig-wrong-key and sig-missing are left out of this run")
	})
	t.Run("a known failure", func(t *testing.T) {
		t.Parallel()
		broken := httptest.NewServer(receivers.All[1].Start(secret)) // it does not deduplicate
		t.Cleanup(broken.Close)
		o := proving(broken.URL)
		o.Cases = []string{"first", "dup-seq"}
		o.Fixtures = blunted(t, "enforce:", excuse("dup-seq"))
		r := run(t, o)
		require.Equal(t, verdict.ExitFail, r.Exit())
		require.Contains(t, proofs(r)["duplicate-refused"].String(), "dup-seq failed, and is excused: known to fail until 2999-01-01")
	})
}

func TestBreakThatCannotBeMadeDoesNotApply(t *testing.T) {
	t.Parallel()
	server, _ := counted(t, nil)
	o := proving(server.URL)
	o.Fixtures = blunted(t, "mismatch: reject-409", "mismatch: any") // as most senders' profiles have it
	r := run(t, o)
	require.Equal(t, verdict.Pass, r.Verdict(), r.Results)
	require.NotContains(t, proofs(r), "mismatch-accepted")
	require.Contains(t, r.NotApplicable[len(r.NotApplicable)-1].Why, "policy.mismatch is any: to accept it is right")
	require.Equal(t, verdict.Pass, proofs(r)["mismatch-carried-out"].Verdict, "a second effect is wrong whatever it is answered")
}

// What a broken receiver does without a break is its own finding, and proves nothing.
func TestBrokenReceiverProvesNothing(t *testing.T) {
	t.Parallel()
	broken := httptest.NewServer(receivers.All[1].Start(secret))
	defer broken.Close()
	r := run(t, proving(broken.URL))
	require.Equal(t, verdict.ExitFail, r.Exit())
	found := proofs(r)
	require.Equal(t, verdict.Pass, found["lost-effect"].Verdict, found["lost-effect"])
	require.Equal(t, verdict.Unknown, found["duplicate-refused"].Verdict)
	require.Contains(t, found["duplicate-refused"].String(), "dup-seq did not pass without the break either")
}

// The bugs of a receiver are findings of its own checks: no proof is red for them.
func TestNoBugOfAReceiverMakesAProofRed(t *testing.T) {
	t.Parallel()
	for i := 2; i < len(receivers.All); i += 6 {
		receiver := receivers.All[i]
		t.Run(receiver.Name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(receiver.Start(secret))
			defer server.Close()
			for _, result := range proofs(run(t, proving(server.URL))) {
				require.NotEqual(t, verdict.Fail, result.Verdict, result)
			}
		})
	}
}

// The proxy reaches what the run reaches: TLS, a base path.
func TestProxyReachesWhatTheRunReaches(t *testing.T) {
	t.Parallel()
	correct := receivers.Correct.Start(secret)
	server := httptest.NewTLSServer(http.StripPrefix("/base", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			correct.ServeHTTP(w, r)
			return
		}
		if !strings.HasPrefix(r.Host, "127.0.0.1:") || r.Header.Get("Accept-Encoding") != "" {
			w.WriteHeader(http.StatusMisdirectedRequest)
			return
		}
		correct.ServeHTTP(w, r)
	})))
	defer server.Close()
	o := proving(server.URL + "/base")
	o.Transport = server.Client().Transport.(*http.Transport)
	r := run(t, o)
	require.Equal(t, verdict.Pass, r.Verdict(), r.Results)
	require.Len(t, proofs(r), 9)
}

// The proofs have what the budget leaves them, and a run that is too small for them does not start.
func TestProofsKeepToTheBudget(t *testing.T) {
	t.Parallel()
	server, deliveries := counted(t, nil)
	o := proving(server.URL)
	o.Budget = 20
	_, err := smoke.NewRunner(o)
	require.ErrorContains(t, err, "and no more than 20 requests are allowed")
	o.Budget = 48
	r := run(t, o)
	require.Equal(t, verdict.Unknown, r.Verdict(), "looks at effects use the rest up")
	require.Less(t, deliveries.Load(), int64(48))
}

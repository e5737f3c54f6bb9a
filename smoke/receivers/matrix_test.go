package receivers_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/receivers"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// instance is a receiver over which the gate has all power.
type instance interface {
	http.Handler
	Restart()
	FailNext()
	Advance(time.Duration)
}

// run makes every case, or those that are named, against a receiver. fixtures is a folder of golden webhooks, or one of them.
func run(t testing.TB, instance instance, fixtures, seed string, only ...string) report.Report {
	t.Helper()
	server := httptest.NewUnstartedServer(instance)
	defer server.Close()
	if serving, ok := instance.(interface{ serve(*httptest.Server) }); ok {
		serving.serve(server)
	} else {
		server.Start()
	}
	o := options(server.URL, instance, fixtures, seed)
	o.Cases, o.Parallel, o.Transport = only, 8, trusting(server)
	runner, err := smoke.NewRunner(o)
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	return runner.Run(t.Context(), nil)
}

// trusting trusts the server's certificate, where it has one.
func trusting(server *httptest.Server) *http.Transport {
	if server.Certificate() == nil {
		return nil
	}
	return server.Client().Transport.(*http.Transport)
}

// options are the default ones, with every hook.
func options(target string, instance instance, folder, seed string) smoke.Options {
	return smoke.Options{
		Target: target, Fixtures: []string{folder}, RunID: seed,
		LookupEnv: func(string) (string, bool) { return secret, true },
		Hooks: smoke.Hooks{
			Restart:  func(context.Context) error { instance.Restart(); return nil },
			FailNext: func(context.Context) error { instance.FailNext(); return nil },
			Advance:  func(_ context.Context, d time.Duration) error { instance.Advance(d); return nil },
		},
	}
}

// golden returns a folder with one golden webhook and its contract, to which the corpus adds what the reference
// provider does not have: tenants, a header that marks retries, invoices that are made anew, and ids of other forms.
func golden(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	schemas, err := filepath.Abs("../../contracts/schemas")
	require.NoError(t, err)
	contract, err := os.ReadFile("../../fixtures/invoices/webhook.yaml")
	require.NoError(t, err)
	text := strings.NewReplacer(
		"../../contracts/schemas", "schemas",
		"body_limit: 1048576", "body_limit: 1048576, retry_header: X-Webhook-Retry",
		"/invoices/{key}", "/invoices/{key}?tenant={tenant}",
		"/events/{event_id}?source=invoices", "/events/{event_id}?tenant={tenant}",
	).Replace(string(contract))
	text = strings.Replace(text, "[invoice.created, invoice.paid, invoice.refunded]", "[invoice.created, invoice.paid]", 1)
	text = strings.Replace(text, "policy:", "policy:\n  acknowledge: 2s\n  in_flight_limit: 2s", 1)
	text += "fresh: [/data/invoice/id]\ntenant: {header: X-Tenant, golden: acme, other: globex}\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "webhook.yaml"), []byte(text), 0o600))
	for _, name := range []string{"invoice.created.json", "invoice.paid.json"} {
		body, err := os.ReadFile("../../fixtures/invoices/" + name)
		require.NoError(t, err)
		body = bytes.Replace(body, []byte("evt_golden_created_0001"), []byte("evt_1SWcKqLkdIwHu7ix0aBcDeFg"), 1)
		body = bytes.Replace(body, []byte("evt_golden_paid_0001"), []byte("evt_8209829119461545081"), 1)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), body, 0o600))
	}
	require.NoError(t, os.Symlink(schemas, filepath.Join(dir, "schemas")))
	return dir
}

func TestCorrectReceiverPassesEveryCase(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{golden(t), "../../fixtures/invoices"} {
		r := run(t, receivers.Correct.Start(secret), folder, t.Name())
		for _, result := range r.Results {
			require.Equal(t, verdict.Pass, result.Verdict, "%s: %v %v", result.Case, result.Findings, result.Inconclusive)
		}
		require.Equal(t, verdict.Pass, r.Verdict())
	}
}

func TestCorrectReceiverPassesOverHTTP2(t *testing.T) {
	t.Parallel()
	r := run(t, overHTTP2{receivers.Correct.Start(secret)}, paid(golden(t)), t.Name())
	for _, result := range r.Results {
		require.Equal(t, verdict.Pass, result.Verdict, "%s: %v %v", result.Case, result.Findings, result.Inconclusive)
	}
	require.Equal(t, verdict.Pass, r.Verdict())
}

// The corpus: each broken receiver fails the case named for it. And the cases: each fails some receiver.
func TestEveryBugIsCaughtAndEveryCaseCatchesOne(t *testing.T) {
	t.Parallel()
	folder := golden(t)
	caughtBy := make([][]string, len(receivers.All))
	var all errgroup.Group
	all.SetLimit(8)
	for i, r := range receivers.All {
		if r.Bug != "" {
			all.Go(func() error { caughtBy[i] = failed(run(t, r.Start(secret), folder, r.Name)); return nil })
		}
	}
	rough := make([][]string, len(roughReceivers))
	for i, r := range roughReceivers {
		all.Go(func() error {
			rough[i] = failed(run(t, r.start(), folder, fmt.Sprint("rough", i), r.cases...))
			return nil
		})
	}
	require.NoError(t, all.Wait())

	var matrix strings.Builder
	catching := map[string]bool{}
	for i, r := range receivers.All {
		if r.Bug == "" {
			continue
		}
		fmt.Fprintf(&matrix, "%2d %-28s %-26s %s\n", r.Number, r.Name, r.Case, strings.Join(caughtBy[i], " "))
		if !slices.Contains(caughtBy[i], r.Case) {
			t.Errorf("%d %s (%s) was not caught by %s, but by %v", r.Number, r.Name, r.Bug, r.Case, caughtBy[i])
		}
	}
	for _, name := range slices.Concat(append(caughtBy, rough...)...) {
		catching[name] = true
	}
	t.Logf("number, receiver, the case for it, every case that fails\n%s", matrix.String())

	contract, err := webhook.Load(folder)
	require.NoError(t, err)
	goldens, err := fixtures.Load(folder)
	require.NoError(t, err)
	applies := 0
	for _, f := range goldens {
		derived, err := cases.Derive(f, contract, "x")
		require.NoError(t, err)
		for _, one := range derived {
			if one.NotApplicable == "" {
				applies++
				require.True(t, catching[one.Name], "no receiver fails %s: a check that cannot fail is none", one.Name)
			}
		}
	}
	require.NotZero(t, applies)
}

func failed(r report.Report) (names []string) {
	for _, result := range r.Results {
		if result.Verdict == verdict.Fail && !slices.Contains(names, result.Case) {
			names = append(names, result.Case)
		}
	}
	return names
}

// One that puts an early event aside and carries it out when it can loses nothing.
func TestParkedEventIsNoLostOne(t *testing.T) {
	t.Parallel()
	r := run(t, receivers.Parking().Start(secret), golden(t), t.Name(), "order-*")
	require.Equal(t, verdict.Pass, r.Verdict(), "%+v", r.Results)
	require.Len(t, r.Results, 3)
}

// A receiver that takes the member id and passes over ID beside it does nothing wrong.
func TestExactIDPassesTheSmuggledOne(t *testing.T) {
	t.Parallel()
	r := run(t, receivers.ExactID.Start(secret), golden(t), t.Name(), "id-smuggle-case")
	require.Equal(t, verdict.Pass, r.Verdict(), "%+v", r.Results)
}

package receivers_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
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
	for name, folder := range map[string]string{"corpus": golden(t), "reference": "../../fixtures/invoices"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, receivers.Correct.Start(secret), folder, t.Name())
			for _, result := range r.Results {
				require.Equal(t, verdict.Pass, result.Verdict, "%s: %v %v", result.Case, result.Findings, result.Inconclusive)
			}
			require.Equal(t, verdict.Pass, r.Verdict())
		})
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

// The corpus: each broken receiver fails the case named for it.
func TestEveryBugIsCaughtByItsCase(t *testing.T) {
	t.Parallel()
	folder := golden(t)
	var all errgroup.Group
	all.SetLimit(8) // runs wait more than they compute
	for _, r := range receivers.All {
		if r.Bug == "" {
			continue
		}
		all.Go(func() error {
			if got := failed(run(t, r.Start(secret), folder, r.Name, firstAnd(r.Case)...)); !slices.Contains(got, r.Case) {
				return fmt.Errorf("%d %s (%s) was not caught by %s, but by %v", r.Number, r.Name, r.Bug, r.Case, got)
			}
			return nil
		})
	}
	require.NoError(t, all.Wait())
}

// firstAnd adds the case that any run starts with: it separates mistakes in the set-up from broken receivers.
func firstAnd(names ...string) []string {
	if slices.Contains(names, "first") {
		return names
	}
	return append([]string{"first"}, names...)
}

// The cases: each fails some receiver. Those that no receiver is named for are tried on one after the other.
func TestEveryCaseCatchesABug(t *testing.T) {
	t.Parallel()
	folder := golden(t)
	uncaught := applicable(t, folder)
	require.NotEmpty(t, uncaught)
	for _, r := range receivers.All {
		delete(uncaught, r.Case) // TestEveryBugIsCaughtByItsCase
	}
	try := func(start func() instance, name string, only []string) {
		if !slices.ContainsFunc(only, func(name string) bool { return uncaught[name] }) {
			return
		}
		for _, name := range failed(run(t, start(), folder, name, only...)) {
			delete(uncaught, name)
		}
	}
	for i, r := range roughReceivers {
		only := r.cases
		if only == nil {
			only = firstAnd(slices.Sorted(maps.Keys(uncaught))...)
		}
		try(r.start, fmt.Sprint("rough", i), only)
	}
	for _, r := range receivers.All {
		if r.Bug != "" {
			try(func() instance { return r.Start(secret) }, r.Name, firstAnd(slices.Sorted(maps.Keys(uncaught))...))
		}
	}
	require.Empty(t, uncaught, "no receiver fails these cases: a check that cannot fail is none")
}

// applicable returns the names of the cases that apply to a golden webhook of the folder.
func applicable(t *testing.T, folder string) map[string]bool {
	t.Helper()
	contract, err := webhook.Load(folder)
	require.NoError(t, err)
	goldens, err := fixtures.Load(folder)
	require.NoError(t, err)
	names := map[string]bool{}
	for _, f := range goldens {
		derived, err := cases.Derive(f, contract, "x")
		require.NoError(t, err)
		for _, one := range derived {
			if one.NotApplicable == "" {
				names[one.Name] = true
			}
		}
	}
	return names
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
func TestParkedEventIsNotLost(t *testing.T) {
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

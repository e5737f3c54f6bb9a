// Package smoketest replays golden webhooks in Go tests, as net/http/httptest does for net/http: each fixture and case is a
// subtest.
package smoketest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/report/reporttest"
	"github.com/fridaygate/fridaygate/contracts/rerun"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/providers/testcache"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/cases"
)

// Replay replays golden webhooks against a running receiver: one subtest for each fixture and case, in the order of the
// plan. A subtest that fails says FAIL when the receiver broke its contract, and UNKNOWN when that could not be decided. A
// plan that is empty or cannot be made fails the test. A RunID left out is random, so that no two runs share an event id.
// go test never caches the result, as it cannot see a change of the receiver.
func Replay(t *testing.T, o smoke.Options) {
	t.Helper()
	recorder := reporttest.New(t, nil)
	fatal := func(err error) {
		t.Helper()
		recorder.Problem(report.Webhook, strings.Join(o.Fixtures, " "), err.Error())
		t.Fatalf("UNKNOWN: %v", err)
	}
	if err := testcache.Disable(); err != nil {
		fatal(err)
	}
	if o.RunID == "" {
		o.RunID = rand.Text()
	}
	runner, err := smoke.NewRunner(o)
	if err != nil {
		fatal(err)
	}
	t.Cleanup(func() {
		if err := runner.Close(); err != nil {
			t.Errorf("UNKNOWN: %v", err)
		}
	})
	plan := runner.Plan()
	recorder.Change(func(r *report.Report) {
		r.Target, r.RunID, r.RunTag = o.Target, o.RunID, cases.RunTag(o.RunID)
		r.NotApplicable, r.Except, r.Excluded = plan.NotApplicable, o.Except, plan.Excluded
	})
	for _, missing := range plan.NotApplicable {
		t.Logf("%s/%s does not apply: %s", missing.Subject, missing.Case, missing.Why)
	}
	ran := 0
	for _, check := range plan.Checks {
		t.Run(strings.TrimLeft(check.Name(), "./"), func(t *testing.T) {
			t.Helper()
			ran++
			recorder.Plan(check.Named())
			result := runner.Check(t.Context(), check)
			result.Rerun = rerun.Command(t)
			recorder.Add(result)
			show(t, result)
		})
	}
	recorder.Change(func(r *report.Report) { r.Unselected = len(plan.Checks) - ran })
	switch {
	case ran == 0:
		fatal(fmt.Errorf("no webhook was replayed: there are %d checks, and none is selected (-run)", len(plan.Checks)))
	case ran < len(plan.Checks):
		t.Logf("%d of %d checks were run: the others are not selected (-run)", ran, len(plan.Checks))
	}
}

// show fails the test unless the result passed, and logs the rest of the result.
func show(t *testing.T, r report.Result) {
	t.Helper()
	switch {
	case r.Verdict != verdict.Pass:
		t.Error(r)
	case r.Status() != verdict.Pass.String():
		t.Log(r)
	}
}

// Provider is a running service. Every providers.Provider is one.
type Provider interface {
	Name() string
	URL() string // base URL, reachable from the test
}

// Follow returns a transport for smoke.Options whose every connection leads to the provider, wherever it is by then: one
// that is restarted may come back under another port, and a plan has one target.
func Follow(provider Provider) *http.Transport {
	return &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		u, err := url.Parse(provider.URL())
		if err != nil {
			return nil, fmt.Errorf("the address of %s: %w", provider.Name(), err)
		}
		return new(net.Dialer).DialContext(ctx, network, u.Host)
	}}
}

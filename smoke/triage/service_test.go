package triage_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke/metrics"
	"github.com/fridaygate/fridaygate/smoke/revision"
	"github.com/fridaygate/fridaygate/smoke/triage"
)

// service is a stand-in for a deployed service. Each path has its answers, one after the other; the last one stays.
type service map[string][]string

// answers of a healthy service.
func healthy() service {
	return service{
		"/metrics":       {exposed(1, 100, 2, 0, 0), exposed(1, 120, 3, 0, 0)},
		"/version":       {`{"revision": "r1", "hash": "h1"}`},
		"/settings":      {`{"of": {"env": "a", "timeout_ms": 500, "list": [1], "api_token": "swordfish"}}`},
		"/events/evt_1":  {`{"received": "done", "effects": 1.0, "published": "done"}`},
		"/events/late":   {`{"received": "done", "effects": 1, "published": "waiting"}`},
		"/events/other":  {`{"id": "other"}`},
		"/events/no%20j": {`nothing`},
	}
}

// exposed is what a service counts: deliveries, and of these duplicates, mismatches, and tasks that timed out of a hundred.
func exposed(started, deliveries, duplicates, mismatches, timeouts int) string {
	return fmt.Sprintf("process_start_time_seconds %d\n# TYPE deliveries_total counter\n"+
		"deliveries_total{outcome=\"first\"} %d\ndeliveries_total{outcome=\"replayed\"} %d\ndeliveries_total{outcome=\"mismatch\"} %d\n"+
		"tasks_total{state=\"finished\"} 100\ntasks_total{state=\"timed_out\"} %d\n",
		started, deliveries-duplicates-mismatches, duplicates, mismatches, timeouts)
}

// side serves a service, and returns how triage reads it.
func (s service) side(t *testing.T, name string) *triage.Side {
	t.Helper()
	var mu sync.Mutex
	asked := map[string]int{}
	next := func(path string, most int) int {
		mu.Lock()
		defer mu.Unlock()
		n := asked[path]
		asked[path]++
		return min(n, most)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		all := s[path]
		if r.Method != http.MethodGet || len(all) == 0 {
			http.NotFound(w, r)
			return
		}
		text := all[next(path, len(all)-1)]
		switch {
		case strings.HasPrefix(text, "<"):
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
		case text == "silent":
			<-r.Context().Done()
			return
		case text == "elsewhere":
			http.Redirect(w, r, "https://sso.example.com/", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	require.NoError(t, err)
	return &triage.Side{
		Name: name, File: name + ".yaml", Timeout: 5 * time.Second, Spend: func(context.Context, int) error { return nil },
		Client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		Revision: &revision.Check{
			URLs: []*url.URL{base.JoinPath("version")}, Revision: revision.Place{Pointer: "/revision"}, ConfigHash: revision.Place{Pointer: "/hash"},
		},
		Mapping: &triage.Mapping{
			Metrics: []*url.URL{base.JoinPath("metrics")}, Window: time.Millisecond,
			Levels: map[string]*triage.Level{
				triage.Duplicates:    level(t, `deliveries_total{outcome="replayed"}`, "deliveries_total", 0.05),
				triage.Mismatches:    level(t, `deliveries_total{outcome="mismatch"}`, "deliveries_total", 0),
				triage.Timeouts:      level(t, `tasks_total{state="timed_out"}`, "tasks_total", 0.01),
				triage.Cancellations: level(t, `tasks_total{state="timed_out"}`, "tasks_total", 0.01),
			},
			Settings: &triage.Settings{URL: base.JoinPath("settings"), At: "/of", MayDiffer: []string{"/env"}},
			Event: &triage.Event{Base: base, Path: "/events/{event_id}", Hops: []triage.Hop{
				{Name: "received", At: "/received"}, {Name: "executed", At: "/effects", Is: []string{"1"}},
				{Name: "published", At: "/published", Is: []string{"done", "not-needed"}},
			}},
		},
	}
}

func level(t *testing.T, count, of string, usual float64) *triage.Level {
	t.Helper()
	c, err := metrics.NewSelector(count)
	require.NoError(t, err)
	o, err := metrics.NewSelector(of)
	require.NoError(t, err)
	return &triage.Level{Count: []metrics.Selector{c}, Of: []metrics.Selector{o}, Usual: &usual}
}

// kept is a smoke contract that was asked, and is kept.
func kept(context.Context) report.Report {
	check := report.Check{Kind: report.Integration, Subject: "customers", Case: "customer-is-found"}
	return report.Report{Planned: []report.Check{check}, Results: []report.Result{{Check: check, Verdict: 1, Holds: "it is found"}}}
}

// looked is what a triage comes to.
func looked(t *testing.T, o triage.Options) report.Report {
	t.Helper()
	if o.Contracts == nil && o.WhyNoContracts == "" {
		o.Contracts = kept
	}
	o.Now = time.Now
	return triage.Run(t.Context(), o)
}

// of returns the result of a step.
func of(t *testing.T, r report.Report, name string) report.Result {
	t.Helper()
	for _, one := range r.Results {
		if one.Case == name {
			return one
		}
	}
	require.Fail(t, "not looked at", name)
	return report.Result{}
}

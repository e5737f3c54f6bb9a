package smoke_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/shard"
)

// shared returns the plan of one of several shards of a folder.
func shared(t *testing.T, index, of int, change func(*smoke.Options)) smoke.Plan {
	t.Helper()
	o := options("http://127.0.0.1:1")
	o.Cases, o.Fixtures, o.RunID = nil, []string{"../fixtures/invoices"}, "shared"
	o.Share.Shard = shard.Shard{Index: index, Of: of}
	if change != nil {
		change(&o)
	}
	plan, err := smoke.NewPlan(o)
	require.NoError(t, err)
	return plan
}

func TestShardsAreDisjointAndComplete(t *testing.T) {
	t.Parallel()
	whole := shared(t, 1, 1, nil)
	const of = 5
	seen, absent := map[string]int{}, 0
	prints := map[string]bool{}
	for index := 1; index <= of; index++ {
		plan := shared(t, index, of, nil)
		want := report.Shard{Index: index, Of: of, Plan: plan.Shard.Plan, Kind: "check", Units: len(whole.Checks), Has: len(plan.Checks)}
		require.Equal(t, want, *plan.Shard)
		prints[plan.Shard.Plan] = true
		absent += len(plan.NotApplicable)
		last := -1
		for _, check := range plan.Checks {
			seen[check.Name()]++
			at := place(whole, check)
			require.Greater(t, at, last, "in the order of the whole plan")
			last = at
		}
	}
	require.Len(t, prints, 1, "all shards agree")
	require.Len(t, seen, len(whole.Checks))
	for name, times := range seen {
		require.Equal(t, 1, times, name)
	}
	require.Equal(t, len(whole.NotApplicable), absent)
}

func place(plan smoke.Plan, check smoke.Check) int {
	for i, one := range plan.Checks {
		if one.Name() == check.Name() {
			return i
		}
	}
	return -1
}

// With many fixtures each shard derives only its own. What it plans is what it would have been given of the whole.
func TestManyFixturesAreSharedOutWhole(t *testing.T) {
	t.Parallel()
	folder := quick(t)
	body, err := os.ReadFile(filepath.Join(folder, "invoice.paid.json"))
	require.NoError(t, err)
	for i := range 29 {
		require.NoError(t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("event%d.json", i)), body, 0o600))
	}
	choose := func(o *smoke.Options) { o.Fixtures, o.Cases = []string{folder}, []string{"dup-seq", "dup-after-many"} }
	var all, absent []string
	has := 0
	for index := 1; index <= 3; index++ {
		plan := shared(t, index, 3, choose)
		require.Equal(t, []any{"fixture", 30}, []any{plan.Shard.Kind, plan.Shard.Units})
		has += plan.Shard.Has
		for _, check := range plan.Checks {
			all = append(all, check.Name())
		}
		for _, one := range plan.NotApplicable {
			absent = append(absent, one.Subject+": "+one.Why)
		}
	}
	require.Equal(t, 30, has)
	var want, wantAbsent []string
	whole := shared(t, 1, 1, choose)
	for _, check := range whole.Checks {
		want = append(want, check.Name())
	}
	for _, one := range whole.NotApplicable {
		wantAbsent = append(wantAbsent, one.Subject+": "+one.Why)
	}
	require.Len(t, want, 31, "dup-after-many once")
	require.ElementsMatch(t, want, all)
	require.ElementsMatch(t, wantAbsent, absent)
}

func TestAnotherPlanHasAnotherFingerprint(t *testing.T) {
	t.Parallel()
	folder := quick(t)
	of := func(change func(*smoke.Options)) string {
		return shared(t, 1, 2, func(o *smoke.Options) {
			o.Fixtures = []string{folder}
			if change != nil {
				change(o)
			}
		}).Shard.Plan
	}
	same := of(nil)
	require.Equal(t, same, of(nil))
	require.Equal(t, same, of(func(o *smoke.Options) { o.Share.Shard.Index = 2 }))
	for name, change := range map[string]func(*smoke.Options){
		"cases":   func(o *smoke.Options) { o.Cases = []string{"dup-*"} },
		"run id":  func(o *smoke.Options) { o.RunID = "another" },
		"shards":  func(o *smoke.Options) { o.Share.Shard.Of = 3 },
		"version": func(o *smoke.Options) { o.Version = "v2" },
		"timings": func(o *smoke.Options) { o.Share.Earlier = slowDrip(t, folder) },
	} {
		require.NotEqual(t, same, of(change), name)
	}
	contract := filepath.Join(folder, "webhook.yaml")
	text, err := os.ReadFile(contract)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(contract, append(text, "# changed\n"...), 0o600))
	require.NotEqual(t, same, of(nil), "webhook.yaml")
}

func TestTwoShardsNeverDeliverTheSameEvent(t *testing.T) {
	t.Parallel()
	server, _ := counted(t, nil)
	ids := map[string]int{}
	for index := 1; index <= 2; index++ {
		o := options(server.URL)
		o.Cases, o.Histories, o.RunID, o.Fixtures = []string{"dup-seq", "dup-seq-x5"}, true, "ids", []string{quick(t)}
		o.Share.Shard = shard.Shard{Index: index, Of: 2}
		r := run(t, o)
		require.Equal(t, verdict.Pass, r.Verdict())
		require.Equal(t, "ids", r.RunID)
		for _, result := range r.Results {
			for _, h := range result.Histories {
				require.Contains(t, h.EventID, r.RunTag, "what a shard made can be found")
				ids[h.EventID]++
			}
		}
	}
	require.Len(t, ids, 2)
}

func TestEmptyShardIsNoPass(t *testing.T) {
	t.Parallel()
	server, requests := counted(t, nil)
	o := options(server.URL)
	o.Cases, o.Fixtures = []string{"dup-seq"}, []string{quick(t)}
	o.Share.Shard = shard.Shard{Index: 2, Of: 2}
	r := run(t, o)
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Contains(t, r.Problem(), "shard 2 of 2 has no checks, so it is no pass: of the run's checks there are 1")
	require.Zero(t, requests.Load())
}

// Hooks, sinks and shared subjects of one receiver would make a correct receiver fail in the other shards.
func TestShardsDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, changed, want string }{
		"hook": {"receiver: invoices\n", "receiver: invoices\nhooks: {restart: [\"true\"]}\n",
			"/invoice.paid/dup-after-restart: the hook restart would disturb the checks of other shards: leave the case out"},
		"sink": {`http: {path: "/events/{event_id}?source=invoices", count: /effects, absent: 404}`,
			"sink: {listen: 127.0.0.1:18999, event: {pointer: /id}}", "effects.sink: one shard alone hears"},
		"subject": {`/events/{event_id}?source=invoices", count: /effects, absent: 404}`,
			`/of/{subject}", count: /n, subject: /data/invoice/customer}`,
			"effects.http.subject: its checks change one subject"},
	} {
		folder := quick(t)
		file := filepath.Join(folder, "webhook.yaml")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(text), c.old)
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), c.old, c.changed, 1)), 0o600))
		o := options("http://127.0.0.1:1")
		o.Cases, o.Fixtures, o.Share.Shard = []string{"dup-after-restart", "dup-seq"}, []string{folder}, shard.Shard{Index: 1, Of: 2}
		_, err = smoke.NewPlan(o)
		require.ErrorContains(t, err, c.want, name)
		require.ErrorContains(t, err, "--own-receiver", name)
		o.Share.Own = true
		_, err = smoke.NewPlan(o)
		require.NoError(t, err, name)
		o.Share = smoke.Share{Shard: shard.Shard{Index: 1, Of: 1}}
		_, err = smoke.NewPlan(o)
		require.NoError(t, err, name)
	}
}

func TestEarlierReportBalancesShards(t *testing.T) {
	t.Parallel()
	folder := quick(t)
	alone := 0
	for index := 1; index <= 2; index++ {
		plan := shared(t, index, 2, func(o *smoke.Options) {
			o.Fixtures, o.Share.Earlier = []string{folder}, slowDrip(t, folder)
		})
		if plan.Checks[0].Case == "slow-drip" && len(plan.Checks) == 1 {
			alone++
		}
	}
	require.Equal(t, 1, alone, "what took as long as all others has a shard of its own")
}

// slowDrip returns how long checks took in a run in which slow-drip took as long as all others together.
func slowDrip(t *testing.T, folder string) map[report.Check]time.Duration {
	t.Helper()
	took := map[report.Check]time.Duration{}
	for _, check := range shared(t, 1, 1, func(o *smoke.Options) { o.Fixtures = []string{folder} }).Checks {
		took[check.Named()] = time.Second
		if check.Case == "slow-drip" {
			took[check.Named()] = time.Hour
		}
	}
	return took
}

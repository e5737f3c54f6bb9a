package smoke_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/environment"
	"github.com/fridaygate/fridaygate/smoke/receivers"
	"github.com/fridaygate/fridaygate/smoke/shard"
)

// cleanable is a receiver whose events can be removed, over HTTP.
type cleanable struct {
	*httptest.Server
	mu      sync.Mutex
	taken   map[string]bool // by event id
	removed map[string]bool
	stuck   bool          // it removes nothing
	posts   chan struct{} // receives one for each delivery; nil: nobody looks
	inner   http.Handler
	o       smoke.Options
}

// cleaned is a receiver in an environment with a clean-up, and the options of a run there.
func startCleanable(t *testing.T, r receivers.Receiver, limits string, names ...string) *cleanable {
	t.Helper()
	c := &cleanable{inner: r.Start(secret), taken: map[string]bool{}, removed: map[string]bool{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	root, err := filepath.Abs("../fixtures/invoices/invoice.paid.json")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "test.yaml")
	require.NoError(t, os.WriteFile(file, []byte("name: test\ntarget: "+c.URL+"\nhosts: [127.0.0.1]\n"+limits+
		"receivers: [{fixtures: "+root+"}]\n"+
		"cleanup: {within: 10m, steps: [{name: events, http: {method: DELETE, path: '/taken/{event_id}', absent: 404},\n"+
		"  verify: {http: {path: '/taken/{event_id}', count: /n, absent: 404}}}]}\n"), 0o600))
	e, err := environment.Load(file, environment.Options{})
	require.NoError(t, err)
	c.o = options(c.URL)
	c.o.Environment, c.o.Fixtures, c.o.Cases, c.o.RunID, c.o.Budget = e, e.Fixtures, names, t.Name(), e.Limits.Requests
	c.o.CleanUpAgain = "clean up again"
	return c
}

func (c *cleanable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, about := strings.CutPrefix(r.URL.Path, "/taken/")
	if !about {
		if r.Method == http.MethodPost {
			c.mu.Lock()
			c.taken[r.Header.Get("webhook-id")] = true
			c.mu.Unlock()
		}
		c.inner.ServeHTTP(w, r)
		if r.Method == http.MethodPost && c.posts != nil {
			c.posts <- struct{}{}
		}
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.taken[id]:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodGet:
		_, _ = fmt.Fprint(w, `{"n":1}`)
	case !c.stuck:
		delete(c.taken, id)
		c.removed[id] = true
	}
}

func (c *cleanable) run(ctx context.Context, t *testing.T) report.Report {
	t.Helper()
	runner, err := smoke.NewRunner(c.o)
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	return runner.Run(ctx, nil)
}

func last(r report.Report) report.Result { return r.Results[len(r.Results)-1] }

func TestRunIsCleanedUpWhateverBecameOfIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		receiver receivers.Receiver
		want     verdict.Verdict
	}{"green": {receivers.Correct, verdict.Pass}, "red": {receivers.All[1], verdict.Fail}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			on := startCleanable(t, c.receiver, "", "first", "dup-seq", "id-differs-*", "mismatch-*")
			r := on.run(t.Context(), t)
			require.Equal(t, c.want, r.Verdict())
			require.Equal(t, verdict.Pass, last(r).Verdict, last(r))
			require.Equal(t, report.Check{Kind: report.Cleanup, Subject: "clean-up", Case: "events"}, last(r).Check)
			require.Empty(t, on.taken)
			require.NotEmpty(t, on.removed)
		})
	}
}

func TestInterruptedRunIsCleanedUp(t *testing.T) {
	t.Parallel()
	on := startCleanable(t, receivers.Correct, "", "dup-seq-x5")
	on.posts = make(chan struct{})
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	go func() {
		<-on.posts
		interrupt()
		for range on.posts {
			continue
		}
	}()
	defer close(on.posts)
	r := on.run(ctx, t)
	require.Equal(t, verdict.ExitInterrupted, r.Exit())
	require.Equal(t, verdict.Pass, last(r).Verdict, last(r))
	require.Len(t, on.removed, 1)
	require.Empty(t, on.taken)
}

func TestRunThatLeftSomethingIsUnknown(t *testing.T) {
	t.Parallel()
	on := startCleanable(t, receivers.Correct, "", "first")
	on.stuck = true
	r := on.run(t.Context(), t)
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Regexp(t, `still there after the removal: evt_\w+`, last(r).String())
	require.Contains(t, last(r).String(), "rerun: clean up again")
}

func TestEarlierRunIsCleanedUpByItsName(t *testing.T) {
	t.Parallel()
	on := startCleanable(t, receivers.All[1], "", "first", "dup-seq*")
	on.o.Keep = true
	r := on.run(t.Context(), t)
	require.NotEqual(t, report.Cleanup, last(r).Kind)
	require.NotEmpty(t, on.taken)
	on.taken["evt_of_somebody_else"] = true
	on.o.Keep, on.o.Cases = false, []string{"first", "dup-seq*", "sig-missing"} // more than ran
	runner, err := smoke.NewRunner(on.o)
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	r = runner.CleanUp(t.Context(), nil)
	require.Equal(t, verdict.Pass, r.Verdict(), r)
	require.Equal(t, map[string]bool{"evt_of_somebody_else": true}, on.taken)
}

// The clean-up has requests of its own: what checks spend beyond the plan does not use them up.
func TestBudgetKeepsWhatTheCleanUpNeeds(t *testing.T) {
	t.Parallel()
	on := startCleanable(t, receivers.Correct, "limits: {requests: 7}\n", "first")
	r := on.run(t.Context(), t)
	require.Equal(t, verdict.Unknown, r.Verdict(), "no requests are left to look at effects")
	require.Contains(t, r.Results[0].String(), "the budget of 7 requests is used up, but for 3 that are kept for the clean-up")
	require.Equal(t, verdict.Pass, last(r).Verdict, last(r))
	require.Empty(t, on.taken)

	on.o.Budget = 3
	_, err := smoke.NewRunner(on.o)
	require.ErrorContains(t, err, "1 deliveries are planned and 3 requests to clean up after them, and no more than 3")
}

// Another run may have made what has the name of this one.
func TestNothingIsRemovedUnderANameThatWasUsed(t *testing.T) {
	t.Parallel()
	on := startCleanable(t, receivers.Correct, "", "first")
	on.o.Keep = true
	require.Equal(t, verdict.Pass, on.run(t.Context(), t).Verdict())
	on.o.Keep = false
	r := on.run(t.Context(), t)
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Empty(t, on.removed)
	require.Contains(t, r.NotRun()[len(r.NotRun())-1].Why, "--cleanup-only removes it")
}

// Each shard removes what it made: the ids of another one are not its own.
func TestShardsCleanUpTheirOwn(t *testing.T) {
	t.Parallel()
	on := startCleanable(t, receivers.Correct, "", "first", "dup-seq")
	var joiner report.Joiner
	for i := range 2 {
		on.taken["evt_of_the_other"] = true
		on.o.Share.Shard = shard.Shard{Index: i + 1, Of: 2}
		r := on.run(t.Context(), t)
		require.Equal(t, verdict.Pass, r.Verdict(), r)
		require.Equal(t, fmt.Sprintf("clean-up of shard %d/2", i+1), last(r).Subject)
		joiner.Add(fmt.Sprint(i), r)
	}
	require.Equal(t, map[string]bool{"evt_of_the_other": true}, on.taken)
	require.Len(t, on.removed, 2)
	whole := joiner.Report()
	require.Equal(t, verdict.Pass, whole.Verdict(), whole.Problem())
	require.Len(t, whole.Planned, 4)
}

func TestRunThatLacksAVariableOfItsCleanUpDoesNotStart(t *testing.T) {
	t.Parallel()
	on := startCleanable(t, receivers.Correct, "", "first")
	on.o.Environment.Unset = []error{errors.New("the variable NO_DB is not set")}
	_, err := smoke.NewRunner(on.o)
	require.ErrorContains(t, err, "the variable NO_DB is not set")
	on.o.Keep = true
	require.Equal(t, verdict.Pass, on.run(t.Context(), t).Verdict())
}

package smoke_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// The second run meets a receiver that answers 200 and does nothing: all effects that it sees are those of the first.
func TestRunNameUsedBeforeIsUnknown(t *testing.T) {
	t.Parallel()
	works := &till{ids: map[string]int{}, counts: map[string]int{}}
	var idle atomic.Bool
	var delivered atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			delivered.Add(1)
			if idle.Load() {
				return
			}
		}
		works.ServeHTTP(w, r)
	}))
	defer server.Close()
	effects := withEffects(`{http: {path: "/charges/{event_id}", count: /charges}, settle: 1ms}`) + "policy: {duplicate: success}\n"
	o := boxOptions(t, server.URL, "dup-seq")
	o.Cases = append(o.Cases, "first", "id-smuggle-case")
	o.Fixtures = []string{folder(t, map[string]string{"a.json": `{"total":1,"id":"evt_1"}`, "webhook.yaml": effects})}
	require.Equal(t, verdict.Pass, run(t, o).Verdict())

	idle.Store(true)
	delivered.Store(0)
	r := run(t, o)
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Zero(t, delivered.Load(), "nothing is delivered under an id that has effects")
	require.Regexp(t,
		`^this run's name was used before: GET /charges/msg_p5jXfg\w+#/charges shows 1 effect before the first delivery: `+
			`give the run a name of its own \(--run-id\)`, r.Results[0].Inconclusive[0])

	o.RunID = "another name"
	require.Equal(t, verdict.Fail, run(t, o).Verdict(), "under a name of its own the run sees that nothing is done")
}

// A receiver may answer 404 for an event that it never took without webhook.yaml saying so.
func TestNotFoundBeforeTheFirstDeliveryIsNoEffect(t *testing.T) {
	works := &till{ids: map[string]int{}, counts: map[string]int{}}
	for status, want := range map[int]verdict.Verdict{http.StatusNotFound: verdict.Pass, http.StatusInternalServerError: verdict.Unknown} {
		var taken atomic.Bool
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && !taken.Load() {
				w.WriteHeader(status)
				return
			}
			taken.Store(r.Method == http.MethodPost || taken.Load())
			works.ServeHTTP(w, r)
		}))
		o := boxOptions(t, server.URL, "first")
		o.RunID = http.StatusText(status)
		o.Fixtures = []string{folder(t, map[string]string{
			"a.json": `{"total":1}`, "webhook.yaml": withEffects(`{http: {path: "/charges/{event_id}", count: /charges}, settle: 1ms}`),
		})}
		r := run(t, o)
		require.Equal(t, want, r.Verdict(), status)
		server.Close()
	}
}

package smoke_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// onDuplicates answers the second and every later delivery of an event by answer.
func onDuplicates(t *testing.T, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	var known sync.Map
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Method != http.MethodPost {
			return
		}
		if _, again := known.LoadOrStore(r.Header.Get("webhook-id"), true); again {
			answer(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func TestOneDeliveryThatIsNeverAnsweredIsAFail(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"502": status(502), "503": status(503), "504": status(504),
		"closes": func(w http.ResponseWriter, r *http.Request) { hangUp(w, r) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, boxOptions(t, onDuplicates(t, answer).URL, "dup-seq"))
			require.Equal(t, verdict.Fail, r.Verdict())
			f := r.Results[0].Findings[0]
			require.Equal(t, "same-result", f.Rule)
			require.Contains(t, f.Got, "(4 times, and others were answered in between)")
			require.Equal(t, 3, beside(r), "one delivery in between each")
		})
	}
}

// beside counts the histories that are not of the case.
func beside(r report.Report) (n int) {
	for _, h := range r.Results[0].Histories {
		if h.Purpose != "" {
			n++
		}
	}
	return n
}

// A delivery that makes the receiver crash each time is not answered, and the receiver is back for others.
func TestDeliveryThatCrashesTheReceiverIsAFail(t *testing.T) {
	for name, back := range map[string]verdict.Verdict{"is started again": verdict.Fail, "stays down": verdict.Unknown} {
		t.Run(name, func(t *testing.T) {
			var down atomic.Int64
			server := onDuplicates(t, func(w http.ResponseWriter, r *http.Request) {
				down.Store(2)
				hangUp(w, r)
			})
			works := server.Config.Handler
			server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if n := down.Load(); n > 0 {
					if back == verdict.Fail {
						down.Add(-1)
					}
					hangUp(w, r)
					return
				}
				works.ServeHTTP(w, r)
			})
			r := run(t, boxOptions(t, server.URL, "dup-seq"))
			require.Equal(t, back, r.Verdict(), "%+v", r.Results)
		})
	}
}

// One that is answered when it is sent again leaves open what became of it: no retry until green, and no Fail either.
func TestDeliveryThatIsAnsweredLaterIsUnknown(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	server := onDuplicates(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) == 1 {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	r := run(t, boxOptions(t, server.URL, "dup-seq"))
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Contains(t, r.Results[0].Inconclusive[0], "answered 502 Bad Gateway")
}

// A receiver that is not available for anyone is not broken.
func TestReceiverThatIsAvailableForNobodyIsUnknown(t *testing.T) {
	t.Parallel()
	var out atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Method == http.MethodPost && out.Swap(true) { // after the first delivery
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	r := run(t, boxOptions(t, server.URL, "dup-seq"))
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Contains(t, r.Results[0].Inconclusive[0], "answered 503 Service Unavailable")
}

func TestInFlightAfterItsLimitIsAFindingWhateverItsNumber(t *testing.T) {
	t.Parallel()
	for _, code := range []int{409, 425, 429, 503} {
		o := boxOptions(t, onDuplicates(t, status(code)).URL, "lost-response-retry")
		o.Fixtures = []string{folder(t, map[string]string{"a.json": "{}", "webhook.yaml": blackBox + "policy: {in_flight_limit: 100ms}\n"})}
		r := run(t, o)
		require.Equal(t, verdict.Fail, r.Verdict(), code)
		require.Equal(t, "in-flight-limit", r.Results[0].Findings[0].Rule)
		require.Contains(t, r.Results[0].Findings[0].Expected, "100ms")
		require.Contains(t, r.Results[0].Findings[0].Got, http.StatusText(code))
	}
}

func TestRedirectOfADuplicateIsOneFinding(t *testing.T) {
	r := run(t, boxOptions(t, onDuplicates(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/done", http.StatusSeeOther)
	}).URL, "dup-seq"))
	require.Equal(t, verdict.Fail, r.Verdict())
	require.Len(t, r.Results[0].Findings, 1)
	require.Equal(t, "redirect", r.Results[0].Findings[0].Rule)
	require.Contains(t, r.Results[0].Findings[0].Got, `303 See Other`)
	require.Contains(t, r.Results[0].Findings[0].Got, `which sends elsewhere ("/done")`)
}

// A copy that is turned away while the first is processed is resent, and its last answer counts.
func TestRacedCopyThatIsUnavailableIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		until int64 // answers 503 to the copies after the first up to this delivery of the event
		want  verdict.Verdict
	}{
		"for a moment": {3, verdict.Pass},
		"for ever":     {1 << 32, verdict.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var known sync.Map
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				n, _ := known.LoadOrStore(r.Header.Get("webhook-id"), new(atomic.Int64))
				if at := n.(*atomic.Int64).Add(1); at > 1 && at <= c.until {
					w.WriteHeader(http.StatusBadGateway)
				}
			}))
			defer server.Close()
			r := run(t, boxOptions(t, server.URL, "retry-overlap"))
			require.Equal(t, c.want, r.Verdict())
		})
	}
}

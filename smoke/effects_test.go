package smoke_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// afterthought answers at once, and carries every event out once more when a while has passed.
func afterthought(late time.Duration) http.Handler {
	var effects sync.Map
	count := func(event string) *atomic.Int64 {
		n, _ := effects.LoadOrStore(event, new(atomic.Int64))
		return n.(*atomic.Int64)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if event, found := strings.CutPrefix(r.URL.Path, "/charges/"); found {
			_, _ = fmt.Fprintf(w, `{"charges":%d}`, count(event).Load())
			return
		}
		n := count(r.Header.Get("webhook-id"))
		if r.Method == http.MethodPost && n.CompareAndSwap(0, 1) && late > 0 {
			time.AfterFunc(late, func() { n.Add(1) })
		}
	})
}

func replayAfterthought(t *testing.T, late time.Duration, settle string) report.Report {
	t.Helper()
	o := boxOptions(t, "http://receiver.invalid", "first")
	o.Cases = append(o.Cases, "dup-seq")
	effects := `{http: {path: "/charges/{event_id}", count: /charges}` + settle + `}`
	o.Fixtures = []string{folder(t, map[string]string{"a.json": `{"total":1}`, "webhook.yaml": withEffects(effects)})}
	return inBubble(t, o, afterthought(late))
}

func TestAnEffectTooManyThatComesLateIsSeen(t *testing.T) {
	r := replayAfterthought(t, 300*time.Millisecond, "")
	require.Len(t, r.Results, 2)
	for _, result := range r.Results {
		require.Equal(t, verdict.Fail, result.Verdict, result.Case)
		require.Equal(t, "effect-count", result.Findings[0].Rule)
		require.Equal(t, "2 effects", result.Findings[0].Got)
	}
}

func TestRightEffectsAreProbedAgainAfterSettling(t *testing.T) {
	r := replayAfterthought(t, 0, ", settle: 200ms")
	require.Equal(t, verdict.Pass, r.Verdict())
	for _, result := range r.Results {
		require.Len(t, result.Histories, 1)
		looks := result.Histories[0].Observations
		last, before := looks[len(looks)-1], looks[len(looks)-2]
		require.Equal(t, last.Step, before.Step)
		require.Equal(t, 200*time.Millisecond, last.From.Sub(before.At))
	}
}

// An effect has until effects.within, 2s, and not longer.
func TestEffectsThatComeLate(t *testing.T) {
	for late, want := range map[time.Duration]verdict.Verdict{
		1900 * time.Millisecond: verdict.Pass, 2100 * time.Millisecond: verdict.Fail, time.Hour: verdict.Fail,
	} {
		t.Run(late.String(), func(t *testing.T) {
			var delivered sync.Map
			receiver := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					delivered.Store(r.Header.Get("webhook-id"), time.Now())
					_, _ = io.WriteString(w, `{"event_id":"e","type":"t","status":"ignored"}`)
					return
				}
				n := 0
				if at, ok := delivered.Load(strings.TrimPrefix(r.URL.Path, "/events/")); ok && time.Since(at.(time.Time)) > late {
					n = 1
				}
				_, _ = fmt.Fprintf(w, `{"effects":%d}`, n)
			})
			require.Equal(t, want, inBubble(t, options("http://receiver.invalid"), receiver).Verdict())
		})
	}
}

func TestProbeThatShowsNothingIsUnknown(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"not JSON": "ok", "no such member": `{"n":1}`, "not a count": `{"effects":"1"}`, "a fraction": `{"effects":1.5}`,
		"negative": `{"effects":-1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			correct := receivers.Correct.Start(secret)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					_, _ = io.WriteString(w, answer)
					return
				}
				correct.ServeHTTP(w, r)
			}))
			defer server.Close()
			r := run(t, options(server.URL))
			require.Equal(t, verdict.Unknown, r.Verdict())
			require.Contains(t, r.Results[0].Inconclusive[0], "GET /events/")
		})
	}
}

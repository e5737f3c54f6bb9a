package smoke_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// remote is a correct receiver that is a round trip away. It counts how many requests are under way at most.
type remote struct {
	http.Handler
	roundTrip time.Duration

	mu              sync.Mutex
	deliveries, all crowd
}

// crowd is how many are under way.
type crowd struct{ now, most int }

func (c *crowd) add(n int) { c.now, c.most = c.now+n, max(c.most, c.now+n) }

func newRemote() *remote {
	return &remote{Handler: receivers.Correct.Start(secret), roundTrip: 50 * time.Millisecond}
}

func (r *remote) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.count(request, 1)
	defer r.count(request, -1)
	time.Sleep(r.roundTrip)
	r.Handler.ServeHTTP(w, request)
}

func (r *remote) count(request *http.Request, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all.add(n)
	if request.Method == http.MethodPost {
		r.deliveries.add(n)
	}
}

// Time is that of a bubble: it passes only while all wait, so what is measured is the schedule, not this machine.
func TestDefaultMatrixTakesLittleMoreThanItsLongestChain(t *testing.T) {
	o := options("http://receiver.example")
	o.Cases, o.Fixtures = nil, []string{quick(t)}
	far := newRemote()
	r := inBubble(t, o, far)
	require.Equal(t, verdict.Pass, r.Verdict(), r.Problem())
	plan, err := smoke.NewPlan(o)
	require.NoError(t, err)
	bound := time.Duration(plan.LongestChain().Deliveries) * far.roundTrip
	require.Less(t, r.Ended.Sub(r.Started), bound*3/2, "the bound is %s", bound)
}

func TestParallelLimitsTheChecksThatDeliver(t *testing.T) {
	for _, parallel := range []int{1, 4} {
		o := options("http://receiver.example")
		o.Cases, o.Fixtures, o.Parallel = []string{"sig-*", "equal-*", "mismatch-field"}, []string{quick(t)}, parallel
		far := newRemote()
		r := inBubble(t, o, far)
		require.Equal(t, verdict.Pass, r.Verdict(), r.Problem())
		require.Equal(t, parallel, far.deliveries.most, "as many as allowed, and no more")
		require.LessOrEqual(t, far.all.most, parallel+8*parallel, "looks are limited too")
	}
}

func TestWhoWaitsForEffectsHoldsNoPlace(t *testing.T) {
	o := options("http://receiver.example")
	o.Cases, o.Fixtures, o.Parallel = []string{"dup-seq", "equal-*"}, []string{quick(t)}, 1
	far := newRemote()
	fast := inBubble(t, o, far)
	require.Equal(t, verdict.Pass, fast.Verdict(), fast.Problem())
	checks := time.Duration(len(fast.Results))

	slow := newRemote()
	correct := slow.Handler
	slow.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			time.Sleep(time.Second)
		}
		correct.ServeHTTP(w, r)
	})
	r := inBubble(t, o, slow)
	require.Equal(t, verdict.Pass, r.Verdict(), r.Problem())
	require.Less(t, r.Ended.Sub(r.Started), checks*3*time.Second, "looks of a check overlap the deliveries of others")
}

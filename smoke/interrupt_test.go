package smoke_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
)

// stuck is a run that does not proceed unless released.
type stuck struct {
	name   string
	serve  http.HandlerFunc // what the receiver does with all but HEAD; nil: it never answers
	http2  bool
	head   bool   // it is interrupted once the receiver was asked whether it is there
	reach  int    // how many requests reach the receiver before the interruption
	policy string // more of webhook.yaml
	change func(t *testing.T, o *smoke.Options, reached chan<- struct{})
}

// dials lets so many connections through; the next one reaches its point, and waits until it is given up.
func dials(most int64) func(*testing.T, *smoke.Options, chan<- struct{}) {
	return func(_ *testing.T, o *smoke.Options, reached chan<- struct{}) {
		var n atomic.Int64
		dial := func(ctx context.Context, network, address string) (net.Conn, error) {
			if n.Add(1) <= most {
				return new(net.Dialer).DialContext(ctx, network, address)
			}
			reached <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		}
		if o.Transport == nil {
			o.Transport = &http.Transport{}
		}
		o.Transport.DialContext = dial
	}
}

func stuckRuns() []stuck {
	return []stuck{
		{name: "dup-concurrent-8", reach: 8},
		{name: "dup-concurrent-8", http2: true, reach: 8},
		{name: "dup-concurrent-8", http2: true, change: dials(1)}, // the flight's own connection is not there
		{name: "dup-lastbyte", reach: 8},
		{name: "dup-lastbyte", change: dials(8)}, // the others are parked
		{name: "retry-overlap", reach: 2},
		{name: "slow-drip", reach: 1},
		{name: "lost-response-retry", reach: 4, policy: "policy: {in_flight_limit: 1h}\n", serve: func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusTooEarly)
		}},
		{name: "first", reach: 1, policy: "http", serve: func(_ http.ResponseWriter, r *http.Request) { // the look before the first delivery
			<-r.Context().Done()
		}},
		{name: "first", reach: 3, policy: "http", serve: hangsAfter(2)}, // the look after it
		{name: "first", reach: 3, policy: "http", serve: func(w http.ResponseWriter, r *http.Request) { // the probe never sees what it waits for
			if _, _ = io.Copy(io.Discard, r.Body); r.Method == http.MethodGet {
				_, _ = io.WriteString(w, "0")
			}
		}},
		{name: "dup-after-restart", change: func(_ *testing.T, o *smoke.Options, reached chan<- struct{}) {
			o.Hooks.Restart = func(ctx context.Context) error {
				reached <- struct{}{}
				<-ctx.Done()
				return ctx.Err()
			}
		}, serve: func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }},
		{name: "fail-then-retry", change: func(t *testing.T, o *smoke.Options, reached chan<- struct{}) {
			file := filepath.Join(t.TempDir(), "running")
			contract := blackBox + `hooks: {fail_next: [sh, -c, 'touch "$0"; exec sleep 600', "` + file + `"]}` + "\n"
			require.NoError(t, os.WriteFile(filepath.Join(o.Fixtures[0], "webhook.yaml"), []byte(contract), 0o600))
			go func() { // the program creates a file when it runs
				for t.Context().Err() == nil {
					if _, err := os.Stat(file); err == nil {
						reached <- struct{}{}
						return
					}
					time.Sleep(time.Millisecond)
				}
			}()
		}},
		{name: "dup-concurrent-8", head: true, change: func(_ *testing.T, o *smoke.Options, _ chan<- struct{}) {
			o.Rate = 0.001 // one request went before it: eight more may not go out at once
		}},
	}
}

// hangsAfter answers so many requests with no effect, and never the next.
func hangsAfter(answers int64) http.HandlerFunc {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if _, _ = io.Copy(io.Discard, r.Body); n.Add(1) > answers {
			<-r.Context().Done()
		}
		_, _ = io.WriteString(w, "0")
	}
}

func (s stuck) effects() string {
	if s.policy == "http" {
		return withEffects(`{within: 1h, http: {path: "/{event_id}"}}`)
	}
	return blackBox + s.policy
}

// Whatever a run is in the middle of, it ends soon after it is interrupted, with all its reports, and leaves nothing
// behind: TestMain looks for goroutines, and every time limit here is longer than the tests.
func TestARunThatIsStuckEndsWhenItIsInterrupted(t *testing.T) {
	for _, s := range stuckRuns() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			reached := make(chan struct{}, 1)
			var once sync.Once
			var requests atomic.Int64
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodHead {
					if s.head {
						reached <- struct{}{}
					}
					return
				}
				if n := requests.Add(1); s.reach > 0 && n >= int64(s.reach) {
					once.Do(func() { reached <- struct{}{} })
				}
				if s.serve != nil {
					s.serve(w, r)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
			}))
			o := boxOptions(t, "", s.name)
			o.Timeout = time.Hour
			require.NoError(t, os.WriteFile(filepath.Join(o.Fixtures[0], "webhook.yaml"), []byte(s.effects()), 0o600))
			if server.EnableHTTP2 = s.http2; s.http2 {
				server.StartTLS()
				o.Transport = server.Client().Transport.(*http.Transport)
			} else {
				server.Start()
			}
			defer server.Close()
			o.Target = server.URL
			if s.change != nil {
				s.change(t, &o, reached)
			}
			runner, err := smoke.NewRunner(o)
			require.NoError(t, err)
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			ended := make(chan report.Report, 1)
			go func() { ended <- runner.Run(ctx, nil) }()
			select {
			case <-reached:
			case <-time.After(time.Minute):
				t.Error("the run did not get to where it is stuck")
			}
			interrupt()
			select {
			case r := <-ended:
				reportsOfAnInterruptedRun(t, r)
			case <-time.After(time.Minute):
				t.Fatal("the run did not end")
			}
			require.NoError(t, runner.Close())
		})
	}
}

func reportsOfAnInterruptedRun(t *testing.T, r report.Report) {
	t.Helper()
	require.True(t, r.Interrupted)
	require.Equal(t, verdict.ExitInterrupted, r.Exit())
	require.Equal(t, verdict.Unknown, r.Verdict(), "%+v", r.Results)
	for _, result := range r.Results {
		require.Contains(t, result.Inconclusive[0], "interrupted")
	}
	var text, asJSON, asXML bytes.Buffer
	writer := report.Text{W: &text}
	writer.Write(r)
	require.NoError(t, writer.Err)
	require.Contains(t, text.String(), "interrupted: ")
	require.NoError(t, report.JSON(&asJSON, r))
	require.Contains(t, asJSON.String(), `"interrupted": true`)
	require.NoError(t, report.JUnit(&asXML, r))
	require.Contains(t, asXML.String(), `tests="1" failures="0" errors="1"`)
}

func TestInterruptedRunKeepsWhatRan(t *testing.T) {
	t.Parallel()
	server, _ := counted(t, nil)
	o := options(server.URL)
	o.Parallel, o.Cases = 1, []string{"*"}
	runner, err := smoke.NewRunner(o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := runner.Run(ctx, func(report.Result) { cancel() })
	require.True(t, r.Interrupted)
	require.Equal(t, verdict.ExitInterrupted, r.Exit())
	require.NotEqual(t, verdict.Pass, r.Verdict())
	require.NotEmpty(t, r.Results)
	require.NotEmpty(t, r.NotRun())
}

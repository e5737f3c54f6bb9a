package smoke_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// The tests wait for receivers more than they compute, so many run at a time unless -parallel says how many.
//
// httptest.Server keeps a connection that it closes for half a second, longer than goleak waits.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", "8") // it is a number
	}
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func options(target string) smoke.Options {
	return smoke.Options{
		Target:    target,
		Fixtures:  []string{"../fixtures/invoices"},
		Cases:     []string{"first"},
		RunID:     "friday",
		LookupEnv: func(string) (string, bool) { return secret, true },
		Timeout:   10 * time.Second,
		Histories: true,
	}
}

func run(t *testing.T, o smoke.Options) report.Report {
	t.Helper()
	runner, err := smoke.NewRunner(o)
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	return runner.Run(t.Context(), nil)
}

// counted serves the correct receiver and counts the deliveries that reach it.
func counted(t *testing.T, before func(http.ResponseWriter, *http.Request) (done bool)) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var deliveries atomic.Int64
	correct := receivers.Correct.Start(secret)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			deliveries.Add(1)
			if before != nil && before(w, r) {
				return
			}
		}
		correct.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server, &deliveries
}

func attempts(r report.Report) (n int64) {
	for _, result := range r.Results {
		for _, h := range result.Histories {
			n += int64(len(h.Attempts))
		}
	}
	return n
}

func hangUp(w http.ResponseWriter, _ *http.Request) bool {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = connection.Close()
	}
	return true
}

func TestAttemptsEqualRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"answered": nil,
		"hung up":  hangUp,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, deliveries := counted(t, before)
			o := options(server.URL)
			o.Cases = []string{"*"}
			r := run(t, o)
			require.NotZero(t, deliveries.Load())
			require.Eventually(t, func() bool { return deliveries.Load() == attempts(r) }, 10*time.Second, time.Millisecond,
				"%d deliveries, %d attempts", deliveries.Load(), attempts(r))
			numbers := map[string]bool{}
			for _, result := range r.Results {
				for _, h := range result.Histories {
					for _, a := range h.Attempts {
						require.False(t, numbers[a.RequestID], "every attempt has a request id of its own")
						numbers[a.RequestID] = true
						require.Regexp(t, `^00-[0-9a-f]{32}-[0-9a-f]{16}-01$`, a.TraceParent)
					}
				}
			}
		})
	}
}

func TestHistoriesOfPassesAreKeptWhenAsked(t *testing.T) {
	t.Parallel()
	for _, receiver := range []receivers.Receiver{receivers.Correct, receivers.CheckThenInsert} {
		for _, asked := range []bool{false, true} {
			server := httptest.NewServer(receiver.Start(secret))
			o := options(server.URL)
			o.Cases, o.Histories, o.Timeout = []string{"first", "dup-concurrent-8"}, asked, 5*time.Second
			failed := 0
			for _, result := range run(t, o).Results {
				if result.Verdict == verdict.Pass {
					require.Equal(t, asked, result.Histories != nil, result.Case)
				} else {
					require.NotEmpty(t, result.Histories, result.Case)
					failed++
				}
			}
			require.Equal(t, receiver.Bug != "", failed > 0)
			server.Close()
		}
	}
}

// No copy is answered before all eight have arrived: a gate that sends them one after the other waits for ever.
func TestConcurrentCopiesOverlap(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	inside, together := map[string]int{}, map[string]chan struct{}{}
	server, _ := counted(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost {
			return false
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return true
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		id := r.Header.Get("webhook-id")
		mu.Lock()
		if inside[id]++; inside[id] == 1 {
			together[id] = make(chan struct{})
		}
		if inside[id] == 8 {
			close(together[id])
		}
		all := together[id]
		mu.Unlock()
		select {
		case <-all:
		case <-r.Context().Done():
		}
		return false
	})
	o := options(server.URL)
	o.Cases, o.Timeout = []string{"dup-concurrent-8"}, time.Minute
	r := run(t, o)
	require.Equal(t, verdict.Pass, r.Verdict())
	require.NotEmpty(t, inside)
}

func TestAnswerThatCannotBeReadIsUnknown(t *testing.T) {
	t.Parallel()
	endless := func(w http.ResponseWriter, r *http.Request) bool {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<16)); err != nil {
				break
			}
		}
		return true
	}
	raw := func(answer string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			_, _ = io.Copy(io.Discard, r.Body) // else the connection is reset when it is closed
			connection, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = io.WriteString(connection, answer)
				_ = connection.Close()
			}
			return true
		}
	}
	for name, c := range map[string]struct {
		before func(http.ResponseWriter, *http.Request) bool
		want   string
	}{
		"hangs up":             {hangUp, "the connection was "}, // closed or reset, as it happens
		"answers for ever":     {endless, "too long to read"},
		"closes in the header": {raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"), "in the middle of the answer"},
		"closes in a line":     {raw("HTTP/1.1 200 OK\r\nContent-Le"), "malformed MIME header"},
		"bad status":           {raw("HTTP/1.1 abc OK\r\n\r\n"), "malformed HTTP status code"},
		"bad length":           {raw("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"), "bad Content-Length"},
		"bad chunks":           {raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "invalid byte in chunk length"},
		"garbage":              {raw("\x00\xff\x1b[2J\x07" + strings.Repeat("\xfe", 4096)), "malformed HTTP"},
		"endless header":       {raw("HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 1<<15)), "exceeded"},
		"goes on for ever":     {raw(strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 1<<14)), "exceeded"},
		"closes in the middle": {raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), "in the middle of the answer"},
		"no HTTP":              {raw("SSH-2.0-OpenSSH_9.2\r\n"), "malformed HTTP"},
		"huge header":          {raw("HTTP/1.1 200 OK\r\nX-Large: " + strings.Repeat("x", 100<<10) + "\r\n\r\n"), "exceeded"},
		"a web page": {func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html>")
			return true
		}, "is the target the receiver?"},
		"gateway": {func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusBadGateway); return true }, "502"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := counted(t, c.before)
			o := options(server.URL)
			o.Fixtures = []string{quick(t)}
			r := run(t, o)
			require.Equal(t, verdict.Unknown, r.Verdict())
			require.Equal(t, verdict.ExitUnknown, r.Exit())
			require.Len(t, r.Results, 1)
			for _, result := range r.Results {
				require.Equal(t, verdict.Unknown, result.Verdict)
				require.Contains(t, result.Inconclusive[0], c.want)
			}
		})
	}
}

// A receiver that never answers a delivery is too late if it answers a request for its effects meanwhile.
func TestNoAnswerWithinTheSendersLimit(t *testing.T) {
	t.Parallel()
	correct := receivers.Correct.Start(secret)
	silent := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			correct.ServeHTTP(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	for limit, want := range map[string]verdict.Verdict{"100ms": verdict.Fail, "10m": verdict.Unknown} {
		t.Run(limit, func(t *testing.T) {
			t.Parallel()
			o := options("http://receiver.invalid")
			dir := quick(t)
			file := filepath.Join(dir, "webhook.yaml")
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, bytes.Replace(text, []byte("policy:"), []byte("policy:\n  acknowledge: "+limit), 1), 0o600))
			o.Fixtures, o.Cases, o.Timeout = []string{dir}, []string{"dup-seq"}, 300*time.Millisecond
			if want == verdict.Fail {
				o.Cases = []string{"first"}
			}
			r := inBubble(t, o, silent)
			require.Equal(t, want, r.Verdict(), "%+v", r.Results)
			if want == verdict.Fail {
				require.Equal(t, "acknowledged", r.Results[0].Findings[0].Rule)
			} else {
				require.Contains(t, r.Results[0].Inconclusive[0], "no whole answer within 300ms")
			}
		})
	}
}

func TestUnreachableTargetRunsNothing(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())
	r := run(t, options(address))
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Empty(t, r.Results)
	require.Len(t, r.NotRun(), 4)
	require.Contains(t, r.Problem(), "connection refused")
}

func TestUntrustedCertificateIsUnreachable(t *testing.T) {
	server := httptest.NewTLSServer(receivers.Correct.Start(secret))
	defer server.Close()
	server.Config.ErrorLog = nil
	r := run(t, options(server.URL))
	require.Equal(t, verdict.Unknown, r.Verdict())
	require.Contains(t, r.Problem(), "certificate")

	o := options(server.URL)
	o.Transport = server.Client().Transport.(*http.Transport)
	require.Equal(t, verdict.Pass, run(t, o).Verdict())
}

func TestReportsAgree(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(receivers.CheckThenInsert.Start(secret))
	defer server.Close()
	o := options(server.URL)
	o.Cases = []string{"dup-*"}
	o.Rerun = func(folder, name string) string { return "again " + folder + " " + name }
	r := run(t, o)
	require.Equal(t, verdict.Fail, r.Verdict())

	var text, asJSON, asXML bytes.Buffer
	writer := report.Text{W: &text}
	writer.Write(r)
	require.NoError(t, writer.Err)
	require.NotZero(t, r.Ran().Passed)
	require.NotZero(t, r.Ran().Failed)
	require.Contains(t, text.String(), fmt.Sprintf("FAIL: %d planned, %d ran: %d passed, %d failed",
		len(r.Planned), len(r.Results), r.Ran().Passed, r.Ran().Failed))
	require.Contains(t, text.String(), "again ../fixtures/invoices/invoice.created.json dup-concurrent-2")

	require.NoError(t, report.JSON(&asJSON, r))
	var back report.Report
	require.NoError(t, json.Unmarshal(asJSON.Bytes(), &back))
	require.Equal(t, r.Ran(), back.Ran())
	require.Equal(t, r.Verdict(), back.Verdict())

	require.NoError(t, report.JUnit(&asXML, r))
	require.Contains(t, asXML.String(), fmt.Sprintf(`tests="%d" failures="%d" errors="0"`, len(r.Planned), r.Ran().Failed))
}

// One bug is one cause, however many cases show it; what shows otherwise has a cause of its own.
func TestOneBugIsOneCause(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		receiver string
		cases    []string
		causes   int
	}{
		{"key-of-attempt", []string{"dup-*", "mismatch-*", "equal-*"}, 1},
		{"check-then-insert", []string{"dup-concurrent-*", "dup-lastbyte"}, 1},
		{"mismatch-overwrites", []string{"dup-*", "mismatch-field", "mismatch-concurrent"}, 2}, // of one delivery, and of two at once
	} {
		at := slices.IndexFunc(receivers.All, func(r receivers.Receiver) bool { return r.Name == c.receiver })
		server := httptest.NewServer(receivers.All[at].Start(secret))
		defer server.Close()
		o := options(server.URL)
		o.Cases = c.cases
		r := run(t, o)
		require.Greater(t, r.Ran().Failed, c.causes, c.receiver)
		require.Len(t, report.Causes(r), c.causes, c.receiver)
	}
}

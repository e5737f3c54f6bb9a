package smoke_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// gigabyte answers with 1 GB, as far as anybody listens.
func gigabyte(w http.ResponseWriter) {
	w.Header().Set("Content-Length", fmt.Sprint(1<<30))
	piece := make([]byte, 1<<16)
	for range 1 << 14 {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
}

func TestAnAnswerOf1GBCostsLittleMemory(t *testing.T) {
	for name, method := range map[string]string{"of the receiver": http.MethodPost, "of the probe": http.MethodGet} {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/http2=%v", name, secure), func(t *testing.T) {
				correct := receivers.Correct.Start(secret)
				server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method == method {
						_, _ = io.Copy(io.Discard, r.Body)
						gigabyte(w)
						return
					}
					correct.ServeHTTP(w, r)
				}))
				o := options("")
				if secure {
					server.EnableHTTP2 = true
					server.StartTLS()
					o.Transport = server.Client().Transport.(*http.Transport)
				} else {
					server.Start()
				}
				defer server.Close()
				o.Target, o.Timeout = server.URL, 10*time.Second
				o.Fixtures = []string{quick(t)}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				r := run(t, o)
				runtime.ReadMemStats(&after)
				require.Equal(t, verdict.Unknown, r.Verdict())
				require.Regexp(t, "too long to read|more than 1048576 bytes", strings.Join(r.Results[0].Inconclusive, "\n"))
				grown := int64(after.HeapSys+after.StackSys) - int64(before.HeapSys+before.StackSys)
				require.Less(t, grown, int64(64<<20))
			})
		}
	}
}

// A request that was signed for one address goes to no other, nor does a request for effects.
func TestRedirectsAreNeverFollowed(t *testing.T) {
	var strangers atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strangers.Add(1) }))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, method := range []string{http.MethodHead, http.MethodPost, http.MethodGet} {
			t.Run(fmt.Sprintf("%d/%s", status, method), func(t *testing.T) {
				t.Parallel()
				correct := receivers.Correct.Start(secret)
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method == method {
						http.Redirect(w, r, elsewhere.URL+r.URL.Path, status)
						return
					}
					correct.ServeHTTP(w, r)
				}))
				defer server.Close()
				o := options(server.URL)
				o.Cases = []string{"dup-seq"}
				o.Fixtures = []string{quick(t)}
				r := run(t, o)
				switch method {
				case http.MethodHead: // any answer shows that the target is up
					require.Equal(t, verdict.Pass, r.Verdict())
				case http.MethodPost:
					require.Len(t, r.Results[0].Findings, 1)
					require.Equal(t, "redirect", r.Results[0].Findings[0].Rule)
					require.Contains(t, r.Results[0].Findings[0].Got, fmt.Sprintf("which sends elsewhere (%q)", elsewhere.URL+"/webhooks/invoices"))
				default:
					require.Contains(t, r.Results[0].Inconclusive[0], fmt.Sprintf("answered %d", status))
				}
				require.Zero(t, strangers.Load())
			})
		}
	}
}

func TestATargetThatNeverAnswersHEADIsReplayedAllTheSame(t *testing.T) {
	t.Parallel()
	correct := receivers.Correct.Start(secret)
	receiver := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			<-r.Context().Done()
			return
		}
		correct.ServeHTTP(w, r)
	})
	o := options("http://receiver.invalid")
	o.Fixtures, o.Timeout = []string{quick(t)}, 3*time.Second
	require.Equal(t, verdict.Pass, inBubble(t, o, receiver).Verdict())
}

// What a receiver answers reaches a terminal and a CI system as text, and as nothing else.
func TestAnswersCannotCommandWhoReadsTheReport(t *testing.T) {
	const evil = "\x1b]0;owned\x07\x1b[2J</failure><script>alert(1)</script>]]>&\x00\xff\r\n\u202e"
	server, _ := counted(t, func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, evil)
		return true
	})
	o := options(server.URL)
	o.Fixtures = []string{quick(t)}
	r := run(t, o)
	require.Equal(t, verdict.Fail, r.Verdict())
	var text, xml bytes.Buffer
	writer := report.Text{W: &text}
	writer.Write(r)
	require.NoError(t, report.JUnit(&xml, r))
	require.NotContains(t, text.String(), "\x1b")
	require.NotContains(t, text.String(), "\u202e")
	require.NotContains(t, xml.String(), "<script>")
	require.NotContains(t, xml.String(), "\x1b")
}

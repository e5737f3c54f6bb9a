package smoke_test

import (
	"crypto/rand"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// far returns the address of a proxy that passes every byte on half a round trip later.
func far(tb testing.TB, address string, roundTrip time.Duration) string {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				there, err := net.Dial("tcp", address)
				if err != nil {
					_ = near.Close()
					return
				}
				go late(there, near, roundTrip/2)
				late(near, there, roundTrip/2)
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

// late copies what it reads to to, so much later.
func late(to, from net.Conn, delay time.Duration) {
	type piece struct {
		at   time.Time
		text []byte
	}
	pieces := make(chan piece, 1024)
	go func() {
		defer close(pieces)
		for {
			text := make([]byte, 32<<10)
			n, err := from.Read(text)
			if n > 0 {
				pieces <- piece{time.Now().Add(delay), text[:n]}
			}
			if err != nil {
				return
			}
		}
	}()
	for one := range pieces {
		time.Sleep(time.Until(one.at))
		if _, err := to.Write(one.text); err != nil {
			break
		}
	}
	time.Sleep(delay)
	_ = to.Close()
	_ = from.Close()
	for one := range pieces {
		_ = one // it has nowhere to go any more
	}
}

// BenchmarkLatency runs the default matrix of one fixture against a receiver that is a round trip away, and reports the time
// over that of its longest chain of deliveries.
func BenchmarkLatency(b *testing.B) {
	for _, roundTrip := range []time.Duration{50 * time.Millisecond, 150 * time.Millisecond} {
		b.Run(roundTrip.String(), func(b *testing.B) {
			server := httptest.NewServer(receivers.Correct.Start(secret))
			b.Cleanup(server.Close)
			o := options(far(b, strings.TrimPrefix(server.URL, "http://"), roundTrip))
			o.Cases, o.Fixtures, o.Histories = nil, []string{quick(b)}, false
			var took, bound time.Duration
			for b.Loop() {
				o.RunID = rand.Text()
				runner, err := smoke.NewRunner(o)
				require.NoError(b, err)
				r := runner.Run(b.Context(), nil)
				require.NoError(b, runner.Close())
				require.Equal(b, verdict.Pass, r.Verdict(), r.Problem())
				took += r.Ended.Sub(r.Started)
				bound += time.Duration(r.Chain.Deliveries) * roundTrip
			}
			b.ReportMetric(took.Seconds()/float64(b.N), "s/run")
			b.ReportMetric(took.Seconds()/bound.Seconds(), "of-the-longest-chain")
		})
	}
}

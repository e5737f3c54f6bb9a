package wire_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/webhook"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

const contract = `
receiver: box
endpoint: {path: /hook}
signature: {scheme: standard-webhooks, secret_env: SECRET}
event_id: {header: webhook-id}
effects: {none: "these tests look at the wire alone"}
`

// delivery returns a step of copies to a server, and counts its attempts.
func delivery(t *testing.T, server *httptest.Server, step cases.Step) wire.Delivery {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "webhook.yaml"), []byte(contract), 0o600))
	c, err := webhook.Load(dir)
	require.NoError(t, err)
	address, err := url.Parse(server.URL + "/hook")
	require.NoError(t, err)
	var attempts atomic.Int64
	return wire.Delivery{
		To:    &wire.Receiver{Contract: c, URL: address, Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
		Round: cases.Round{EventID: "evt_1"}, Step: step, Signed: time.Now(),
		Number: func() int { return int(attempts.Add(1)) },
	}
}

func client(t *testing.T, o wire.Options) *wire.Client {
	t.Helper()
	o.Timeout, o.Now = time.Minute, time.Now
	if o.Spend == nil {
		o.Spend = pace.NewBudget(0, 0).Spend
	}
	c := wire.NewClient(o)
	t.Cleanup(c.Close)
	return c
}

func TestEveryRequestIsOneAttempt(t *testing.T) {
	for name, way := range map[string]cases.Wire{
		"whole": cases.Whole, "fresh": cases.Fresh, "last byte": cases.LastByte, "staggered": cases.Staggered,
	} {
		t.Run(name, func(t *testing.T) {
			var requests atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				requests.Add(1)
			}))
			defer server.Close()
			step := cases.Step{Name: "duplicate", Body: []byte("{}"), Copies: 8, Wire: way}
			attempts, err := client(t, wire.Options{}).Send(t.Context(), delivery(t, server, step))
			require.NoError(t, err)
			require.Len(t, attempts, 8)
			require.EqualValues(t, 8, requests.Load())
			numbers := map[int]bool{}
			for _, a := range attempts {
				require.Equal(t, http.StatusOK, a.Status, a.Err)
				numbers[a.Number] = true
			}
			require.Len(t, numbers, 8)
		})
	}
}

func TestNothingIsSentThatTheBudgetRefuses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }))
	defer server.Close()
	empty := errors.New("used up")
	c := client(t, wire.Options{Spend: func(context.Context, int) error { return empty }})
	attempts, err := c.Send(t.Context(), delivery(t, server, cases.Step{Body: []byte("{}"), Copies: 1}))
	require.ErrorIs(t, err, empty)
	require.Empty(t, attempts)
}

// Over HTTP/2 all copies share one connection: it is what lets them arrive in one packet.
func TestCopiesShareOneConnectionWhereTheReceiverSpeaksHTTP2(t *testing.T) {
	var requests, version2 atomic.Int64
	connections := map[string]bool{}
	addresses := make(chan string, 8)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.Copy(io.Discard, r.Body)
			requests.Add(1)
			version2.Add(int64(r.ProtoMajor / 2))
			addresses <- r.RemoteAddr
		}
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	c := client(t, wire.Options{Transport: server.Client().Transport.(*http.Transport)})
	d := delivery(t, server, cases.Step{Body: []byte("{}"), Copies: 8})
	target, err := url.Parse(server.URL)
	require.NoError(t, err)
	require.Empty(t, c.Reach(t.Context(), target))
	_, err = c.Send(t.Context(), d)
	require.NoError(t, err)
	require.EqualValues(t, 8, requests.Load())
	require.EqualValues(t, 8, version2.Load())
	for range 8 {
		connections[<-addresses] = true
	}
	require.Len(t, connections, 1)
}

func TestReachSaysWhyNothingCanAnswer(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	target, err := url.Parse(server.URL)
	require.NoError(t, err)
	require.Empty(t, client(t, wire.Options{}).Reach(t.Context(), target), "any answer will do")
	server.Close()
	require.Contains(t, client(t, wire.Options{}).Reach(t.Context(), target), "refused")
}

// A connection that is closed under a delivery may have lain idle for too long. If nothing listens any more, the
// receiver went down with it, and the delivery is not one that was never made.
func TestDeliveryUnderWhichTheReceiverGoesDownWasClosed(t *testing.T) {
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Header.Get("Webhook-Id") == "evt_2" {
			_ = server.Listener.Close()
			panic(http.ErrAbortHandler)
		}
	}))
	defer server.Close()
	c := client(t, wire.Options{})
	d := delivery(t, server, cases.Step{Name: "first", Copies: 1})
	sent, err := c.Send(t.Context(), d)
	require.NoError(t, err)
	require.Len(t, sent, 1)
	d.Round.EventID = "evt_2"
	sent, err = c.Send(t.Context(), d)
	require.NoError(t, err)
	require.Len(t, sent, 2)
	require.True(t, sent[0].Closed)
	require.False(t, sent[0].Replaced)
	require.True(t, sent[1].Unreachable)
	require.True(t, sent[1].Replaced)
}

// slowEnd is a connection over which the end of a body takes a while.
type slowEnd struct{ net.Conn }

func (c slowEnd) Write(b []byte) (int, error) {
	if bytes.HasSuffix(b, []byte("}")) {
		time.Sleep(5 * time.Millisecond)
	}
	return c.Conn.Write(b)
}

// A request counts as sent when its last byte is written, and not while it waits in a buffer: the connection is closed then.
func TestDeliveryWhoseAnswerIsLostArrivesWhole(t *testing.T) {
	const deliveries = 10
	bodies := make(chan string, deliveries)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- string(body)
	}))
	defer server.Close()
	d := delivery(t, server, cases.Step{Body: []byte(`{"total":1}`), Copies: 1, Wire: cases.LoseAnswer})
	c := client(t, wire.Options{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return slowEnd{conn}, err
	}}})
	for range deliveries {
		attempts, err := c.Send(t.Context(), d)
		require.NoError(t, err)
		require.Len(t, attempts, 1)
		require.True(t, attempts[0].Cut || attempts[0].Status == http.StatusOK, attempts[0].Err)
		select {
		case body := <-bodies:
			require.Equal(t, `{"total":1}`, body)
		case <-time.After(time.Minute):
			t.Fatal("a delivery that counts as sent never arrived")
		}
	}
}

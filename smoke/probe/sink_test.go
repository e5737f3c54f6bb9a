package probe_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// freeAddress returns an address without a listener.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return l.Addr().String()
}

func startSink(t *testing.T, event webhook.Place) (probe.Probe, string) {
	t.Helper()
	address := freeAddress(t)
	return start(t, webhook.Effects{Sink: &webhook.SinkProbe{Listen: address, Event: event}}, probe.Options{}), address
}

// emit sends a message as a receiver does, and returns the status of the answer.
func emit(t *testing.T, address, id, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/any/path", strings.NewReader(body))
	assert.NoError(t, err)
	request.Close = true
	if id != "" {
		request.Header.Set("X-Event", id)
	}
	answer, err := http.DefaultClient.Do(request)
	if !assert.NoError(t, err) {
		return 0
	}
	assert.NoError(t, answer.Body.Close())
	return answer.StatusCode
}

func TestSinkCountsMessagesByEvent(t *testing.T) {
	for name, c := range map[string]struct {
		event   webhook.Place
		message func(n int) (id, body string)
	}{
		"in a header": {webhook.Place{Header: "x-event"}, func(n int) (string, string) { return fmt.Sprintf("%d", n), "no JSON" }},
		"in the body": {
			webhook.Place{Pointer: "/about/event"}, func(n int) (string, string) { return "", fmt.Sprintf(`{"about":{"event":"%d"}}`, n) },
		},
		"a number in the body": {
			webhook.Place{Pointer: "/event"}, func(n int) (string, string) { return "ignored", fmt.Sprintf(`{"event":%d}`, n) },
		},
		"one header among bytes": {webhook.Place{Header: "X-Event"}, func(n int) (string, string) { return fmt.Sprintf("%d", n), "\x00\xff" }},
	} {
		t.Run(name, func(t *testing.T) {
			p, address := startSink(t, c.event)
			var sending sync.WaitGroup
			for n := range 3 { // event n is emitted n times
				for range n {
					sending.Go(func() {
						id, body := c.message(n)
						assert.Equal(t, http.StatusNoContent, emit(t, address, id, body))
					})
				}
			}
			sending.Wait()
			for n := range 3 {
				got, err := look(t.Context(), p, probe.Event{ID: fmt.Sprint(n)})
				require.Empty(t, err)
				require.Equal(t, probe.Count{N: n}, got)
			}
			require.Equal(t, "what was emitted to "+address+" about 1", p.Where(probe.Event{ID: "1"}))
		})
	}
}

// A message without a known event may be about any event: from then on nothing can be counted.
func TestSinkReportsMessagesWithoutAKnownEvent(t *testing.T) {
	for name, c := range map[string]struct {
		event    webhook.Place
		id, body string
		status   int
	}{
		"without the header":     {webhook.Place{Header: "X-Event"}, "", `{"event":"1"}`, http.StatusNoContent},
		"without the member":     {webhook.Place{Pointer: "/event"}, "1", `{"id":"1"}`, http.StatusNoContent},
		"not a text or a number": {webhook.Place{Pointer: "/event"}, "", `{"event":{"id":"1"}}`, http.StatusNoContent},
		"an empty text":          {webhook.Place{Pointer: "/event"}, "", `{"event":""}`, http.StatusNoContent},
		"not JSON":               {webhook.Place{Pointer: "/event"}, "", `event=1`, http.StatusNoContent},
		"longer than 1 MiB": {
			webhook.Place{Pointer: "/event"}, "", `{"event":"1"}` + strings.Repeat(" ", 1<<20), http.StatusRequestEntityTooLarge,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, address := startSink(t, c.event)
			require.Equal(t, c.status, emit(t, address, c.id, c.body))
			_, err := look(t.Context(), p, probe.Event{ID: "1"})
			require.Contains(t, err, "1 of the messages that came hold no event id where effects.sink.event says it is")
		})
	}
}

func TestSinkCountsWholeMessagesOnly(t *testing.T) {
	p, address := startSink(t, webhook.Place{Header: "X-Event"})
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	_, err = fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nX-Event: 1\r\nContent-Length: 100\r\n\r\nhalf")
	require.NoError(t, err)
	require.NoError(t, conn.(*net.TCPConn).CloseWrite())
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	answer := make([]byte, len("HTTP/1.1 400"))
	_, err = io.ReadFull(conn, answer)
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 400", string(answer))
	require.NoError(t, conn.Close())
	got, failed := look(t.Context(), p, probe.Event{ID: "1"})
	require.Empty(t, failed)
	require.Zero(t, got.N)
}

func TestSinkTakesItsAddressAndGivesItBack(t *testing.T) {
	address := freeAddress(t)
	effects := webhook.Effects{Sink: &webhook.SinkProbe{Listen: address, Event: webhook.Place{Header: "X-Event"}}}
	first, err := probe.New(effects, probe.Options{})
	require.NoError(t, err)
	_, err = probe.New(effects, probe.Options{})
	require.ErrorContains(t, err, "effects.sink.listen: ")
	require.ErrorContains(t, err, "address already in use")
	require.NoError(t, first.Close())
	require.NoError(t, first.Close(), "closing twice is no error")
	second, err := probe.New(effects, probe.Options{})
	require.NoError(t, err)
	require.NoError(t, second.Close())
}

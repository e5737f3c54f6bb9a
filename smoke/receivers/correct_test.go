package receivers

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestUnknownTypeIsTakenWithoutEffect(t *testing.T) {
	s := newSender(t, Correct)
	id := s.id()
	text := fmt.Sprintf(`{"id":%q,"type":"invoice.archived","data":{"invoice":7}}`, id)
	first := s.send(id, text)
	require.Equal(t, http.StatusOK, first.status)
	require.Contains(t, first.body, `"status":"ignored"`)
	require.Equal(t, first, s.send(id, text))
	require.Equal(t, http.StatusConflict, s.send(id, body(id, "invoice.paid")).status)
	n, status := s.effects(id, "")
	require.Zero(t, n)
	require.Equal(t, http.StatusOK, status, "it is known")
}

func TestStatusNeverMovesBack(t *testing.T) {
	s := newSender(t, Correct)
	statusAfter := func(fixture, status, tenant string) {
		id := s.id()
		text := strings.NewReplacer("inv_2026_0042", "inv_1", "inv_2026_0043", "inv_1", "inv_2026_0045", "inv_1", "inv_2026_0044",
			"inv_1").Replace(body(id, fixture))
		var got result
		require.NoError(t, json.Unmarshal([]byte(s.send(id, text, header("X-Tenant", tenant)).body), &got))
		require.Equal(t, status, got.Invoice.Status, fixture)
		n, _ := s.effects(id, tenant)
		require.Equal(t, 1, n, "each event has its effect")
	}
	statusAfter("invoice.created", "open", "")
	statusAfter("invoice.paid", "paid", "")
	statusAfter("invoice.created", "paid", "")
	statusAfter("invoice.refunded", "refunded", "")
	statusAfter("invoice.paid", "refunded", "")
	statusAfter("invoice.created", "open", "south") // another tenant, another invoice
}

func TestDifferentContentsTogether(t *testing.T) {
	s := newSender(t, Correct)
	for range 20 {
		id := s.id()
		text := body(id, "invoice.paid")
		first := make(chan answered, 1)
		go func() { first <- s.send(id, text) }()
		b := s.send(id, strings.Replace(text, "48250", "48251", 1))
		a := <-first
		require.Equal(t, 200+409, a.status+b.status, "one wins")
		n, _ := s.effects(id, "")
		require.Equal(t, 1, n)
	}
}

func TestDuplicatesOfADyingDeliveryTakeOver(t *testing.T) {
	s := newSender(t, Correct)
	s.to.FailNext()
	id := s.id()
	counts := map[int]int{}
	for _, a := range s.together(8, id, body(id, "invoice.paid")) {
		counts[a.status]++
	}
	require.Equal(t, map[int]int{200: 7, 500: 1}, counts)
	n, _ := s.effects(id, "")
	require.Equal(t, 1, n)
}

func TestClaimOfADeadProcessEndsWithItsLease(t *testing.T) {
	s := newSender(t, Correct)
	id := s.id()
	s.to.FailNext()
	require.Equal(t, http.StatusInternalServerError, s.send(id, body(id, "invoice.paid")).status)
	n, status := s.effects(id, "")
	require.Zero(t, n)
	require.Equal(t, http.StatusNotFound, status, "the transaction was rolled back")
	s.to.Restart()
	s.to.Advance(time.Second)
	require.True(t, s.send(id, body(id, "invoice.paid")).accepted())
	n, _ = s.effects(id, "")
	require.Equal(t, 1, n)
}

func TestLeaseThatEndsUnderTheWorkDoesNotDoubleTheEffect(t *testing.T) {
	s := newSender(t, Receiver{change: func(s *steps) { s.work = 50 * time.Millisecond }})
	id := s.id()
	slow := make(chan answered, 1)
	go func() { slow <- s.send(id, body(id, "invoice.paid")) }()
	time.Sleep(10 * time.Millisecond)
	s.to.Advance(time.Second) // the lease of the first is over
	again := s.send(id, body(id, "invoice.paid"))
	require.True(t, again.accepted())
	require.Equal(t, again, <-slow)
	n, _ := s.effects(id, "")
	require.Equal(t, 1, n)
}

func TestDuplicateDoesNotWaitForEver(t *testing.T) {
	s := newSender(t, Receiver{change: func(s *steps) { s.work, s.wait, s.lease = 200*time.Millisecond, time.Millisecond, time.Minute }})
	id := s.id()
	counts := map[int]int{}
	for _, a := range s.together(3, id, body(id, "invoice.paid")) {
		counts[a.status]++
	}
	require.Equal(t, map[int]int{200: 1, 425: 2}, counts)
	n, _ := s.effects(id, "")
	require.Equal(t, 1, n)
}

func TestRestartLetsRunningWorkEnd(t *testing.T) {
	for _, r := range []Receiver{Correct, memoryOnly} {
		s := newSender(t, r)
		id := s.id()
		first := make(chan answered, 1)
		go func() { first <- s.send(id, body(id, "invoice.paid")) }()
		s.to.Restart()
		require.True(t, (<-first).accepted())
		n, _ := s.effects(id, "")
		require.Equal(t, 1, n)
	}
}

func TestUnknownEventIsAbsent(t *testing.T) {
	w := httptest.NewRecorder()
	Correct.Start(testSecret).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/events/evt_none", nil))
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
}

// Over a real connection: what the recorder of httptest cannot show.
func TestReceiverWorksOverHTTP(t *testing.T) {
	s := newSender(t, Correct)
	server := httptest.NewServer(s.to)
	defer server.Close()
	id := s.id()
	text := body(id, "invoice.paid")
	dial := func() net.Conn {
		connection, err := net.Dial("tcp", server.Listener.Addr().String())
		require.NoError(t, err)
		require.NoError(t, connection.SetDeadline(time.Now().Add(5*time.Second)))
		return connection
	}
	wire := func(edit ...func(*http.Request)) string {
		var out strings.Builder
		require.NoError(t, s.request(id, text, edit...).Write(&out))
		return out.String()
	}
	post := func(edit ...func(*http.Request)) int {
		connection := dial()
		defer func() { _ = connection.Close() }()
		_, err := io.WriteString(connection, wire(edit...))
		require.NoError(t, err)
		answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
		require.NoError(t, err)
		_ = answer.Body.Close()
		return answer.StatusCode
	}

	half := dial()
	_, err := io.WriteString(half, wire()[:len(wire())-50])
	require.NoError(t, err)
	require.NoError(t, half.Close())
	require.Equal(t, 401, post(header("webhook-signature", "v1,\xff\xfe")))
	n, _ := s.effects(id, "")
	require.Zero(t, n)

	lost := dial() // the answer is not waited for
	_, err = io.WriteString(lost, wire())
	require.NoError(t, err)
	require.NoError(t, lost.Close())
	require.Equal(t, 200, post())
	n, _ = s.effects(id, "")
	require.Equal(t, 1, n)

	id = s.id()
	text = strings.Repeat(" ", bodyLimit) + body(id, "invoice.paid")
	require.Equal(t, 413, post())
}

// A claim whose process may still die decides nothing: other content is refused only for what was committed.
func TestOtherContentIsNotRefusedForAClaimThatDies(t *testing.T) {
	s := newSender(t, Correct)
	id := s.id()
	s.to.FailNext()
	require.Equal(t, http.StatusInternalServerError, s.send(id, body(id, "invoice.created")).status)
	require.True(t, s.send(id, body(id, "invoice.paid")).accepted(), "it takes over when the lease ends")
	require.Equal(t, http.StatusConflict, s.send(id, body(id, "invoice.created")).status)
}

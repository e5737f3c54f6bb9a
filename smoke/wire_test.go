package smoke_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/sign"
)

// folder makes a folder of fixtures.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

// blackBox describes a receiver without observable effects.
const blackBox = `
receiver: box
endpoint: {path: /hook}
signature: {scheme: standard-webhooks, secret_env: SECRET}
event_id: {header: webhook-id}
effects: {none: "this test looks at the wire alone"}
`

// seen is one request as the receiver saw it.
type seen struct {
	header http.Header
	query  string
	body   []byte
	err    error
	proto  int
	from   string
	at     time.Time
}

// recorder keeps what arrives, and accepts it.
type recorder struct {
	mu   sync.Mutex
	all  []seen
	wait time.Duration
}

func (r *recorder) ServeHTTP(_ http.ResponseWriter, request *http.Request) {
	if request.Method == http.MethodHead {
		return
	}
	body, err := io.ReadAll(request.Body)
	r.mu.Lock()
	r.all = append(r.all, seen{request.Header, request.URL.RawQuery, body, err, request.ProtoMajor, request.RemoteAddr, time.Now()})
	r.mu.Unlock()
	time.Sleep(r.wait)
}

func (r *recorder) requests() []seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}

func boxOptions(t *testing.T, target, name string) smoke.Options {
	t.Helper()
	return smoke.Options{
		Target: target, Cases: []string{name}, RunID: t.Name(), Histories: true,
		Fixtures:  []string{folder(t, map[string]string{"webhook.yaml": blackBox, "a.json": `{"total":1}`})},
		LookupEnv: func(string) (string, bool) { return secret, true },
	}
}

func TestDeliveriesThatAreCutShort(t *testing.T) {
	for name, whole := range map[string]bool{"torn-request-retry": false, "reset-after-headers": false, "lost-response-retry": true} {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/tls=%v", name, secure), func(t *testing.T) {
				box := &recorder{}
				server := httptest.NewUnstartedServer(box)
				o := boxOptions(t, "", name)
				if secure {
					server.StartTLS()
					o.Transport = server.Client().Transport.(*http.Transport)
				} else {
					server.Start()
				}
				defer server.Close()
				o.Target = server.URL
				r := run(t, o)
				require.Equal(t, verdict.Pass, r.Verdict(), "%v", r.Results[0].Findings)
				require.Eventually(t, func() bool { return int64(len(box.requests())) == attempts(r) }, 10*time.Second, time.Millisecond)
				torn := 0
				for _, s := range box.requests() {
					if s.err != nil {
						torn++
						require.Less(t, len(s.body), len(`{"total":1}`))
						continue
					}
					require.Equal(t, `{"total":1}`, string(s.body))
				}
				require.Equal(t, whole, torn == 0)
				first := r.Results[0].Histories[0].Attempts[0]
				require.True(t, first.Cut || (whole && first.Status == 200), "an answer may be faster than the client that does not want it")
			})
		}
	}
}

func TestSlowDeliveryComesInPieces(t *testing.T) {
	var reads atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		buffer := make([]byte, 4096)
		for {
			if n, err := r.Body.Read(buffer); n > 0 {
				reads.Add(1)
			} else if err != nil {
				return
			}
		}
	}))
	defer server.Close()
	require.Equal(t, verdict.Pass, run(t, boxOptions(t, server.URL, "slow-drip")).Verdict())
	require.Greater(t, reads.Load(), int64(5))
}

func TestCopiesOverHTTP2ShareOneConnectionAndArriveTogether(t *testing.T) {
	box := &recorder{}
	server := httptest.NewUnstartedServer(box)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	o := boxOptions(t, server.URL, "dup-concurrent-8")
	o.Transport = server.Client().Transport.(*http.Transport)
	r := run(t, o)
	require.Equal(t, verdict.Pass, r.Verdict(), "%v", r.Results[0].Findings)
	require.Equal(t, int64(16*8), attempts(r))
	all := box.requests()
	require.Len(t, all, 16*8)
	connections := map[string]map[string]bool{}
	for _, s := range all {
		require.Equal(t, 2, s.proto)
		id := s.header.Get("Webhook-Id")
		if connections[id] == nil {
			connections[id] = map[string]bool{}
		}
		connections[id][s.from] = true
	}
	require.Len(t, connections, 16)
	for id, from := range connections {
		require.Len(t, from, 1, id)
	}
}

func TestParkedCopiesHaveSentAllButTheirLastByte(t *testing.T) {
	var mu sync.Mutex
	parked := map[string]int{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := make([]byte, len(`{"total":1}`)-1)
		_, err := io.ReadFull(r.Body, body)
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			parked[r.Header.Get("Webhook-Id")]++
		}
	})}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	run(t, boxOptions(t, "http://"+listener.Addr().String(), "dup-lastbyte"))
	require.NoError(t, server.Close())
	require.ErrorIs(t, <-served, http.ErrServerClosed)
	require.Len(t, parked, 16)
	for id, n := range parked {
		require.Equal(t, 8, n, id)
	}
}

// A server may close a connection that it kept alive just when the next delivery is on its way. The client's
// library must not hide that, and the receiver is not to blame.
func TestDyingKeepAliveConnectionsAreSentAgainInTheOpen(t *testing.T) {
	var requests atomic.Int64
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var serving sync.WaitGroup
	answerOne := func(conn net.Conn) { // each connection answers once, stays open, and breaks on the next request
		defer serving.Done()
		defer func() { _ = conn.Close() }()
		for n := range 2 {
			request, err := http.ReadRequest(bufio.NewReader(conn))
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, request.Body)
			if request.Method == http.MethodPost {
				requests.Add(1)
			}
			if n == 1 {
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	}
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Add(1)
			go answerOne(conn)
		}
	})
	o := boxOptions(t, "http://"+listener.Addr().String(), "dup-seq-x5")
	r := run(t, o)
	require.NoError(t, listener.Close())
	serving.Wait()
	require.Equal(t, verdict.Pass, r.Verdict(), "%v", r.Results[0].Findings)
	require.Equal(t, requests.Load(), attempts(r))
	resent := 0
	for _, a := range r.Results[0].Histories[0].Attempts {
		if a.Resend {
			resent++
		}
	}
	require.NotZero(t, resent)
}

func TestRetriesSayThatTheyAre(t *testing.T) {
	box := &recorder{}
	server := httptest.NewServer(box)
	defer server.Close()
	o := boxOptions(t, server.URL, "torn-request-retry")
	o.Fixtures = []string{folder(t, map[string]string{
		"a.json": `{"total":1}`, "webhook.yaml": blackBox + "\n", "LICENSE": "",
	})}
	contract := bytes.Replace([]byte(blackBox), []byte("path: /hook"), []byte("path: /hook, retry_header: X-Retry"), 1)
	require.NoError(t, os.WriteFile(filepath.Join(o.Fixtures[0], "webhook.yaml"), contract, 0o600))
	require.Equal(t, verdict.Pass, run(t, o).Verdict())
	require.Eventually(t, func() bool { return len(box.requests()) == 2 }, 10*time.Second, time.Millisecond)
	for _, s := range box.requests() {
		require.Equal(t, s.err == nil, s.header.Get("X-Retry") == "1")
	}
}

// Twilio's signature of a JSON body covers the URL, which carries the body's digest: it goes where it is signed for.
func TestDeliveryGoesToTheAddressThatIsSigned(t *testing.T) {
	box := &recorder{}
	server := httptest.NewServer(box)
	defer server.Close()
	o := boxOptions(t, server.URL, "first")
	o.Fixtures = []string{folder(t, map[string]string{"a.json": "{}", "webhook.yaml": `
receiver: box
endpoint: {path: /hook, url: "https://public.example/hook", content_type: application/json}
signature: {scheme: twilio, secret_env: SECRET}
event_id: {header: X-Id}
effects: {none: "this test looks at the wire alone"}
`})}
	require.Equal(t, verdict.Pass, run(t, o).Verdict())
	got := box.requests()[0]
	const query = "bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
	require.Equal(t, query, got.query)
	scheme, err := sign.New(sign.Config{Scheme: "twilio"})
	require.NoError(t, err)
	want, err := scheme.Sign(secret, sign.Message{URL: "https://public.example/hook?" + query, ContentType: "application/json"})
	require.NoError(t, err)
	require.Equal(t, want.Get(scheme.Header), got.header.Get(scheme.Header))
}

// What a run learns about a target it learns for a check that is made alone too: over HTTP/2 its copies share a connection.
func TestCheckAloneKnowsThatTheReceiverSpeaksHTTP2(t *testing.T) {
	box := &recorder{}
	server := httptest.NewUnstartedServer(box)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	o := boxOptions(t, server.URL, "dup-concurrent-8")
	o.Transport = server.Client().Transport.(*http.Transport)
	runner, err := smoke.NewRunner(o)
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	runner.Check(t.Context(), runner.Plan().Checks[0])
	from := map[string]int{}
	for _, one := range box.requests() {
		require.Equal(t, 2, one.proto)
		from[one.from]++
	}
	require.NotEmpty(t, from)
	for address, copies := range from {
		require.Equal(t, 8, copies, "%s: the copies of a round share one connection", address)
	}
}

func TestCheckAloneSaysThatNothingAnswers(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	runner, err := smoke.NewRunner(boxOptions(t, server.URL, "first"))
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	r := runner.Check(t.Context(), runner.Plan().Checks[0])
	require.Equal(t, verdict.Unknown, r.Verdict)
	require.Contains(t, r.Inconclusive[0], "cannot be reached")
	stranger := runner.Check(t.Context(), smoke.Check{Fixture: "a", Case: "b"})
	require.Equal(t, verdict.Unknown, stranger.Verdict)
	require.Equal(t, []string{"not run: it is no check of this plan"}, stranger.Inconclusive)
}

// Some receivers count the bytes that come, others those that they unpack.
func TestBodyAboveTheLimitIsAboveItCompressedToo(t *testing.T) {
	for limit, want := range map[int]verdict.Verdict{2000: verdict.Pass, 1 << 20: verdict.Fail} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if raw, _ := io.ReadAll(r.Body); len(raw) > limit {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			}
		}))
		o := boxOptions(t, server.URL, "oversized")
		described := strings.Replace(blackBox, "path: /hook", "path: /hook, body_limit: 2000", 1) + "body: {encoding: gzip}\n"
		o.Fixtures = []string{folder(t, map[string]string{"a.json": `{"total":1}`, "webhook.yaml": described})}
		r := run(t, o)
		server.Close()
		require.Equal(t, want, r.Verdict(), "%+v", r.Results)
	}
}

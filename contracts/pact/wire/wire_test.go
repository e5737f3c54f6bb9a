package wire_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact/wire"
)

const limit = 1 << 20

// relay starts a relay to the provider at an address, as the verification does.
func relay(t testing.TB, provider net.Addr) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	client := wire.Client{Target: &url.URL{Scheme: "http", Host: provider.String()}, Timeout: time.Minute, Limit: limit}
	s := wire.Serve(context.Background(), l, limit, func(ctx context.Context, request *wire.Message) *wire.Message {
		answer, err := client.Do(ctx, request)
		if err != nil {
			return wire.New("HTTP/1.1 502 Bad Gateway", []byte(err.Error()))
		}
		return answer
	})
	t.Cleanup(s.Close)
	return l.Addr()
}

// scripted is a provider that reads one request of a known length, and writes a given answer, byte for byte.
type scripted struct {
	net.Listener
	got chan []byte
}

func script(t testing.TB, request, answer []byte) scripted {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	s := scripted{l, make(chan []byte, 1)}
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		got := make([]byte, len(request))
		n, _ := io.ReadFull(conn, got)
		s.got <- got[:n]
		_, _ = conn.Write(answer)
	}()
	return s
}

// exchange sends a request through the relay, and returns what reached each side.
func exchange(t testing.TB, request, answer []byte) (asked, answered []byte) {
	t.Helper()
	s := script(t, request, answer)
	conn, err := net.Dial("tcp", relay(t, s.Addr()).String())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = conn.Write(request)
	require.NoError(t, err)
	answered = make([]byte, len(answer))
	n, _ := io.ReadFull(conn, answered)
	select {
	case asked = <-s.got:
	default:
		require.FailNow(t, "the provider was not asked", "%s", answered[:n])
	}
	return asked, answered[:n]
}

func lines(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) }

func TestEveryByteOfBothMessagesPasses(t *testing.T) {
	get := "GET / HTTP/1.1\nhost: shop\n\n"
	for name, c := range map[string]struct{ request, answer string }{
		"nothing invented": {get, "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}"},
		"fields of a hop": {
			"GET / HTTP/1.1\nHost: shop\nConnection: Upgrade\nUpgrade: x\nTE: trailers\nProxy-Authorization: Basic eA==\n\n",
			"HTTP/1.1 407 No\nConnection: keep-alive\nKeep-Alive: timeout=5\nProxy-Authenticate: Basic\nUpgrade: x\nContent-Length: 0\n\n",
		},
		"order, case, repetition": {
			"GET / HTTP/1.1\nb: 1\nHOST: shop\nA: 1\nb: 2\na:  2 \n\n",
			"HTTP/1.1 200 OK\nSET-cookie: a=1\nx: 1\nSet-Cookie: b=2, c\ncontent-LENGTH: 0\n\n",
		},
		"host of a tenant":  {"GET / HTTP/1.1\nHost: tenant-a.example.com\n\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"},
		"flag in the query": {"GET /?flag&a=&=b;c HTTP/1.1\nHost: shop\n\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"},
		"path as it is": {
			"GET //a/../b/./%2e%2F%zz|[]{}^\\~;x=1,2 HTTP/1.1\nHost: shop\n\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
		},
		"bytes beyond ASCII": {
			"GET /\xc3\xa9 HTTP/1.1\nHost: shop\nX-Name: zo\xeb zo\xc3\xab\n\n",
			"HTTP/1.1 200 Gr\xfc\xdf Gott\nX-Name: zo\xeb\nContent-Length: 2\n\n\xff\x00",
		},
		"no Date, no reason": {get, "HTTP/1.1 200 \nContent-Length: 0\n\n"},
		"HTTP/1.0":           {"GET / HTTP/1.0\n\n", "HTTP/1.0 200 OK\n\nuntil the end"},
		"informational answers": {
			get, "HTTP/1.1 100 Continue\n\nHTTP/1.1 103 Early Hints\nLink: </a>\n\nHTTP/1.1 200 OK\nContent-Length: 1\n\nx",
		},
		"Expect": {
			"POST / HTTP/1.1\nHost: shop\nExpect: 100-continue\nContent-Length: 2\n\nhi",
			"HTTP/1.1 100 Continue\n\nHTTP/1.1 201 Created\nContent-Length: 0\n\n",
		},
		"HEAD": {"HEAD / HTTP/1.1\nHost: shop\n\n", "HTTP/1.1 200 OK\nContent-Length: 1000\n\n"},
		"204":  {get, "HTTP/1.1 204 No Content\n\n"},
		"304":  {get, "HTTP/1.1 304 Not Modified\nContent-Length: 9\n\n"},
		"101":  {get, "HTTP/1.1 101 Switching Protocols\nUpgrade: x\nConnection: Upgrade\n\n"},
		"chunks and trailers": {
			"POST / HTTP/1.1\nHost: shop\nTransfer-Encoding: chunked\n\n5;a=b\nhello\n0003\n\x00\xff\x01\n0\nX-Sum: 1\n\n",
			"HTTP/1.1 200 OK\nTrailer: X-Sum\nTransfer-Encoding: gzip, Chunked\n\n2\nhi\n00\nX-Sum: 1\nx-sum: 2\n\n",
		},
		"equal lengths":   {get, "HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 1, 1\n\nx"},
		"folded field":    {get, "HTTP/1.1 200 OK\nX: a\n\tb\n  c\nContent-Length: 0\n\n"},
		"no field at all": {"GET / HTTP/1.1\n\n", "HTTP/1.1 200 OK\n\n"},
		"empty field":     {"GET / HTTP/1.1\nX:\nY: \n\n", "HTTP/1.1 200 OK\nX:\nContent-Length: 0\n\n"},
		"a long field": {
			"GET / HTTP/1.1\nX: " + strings.Repeat("x", 100_000) + "\n\n",
			"HTTP/1.1 200 OK\nX: " + strings.Repeat("y", 100_000) + "\nContent-Length: 0\n\n",
		},
		"content-type with casing": {get, "HTTP/1.1 200 OK\ncontent-type: Text/Plain;Charset=UTF-8\nContent-Length: 0\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			request, answer := lines(c.request), lines(c.answer)
			asked, answered := exchange(t, request, answer)
			require.Equal(t, string(request), string(asked))
			require.Equal(t, string(answer), string(answered))
		})
	}
	t.Run("line ends without CR", func(t *testing.T) {
		answer := []byte("HTTP/1.1 200 OK\nX: 1\nContent-Length: 1\n\nx")
		_, answered := exchange(t, lines(get), answer)
		require.Equal(t, string(answer), string(answered))
	})
}

func TestAnswerThatIsNotWholeIsAnError(t *testing.T) {
	for name, answer := range map[string]string{
		"nothing":                     "",
		"half a start line":           "HTTP/1.1 20",
		"half a head":                 "HTTP/1.1 200 OK\nX: 1\n",
		"half a body":                 "HTTP/1.1 200 OK\nContent-Length: 3\n\nab",
		"half a chunk":                "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nab",
		"no last chunk":               "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nab\n",
		"half a trailer":              "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0\nX: 1\n",
		"informational only":          "HTTP/1.1 100 Continue\n\n",
		"another protocol":            "220 mail.example.com ESMTP\n\n",
		"no status":                   "HTTP/1.1 OK\n\n",
		"two lengths":                 "HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 2\n\nxx",
		"no length":                   "HTTP/1.1 200 OK\nContent-Length: -1\n\n",
		"no field":                    "HTTP/1.1 200 OK\nhello\n\n",
		"no chunk size":               "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nxyz\n",
		"a chunk longer than it says": "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\nab\n0\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := wire.ReadAnswer(bufio.NewReader(bytes.NewReader(lines(answer))), "GET", limit)
			require.Error(t, err)
			require.NotErrorIs(t, err, io.EOF, "an end in the middle is an unexpected one")
		})
	}
}

func TestMoreThanTheLimitIsAnError(t *testing.T) {
	for _, answer := range []string{
		"HTTP/1.1 200 OK\nContent-Length: 11\n\n" + strings.Repeat("x", 11),
		"HTTP/1.1 200 OK\n\n" + strings.Repeat("x", 11),
		"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n6\nxxxxxx\n5\nxxxxx\n0\n\n",
		"HTTP/1.1 200 OK\nX: " + strings.Repeat("x", wire.HeadLimit) + "\n\n",
	} {
		_, err := wire.ReadAnswer(bufio.NewReader(bytes.NewReader(lines(answer))), "GET", 10)
		require.ErrorIs(t, err, wire.ErrTooLarge)
	}
}

func TestAnswerBeforeTheRequestWasReadIsRead(t *testing.T) {
	request := append(lines("POST / HTTP/1.1\nHost: shop\nContent-Length: 900000\n\n"), bytes.Repeat([]byte("x"), 900_000)...)
	answer := lines("HTTP/1.1 413 Too Large\nContent-Length: 0\n\n")
	s := script(t, request[:100], answer)
	parsed, err := wire.ReadRequest(bufio.NewReader(bytes.NewReader(request)), limit)
	require.NoError(t, err)
	got, err := wire.Client{
		Target: &url.URL{Scheme: "http", Host: s.Addr().String()}, Timeout: time.Minute, Limit: limit,
	}.Do(t.Context(), parsed)
	if err == nil { // the provider's reset may overtake its answer
		require.Equal(t, 413, got.Status())
	}
}

func TestSilentProviderIsATimeout(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer s.Close()
	defer close(release)
	target, err := url.Parse(s.URL)
	require.NoError(t, err)
	_, err = wire.Client{Target: target, Timeout: 10 * time.Millisecond, Limit: limit}.Do(t.Context(),
		wire.New("GET / HTTP/1.1", nil, "Host", "shop"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "no whole answer within 10ms")
}

// The certificate of httptest's servers is trusted here, and is one for 127.0.0.1 and not for localhost.
func TestMain(m *testing.M) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	s.Close()
	folder, err := os.MkdirTemp("", "wire-test-")
	if err != nil {
		panic(err)
	}
	file := filepath.Join(folder, "roots.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := errors.Join(os.WriteFile(file, text, 0o600), os.Setenv("SSL_CERT_FILE", file)); err != nil {
		panic(err)
	}
	code := m.Run()
	if err := os.RemoveAll(folder); err != nil {
		panic(err)
	}
	os.Exit(code)
}

func TestCertificateOfAnHTTPSProviderIsVerified(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Host", r.Host)
		w.WriteHeader(http.StatusTeapot)
	}))
	defer s.Close()
	target, err := url.Parse(s.URL)
	require.NoError(t, err)
	ask := func() (*wire.Message, error) {
		return wire.Client{Target: target, Timeout: time.Minute, Limit: limit}.Do(t.Context(),
			wire.New("GET / HTTP/1.1", nil, "Host", "tenant.example.com"))
	}
	answer, err := ask()
	require.NoError(t, err)
	require.Equal(t, 418, answer.Status())
	require.Equal(t, []string{"tenant.example.com"}, answer.Values("X-Host"))

	target.Host = net.JoinHostPort("localhost", target.Port())
	_, err = ask()
	require.ErrorContains(t, err, "certificate")
}

func TestOnlyWhatIsChangedChanges(t *testing.T) {
	request := lines("POST /a HTTP/1.1\nb: 1\nX-Old: 1\nB:  2\nTransfer-Encoding: chunked\n\n2\nhi\n0\n\n")
	m, err := wire.ReadRequest(bufio.NewReader(bytes.NewReader(request)), limit)
	require.NoError(t, err)
	require.Equal(t, "hi", string(m.Content()))
	require.Equal(t, []string{"1", "2"}, m.Values("b"))
	m.Set("x-old")
	m.Set("X-New", "a", "b")
	m.SetTarget("/c?d")
	require.Equal(t, string(lines("POST /c?d HTTP/1.1\nb: 1\nB:  2\nTransfer-Encoding: chunked\nX-New: a\nX-New: b\n\n2\nhi\n0\n\n")),
		string(m.Bytes()))
	m.Set("b", "3")
	m.SetContent([]byte("hello"))
	m.Order([]string{"content-length"})
	require.Equal(t, string(lines("POST /c?d HTTP/1.1\nContent-Length: 5\nb: 3\nX-New: a\nX-New: b\n\nhello")), string(m.Bytes()))
}

func FuzzEveryByteOfBothMessagesPasses(f *testing.F) {
	f.Add("/a//b/../c?flag", "Host: shop\nX-a: zo\xeb\nX-A:  2 ", []byte("hello"), uint8(0), "200 OK", "Set-Cookie: a\nset-cookie: b",
		[]byte("{}"), uint8(1))
	f.Add("/", "", []byte{}, uint8(3), "204 No Content", "Keep-Alive: timeout=5", []byte{}, uint8(2))
	f.Add("/", "a:b", []byte("\r\n\r\n0\r\n"), uint8(1), "500 ", "", []byte("\r\n\r\n0\r\n"), uint8(200))
	f.Fuzz(func(t *testing.T, target, asked string, question []byte, askedHow uint8, status, answered string, answer []byte,
		answeredHow uint8) {
		sent := compose("POST /"+printable(target)+" HTTP/1.1", asked, question, askedHow, false)
		came := compose("HTTP/1.1 "+fmt.Sprint(200+int(askedHow)%300)+" "+text(status), answered, answer, answeredHow, true)
		if code := 200 + int(askedHow)%300; code == 204 || code == 304 {
			came = compose(fmt.Sprintf("HTTP/1.1 %d ", code), answered, nil, 3, true)
		}
		gotRequest, gotAnswer := exchange(t, sent, came)
		require.Equal(t, string(sent), string(gotRequest))
		require.Equal(t, string(came), string(gotAnswer))
	})
}

// compose makes a valid message of what a fuzzer thinks up: how chooses the framing of the body.
func compose(start, fields string, body []byte, how uint8, answer bool) []byte {
	var b bytes.Buffer
	b.WriteString(start + "\r\n")
	for line := range strings.SplitSeq(fields, "\n") {
		name, value, _ := strings.Cut(line, ":")
		if name = token(name); name == "" || strings.EqualFold(name, "Content-Length") || strings.EqualFold(name, "Transfer-Encoding") {
			continue
		}
		b.WriteString(name + ":" + text(value) + "\r\n")
	}
	switch how % 4 {
	case 0:
		fmt.Fprintf(&b, "Content-Length:%d\r\n\r\n%s", len(body), body)
	case 1:
		b.WriteString("transfer-ENCODING: chunked\r\n\r\n")
		for size := int(how)/4 + 1; len(body) > 0; {
			n := min(size, len(body))
			fmt.Fprintf(&b, "%x;how=%d\r\n%s\r\n", n, how, body[:n])
			body = body[n:]
		}
		b.WriteString("0\r\nX-Trailer: 1\r\n\r\n")
	case 2:
		b.WriteString("\r\n")
		if answer { // it ends with the connection
			b.Write(body)
		}
	case 3:
		b.WriteString("Content-Length: 0\r\n\r\n")
	}
	return b.Bytes()
}

func keep(s string, ok func(byte) bool) string {
	var b []byte
	for i := range len(s) {
		if ok(s[i]) {
			b = append(b, s[i])
		}
	}
	return string(b)
}

// token keeps the characters that a field's name may have, text those of its value, and printable those of a target.
func token(s string) string {
	return keep(s, func(c byte) bool {
		return c > ' ' && c < 0x7f && !strings.ContainsRune(`"(),/:;<=>?@[\]{}`, rune(c))
	})
}
func text(s string) string {
	return keep(s, func(c byte) bool { return c >= ' ' && c != 0x7f || c == '\t' })
}
func printable(s string) string { return keep(s, func(c byte) bool { return c > ' ' && c != 0x7f }) }

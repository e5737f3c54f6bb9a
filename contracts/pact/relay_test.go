package pact_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// raw is a provider that keeps the request as it was on the wire, and answers byte for byte.
type raw struct {
	net.Listener
	asked chan string
}

func newRaw(t *testing.T, answer string) raw {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	r := raw{l, make(chan string, 10)}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			var read bytes.Buffer
			request, err := http.ReadRequest(bufio.NewReader(io.TeeReader(conn, &read)))
			if err == nil {
				_, _ = io.Copy(io.Discard, request.Body)
			}
			r.asked <- read.String()
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}()
	return r
}

// verify verifies one interaction against the provider; version is that of the specification.
func (r raw) verify(t *testing.T, version, request, response string, change func(*pact.Options)) pact.Result {
	t.Helper()
	path := filepath.Join(t.TempDir(), "web-shop.json")
	kind := ""
	if version == "4.0" {
		kind = `"type":"Synchronous/HTTP",`
	}
	require.NoError(t, os.WriteFile(path, []byte(`{"consumer":{"name":"web"},"provider":{"name":"shop"},"interactions":[
		{`+kind+`"description":"r","request":`+request+`,"response":`+response+`}],"metadata":{"pactSpecification":{"version":"`+version+
		`"}}}`), 0o600))
	opts := pact.Options{Provider: "shop", URL: "http://" + r.Addr().String(), Sources: []pact.Source{pact.Files(path)}}
	if change != nil {
		change(&opts)
	}
	report := pact.Verify(t.Context(), opts)
	require.Empty(t, report.Problems)
	require.Len(t, report.Results, 1)
	return report.Results[0]
}

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

// The provider gets the pact's request where libpact_ffi's HTTP client would send another one.
func TestRequestIsThatOfThePact(t *testing.T) {
	for name, c := range map[string]struct {
		version, request string
		want             []string // lines of what the provider is asked
		not              string   // what it is not
	}{
		"dots and slashes": {"3.0.0", `{"method":"GET","path":"//a/../b/./c//"}`, []string{"GET //a/../b/./c// HTTP/1.1"}, ""},
		"encoded characters": {
			"3.0.0", `{"method":"GET","path":"/a%20b%2Fc%2e%2E/%C3%BC/%zz"}`, []string{"GET /a%20b%2Fc%2e%2E/%C3%BC/%zz HTTP/1.1"}, "",
		},
		"reserved characters": {"4.0", `{"method":"GET","path":"/a;b=c,d:e@f!$&'()*+[x]|~"}`,
			[]string{"GET /a;b=c,d:e@f!$&'()*+[x]|~ HTTP/1.1"}, ""},
		"what no target may have": {"3.0.0", `{"method":"GET","path":"/ü x\\y#z"}`, []string{"GET /%C3%BC%20x%5Cy%23z HTTP/1.1"}, ""},
		"query of version 2": {
			"2.0.0", `{"method":"GET","path":"/","query":"flag&a=&b=x+y&b=%7e;c&d=/?:@"}`,
			[]string{"GET /?flag&a=&b=x+y&b=%7e;c&d=/?:@ HTTP/1.1"}, "",
		},
		"query of version 3": {
			"3.0.0", `{"method":"GET","path":"/","query":{"z":["1 2","a+b&c=d~"],"a":[""],"flag":[null]}}`,
			[]string{"GET /?z=1%202&z=a%2Bb%26c%3Dd~&a=&flag HTTP/1.1"}, "",
		},
		"no query": {"4.0", `{"method":"GET","path":"/","query":{}}`, []string{"GET / HTTP/1.1"}, ""},
		"host of a tenant": {
			"4.0", `{"method":"GET","path":"/","headers":{"Host":["tenant-a.example.com"]}}`, []string{"Host: tenant-a.example.com"}, "127.0.0.1",
		},
		"fields in one line, in the pact's case": {
			"3.0.0", `{"method":"GET","path":"/",
				"headers":{"X-ONE":"a, b","Accept":"text/html;q=0.5, text/plain","Connection":"Upgrade","Upgrade":"x","TE":"trailers"}}`,
			[]string{"X-ONE: a, b\r\nAccept: text/html;q=0.5, text/plain\r\nConnection: Upgrade\r\nUpgrade: x\r\nTE: trailers"}, "",
		},
		"fields in several lines": {
			"4.0", `{"method":"GET","path":"/","headers":{"X-Two":["a","b, c"]}}`, []string{"X-Two: a\r\nX-Two: b, c"}, "",
		},
		"no compression": {"4.0", `{"method":"GET","path":"/"}`, nil, "ncoding"},
		"compression":    {"4.0", `{"method":"GET","path":"/","headers":{"Accept-Encoding":["br"]}}`, []string{"Accept-Encoding: br"}, "gzip"},
		"numbers and order of JSON": {
			"4.0", `{"method":"POST","path":"/","headers":{"Content-Type":["application/json"]},
				"body":{"contentType":"application/json","encoded":false,"content":{ "b": 12345678901234567890123, "a": 0.10 }}}`,
			[]string{`{"b":12345678901234567890123,"a":0.10}`, "Content-Length: 38", "Content-Type: application/json"}, "",
		},
		"a body that is not there": {"4.0", `{"method":"POST","path":"/"}`, []string{"Content-Length: 0\r\n"}, ""},
		"a text body": {
			"3.0.0", `{"method":"POST","path":"/","headers":{"Content-Type":"text/plain"},"body":"hello"}`, []string{"\r\n\r\nhello"}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newRaw(t, ok)
			r := p.verify(t, c.version, c.request, `{"status":200}`, nil)
			require.Equal(t, verdict.Pass, r.Verdict, r)
			asked := <-p.asked
			for _, want := range c.want {
				require.Contains(t, strings.ToLower(asked), strings.ToLower(want))
			}
			if c.not != "" {
				require.NotContains(t, asked, c.not)
			}
		})
	}
}

func TestHostIsTheProvidersWhereThePactSaysNone(t *testing.T) {
	p := newRaw(t, ok)
	require.Equal(t, verdict.Pass, p.verify(t, "4.0", `{"method":"GET","path":"/"}`, `{"status":200}`, nil).Verdict)
	require.Contains(t, <-p.asked, "\r\nHost: "+p.Addr().String()+"\r\n")
}

func TestPathOfTheProvidersURLComesFirst(t *testing.T) {
	p := newRaw(t, ok)
	r := p.verify(t, "4.0", `{"method":"GET","path":"/orders","query":{"a":["1"]}}`, `{"status":200}`,
		func(o *pact.Options) { o.URL += "/api%2Fv1/" })
	require.Equal(t, verdict.Pass, r.Verdict, r)
	require.Contains(t, <-p.asked, "GET /api%2Fv1/orders?a=1 HTTP/1.1\r\n")
}

func TestFilterChangesOnlyWhatItChanges(t *testing.T) {
	p := newRaw(t, ok)
	r := p.verify(t, "4.0",
		`{"method":"POST","path":"/a/../b","headers":{"X-Id":["1"],"x-old":["1"],"X-Two":["a","b"]},
			"body":{"contentType":"text/plain","encoded":false,"content":"hi"}}`, `{"status":200}`,
		func(o *pact.Options) {
			o.Filter = func(r *http.Request, body []byte, _ *pact.Setup) error {
				if r.URL.Path != "/a/../b" || r.Header.Get("X-Id") != "1" || r.Host != p.Addr().String() {
					return fmt.Errorf("the filter sees %s %s %v", r.Host, r.URL, r.Header)
				}
				r.Header.Set("X-Signature", "signed "+string(body))
				r.Header.Del("X-Old")
				return nil
			}
		})
	require.Equal(t, verdict.Pass, r.Verdict, r)
	asked := <-p.asked
	require.True(t, strings.HasPrefix(asked, "POST /a/../b HTTP/1.1\r\nHost: "+p.Addr().String()+"\r\nX-Id: 1\r\nX-Two: a\r\nX-Two: b\r\n"),
		asked)
	require.Contains(t, asked, "X-Signature: signed hi\r\n")
	require.NotContains(t, strings.ToLower(asked), "x-old")
}

func TestFilterThatGoesWrongIsNeverAPass(t *testing.T) {
	for name, c := range map[string]struct {
		filter func(*http.Request, []byte, *pact.Setup) error
		want   verdict.Verdict
		says   string
	}{
		"error": {func(*http.Request, []byte, *pact.Setup) error { return errors.New("no key") }, verdict.Fail, "request filter: no key"},
		"panic": {func(*http.Request, []byte, *pact.Setup) error { panic("no key") }, verdict.Fail, "panic: no key"},
		"hangs": {func(*http.Request, []byte, *pact.Setup) error { select {} }, verdict.Unknown, "did not end with its context"},
		"a line break": {
			func(r *http.Request, _ []byte, _ *pact.Setup) error { r.Header.Set("X-A", "a\r\nB: c"); return nil }, verdict.Fail, "line break",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newRaw(t, ok)
			r := p.verify(t, "4.0", `{"method":"GET","path":"/"}`, `{"status":200}`, func(o *pact.Options) {
				o.Filter = c.filter
				if name == "hangs" {
					o.Timeout = 50 * time.Millisecond
				}
			})
			require.Equal(t, c.want, r.Verdict, r)
			require.Contains(t, r.Reason, c.says)
			require.Empty(t, p.asked, "the provider is not asked")
		})
	}
}

func TestFilterMayChangeMethodURLAndHost(t *testing.T) {
	p := newRaw(t, ok)
	r := p.verify(t, "4.0", `{"method":"POST","path":"/a","body":{"contentType":"text/plain","encoded":false,"content":"hi"}}`,
		`{"status":200}`, func(o *pact.Options) {
			o.Filter = func(r *http.Request, body []byte, _ *pact.Setup) error {
				r.Method, r.Host, r.URL.RawQuery = "PUT", "tenant.example.com", "signature=1"
				body[0] = 'x' // it is a copy
				return nil
			}
		})
	require.Equal(t, verdict.Pass, r.Verdict, r)
	asked := <-p.asked
	require.True(t, strings.HasPrefix(asked, "PUT /a?signature=1 HTTP/1.1\r\nHost: tenant.example.com\r\n"), asked)
	require.True(t, strings.HasSuffix(asked, "\r\n\r\nhi"), asked)
}

// What the provider answers is what is compared: nothing is invented and nothing is dropped.
func TestAnswerIsThatOfTheProvider(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\n"
	for name, c := range map[string]struct {
		answer, response string
		want             verdict.Verdict
	}{
		"Content-Type is not invented": {
			head + "Content-Length: 5\r\n\r\nhello", `{"status":200,"headers":{"Content-Type":"text/plain; charset=utf-8"}}`, verdict.Fail,
		},
		"Date is not invented": {
			head + "Content-Length: 0\r\n\r\n", `{"status":200,"headers":{"Date":"Mon, 02 Jan 2006 15:04:05 GMT"}}`, verdict.Fail,
		},
		"Content-Type that is there": {
			head + "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
			`{"status":200,"headers":{"Content-Type":"text/plain"}}`, verdict.Pass,
		},
		"JSON without a Content-Type": {head + "Content-Length: 8\r\n\r\n{\"id\":1}", `{"status":200,"body":{"id":1}}`, verdict.Pass},
		"other JSON without one":      {head + "Content-Length: 8\r\n\r\n{\"id\":2}", `{"status":200,"body":{"id":1}}`, verdict.Fail},
		"fields of a hop": {head +
			"Connection: keep-alive, x\r\nKeep-Alive: timeout=5\r\nTrailer: X\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n",
			`{"status":200,"headers":{"Connection":"keep-alive, x","Keep-Alive":"timeout=5","Trailer":"X","Upgrade":"h2c"}}`, verdict.Pass},
		"Proxy-Authenticate": {
			"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
			`{"status":407,"headers":{"Proxy-Authenticate":"Basic"}}`, verdict.Pass,
		},
		"a Keep-Alive that is not": {head + "Content-Length: 0\r\n\r\n", `{"status":200,"headers":{"Keep-Alive":"timeout=5"}}`, verdict.Fail},
		"HTTP/1.0 until the end": {
			"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello",
			`{"status":200,"headers":{"Content-Type":"text/plain"},"body":"hello"}`, verdict.Pass,
		},
		"informational answers": {"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok, `{"status":200}`, verdict.Pass},
		"a list on two lines": {
			head + "X-List: a\r\nX-List: b\r\nContent-Length: 0\r\n\r\n", `{"status":200,"headers":{"X-List":"a, b"}}`, verdict.Pass,
		},
		"another list": {
			head + "X-List: b\r\nX-List: a\r\nContent-Length: 0\r\n\r\n", `{"status":200,"headers":{"X-List":"a, b"}}`, verdict.Fail,
		},
		"a folded field": {
			head + "X-Name: a,\r\n\tb\r\nContent-Length: 0\r\n\r\n", `{"status":200,"headers":{"X-Name":"a, b"}}`, verdict.Pass,
		},
		"UTF-8 in a field": {
			head + "X-Name: Zoë\r\nContent-Length: 0\r\n\r\n", `{"status":200,"headers":{"X-Name":"Zoë"}}`, verdict.Pass,
		},
		"ISO 8859-1 in a field": {
			head + "X-Name: Zo\xeb\r\nContent-Length: 0\r\n\r\n", `{"status":200,"headers":{"X-Name":"Zoë"}}`, verdict.Pass,
		},
		"another letter in a field": {
			head + "X-Name: Zoé\r\nContent-Length: 0\r\n\r\n", `{"status":200,"headers":{"X-Name":"Zoë"}}`, verdict.Fail,
		},
		"a rule for a field of letters": {head + "X-Name: Zoé\r\nContent-Length: 0\r\n\r\n",
			`{"status":200,"headers":{"X-Name":"Zoë"},"matchingRules":{"header":{"X-Name":{"matchers":[{"match":"regex","regex":"Zo."}]}}}}`,
			verdict.Unknown},
		"text in ISO 8859-1": {
			head + "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Length: 3\r\n\r\nZo\xeb",
			`{"status":200,"headers":{"Content-Type":"text/plain; charset=iso-8859-1","Content-Length":"3"},"body":"Zoë"}`, verdict.Pass,
		},
		"other text in ISO 8859-1": {
			head + "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Length: 3\r\n\r\nZo\xe9",
			`{"status":200,"headers":{"Content-Type":"text/plain; charset=iso-8859-1"},"body":"Zoë"}`, verdict.Fail,
		},
		"JSON with a charset": {
			head + "Content-Type: application/json; charset=iso-8859-1\r\nContent-Length: 15\r\n\r\n{\"name\":\"Zoë\"}",
			`{"status":200,"headers":{"Content-Type":"application/json; charset=iso-8859-1"},"body":{"name":"Zoë"}}`, verdict.Pass,
		},
		"JSON in the charset it names": {
			head + "Content-Type: application/json; charset=iso-8859-1\r\nContent-Length: 14\r\n\r\n{\"name\":\"Zo\xeb\"}",
			`{"status":200,"headers":{"Content-Type":"application/json; charset=iso-8859-1"},"body":{"name":"Zoë"}}`, verdict.Pass,
		},
		"text in no charset that it names": {
			head + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nZo\xeb", `{"status":200,"body":"Zoë"}`, verdict.Fail,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRaw(t, c.answer).verify(t, "3.0.0", `{"method":"GET","path":"/"}`, c.response, nil)
			require.Equal(t, c.want, r.Verdict, r)
		})
	}
}

func TestCompressedAnswerKeepsItsFields(t *testing.T) {
	compressed := gzipped(t, "hello")
	answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s",
		len(compressed), compressed)
	for response, want := range map[string]verdict.Verdict{
		fmt.Sprintf(`{"status":200,"headers":{"Content-Encoding":"gzip","Content-Length":"%d","Content-Type":"text/plain"},"body":"hello"}`,
			len(compressed)): verdict.Pass,
		`{"status":200,"headers":{"Content-Type":"text/plain"},"body":"hello"}`:                           verdict.Pass,
		`{"status":200,"headers":{"Content-Encoding":"br","Content-Type":"text/plain"},"body":"hello"}`:   verdict.Fail,
		`{"status":200,"headers":{"Content-Encoding":"gzip","Content-Type":"text/plain"},"body":"hallo"}`: verdict.Fail,
	} {
		r := newRaw(t, answer).verify(t, "3.0.0", `{"method":"GET","path":"/","headers":{"Accept-Encoding":"gzip"}}`, response, nil)
		require.Equal(t, want, r.Verdict, r)
	}
}

func TestCompressionOfEveryNameIsRead(t *testing.T) {
	compressed := gzipped(t, "hello")
	for coding, want := range map[string]verdict.Verdict{
		"GZIP": verdict.Pass, "x-gzip": verdict.Pass, "br": verdict.Unknown, "identity": verdict.Fail,
	} {
		answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s",
			coding, len(compressed), compressed)
		r := newRaw(t, answer).verify(t, "3.0.0", `{"method":"GET","path":"/"}`, `{"status":200,"body":"hello"}`, nil)
		require.Equal(t, want, r.Verdict, r)
	}
}

func TestCompressedBytesOfThePactAreCompared(t *testing.T) {
	sent := gzipped(t, "hello")
	for _, c := range []struct {
		coding, expected string
		want             verdict.Verdict
	}{
		{"gzip", sent, verdict.Pass}, {"br", sent, verdict.Pass},
		{"gzip", gzipped(t, "hallo"), verdict.Fail}, {"br", gzipped(t, "hallo"), verdict.Unknown},
	} {
		answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s",
			c.coding, len(sent), sent)
		response := fmt.Sprintf(`{"status":200,"headers":{"Content-Encoding":["%s"]},
			"body":{"contentType":"application/octet-stream","encoded":"base64","content":%q}}`,
			c.coding, base64.StdEncoding.EncodeToString([]byte(c.expected)))
		r := newRaw(t, answer).verify(t, "4.0", `{"method":"GET","path":"/"}`, response, nil)
		require.Equal(t, c.want, r.Verdict, r)
	}
}

func TestAnswerThatIsCutShortIsUnknown(t *testing.T) {
	for name, answer := range map[string]string{
		"nothing":       "",
		"half a head":   "HTTP/1.1 200 OK\r\nContent-Le",
		"half a body":   "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
		"half a chunk":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{",
		"no last chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
		"no HTTP":       "220 mail.example.com ESMTP\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			r := newRaw(t, answer).verify(t, "4.0", `{"method":"GET","path":"/"}`, `{"status":404}`, nil)
			require.Equal(t, verdict.Unknown, r.Verdict, r)
			require.Contains(t, r.Reason, "the provider could not be reached")
		})
	}
}

func TestAnswerThatIsTooLargeIsUnknown(t *testing.T) {
	r := newRaw(t, "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n").verify(t, "4.0", `{"method":"GET","path":"/"}`, `{"status":200}`,
		nil)
	require.Equal(t, verdict.Unknown, r.Verdict, r)
	require.Contains(t, r.Reason, "the provider's answer is not compared: the message is too large: 999999999999 bytes")
}

func TestOneDifferenceIsOneFinding(t *testing.T) {
	r := newRaw(t, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"a\":1,\"b\":2}").verify(t, "3.0.0",
		`{"method":"GET","path":"/"}`, `{"status":200,"body":{"a":1,"b":3}}`, nil)
	require.Equal(t, verdict.Fail, r.Verdict)
	require.Len(t, r.Mismatches, 1, r)
}

func TestMessageHasTheMetadataThatItsFunctionReturns(t *testing.T) {
	verify := func(metadata map[string]any, body string) pact.Result {
		report := pact.Verify(t.Context(), events(func(context.Context, *pact.Setup) (pact.Message, error) {
			return pact.Message{Body: []byte(body), Metadata: metadata}, nil
		}))
		return report.Results[0]
	}
	r := verify(map[string]any{"type": "order.paid"}, `{"id":"9","paid":true}`)
	require.Equal(t, verdict.Unknown, r.Verdict, "a contentType is not invented")
	require.Contains(t, r.Reason, "the message function names none")
	require.Equal(t, verdict.Fail, verify(map[string]any{"type": "order.paid"}, `{"id":"9","paid":false}`).Verdict,
		"what is proven outranks it")
	require.Equal(t, verdict.Fail, verify(map[string]any{"type": "order.paid", "contentType": "text/plain"}, `{"id":"9","paid":true}`).Verdict)
	require.Equal(t, verdict.Pass, verify(map[string]any{"type": "order.paid", "contentType": "application/json"},
		`{"id":"9","paid":true}`).Verdict)
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestPathFromTheStateIsSentAsItIs(t *testing.T) {
	p := newRaw(t, ok)
	r := p.verify(t, "4.0",
		`{"method":"GET","path":"/files/x","generators":{"path":{"type":"ProviderState","expression":"/files/${name}/${n}"}}}`, `{"status":200}`,
		func(o *pact.Options) {
			o.Before = func(_ context.Context, s *pact.Setup) error {
				s.Return("name", "a/../b%2F;c")
				s.Return("n", 7)
				return nil
			}
		})
	require.Equal(t, verdict.Pass, r.Verdict, r)
	require.Contains(t, <-p.asked, "GET /files/a/../b%2F;c/7 HTTP/1.1\r\n")
}

package broker_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/tlstest"
)

// fault is a broker that is broken in one way, and the expected error.
type fault struct {
	serve    http.HandlerFunc          // what it does; nil: url says where there is none
	start    func(*httptest.Server)    // nil: plain HTTP
	url      func(t *testing.T) string // instead of serve
	config   func(*broker.Config)      // what else is configured
	kind     error                     // what errors.Is must find
	says     string                    // a part of the text
	attempts int32                     // how often serve must be asked; zero: once
}

func answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// steps is a broker with a working index, one list, and one pact.
func steps(list, pact http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			list(w, r)
		case r.URL.Path == "/pact":
			pact(w, r)
		default:
			_, _ = fmt.Fprintf(w, `{"_links":{"beta:provider-pacts-for-verification":{"href":"http://%s/provider/{provider}"}}}`, r.Host)
		}
	}
}

func listing(href string) http.HandlerFunc {
	return answer(200, "application/hal+json", `{"_embedded":{"pacts":[{"_links":{"self":{"href":"`+href+`"}}}]}}`)
}

const page = `<!DOCTYPE html><html><head><title>Sign in &amp; go</title></head><body>hello s3cret-t0ken/+=</body></html>`

var faults = map[string]fault{
	"DNS": {
		url: unresolved, config: resolver(&net.DNSError{Err: "no such host", Name: "broker.example", IsNotFound: true}),
		kind: broker.ErrUnreachable, says: "the host name broker.example is not known here; check the URL",
	},
	"DNS out of order": {
		url: unresolved, config: resolver(&net.DNSError{Err: "server misbehaving", Name: "broker.example", IsTemporary: true}),
		kind: broker.ErrUnreachable, says: "there is no answer: dial tcp: lookup broker.example: server misbehaving (3 attempts)",
	},
	"refused": {
		url: closed, kind: broker.ErrUnreachable, says: "the connection is refused (3 attempts); check the URL and its port",
	},
	"expired certificate": {
		url:  func(t *testing.T) string { return tlstest.Expired(t, answer(200, "application/json", "{}")) },
		kind: broker.ErrUnreachable,
		says: "its TLS certificate is not accepted: it is valid from 2019-01-01 to 2020-01-01; renew the broker's certificate",
	},
	"unknown authority": {
		serve: answer(200, "application/json", "{}"), start: (*httptest.Server).StartTLS,
		kind: broker.ErrUnreachable, says: "its TLS certificate is not accepted: ", attempts: -1,
	},
	"TLS with a plain server": {url: func(t *testing.T) string {
		return "https://" + strings.TrimPrefix(serve(t, answer(200, "application/json", "{}")), "http://")
	},
		kind: broker.ErrUnreachable, says: "there is no answer: http: server gave HTTP response to HTTPS client"},
	"timeout": {
		serve:  func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		config: hasty, kind: broker.ErrUnreachable, says: "no answer in time",
	},
	"timeout in the body": {serve: func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "{")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}, config: hasty, kind: broker.ErrUnreachable, says: "no answer in time"},
	"cut in the body": {serve: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	}, kind: broker.ErrUnreachable, says: "the connection was cut before the answer's end (3 attempts)", attempts: 3},
	"cut at once": {
		serve: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		kind:  broker.ErrUnreachable, says: "the connection was cut", attempts: 3,
	},
	"no HTTP": {url: chatter, kind: broker.ErrUnreachable, says: "there is no answer: "},

	"401": {
		serve: answer(401, "application/json", `{"error":"no s3cret-t0ken/+= here"}`), kind: broker.ErrUnauthorised,
		says: `401 Unauthorized: no [secret] here; check the token (PACT_BROKER_TOKEN)`,
	},
	"401 for a user": {
		serve: answer(401, "text/plain", ""), config: user, kind: broker.ErrUnauthorised,
		says: "401 Unauthorized; check PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD",
	},
	"401 without any": {
		serve: answer(401, "text/plain", "secret stuff"), config: nobody, kind: broker.ErrUnauthorised,
		says: "401 Unauthorized: secret stuff; set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and",
	},
	"403": {
		serve: answer(403, "text/html", page), kind: broker.ErrUnauthorised,
		says: `403 Forbidden: an HTML page with the title "Sign in & go"; the credentials are known`,
	},
	"404": {
		serve: answer(404, "text/html", "<html>"), kind: broker.ErrNotFound, says: "404 Not Found: an HTML page; check the URL",
	},
	"404 for the list": {
		serve: steps(answer(404, "text/html", "<html>"), nil), kind: broker.ErrNotFound,
		says: "/provider/api: 404 Not Found: an HTML page", attempts: 2,
	},
	"400 problem": {
		serve: steps(answer(400, "application/problem+json", `{"title":"Bad","detail":"too\u001b[31m red"}`), nil),
		kind:  broker.ErrBadRequest, says: "400 Bad Request: Bad: too[31m red", attempts: 2,
	},
	"400 errors": {
		serve: steps(answer(400, "application/json", `{"errors":{"b":["second"],"a":["first",{"message":"more","pointer":"/x"}]}}`), nil),
		kind:  broker.ErrBadRequest, says: "400 Bad Request: a: first; a: more (/x); b: second", attempts: 2,
	},
	"429": {
		serve: answer(429, "text/plain", "slow down"), kind: broker.ErrBadRequest,
		says: "429 Too Many Requests: slow down (3 attempts)", attempts: 3,
	},
	"500 HTML": {
		serve: answer(500, "text/html", page), kind: broker.ErrUnexpected,
		says: `500 Internal Server Error: an HTML page with the title "Sign in & go" (3 attempts); look into the logs`, attempts: 3,
	},
	"502": {
		serve: answer(502, "text/plain", ""), kind: broker.ErrUnexpected, says: "502 Bad Gateway (3 attempts)", attempts: 3,
	},
	"503 for the list": {
		serve: steps(answer(503, "text/plain", ""), nil), kind: broker.ErrUnexpected, says: "503 Service Unavailable (3 attempts)", attempts: 4,
	},
	"504 for a pact": {
		serve: steps(listing("/pact"), answer(504, "text/plain", "")), kind: broker.ErrUnexpected, says: "download the pact: ", attempts: 5,
	},
	"sign-in page": {
		serve: answer(200, "text/html; charset=utf-8", page), kind: broker.ErrUnexpected,
		says: `the answer is an HTML page with the title "Sign in & go" instead of JSON; check the URL; if it is a sign-in page`,
	},
	"truncated index": {
		serve: answer(200, "application/json", `{"_links":{"self":`), kind: broker.ErrUnexpected,
		says: "the answer is broken JSON: unexpected end of JSON input",
	},
	"truncated list": {
		serve: steps(answer(200, "application/json", `{"_embedded":`), nil),
		kind:  broker.ErrUnexpected, says: "the answer is broken JSON", attempts: 2,
	},
	"truncated pact": {
		serve: steps(listing("/pact"), answer(200, "application/json", `{"consumer":`)),
		kind:  broker.ErrUnexpected, says: "/pact: the answer is broken JSON", attempts: 3,
	},
	"empty answer": {serve: answer(200, "application/json", ""), kind: broker.ErrUnexpected, says: "the answer is broken JSON"},
	"no content":   {serve: answer(204, "", ""), kind: broker.ErrUnexpected, says: "the answer is broken JSON"},
	"other JSON": {
		serve: answer(200, "application/json", `{"status":"ok"}`), kind: broker.ErrUnexpected,
		says: "the answer has no links; check that this is the base URL of a Pact Broker",
	},
	"other index": {
		serve: answer(200, "application/json", `{"_links":{"self":{"href":"/"}}}`),
		kind:  broker.ErrUnexpected, says: "its index has no link pb:provider-pacts-for-verification",
	},
	"no list": {
		serve: steps(answer(200, "application/json", `{"_embedded":{}}`), nil),
		kind:  broker.ErrUnexpected, says: "the answer has no list of pacts (_embedded.pacts)", attempts: 2,
	},
	"list of null": {
		serve: steps(answer(200, "application/json", `null`), nil), kind: broker.ErrUnexpected,
		says: "the answer has no list of pacts (_embedded.pacts)", attempts: 2,
	},
	"empty list": {
		serve: steps(answer(200, "application/json", `{"_embedded":{"pacts":[]}}`), nil), kind: broker.ErrNoPacts,
		says: `{"mainBranch":true}, {"deployedOrReleased":true}; nothing would be verified`, attempts: 2,
	},
	"a pact without link": {
		serve: steps(answer(200, "application/json", `{"_embedded":{"pacts":[{}]}}`), nil),
		kind:  broker.ErrUnexpected, says: "a pact in the list has no link to itself", attempts: 2,
	},
	"a link of no sort": {
		serve: steps(listing("javascript:alert(1)"), nil), kind: broker.ErrUnexpected,
		says: "its link javascript:alert(1) cannot be followed", attempts: 2,
	},
	"a templated link": {
		serve: steps(listing("/pact/{version}"), nil), kind: broker.ErrUnexpected,
		says: "its link /pact/{version} cannot be followed", attempts: 2,
	},
	"no pact": {
		serve: steps(listing("/pact"), answer(200, "application/json", `{"consumer":{"name":"web"}}`)),
		kind:  broker.ErrUnexpected, says: "it is no pact: it must name a consumer and a provider", attempts: 3,
	},
	"link to another host": {serve: steps(listing("http://evil.example/pact?steal=1"), nil), kind: broker.ErrElsewhere, attempts: 2,
		says: "it leads to http://evil.example/pact?..., which is not the configured broker and is not sent its credentials; " +
			"if that is the same broker, set PACT_BROKER_BASE_URL of the broker itself to http://127.0.0.1:"},
	"link to another port": {
		serve: steps(listing("http://127.0.0.1:1/pact"), nil), kind: broker.ErrElsewhere,
		says: "it leads to http://127.0.0.1:1/pact", attempts: 2,
	},
	"link to another scheme": {
		serve: func(w http.ResponseWriter, r *http.Request) { steps(listing("https://"+r.Host+"/pact"), nil)(w, r) },
		kind:  broker.ErrElsewhere, says: "it leads to https://127.0.0.1", attempts: 2,
	},
	"link of the index": {
		serve: answer(200, "application/json", `{"_links":{"pb:provider-pacts-for-verification":{"href":"//evil.example/{provider}"}}}`),
		kind:  broker.ErrElsewhere, says: "it leads to http://evil.example/api",
	},
	"redirect to another host": {
		serve: redirect("https://login.example/?token=1", 302), kind: broker.ErrElsewhere,
		says: "it leads to https://login.example/?..., which is not the configured broker",
	},
	"redirect of the POST": {
		serve: steps(redirect("/there", 301), nil), kind: broker.ErrUnexpected,
		says: "301 Moved Permanently: a POST is not sent on to http://127.0.0.1", attempts: 2,
	},
	"redirect loop": {serve: redirect("/again", 302), kind: broker.ErrUnexpected, says: "/again: it redirects too often", attempts: -1},
	"1 GB":          {serve: endless(' '), kind: broker.ErrUnexpected, says: "the answer is longer than 134217728 bytes"},
	"1 GB of an error": {
		serve:  func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadRequest); endless('x')(w, r) },
		config: func(c *broker.Config) { c.MaxBytes = 1 << 20 }, kind: broker.ErrUnexpected, says: "the answer is longer than 1048576 bytes",
	},
	"long error": {serve: answer(400, "text/plain", strings.Repeat("no ", 10000)), kind: broker.ErrBadRequest, says: "no no no n..."},
}

func unresolved(*testing.T) string { return "http://broker.example" }

// resolver is what a dialer does when a host name cannot be looked up.
func resolver(err *net.DNSError) func(*broker.Config) {
	return func(c *broker.Config) {
		c.HTTP = &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
		}}}
	}
}

func hasty(c *broker.Config)  { c.Timeout = 50 * time.Millisecond }
func user(c *broker.Config)   { c.Token, c.Username, c.Password = "", "u", token }
func nobody(c *broker.Config) { c.Token = "" }

func redirect(to string, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, status) }
}

// endless writes one gigabyte, as long as it is read.
func endless(b byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		part := bytes.Repeat([]byte{b}, 1<<20)
		for range 1 << 10 {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
	}
}

func serve(t *testing.T, handler http.HandlerFunc) string {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// closed is the URL of a port without a listener. A freed port could belong to another test by now.
func closed(*testing.T) string { return "http://127.0.0.1:1" }

// chatter is the URL of a server that speaks another protocol.
func chatter(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = connection.Read(make([]byte, 1))
			_, _ = io.WriteString(connection, "220 mail.example s3cret-t0ken/+= ESMTP\r\n")
			_ = connection.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}

// quiet is where servers log what clients did to them.
var quiet = log.New(io.Discard, "", 0)

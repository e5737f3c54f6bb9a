package contracts_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// faults are the ways in which the gate is broken on purpose.
var faults = []fault{
	// The contract is broken.
	{
		name: "the provider answers another status than the pact says",
		exit: verdict.ExitFail, want: "got       200", inject: answers(http.StatusOK),
	},
	{name: "the provider answers 500", exit: verdict.ExitFail, want: "got       500", inject: answers(http.StatusInternalServerError)},
	{name: "the provider redirects", exit: verdict.ExitFail, want: "got       302", inject: answers(http.StatusFound)},
	{name: "the provider's answer lacks a field", exit: verdict.ExitFail, want: "where     $", inject: body(`{"id":"7"}`)},
	{
		name: "the provider answers a web page with status 200", exit: verdict.ExitFail,
		want: "web/an order exists", inject: body("<html>please sign in</html>"),
	},
	{
		name: "a committed pact was edited", exit: verdict.ExitFail, want: "expected  202",
		inject: func(w *world) { w.edit(`"status": 201`, `"status": 202`) },
	},
	{
		name: "the provider's answer keeps to its pact and not to its JSON Schema", exit: verdict.ExitFail,
		want:   "required, as in ",
		inject: func(w *world) { w.opts.Payloads = payloadsOf(w.T, w.dir, `{"required": ["currency"]}`) },
	},
	{
		name: "a pact's matching rules let its consumer send what the JSON Schema refuses", exit: verdict.ExitFail, test: "^TestPayloadsOfShop$",
		want: "the pact lets",
	},

	// The suite is broken: the provider cannot be shown to keep the pact.
	{
		name: "a provider state has no function", exit: verdict.ExitFail,
		want:   `no function for the provider state "there are no order": the nearest is "there are no orders"`,
		inject: func(w *world) { w.edit("there are no orders", "there are no order") },
	},
	{
		name: "a state function gives an error", exit: verdict.ExitFail, want: `provider state "an order exists": no such table`,
		inject: state(func(context.Context, *pact.Setup) error { return errors.New("no such table") }),
	},
	{
		name: "a state function panics", exit: verdict.ExitFail, want: "panic: no such table",
		inject: state(func(context.Context, *pact.Setup) error { panic("no such table") }),
	},
	{
		name: "a state function calls t.FailNow", exit: verdict.ExitFail, want: "the function ended its goroutine",
		inject: func(w *world) {
			w.opts.States["an order exists"] = func(context.Context, *pact.Setup) error { w.FailNow(); return nil }
		},
	},
	{
		name: "a cleanup fails", exit: verdict.ExitFail, want: "cleanup: still locked",
		inject: state(func(_ context.Context, s *pact.Setup) error {
			s.Return("order", 7)
			s.Cleanup(func(context.Context) error { return errors.New("still locked") })
			return nil
		}),
	},
	{
		name: "the request filter fails", exit: verdict.ExitFail, want: "request filter: no key",
		inject: func(w *world) {
			w.opts.Filter = func(*http.Request, []byte, *pact.Setup) error { return errors.New("no key") }
		},
	},
	{
		name: "the pact has a message, and nobody gives one", exit: verdict.ExitFail, want: "there is no message function",
		inject: func(w *world) {
			w.edit(`"interactions": [`,
				`"interactions": [{"type": "Asynchronous/Messages", "description": "an order was placed",
					"contents": {"content": {"id": 1}, "contentType": "application/json", "encoded": false}},`)
		},
	},

	// Nothing was verified.
	{name: "the folder of pacts is empty", exit: verdict.ExitUnknown, want: "no pact in this folder", inject: func(w *world) { w.pact = "" }},
	{
		name: "a pact file was deleted", exit: verdict.ExitUnknown, want: "no such file",
		inject: func(w *world) { w.opts.Pacts = append(w.opts.Pacts, filepath.Join(w.dir, "app-shop.json")) },
	},
	{
		name: "the JSON Schema of an answer cannot be read", exit: verdict.ExitUnknown, want: "does not allow this",
		inject: func(w *world) { w.opts.Payloads = payloadsOf(w.T, w.dir, `{"type": "sting"}`) },
	},
	{
		name: "no source of pacts is named", exit: verdict.ExitUnknown, want: "no source of pacts", inject: func(w *world) { w.opts.Pacts = nil },
	},
	{
		name: "every pact is of another provider", exit: verdict.ExitUnknown, want: `no pact has the provider "shop"`,
		inject: func(w *world) { w.edit(`"name": "shop"`, `"name": "shoe"`) },
	},
	{
		name: "a pact has no interactions", exit: verdict.ExitUnknown, want: "it has no interaction",
		inject: func(w *world) {
			w.pact = `{"consumer": {"name": "web"}, "provider": {"name": "shop"}, "interactions": [],
				"metadata": {"pactSpecification": {"version": "4.0"}}}`
		},
	},
	{
		name: "-run selects no interaction", exit: verdict.ExitUnknown,
		want: "no interaction was verified: there are 3", test: "^TestShop$/web/any_state/no_order",
	},
	{name: "-run selects no test", exit: verdict.ExitUnknown, want: "nothing was verified", test: "^TestShip$"},
	{name: "the test is skipped", exit: verdict.ExitUnknown, want: "nothing was verified", inject: func(w *world) { w.SkipNow() }},
	{
		name: "`PACT_DESCRIPTION` is set, which narrows other verifiers", exit: verdict.ExitUnknown,
		want: "the variable PACT_DESCRIPTION is set", env: []string{"PACT_DESCRIPTION=a new order"},
	},
	{
		name: "`PACT_PROVIDER_STATE` is set", exit: verdict.ExitUnknown,
		want: "the variable PACT_PROVIDER_STATE is set", env: []string{"PACT_PROVIDER_STATE=any"},
	},
	{
		name: "`PACT_PROVIDER_NO_STATE` is set", exit: verdict.ExitUnknown,
		want: "the variable PACT_PROVIDER_NO_STATE is set", env: []string{"PACT_PROVIDER_NO_STATE=true"},
	},

	// It could not be looked at.
	{
		name: "a pact is cut off", exit: verdict.ExitUnknown, want: "unexpected EOF", inject: func(w *world) { w.pact = w.pact[:len(w.pact)-20] },
	},
	{
		name: "a pact of a specification that does not exist yet", exit: verdict.ExitUnknown,
		want:   `specification version "5.0" is not supported`,
		inject: func(w *world) { w.edit(`"version": "4.0"`, `"version": "5.0"`) },
	},
	{
		name: "a member of a pact is misspelt", exit: verdict.ExitUnknown,
		want:   `the member "respnse" is unknown, and would be ignored: write "response"`,
		inject: func(w *world) { w.edit(`"response"`, `"respnse"`) },
	},
	{
		name: "a body of a pact of version 4 has no content", exit: verdict.ExitUnknown, want: `"content" is missing`,
		inject: func(w *world) { w.edit(`"content":`, `"data":`) },
	},
	{
		name: "a name occurs twice in the provider's answer", exit: verdict.ExitFail, want: `the name "id" occurs twice in one object`,
		inject: func(w *world) {
			w.handler = func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(rw, `{"id":"8","id":"7","total":1200}`)
			}
		},
	},
	{
		name: "a pact needs a plugin", exit: verdict.ExitUnknown, want: `it needs the plugin "protobuf"`,
		inject: func(w *world) {
			w.edit(`"metadata": {`, `"metadata": {"plugins": [{"name": "protobuf"}], `)
		},
	},
	{name: "the provider is down", exit: verdict.ExitUnknown, want: "the provider could not be reached", inject: func(w *world) { w.Close() }},
	{
		name: "the provider is killed midway", exit: verdict.ExitUnknown, want: "the provider could not be reached",
		inject: func(w *world) {
			var asked atomic.Int32
			w.handler = func(rw http.ResponseWriter, r *http.Request) {
				if asked.Add(1) == 2 {
					w.CloseClientConnections()
					_ = w.Listener.Close()
					return
				}
				serveShop(rw, r)
			}
		},
	},
	{
		name: "the provider hangs up in the middle of an answer", exit: verdict.ExitUnknown, want: "the provider could not be reached",
		inject: func(w *world) {
			w.handler = func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Length", "100")
				_, _ = rw.Write([]byte(`{"id":`))
			}
		},
	},
	{
		name: "the provider never answers", exit: verdict.ExitUnknown, want: "the provider could not be reached",
		inject: func(w *world) {
			w.opts.Timeout = 200 * time.Millisecond
			w.handler = func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
			}
		},
	},
	{
		name: "the provider's host has no address", exit: verdict.ExitUnknown,
		want: "the provider could not be reached", inject: func(w *world) { w.url = "http://shop.invalid" },
	},
	{
		name: "the provider's certificate is not trusted", exit: verdict.ExitUnknown, want: "certificate",
		inject: func(w *world) {
			secure := httptest.NewTLSServer(http.HandlerFunc(serveShop))
			w.Cleanup(secure.Close)
			w.url = secure.URL
		},
	},
	{
		name: "the provider speaks no HTTP", exit: verdict.ExitUnknown, want: "the provider could not be reached",
		inject: func(w *world) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(w, err)
			w.Cleanup(func() { _ = l.Close() })
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					_, _ = c.Write([]byte("220 mail.example.com ESMTP\r\n"))
					_ = c.Close()
				}
			}()
			w.url = "http://" + l.Addr().String()
		},
	},
	{
		name: "a state function cannot reach the database", exit: verdict.ExitUnknown, want: "connection refused",
		inject: state(func(ctx context.Context, _ *pact.Setup) error {
			_, err := new(net.Dialer).DialContext(ctx, "tcp", "127.0.0.1:1")
			return err
		}),
	},
	{
		name: "a state function hangs", exit: verdict.ExitUnknown, want: `provider state "an order exists"`,
		inject: func(w *world) {
			w.opts.StateTimeout = 200 * time.Millisecond
			w.opts.States["an order exists"] = func(ctx context.Context, _ *pact.Setup) error { <-ctx.Done(); return ctx.Err() }
		},
	},
	{
		name: "the process of the tests dies in the middle", exit: verdict.ExitUnknown, want: "no test that failed left a report",
		inject: state(func(context.Context, *pact.Setup) error { os.Exit(1); return nil }),
	},
	{
		name: "no Docker answers, and the provider needs it", exit: verdict.ExitUnknown,
		want: "no Docker engine answers: start Docker", inject: needsDocker, env: []string{"TESTCONTAINERS_PROVIDER=absent"},
	},

	{
		name: "there is no pact at a URL", exit: verdict.ExitUnknown, want: "404 Not Found",
		inject: func(w *world) {
			s := httptest.NewServer(http.NotFoundHandler())
			w.Cleanup(s.Close)
			w.opts.Pacts = append(w.opts.Pacts, s.URL+"/web-shop.json")
		},
	},
	{
		name: "the Pact Broker does not answer", exit: verdict.ExitUnknown,
		want: "the connection is refused", inject: brokerAt("http://127.0.0.1:1"),
	},
	{
		name: "the Pact Broker's host has no address", exit: verdict.ExitUnknown,
		want: "the host name broker.invalid is not known here", inject: brokerAt("http://broker.invalid"),
	},
	{
		name: "the Pact Broker's certificate is not trusted", exit: verdict.ExitUnknown, want: "certificate",
		inject: func(w *world) {
			secure := httptest.NewTLSServer(http.NotFoundHandler())
			w.Cleanup(secure.Close)
			brokerAt(secure.URL)(w)
		},
	},
	{
		name: "the Pact Broker refuses the credentials", exit: verdict.ExitUnknown,
		want: "401 Unauthorized; set PACT_BROKER_TOKEN", inject: brokerAnswers(http.StatusUnauthorized, "text/plain", ""),
	},
	{
		name: "a sign-in page stands before the Pact Broker", exit: verdict.ExitUnknown,
		want: "an HTML page instead of JSON", inject: brokerAnswers(http.StatusOK, "text/html", "<html>sign in"),
	},
	{
		name: "the Pact Broker has an error", exit: verdict.ExitUnknown, want: "500 Internal Server Error: oops",
		inject: brokerAnswers(http.StatusInternalServerError, "text/plain", "oops"),
	},
	{
		name: "the Pact Broker's answer is cut off", exit: verdict.ExitUnknown, want: "the answer is broken JSON",
		inject: brokerAnswers(http.StatusOK, "application/hal+json", `{"_links":`),
	},
	{
		name: "what is asked is no Pact Broker", exit: verdict.ExitUnknown,
		want: "the answer has no links", inject: brokerAnswers(http.StatusOK, "application/hal+json", "{}"),
	},
	{
		name: "no Pact Broker is named", exit: verdict.ExitUnknown,
		want: "no Pact Broker is named: set PACT_BROKER_BASE_URL", inject: brokerAt(""),
	},
	{
		name: "`PACT_URL` is set, and no broker is asked", exit: verdict.ExitUnknown,
		want: "the variable PACT_URL is set", env: []string{"PACT_URL=http://127.0.0.1:1/pact.json"},
	},
	{
		name: "the results are to be published, and nobody names the provider's version", exit: verdict.ExitUnknown,
		want:   "set PACT_PROVIDER_VERSION",
		inject: brokerAt("http://127.0.0.1:1"), env: []string{broker.VariablePublish + "=true"},
	},
	{name: "another version of libpact_ffi is loaded", exit: verdict.ExitUnknown, want: "libpact_ffi 0.0.1 is loaded", library: "0.0.1"},

	// The pact at a URL is like any other.
	{name: "the pact at a URL was edited", exit: verdict.ExitFail, want: "expected  202", inject: served(`"status": 202`)},

	// A failure that is known of.
	{
		name: "a pending pact, which the provider never kept, is broken", exit: verdict.ExitPass, want: "PENDING: ",
		inject: func(w *world) {
			w.edit(`"status": 201`, `"status": 202`)
			w.opts.Pacts, w.opts.Sources = nil, []pact.Source{pending(w.dir, true)}
		},
	},
	{
		name: "the same pact when it is no longer pending", exit: verdict.ExitFail, want: "FAIL: ",
		inject: func(w *world) {
			w.edit(`"status": 201`, `"status": 202`)
			w.opts.Pacts, w.opts.Sources = nil, []pact.Source{pending(w.dir, false)}
		},
	},
	{
		name: "a pending pact, and the provider is down", exit: verdict.ExitUnknown, want: "the provider could not be reached",
		inject: func(w *world) {
			w.Close()
			w.opts.Pacts, w.opts.Sources = nil, []pact.Source{pending(w.dir, true)}
		},
	},
}

// answers makes the provider answer every request with a status.
func answers(status int) func(*world) {
	return func(w *world) {
		w.handler = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(status) }
	}
}

// body makes the provider answer every reading request with a text.
func body(text string) func(*world) {
	return func(w *world) {
		w.handler = func(rw http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/7") {
				serveShop(rw, r)
				return
			}
			rw.Header().Set("Content-Type", "application/json")
			_, _ = rw.Write([]byte(text))
		}
	}
}

// state replaces a state function.
func state(f pact.StateFunc) func(*world) {
	return func(w *world) { w.opts.States["an order exists"] = f }
}

// pending is a source whose pacts are all pending, or all not.
func pending(dir string, yes bool) pact.Source {
	return func(ctx context.Context) ([]pact.Document, error) {
		all, err := pact.Files(dir)(ctx)
		for i := range all {
			all[i].Pending = yes
		}
		return all, err
	}
}

// served has the pact come from a URL, with another status of the new order.
func served(status string) func(*world) {
	return func(w *world) {
		w.edit(`"status": 201`, status)
		text := w.pact
		s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(rw, text)
		}))
		w.Cleanup(s.Close)
		w.opts.Pacts = []string{s.URL + "/web-shop.json"}
	}
}

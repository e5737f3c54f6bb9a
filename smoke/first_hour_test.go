package smoke_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// another is a well-formed secret that is not the receiver's.
const another = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// A mistake in the set-up shows on every valid delivery. One result reports it, and the other deliveries are not sent.
func TestMistakeInTheSetUpIsUnknownAndStopsTheRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*smoke.Options)
		before func(http.ResponseWriter, *http.Request) bool
		want   string
	}{
		"wrong secret": {
			func(o *smoke.Options) { o.LookupEnv = func(string) (string, bool) { return another, true } }, nil,
			`^INVOICES_WEBHOOK_SECRET: all \d+ valid deliveries were answered 401 Unauthorized: export the secret that the receiver checks with`,
		},
		"wrong secret, and 400 with a text about the signature": {
			nil, func(w http.ResponseWriter, _ *http.Request) bool {
				http.Error(w, "Webhook Error: No signatures found matching the expected signature for payload.", http.StatusBadRequest)
				return true
			},
			`^INVOICES_WEBHOOK_SECRET: all \d+ valid deliveries were answered 400 Bad Request with a text about the signature: export the secret`,
		},
		"http to a port of https": {
			nil, func(w http.ResponseWriter, _ *http.Request) bool {
				http.Error(w, "Client sent an HTTP request to an HTTPS server.", http.StatusBadRequest)
				return true
			},
			`^--target: all \d+ valid deliveries to http://\S+ were answered 400 Bad Request, as the port speaks TLS: write https://`,
		},
		"wrong path": {
			nil, func(w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true },
			`^endpoint.path: all \d+ valid deliveries to http://\S+/webhooks/invoices were answered 404 Not Found: correct endpoint.path`,
		},
		"wrong method": {
			nil, func(w http.ResponseWriter, _ *http.Request) bool {
				w.WriteHeader(http.StatusMethodNotAllowed)
				return true
			},
			`^endpoint.path: .* 405 Method Not Allowed: correct endpoint.path or endpoint.method`,
		},
		"a server that takes no such method": { // such as one that serves files
			nil, func(w http.ResponseWriter, _ *http.Request) bool {
				w.WriteHeader(http.StatusNotImplemented)
				return true
			},
			`^endpoint.path: .* 501 Not Implemented: correct endpoint.path or endpoint.method`,
		},
		"path in the target too": {
			func(o *smoke.Options) { o.Target += "/webhooks/invoices" },
			func(w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true },
			`^--target: .*/webhooks/invoices/webhooks/invoices were answered 404 Not Found: ` +
				`the target's path /webhooks/invoices is repeated in endpoint.path`,
		},
		"a clock that is wrong": {
			nil, func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Date", "Fri, 20 Nov 2020 12:00:00 GMT")
				w.WriteHeader(http.StatusUnauthorized)
				return true
			},
			`^INVOICES_WEBHOOK_SECRET: .*; clock: the receiver's is [0-9hms]+ behind this machine's$`,
		},
		"hangs up": {nil, hangUp, `none of the valid deliveries was answered by the receiver \(\d+ sent\): the connection was`},
		"not available": {
			nil, func(w http.ResponseWriter, _ *http.Request) bool {
				w.WriteHeader(http.StatusServiceUnavailable)
				return true
			},
			`none of the valid deliveries was answered by the receiver \(\d+ sent\): answered 503`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, deliveries := counted(t, c.before)
			o := options(server.URL)
			o.Cases = nil
			if c.change != nil {
				c.change(&o)
			}
			r := run(t, o)
			require.Equal(t, verdict.Unknown, r.Verdict())
			require.Len(t, r.Results, 1, "one says it")
			require.Regexp(t, c.want, r.Results[0].Inconclusive[0])
			require.Empty(t, r.Results[0].Findings)
			require.Len(t, r.NotRun(), len(r.Planned)-1)
			require.Greater(t, len(r.NotRun()), 200)
			for _, left := range r.NotRun() {
				require.Equal(t, r.Results[0].Inconclusive[0], left.Why)
			}
			require.Less(t, deliveries.Load(), int64(20))
			require.Eventually(t, func() bool { return deliveries.Load() == attempts(r) }, 10*time.Second, time.Millisecond,
				"what was sent to find out is in the report too")
			text := shown(t, r)
			require.Less(t, strings.Count(text, "\n"), 40)
			require.Contains(t, text, "not run, so the run cannot pass")
			require.Equal(t, 1, strings.Count(text, r.Results[0].Inconclusive[0]))
		})
	}
}

func shown(t *testing.T, r report.Report) string {
	t.Helper()
	var text bytes.Buffer
	writer := report.Text{W: &text}
	writer.Write(r)
	require.NoError(t, writer.Err)
	return text.String()
}

func TestWrongPathOfTheProbeIsUnknown(t *testing.T) {
	t.Parallel()
	works := &till{ids: map[string]int{}, counts: map[string]int{}}
	server := httptest.NewServer(works)
	defer server.Close()
	for _, absent := range []string{"", ", absent: 404"} {
		router := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/charges/") {
				http.NotFound(w, r)
				return
			}
			works.ServeHTTP(w, r)
		}))
		o := boxOptions(t, router.URL, "*")
		o.RunID += absent
		o.Fixtures = []string{folder(t, map[string]string{
			"a.json":       `{"total":1}`,
			"webhook.yaml": withEffects(`{http: {path: "/chrages/{event_id}", count: /charges` + absent + `}, within: 50ms}`),
		})}
		r := run(t, o)
		require.Equal(t, verdict.Unknown, r.Verdict())
		require.Len(t, r.Results, 1)
		require.Regexp(t,
			`^effects.http.path: GET /chrages/\S+ was answered 404 right after a delivery was accepted \(2 of 2 times\): correct the path in `,
			r.Results[0].Inconclusive[0])
		router.Close()
	}
}

// A server that answers everything with 200 is not the receiver: it believes no stranger either.
func TestTargetThatAnswersEverythingIsUnknown(t *testing.T) {
	for _, page := range []string{"<html>app</html>", "ok", `{"status":"up"}`} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, page) }))
		o := boxOptions(t, server.URL, "*")
		o.Fixtures = []string{folder(t, map[string]string{
			"a.json": `{"total":1}`, "webhook.yaml": withEffects(`{http: {path: "/charges/{event_id}", count: /charges}, within: 50ms}`),
		})}
		r := run(t, o)
		server.Close()
		require.Equal(t, verdict.Unknown, r.Verdict())
		require.Len(t, r.Results, 1)
		require.Regexp(t, `^effects.http: GET /charges/\S+, right after a delivery was accepted .*is --target the receiver`,
			r.Results[0].Inconclusive[0])
	}
}

// An absence in the probe's own form comes from the probe: its path is right, and the receiver did nothing.
func TestEventThatIsAcknowledgedAndNeverCarriedOutIsAFail(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"charges":0}`)
		}
	}))
	defer server.Close()
	o := boxOptions(t, server.URL, "*")
	o.Fixtures = []string{folder(t, map[string]string{
		"a.json": `{"total":1}`, "webhook.yaml": withEffects(`{http: {path: "/charges/{event_id}", count: /charges, absent: 404}, within: 50ms}`),
	})}
	r := run(t, o)
	require.Equal(t, verdict.Fail, r.Verdict())
	require.Equal(t, "effect-count", r.Results[0].Findings[0].Rule)
}

// A receiver that refuses one kind of valid delivery, and takes others, is broken.
func TestRefusalOfOneKindOfValidDeliveryIsAFail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refuses func([]byte) bool
		status  int
	}{
		"a form of the body": {func(body []byte) bool { return !bytes.Contains(body, []byte("\n ")) }, http.StatusUnauthorized},
		"a type of event": {
			func(body []byte) bool { return bytes.Contains(body, []byte("invoice.created")) }, http.StatusForbidden,
		},
		"a type of event, as not found": {func(body []byte) bool { return bytes.Contains(body, []byte("invoice.created")) }, http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := counted(t, func(w http.ResponseWriter, r *http.Request) bool {
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(bytes.NewReader(body))
				if c.refuses(body) {
					w.WriteHeader(c.status)
				}
				return c.refuses(body)
			})
			o := options(server.URL)
			o.Cases = []string{"first", "dup-seq"}
			r := run(t, o)
			require.Equal(t, verdict.Fail, r.Verdict())
			require.Equal(t, "accepted", r.Results[0].Findings[0].Rule)
			require.Contains(t, r.Results[0].Findings[0].Got, http.StatusText(c.status))
		})
	}
}

// refusing answers every body that refuses names with 400 and a text.
func refusing(t *testing.T, text string, refuses func([]byte) bool) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); refuses(body) {
			http.Error(w, text, http.StatusBadRequest)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// A receiver that believes the event in the form in which it writes JSON itself has the secret.
func TestReceiverThatVerifiesWhatItWritesAgainIsAFail(t *testing.T) {
	compact := func(body []byte) []byte {
		var out bytes.Buffer
		_ = json.Compact(&out, body)
		return out.Bytes()
	}
	sorted := func(body []byte) []byte {
		var value any
		_ = json.Unmarshal(body, &value)
		out, _ := json.Marshal(value)
		return out
	}
	for _, write := range []func([]byte) []byte{compact, sorted} {
		server := refusing(t, "no signature matches the payload", func(body []byte) bool { return !bytes.Equal(write(body), body) })
		o := boxOptions(t, server.URL, "first")
		require.NoError(t,
			os.WriteFile(filepath.Join(o.Fixtures[0], "a.json"), []byte("{\"total\": 1200, \"paid\": true, \"note\": \"x\"}\n"), 0o600))
		r := run(t, o)
		require.Equal(t, verdict.Fail, r.Verdict())
		require.Contains(t, r.Results[0].Findings[0].Check[0], "the receiver verifies the body as it writes it again")
	}
}

// 400 to a valid delivery is a broken contract unless its text is about the signature.
func TestRefusedPayloadIsAFail(t *testing.T) {
	server := refusing(t, "total must be a number", func([]byte) bool { return true })
	r := run(t, boxOptions(t, server.URL, "*"))
	require.Equal(t, verdict.Fail, r.Verdict())
	require.Len(t, r.Results, 1)
}

// One cause is one finding: when the golden delivery itself fails, the other cases of its fixture would repeat it.
func TestFailureOfTheGoldenDeliveryStopsItsFixture(t *testing.T) {
	t.Parallel()
	server, _ := counted(t, func(w http.ResponseWriter, r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if bytes.Contains(body, []byte(`"invoice.paid"`)) {
			w.Header().Set("Date", "Fri, 20 Nov 2020 12:00:00 GMT")
			http.Error(w, "no such topic", http.StatusBadRequest)
			return true
		}
		return false
	})
	o := options(server.URL)
	o.Cases = []string{"first", "dup-seq", "sig-missing"}
	r := run(t, o)
	require.Equal(t, verdict.Fail, r.Verdict())
	require.Equal(t, 1, r.Ran().Failed)
	require.Len(t, r.NotRun(), 2)
	for _, left := range r.NotRun() {
		require.Regexp(t, `/invoice.paid$`, left.Subject)
		require.Regexp(t, `^first failed \(accepted: 400 Bad Request no such topic\)`, left.Why)
	}
	text := shown(t, r)
	for _, want := range []string{
		"check     secret: INVOICES_WEBHOOK_SECRET", "path: POST http://", "clock: the receiver's is ", "behind this machine's",
		"2 cases of ../fixtures/invoices/invoice.paid: first failed", "1 failed, 0 could not tell, 2 not run",
	} {
		require.Contains(t, text, want)
	}
}

// A case that runs alone has no first delivery to learn from, and is judged normally.
func TestCaseByItselfIsNotStopped(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(receivers.CheckThenInsert.Start(secret))
	defer server.Close()
	o := options(server.URL)
	o.Cases = []string{"dup-concurrent-8"}
	r := run(t, o)
	require.Equal(t, 4, r.Ran().Failed)
	require.Empty(t, r.NotRun())
}

// Go tests make the checks one by one.
func TestChecksMadeAloneLearnFromThoseBefore(t *testing.T) {
	t.Parallel()
	server, deliveries := counted(t, nil)
	o := options(server.URL)
	o.Cases, o.LookupEnv = nil, func(string) (string, bool) { return another, true }
	runner, err := smoke.NewRunner(o)
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	first := runner.Check(t.Context(), runner.Plan().Checks[0])
	require.Equal(t, verdict.Unknown, first.Verdict)
	require.Regexp(t, "^INVOICES_WEBHOOK_SECRET: ", first.Inconclusive[0])
	sent := deliveries.Load()
	for _, check := range runner.Plan().Checks[1:] {
		result := runner.Check(t.Context(), check)
		require.Equal(t, verdict.Unknown, result.Verdict)
		require.Equal(t, []string{"not run: " + first.Inconclusive[0]}, result.Inconclusive)
	}
	require.Equal(t, sent, deliveries.Load())
}

package outbound_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact/verification"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/outbound"
	"github.com/fridaygate/fridaygate/smoke/pace"
)

const (
	pactFile   = "../../contracts/pacts/invoices-customers.json"
	schemaFile = "../../contracts/schemas/customer.schema.json"
	customer   = `{"id": "cus_bakkerij_zon", "name": "Bakkerij Zon B.V.", "country": "NL"}`
)

// asks returns the smoke contract of the customers service, whose handler a test plays.
func asks(t *testing.T, target string) *outbound.Contract {
	t.Helper()
	exchange, err := verification.OpenExchange(pactFile, "a request for the customer")
	require.NoError(t, err)
	request, err := exchange.Request()
	require.NoError(t, err)
	shape, err := schema.Load(schemaFile)
	require.NoError(t, err)
	u, err := url.Parse(target)
	require.NoError(t, err)
	return &outbound.Contract{
		Name: "customer-is-found", Integration: "customers", Source: "staging.yaml:9", Target: u, Request: request, Pact: exchange, Schema: shape,
	}
}

// transport is a handler that is called without a network.
type transport struct{ http.Handler }

func (h transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result(), nil
}

// ask asks a handler, with a wall time of a minute.
func ask(t *testing.T, c *outbound.Contract, h http.HandlerFunc) report.Result {
	t.Helper()
	budget := pace.NewBudget(0, 0)
	budget.EndAt(time.Now().Add(time.Minute))
	return c.Ask(t.Context(), outbound.Options{
		Client: &http.Client{
			Transport: transport{h}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}, Spend: budget.Spend, Wait: budget.WaitAsAsked, Timeout: time.Minute, Now: time.Now,
	})
}

func answers(status int, contentType, body string, fields ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i < len(fields); i += 2 {
			w.Header().Set(fields[i], fields[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestAnswerDecidesTheVerdict(t *testing.T) {
	const json = "application/json"
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   verdict.Verdict
		says   string
	}{
		"as the pact says": {answers(200, json, customer), verdict.Pass, ""},
		"with more members": {answers(200, "application/json; charset=utf-8",
			`{"id": "cus_bakkerij_zon", "name": "Bakkerij Zon B.V.", "country": "NL", "vat_id": "NL8"}`), verdict.Fail, "schema"},
		"another status": {answers(404, json, customer), verdict.Fail, "got       404"},
		"another value": {answers(200, json, `{"id": "cus_1", "name": "Bakkerij Zon B.V.", "country": "NL"}`), verdict.Fail,
			"where     $.id"},
		"a member is missing":         {answers(200, json, `{"id": "cus_bakkerij_zon", "name": "Bakkerij Zon B.V."}`), verdict.Fail, "country"},
		"another type":                {answers(200, "text/plain", customer), verdict.Fail, "where     Content-Type"},
		"no JSON":                     {answers(200, json, "ok"), verdict.Fail, "body"},
		"an error of the provider":    {answers(500, json, "{}"), verdict.Fail, "status"},
		"the credential is refused":   {answers(401, json, "{}"), verdict.Unknown, "the credential is likely missing, wrong or expired"},
		"the credential is forbidden": {answers(403, json, "{}"), verdict.Unknown, "see request.headers and secrets in staging.yaml:9"},
		"the gateway has no provider": {answers(502, "text/html", "bad gateway"), verdict.Unknown, "the provider is not available"},
		"a sign-in page":              {answers(200, "text/html", "<html>"), verdict.Unknown, "a web page where the contract has JSON"},
		"a redirect": {answers(302, "text/html", "", "Location", "https://login.example.com/"), verdict.Unknown,
			"which is not followed"},
		"throttled without a time": {answers(429, json, "{}"), verdict.Unknown, "lower limits.rate"},
		"throttled for too long": {answers(429, json, "{}", "Retry-After", "3600"), verdict.Unknown,
			"it asks to wait 1h0m0s (Retry-After), and the wall time leaves"},
	} {
		t.Run(name, func(t *testing.T) {
			r := ask(t, asks(t, "http://customers"), c.answer)
			require.Equal(t, c.want, r.Verdict, r)
			require.Contains(t, r.String(), c.says)
		})
	}
}

func TestAnswerAfterRetryAfterCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		started := time.Now()
		r := ask(t, asks(t, "http://customers"), func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked < 3 {
				answers(429, "text/plain", "", "Retry-After", "7")(w, r)
				return
			}
			answers(200, "application/json", customer)(w, r)
		})
		require.Equal(t, verdict.Pass, r.Verdict, r)
		require.Equal(t, 14*time.Second, time.Since(started))
		require.Equal(t, 3, asked)
	})
}

func TestProviderThatCannotBeReachedIsUnknown(t *testing.T) {
	c := asks(t, "http://127.0.0.1:1")
	r := c.Ask(t.Context(), outbound.Options{
		Client: &http.Client{}, Spend: func(context.Context, int) error { return nil }, Timeout: time.Minute, Now: time.Now,
	})
	require.Equal(t, verdict.Unknown, r.Verdict)
	require.Contains(t, r.String(), "connection refused")
}

// The best of three answers counts, as one late answer may be the network's. What writes is asked once.
func TestLatencyIsTheBestOfThreeTries(t *testing.T) {
	for name, c := range map[string]struct {
		writes bool
		late   int // answers
		want   verdict.Verdict
		asked  int
	}{
		"one late answer":   {false, 1, verdict.Pass, 2},
		"all are late":      {false, 9, verdict.Fail, 3},
		"it writes, and is": {true, 9, verdict.Unknown, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				contract := asks(t, "http://customers")
				contract.Latency, contract.Writes = 100*time.Millisecond, c.writes
				asked := 0
				r := ask(t, contract, func(w http.ResponseWriter, r *http.Request) {
					if asked++; asked <= c.late {
						time.Sleep(200 * time.Millisecond)
					}
					answers(200, "application/json", customer)(w, r)
				})
				require.Equal(t, c.want, r.Verdict, r)
				require.Equal(t, c.asked, asked)
			})
		})
	}
}

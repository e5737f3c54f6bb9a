//go:build unix

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/payments"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// story is the reference system with the example of an environment.
type story struct {
	t         *testing.T
	customers string // its port
}

const customersToken = "0123456789abcdef0123456789abcdef"

// invoices starts an invoices service, with these settings, and returns its port and its environment file.
func (s *story) invoices(name, customers string, settings ...string) (port, file string) {
	s.t.Helper()
	env := map[string]string{
		"APP_CUSTOMERS__URL": customers, "APP_WEBHOOKS__INVOICES_SECRET": hookSecret,
		"APP_WEBHOOKS__STRIPE_SECRET": "whsec_of_no_use_here_0123456789abcdef",
	}
	for i := 0; i < len(settings); i += 2 {
		env[settings[i]] = settings[i+1]
	}
	port = reference(s.t, "invoices", env)
	text, err := os.ReadFile("../../smoke/environments/reference.yaml")
	require.NoError(s.t, err)
	root, err := filepath.Abs("../..")
	require.NoError(s.t, err)
	file = filepath.Join(s.t.TempDir(), name+".yaml")
	local := strings.NewReplacer(":8080", ":"+port, ":8081", ":"+s.customers, "../..", root, "name: reference", "name: "+name)
	require.NoError(s.t, os.WriteFile(file, []byte(local.Replace(string(text))), 0o600))
	return port, file
}

// customer makes the customer that the smoke contract asks for.
func (s *story) customer() {
	s.t.Helper()
	body := strings.NewReader(`{"id": "cus_bakkerij_zon", "name": "Bakkerij Zon B.V.", "country": "NL"}`)
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPut,
		"http://127.0.0.1:"+s.customers+"/customers/cus_bakkerij_zon", body)
	require.NoError(s.t, err)
	request.Header.Set("Authorization", "Bearer "+customersToken)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	require.NoError(s.t, answer.Body.Close())
	require.Equal(s.t, http.StatusOK, answer.StatusCode)
}

// deliver delivers an event to an invoices service.
func (s *story) deliver(port, id string, total int64) error {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	_, err := (&payments.Client{URL: "http://127.0.0.1:" + port, Secret: hookSecret}).Deliver(s.t.Context(), payments.Event{
		ID: id, Type: "invoice.created", Timestamp: at, Data: payments.Data{Invoice: payments.Invoice{
			ID: "inv_" + id, Number: "1", Customer: "cus_bakkerij_zon", Status: "open", Currency: "EUR", Total: total, IssuedAt: at,
			Lines: []payments.Line{{Description: "Oven", Quantity: 1, Amount: total}},
		}},
	})
	return err
}

// delivered delivers so many events, and waits until so many tasks have ended in a state.
func (s *story) delivered(port string, n int, state string) {
	s.t.Helper()
	for i := range n {
		require.NoError(s.t, s.deliver(port, "evt_"+strconv.Itoa(i), 100))
	}
	require.Eventually(s.t, func() bool {
		answer, err := http.Get("http://127.0.0.1:" + port + "/metrics")
		if err != nil {
			return false
		}
		text, _ := io.ReadAll(answer.Body)
		return answer.Body.Close() == nil &&
			strings.Contains(string(text), fmt.Sprintf(`tasks_total{name="enrich invoice",state=%q} %d`, state, n))
	}, 20*time.Second, 20*time.Millisecond)
}

// The playbook on the reference system: nothing to look at, and then one break after the other, each seen where it is.
func TestTriageOfTheReferenceSystem(t *testing.T) {
	s := &story{t: t, customers: reference(t, "customers", map[string]string{"APP_TOKEN": customersToken})}
	customers := "http://127.0.0.1:" + s.customers
	port, file := s.invoices("staging", customers)
	_, twin := s.invoices("twin", customers)
	_, other := s.invoices("other", customers, "APP_CUSTOMERS__TIMEOUT_MS", "700")
	triage := func(args ...string) (int, string) {
		code, out := ran(t, nil, append([]string{"triage", "--window", "1ms", "--env"}, args...)...)
		return code, strings.Join(strings.Fields(out), " ")
	}

	code, out := triage(file)
	require.Equal(t, verdict.ExitFail, code, out)
	require.Contains(t, out, "LOOK AT customer-is-found: status: 404, expected 200", "a contract is broken: there is no customer yet")
	require.Contains(t, out, "UNKNOWN duplicates fewer than 20 deliveries show nothing")
	require.Contains(t, out, "rerun: fridaygate smoke --env")

	s.customer()
	s.delivered(port, 25, "finished")
	json := filepath.Join(t.TempDir(), "triage.json")
	code, out = triage(file, "--against", twin, "--event", "evt_3", "--json", json, "--html", filepath.Join(t.TempDir(), "t.html"))
	require.Equal(t, verdict.ExitPass, code, out)
	require.Contains(t, out, "NOTHING TO LOOK AT: staging shows nothing unusual")
	require.Contains(t, out, "ok duplicates 0 of 25 deliveries (0%) since the start")
	require.Contains(t, out, "received done → executed done → published done → enriched done")
	shown, converted := ran(t, nil, "report", "show", json)
	require.Equal(t, verdict.ExitPass, shown, converted)

	code, out = triage(file, "--against", other)
	require.Equal(t, verdict.ExitFail, code, out)
	require.Contains(t, out, "LOOK AT config: /customers/timeout_ms: 2000 (staging), 700 (other)")

	code, out = triage(file, "--event", "evt_nobody")
	require.Equal(t, verdict.ExitUnknown, code, out)
	require.Contains(t, out, "answered 404 Not Found: the event never arrived, or its id is another one")

	for range 20 {
		require.NoError(t, s.deliver(port, "evt_1", 100))
	}
	code, out = triage(file)
	require.Equal(t, verdict.ExitFail, code, out)
	require.Contains(t, out, "LOOK AT duplicates: 20 of 45 deliveries (44.4%) since the start")

	for range 10 {
		require.ErrorContains(t, s.deliver(port, "evt_1", 200), "409")
	}
	code, out = triage(file)
	require.Equal(t, verdict.ExitFail, code, out)
	require.Contains(t, out, "; then mismatches")
}

// An integration that does not answer: tasks run out of time, and events stop half the way.
func TestTriageSeesTimeoutsAndAnEventThatStoppedHalfTheWay(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(silent.Close)
	s := &story{t: t, customers: reference(t, "customers", map[string]string{"APP_TOKEN": customersToken})}
	s.customer()
	port, file := s.invoices("staging", silent.URL, "APP_CUSTOMERS__TIMEOUT_MS", "100")
	s.delivered(port, 25, "timed_out")
	code, out := ran(t, nil, "triage", "--window", "1ms", "--env", file, "--event", "evt_3")
	require.Equal(t, verdict.ExitFail, code, out)
	out = strings.Join(strings.Fields(out), " ")
	require.Contains(t, out, "LOOK FIRST AT timeouts: 25 of 25 tasks (100%) since the start")
	require.Contains(t, out, "usual is at most 1%; then lineage")
	require.Contains(t, out, "enriched /enriched/state is pending, expected done or unknown-customer or not-needed")
}

// standIn writes an environment file for a server, and returns it with the number of requests to each path.
func standIn(t *testing.T, more string, handler http.HandlerFunc) (file string, asked func(path string) int64) {
	t.Helper()
	counts := map[string]*atomic.Int64{"/metrics": {}, "/contract": {}, "/settings": {}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := counts[r.URL.Path]; n != nil {
			n.Add(1)
		}
		require.Equal(t, http.MethodGet, r.Method, "triage only reads")
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	file = filepath.Join(t.TempDir(), "staging.yaml")
	text := "name: staging\ntarget: " + server.URL + "\nhosts: [127.0.0.1]\ncontracts:\n" +
		"  - {name: reads, integration: billing, target: " + server.URL + ", request: {path: /contract}}\n" +
		"  - {name: writes, integration: billing, target: " + server.URL + ", writes: true, request: {method: POST, path: /contract}}\n" +
		"triage:\n  metrics: /metrics\n" +
		"  levels: {duplicates: {count: 'd_total{outcome=\"replayed\"}', of: d_total, usual: 5%}}\n" +
		"  without: {mismatches: none, timeouts: none, cancellations: none, replicas: none}\n" + more
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file, func(path string) int64 { return counts[path].Load() }
}

func counters(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, "d_total{outcome=\"first\"} 100\nd_total{outcome=\"replayed\"} 1\n")
}

func TestTriageAsksOnlyWhatReads(t *testing.T) {
	file, asked := standIn(t, "", counters)
	code, out := ran(t, nil, "triage", "--window", "1ms", "--env", file)
	require.Equal(t, verdict.ExitPass, code, out)
	require.EqualValues(t, 1, asked("/contract"))
	require.EqualValues(t, 2, asked("/metrics"))
	require.NotContains(t, out, "writes")
}

// Reading production needs no permission; asking its integrations does.
func TestTriageOfProductionSendsNothingUnasked(t *testing.T) {
	file, asked := standIn(t, "production: true\n", counters)
	code, out := ran(t, nil, "triage", "--window", "1ms", "--env", file)
	require.Equal(t, verdict.ExitUnknown, code, out)
	require.Contains(t, out, "ok      duplicates")
	require.Contains(t, strings.Join(strings.Fields(out), " "), "staging is production, where nothing is sent without --allow-production")
	require.Zero(t, asked("/contract"))
	code, out = ran(t, nil, "triage", "--window", "1ms", "--env", file, "--webhooks")
	require.Equal(t, verdict.ExitUsage, code, out)
	code, out = ran(t, nil, "triage", "--window", "1ms", "--env", file, "--allow-production")
	require.Equal(t, verdict.ExitPass, code, out)
	require.EqualValues(t, 1, asked("/contract"))
}

func TestTriageKeepsToTheLimits(t *testing.T) {
	file, asked := standIn(t, "limits: {requests: 2}\n", counters)
	code, out := ran(t, nil, "triage", "--window", "1ms", "--env", file)
	require.Equal(t, verdict.ExitUnknown, code, out)
	require.Contains(t, strings.Join(strings.Fields(out), " "), "the budget of 2 requests is used up")
	require.Zero(t, asked("/contract"))
}

func TestTriageShowsNoSecret(t *testing.T) {
	const secret = "swordfish-3f9a77c0"
	more := "  headers: {Authorization: 'Bearer {secret:KEY}'}\n  settings: {url: /settings}\n"
	handler := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/settings" {
			_, _ = fmt.Fprintf(w, `{"limit": %q}`, r.Header.Get("Authorization")+r.Host)
			return
		}
		counters(w, r)
	}
	here, asked := standIn(t, more, handler)
	there, _ := standIn(t, more, handler)
	json := filepath.Join(t.TempDir(), "r.json")
	code, out := ran(t, map[string]string{"KEY": secret}, "triage", "--window", "1ms", "--env", here, "--against", there, "--json", json)
	require.Equal(t, verdict.ExitFail, code, out)
	require.EqualValues(t, 1, asked("/settings"))
	text, err := os.ReadFile(json)
	require.NoError(t, err)
	for _, shown := range []string{out, string(text)} {
		require.Contains(t, shown, "/limit")
		require.NotContains(t, shown, secret)
	}
}

func TestTriageThatIsWronglyAskedForIsUsage(t *testing.T) {
	file, asked := standIn(t, "", counters)
	for _, args := range [][]string{
		{}, {"--env", "/nowhere.yaml"}, {"--env", file, "--against", "/nowhere.yaml"}, {"--env", file, "--max-time", "0s"},
		{"--env", file, "--webhooks"}, {"--env", file, "--window", "-1s"},
		{"--env", file, "--logs", "triage_test.go"}, {"--env", file, "--event", "evt_1", "--logs", "/nowhere/*.log"},
	} {
		code, out := ran(t, nil, append([]string{"triage"}, args...)...)
		require.Equal(t, verdict.ExitUsage, code, out)
	}
	require.Zero(t, asked("/metrics"))
}

func TestTriageEndsInTime(t *testing.T) {
	file, _ := standIn(t, "", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	code, out := ran(t, nil, "triage", "--max-time", "200ms", "--env", file)
	require.Equal(t, verdict.ExitUnknown, code, out)
	require.Contains(t, out, "raise --max-time")
}

package smoke_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
)

// till is a receiver that charges, once an event, or, if it doubles, once a delivery. It writes down each charge
// through charge.
type till struct {
	doubles bool
	charge  func(event string) error

	mu      sync.Mutex
	charges int
	ids     map[string]int // of charges, by event
	counts  map[string]int // by event
}

func (r *till) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if _, err := io.Copy(io.Discard, request.Body); err != nil || request.Method == http.MethodHead {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if event, found := strings.CutPrefix(request.URL.Path, "/charges/"); found {
		_, _ = fmt.Fprintf(w, `{"charges":%d}`, r.counts[event])
		return
	}
	event := request.Header.Get("webhook-id")
	if r.ids[event] == 0 || r.doubles {
		r.charges++
		r.ids[event] = r.charges
		r.counts[event]++
		if r.charge != nil {
			if err := r.charge(event); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
	}
	_, _ = fmt.Fprintf(w, `{"charge":"ch_%d"}`, r.ids[event])
}

// kind is a way to count the charges: its part of webhook.yaml, and how the receiver records them.
type kind struct {
	effects  string
	charge   func(event string) error
	database string // its URL
}

// kinds returns every kind of probe, each with separate storage.
func kinds(t *testing.T) map[string]kind {
	t.Helper()
	dir := t.TempDir()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	sink := listener.Addr().String()
	require.NoError(t, listener.Close())
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "till.db")+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), "CREATE TABLE charges (event TEXT)")
	require.NoError(t, err)
	emit := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return map[string]kind{
		"http": {effects: `{http: {path: "/charges/{event_id}", count: /charges}}`},
		"command": {effects: fmt.Sprintf(`{command: {run: [sh, -c, 'cat "$0" 2>/dev/null | wc -l', %q]}}`,
			dir+"/{event_id}"), charge: func(event string) error {
			f, err := os.OpenFile(filepath.Join(dir, event), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
			if err == nil {
				_, err = f.WriteString("charged\n")
				_ = f.Close()
			}
			return err
		}},
		"sql": {effects: `{sql: {url_env: TILL, query: "SELECT count(*) FROM charges WHERE event = $1"}}`, database: "sqlite://" + dir +
			"/till.db", charge: func(event string) error {
			_, err := db.Exec("INSERT INTO charges VALUES (?)", event)
			return err
		}},
		"sink": {effects: fmt.Sprintf(`{sink: {listen: %q, event: {pointer: /event}}}`, sink), charge: func(event string) error {
			answer, err := emit.Post("http://"+sink, "application/json", strings.NewReader(fmt.Sprintf(`{"event":%q}`, event)))
			if err == nil {
				err = answer.Body.Close()
			}
			return err
		}},
		"result": {effects: "{result: {pointer: /charge}}"},
	}
}

// tillOptions replays against a till whose charges can be seen in one way.
func tillOptions(t *testing.T, k kind, doubles bool) smoke.Options {
	t.Helper()
	server := httptest.NewServer(&till{doubles: doubles, charge: k.charge, ids: map[string]int{}, counts: map[string]int{}})
	t.Cleanup(server.Close)
	o := boxOptions(t, server.URL, "dup-seq")
	o.Cases = append(o.Cases, "dup-concurrent-2")
	o.Fixtures = []string{folder(t, map[string]string{
		"a.json": `{"total":1}`, "webhook.yaml": withEffects(k.effects) + "policy: {duplicate: success}\n",
	})}
	o.LookupEnv = func(name string) (string, bool) {
		if name == "TILL" {
			return k.database, true
		}
		return secret, true
	}
	return o
}

// withEffects is blackBox with another effects part, or with none if effects is "".
func withEffects(effects string) string {
	if effects != "" {
		effects = "effects: " + effects
	}
	return strings.Replace(blackBox, `effects: {none: "this test looks at the wire alone"}`, effects, 1)
}

func TestEveryKindOfProbeSeesADoubledEffect(t *testing.T) {
	t.Parallel()
	for name, k := range kinds(t) {
		for _, doubles := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/doubles=%v", name, doubles), func(t *testing.T) {
				r := run(t, tillOptions(t, k, doubles))
				require.Len(t, r.Results, 2)
				for _, result := range r.Results {
					if !doubles {
						require.Equal(t, verdict.Pass, result.Verdict, "%v %v", result.Findings, result.Inconclusive)
						continue
					}
					require.Equal(t, verdict.Fail, result.Verdict, "%+v %+v", result.Findings, result.Inconclusive)
					require.Equal(t, "effect-count", result.Findings[0].Rule)
					require.Equal(t, "1 effect", result.Findings[0].Expected)
					require.Contains(t, result.Findings[0].Got, "2 effects")
				}
			})
		}
	}
}

func TestEffectsAreSeenOrTheContractSaysWhyNot(t *testing.T) {
	o := tillOptions(t, kind{effects: "{none: the till is sealed}"}, false)
	r := run(t, o)
	require.Equal(t, verdict.Pass, r.Verdict())
	const note = "effects are not judged: the till is sealed"
	for _, verbose := range []bool{false, true} {
		var text bytes.Buffer
		writer := report.Text{W: &text, Verbose: verbose}
		writer.Write(r)
		require.NoError(t, writer.Err)
		require.Contains(t, text.String(), "note: "+note)
	}
	var asJSON, asXML bytes.Buffer
	require.NoError(t, report.JSON(&asJSON, r))
	require.Equal(t, 2, strings.Count(asJSON.String(), note))
	require.NoError(t, report.JUnit(&asXML, r))
	require.Equal(t, 2, strings.Count(asXML.String(), "<system-out>"+note))

	require.NoError(t, os.WriteFile(filepath.Join(o.Fixtures[0], "webhook.yaml"), []byte(withEffects("")), 0o600))
	_, err := smoke.NewRunner(o)
	require.ErrorContains(t, err, "effects: is missing: add a way to see what one event really did, or the reason why nobody can")
}

func TestPlanWithoutItsProbeIsRefused(t *testing.T) {
	all := kinds(t)
	o := tillOptions(t, all["sink"], false)
	contract, err := os.ReadFile(filepath.Join(o.Fixtures[0], "webhook.yaml"))
	require.NoError(t, err)
	o.Fixtures = append(o.Fixtures, folder(t, map[string]string{"a.json": `{"total":1}`, "webhook.yaml": string(contract)}))
	_, err = smoke.NewRunner(o)
	require.ErrorContains(t, err, "webhook.yaml: effects.sink.listen: ")
	require.ErrorContains(t, err, "address already in use")
	o.Fixtures = o.Fixtures[:1]
	require.Equal(t, verdict.Pass, run(t, o).Verdict(), "the plan that failed gave its address back")

	o = tillOptions(t, all["sql"], false)
	o.LookupEnv = func(name string) (string, bool) { return secret, name == "SECRET" }
	_, err = smoke.NewRunner(o)
	require.ErrorContains(t, err, "webhook.yaml: effects.sql.url_env: the variable TILL is not set: export the URL of the receiver's database")
}

package smoke_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/environment"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// deployed is a deployed service with another one that it calls.
type deployed struct {
	*httptest.Server
	revision func(ask int) string // what it answers when it is asked for the nth time, from 1
	asked    atomic.Int64         // for its revision
	rest     atomic.Int64         // for anything else
	date     time.Duration        // how far its clock is ahead
}

func deploy(t *testing.T, revision func(int) string) *deployed {
	t.Helper()
	d := &deployed{revision: revision}
	hook := receivers.Correct.Start(secret)
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.date != 0 {
			w.Header().Set("Date", time.Now().Add(d.date).UTC().Format(http.TimeFormat))
		}
		switch r.URL.Path {
		case "/version":
			n := int(d.asked.Add(1))
			_, _ = fmt.Fprintf(w, `{"revision": %q, "config_hash": "c1", "instance": "i%d"}`, d.revision(n), n%2)
		case "/found":
			d.rest.Add(1)
			_, _ = w.Write([]byte("{}"))
		default:
			d.rest.Add(1)
			hook.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(d.Close)
	return d
}

func always(revision string) func(int) string { return func(int) string { return revision } }

// in runs what an environment file says, below a head that names the deployed service.
func in(t *testing.T, d *deployed, text string) (*smoke.Runner, *environment.Environment) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.yaml")
	head := "name: test\ntarget: " + d.URL + "\nhosts: [127.0.0.1]\n"
	require.NoError(t, os.WriteFile(file, []byte(head+text), 0o600))
	lookup := func(name string) (string, bool) {
		return map[string]string{"SHA": "1234567890", "INVOICES_WEBHOOK_SECRET": secret}[name], true
	}
	e, err := environment.Load(file, environment.Options{LookupEnv: lookup})
	require.NoError(t, err)
	runner, err := smoke.NewRunner(smoke.Options{
		Environment: e, Target: e.Target, Fixtures: e.Fixtures, RunID: t.Name(), LookupEnv: e.Lookup(lookup), Cases: []string{"f*"},
		MaxTime: e.Limits.WallTime,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, runner.Close()) })
	return runner, e
}

const version = "revision: {url: /version, revision: /revision, config_hash: /config_hash, expect_env: SHA}\n"

// found is a smoke contract that the deployed service answers itself.
func found(d *deployed) string {
	return "contracts: [{name: found, integration: shop, target: '" + d.URL + "', request: {path: /found}}]\n"
}

func TestReportHasTheRevisionThatAnswers(t *testing.T) {
	d := deploy(t, always("1234567890"))
	runner, _ := in(t, d, version+found(d))
	r := runner.Run(t.Context(), nil)
	require.Equal(t, verdict.Pass, r.Verdict(), r)
	require.Equal(t, "1234567890", r.Revision)
	require.Equal(t, "c1", r.ConfigHash)
	require.EqualValues(t, 2, d.asked.Load(), "before and after")
	require.Equal(t, report.Integration, r.Results[0].Kind)
}

func TestWrongRevisionIsUnknownAndNothingIsSent(t *testing.T) {
	root, err := filepath.Abs("../fixtures/invoices")
	require.NoError(t, err)
	for name, revision := range map[string]string{"another": "abcdefabcd", "too short to tell": "123456", "none": ""} {
		t.Run(name, func(t *testing.T) {
			d := deploy(t, always(revision))
			runner, _ := in(t, d, version+found(d)+"receivers: [{fixtures: "+root+"}]\n")
			r := runner.Run(t.Context(), nil)
			require.Equal(t, verdict.ExitUnknown, r.Exit(), r)
			require.Empty(t, r.Results)
			require.NotEmpty(t, r.Problems)
			require.Zero(t, d.rest.Load())
		})
	}
}

func TestDeployInTheMiddleIsUnknown(t *testing.T) {
	d := deploy(t, func(n int) string { return []string{"1234567890", "1234567899"}[n-1] })
	runner, e := in(t, d, version+found(d))
	e.Revision.Want = ""
	r := runner.Run(t.Context(), nil)
	require.Equal(t, verdict.ExitUnknown, r.Exit())
	require.Len(t, r.Results, 1)
	require.Contains(t, r.Problem(), "there was a deploy while the checks ran: 1234567890 with the settings c1 answered at the beginning")
}

// Two replicas behind one address are told apart by the name that they answer.
func TestReplicasMustAgree(t *testing.T) {
	d := deploy(t, func(n int) string { return []string{"1234567890", "abcdefabcd"}[n%2] })
	runner, e := in(t, d, "revision: {url: /version, revision: /revision, instance: /instance}\n"+found(d))
	e.Revision.Asks = 2
	r := runner.Run(t.Context(), nil)
	require.Equal(t, verdict.ExitUnknown, r.Exit())
	require.Contains(t, r.Problem(), "revision: the replicas differ: ")
	require.Contains(t, r.Problem(), "(i0) runs 1234567890")
	require.Zero(t, d.rest.Load())

	other := deploy(t, always("abcdefabcd"))
	d = deploy(t, always("1234567890"))
	runner, _ = in(t, d, "revision: {url: /version, revision: /revision, replicas: ['"+d.URL+"', '"+other.URL+"']}\n"+found(d))
	require.Contains(t, runner.Run(t.Context(), nil).Problem(), "revision: the replicas differ: ")
}

func TestAwaitedRevisionComes(t *testing.T) {
	d := deploy(t, func(n int) string { return []string{"1", "1234567890"}[min(n-1, 1)] })
	runner, _ := in(t, d, version+found(d))
	var progress []string
	require.Empty(t, runner.Await(t.Context(), time.Minute, func(text string) { progress = append(progress, text) }))
	require.Len(t, progress, 1)
	require.Contains(t, progress[0], "waiting for 1234567890: revision: ")
}

func TestAwaitedRevisionThatNeverComesIsSaid(t *testing.T) {
	d := deploy(t, always("1"))
	runner, _ := in(t, d, version+found(d))
	why := runner.Await(t.Context(), 50*time.Millisecond, func(string) {})
	require.Contains(t, why, "1234567890 did not come within 50ms: revision: "+d.URL+"/version runs 1")
	require.Equal(t, verdict.ExitUnknown, runner.Run(t.Context(), nil).Exit())
}

// Signatures would be refused: that is said, and nothing is sent.
func TestClockThatIsWrongByMinutesIsUnknown(t *testing.T) {
	root, err := filepath.Abs("../fixtures/invoices")
	require.NoError(t, err)
	for ahead, c := range map[time.Duration]struct{ problem, note string }{
		12 * time.Minute:  {" ahead of this machine's, which is more than signature.tolerance of 5m0s in ", "clock: the receiver's is 1"},
		-12 * time.Minute: {" behind this machine's, which is more than", "clock: the receiver's is 1"},
		2 * time.Minute:   {"", "ahead of this machine's (by the Date of its answer)"},
		time.Second:       {"", ""},
	} {
		t.Run(ahead.String(), func(t *testing.T) {
			d := deploy(t, always("1234567890"))
			d.date = ahead
			runner, _ := in(t, d, version+"receivers: [{fixtures: "+root+"}]\n")
			r := runner.Run(t.Context(), nil)
			require.Contains(t, r.Problem(), c.problem)
			require.Equal(t, c.problem != "", r.Exit() == verdict.ExitUnknown, r.Problem())
			require.Equal(t, c.problem != "", len(r.Results) == 0)
			require.Equal(t, c.note != "", len(r.Notes) == 1, r.Notes)
			if c.note != "" {
				require.Contains(t, r.Notes[0].Text, c.note)
			}
		})
	}
}

func TestKnownFailureOfAnEnvironmentMustFail(t *testing.T) {
	d := deploy(t, always("1234567890"))
	runner, _ := in(t, d, found(d)+"known_failures: [{case: found, reason: it is not there yet, until: 2999-01-01}]\n")
	r := runner.Run(t.Context(), nil)
	require.Equal(t, verdict.Fail, r.Verdict())
	require.Contains(t, r.Results[0].String(), "it passed: drop the entry")
}

func TestWallTimeThatIsOverIsUnknown(t *testing.T) {
	d := deploy(t, always("1234567890"))
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer slow.Close()
	runner, _ := in(t, d,
		"limits: {wall_time: 100ms}\ncontracts: [{name: found, integration: shop, target: '"+slow.URL+"', request: {path: /}}]\n")
	r := runner.Run(t.Context(), nil)
	require.Equal(t, verdict.ExitUnknown, r.Exit())
	require.Contains(t, r.Problem(), "the limit of 100ms for the whole run was over before all checks had run")
}

// What a delivery is asked to wait for is waited for. Without a time, or for too long, nothing is known.
func TestDeliveryThatIsThrottledIsMadeAgain(t *testing.T) {
	root, err := filepath.Abs("../fixtures/invoices/invoice.paid.json")
	require.NoError(t, err)
	for after, want := range map[string]int{"0": verdict.ExitPass, "7200": verdict.ExitUnknown, "": verdict.ExitUnknown} {
		t.Run("after "+after, func(t *testing.T) {
			d := deploy(t, always("1234567890"))
			var posts atomic.Int64
			inner := d.Config.Handler
			d.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost && posts.Add(1) < 3 {
					if after != "" {
						w.Header().Set("Retry-After", after)
					}
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
				inner.ServeHTTP(w, r)
			})
			runner, _ := in(t, d, "limits: {wall_time: 1h}\nreceivers: [{fixtures: "+root+"}]\n")
			r := runner.Run(t.Context(), nil)
			require.Equal(t, want, r.Exit(), r.Results)
			if want == verdict.ExitUnknown {
				require.Contains(t, r.Results[0].String(), "429 Too Many Requests")
			}
		})
	}
}

// A database and a program that webhook.yaml names are held to what the environment allows.
func TestDatabaseAndCommandsOfAContractMustBeAllowed(t *testing.T) {
	const listed = "hosts: [127.0.0.1, db.example.com]\n"
	sql := `{sql: {url_env: ORDERS_DATABASE_URL, query: "select count(*) from t where id = $1"}}`
	command := `{command: {run: [./count, "{event_id}"]}}`
	for name, c := range map[string]struct{ effects, more, refused string }{
		"a database elsewhere":       {sql, "", "db.example.com: not on the list of hosts"},
		"its host is listed":         {sql, listed, ""},
		"a program":                  {command, "", "effects.command.run: ./count: not on the list of commands in "},
		"the program is listed":      {command, "commands: [./count]\n", ""},
		"another program is listed":  {command, "commands: [count]\n", "./count: not on the list of commands"},
		"the second probe's program": {sql[:len(sql)-1] + ", also: " + command + "}", listed, "effects.also.command.run: ./count"},
	} {
		t.Run(name, func(t *testing.T) {
			fixtures := folder(t, map[string]string{"a.json": `{"total":1}`, "webhook.yaml": withEffects(c.effects)})
			head := "name: test\ntarget: http://127.0.0.1:1\n"
			if !strings.Contains(c.more, "hosts:") {
				head += "hosts: [127.0.0.1]\n"
			}
			file := filepath.Join(t.TempDir(), "test.yaml")
			require.NoError(t, os.WriteFile(file, []byte(head+c.more+"receivers: [{fixtures: "+fixtures+"}]\n"), 0o600))
			lookup := func(name string) (string, bool) {
				return map[bool]string{true: "postgres://u:hunter2@db.example.com/shop", false: secret}[name == "ORDERS_DATABASE_URL"], true
			}
			e, err := environment.Load(file, environment.Options{LookupEnv: lookup})
			require.NoError(t, err)
			runner, err := smoke.NewRunner(smoke.Options{Environment: e, Target: e.Target, Fixtures: e.Fixtures, RunID: "friday", LookupEnv: lookup})
			if c.refused == "" {
				require.NoError(t, err)
				require.NoError(t, runner.Close())
				return
			}
			require.ErrorContains(t, err, c.refused)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

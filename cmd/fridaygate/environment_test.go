//go:build unix

package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/providers"
)

const hookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// ran runs the command with an environment of its own.
func ran(t *testing.T, env map[string]string, args ...string) (code int, out string) {
	t.Helper()
	var text bytes.Buffer
	code = run(t.Context(), args, streams{
		in: strings.NewReader(""), out: &text, err: &text, getenv: func(name string) string { return env[name] },
	})
	return code, text.String()
}

// reference starts a service of the reference system, and returns its port.
func reference(t *testing.T, name string, env map[string]string) string {
	t.Helper()
	return port(t, started(t, name, env))
}

// started starts a service of the reference system.
func started(t *testing.T, name string, env map[string]string) providers.Provider {
	t.Helper()
	env["APP_ENV"] = "dev"
	p, err := (providers.Process{Dir: "../.."}).Start(t.Context(), providers.Spec{
		Name: name, Package: module + "/providers/reference/" + name, Env: env,
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Stop(context.WithoutCancel(t.Context())) })
	return p
}

func port(t *testing.T, p providers.Provider) string {
	t.Helper()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(p.URL(), "http://"))
	require.NoError(t, err)
	return port
}

// deployedReference is the reference system, with a database that can be looked into.
type deployedReference struct {
	story
	file string // the environment file
	db   *sql.DB
	env  map[string]string // what the command is started with
}

func deployReference(t *testing.T) *deployedReference {
	t.Helper()
	d := &deployedReference{story: story{t, reference(t, "customers", map[string]string{"APP_TOKEN": customersToken})}}
	store := filepath.Join(t.TempDir(), "invoices.db")
	_, d.file = d.invoices("reference", "http://127.0.0.1:"+d.customers, "APP_DATABASE__URL", "sqlite://"+store)
	d.env = map[string]string{"INVOICES_WEBHOOK_SECRET": hookSecret, "INVOICES_DATABASE_URL": "sqlite://" + store}
	var err error
	d.db, err = sql.Open("sqlite", "file:"+store+"?mode=ro&_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.db.Close()) })
	return d
}

// rows counts what is left in the database.
func (d *deployedReference) rows(t *testing.T) (n int) {
	t.Helper()
	for _, table := range []string{"invoices", "journal", "outbox", "inbound_events"} {
		var rows int
		require.NoError(t, d.db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&rows))
		n += rows
	}
	return n
}

// One deployment serves all tests: what each made is removed at its end.
func TestTheExampleOfAnEnvironment(t *testing.T) {
	d := deployReference(t)
	t.Run("it runs", d.example)
	t.Run("what a run made is removed", d.removed)
	t.Run("an interrupted run is cleaned up", d.interrupted)
	t.Run("what could not be removed is unknown", d.left)
}

// example runs the example on the reference system, but for the ports.
func (d *deployedReference) example(t *testing.T) {
	env, smoke := d.env, []string{"smoke", "--env", d.file, "--case", "customer-*", "--case", "first"}

	code, out := ran(t, env, smoke...)
	require.Equal(t, verdict.ExitFail, code, out)
	require.Contains(t, out, "FAIL    customer-is-found", "there is no customer yet")

	d.customer()
	report := filepath.Join(t.TempDir(), "report.json")
	code, out = ran(t, env, append(smoke, "--json", report)...)
	require.Equal(t, verdict.ExitPass, code, out)
	require.Regexp(t, `PASS: \d+ planned.* at revision \S+ against \S+ \(run \w+\), settings \w+`, out)
	written, err := os.ReadFile(report)
	require.NoError(t, err)
	require.Contains(t, string(written), `"config_hash":`)
	require.Contains(t, string(written), `"integration"`)

	code, out = ran(t, env, append(smoke, "--revision", "0123456789")...)
	require.Equal(t, verdict.ExitUnknown, code, out)
	require.Contains(t, out, "and 0123456789 is to be checked")
	require.Contains(t, out, fmt.Sprintf(" planned, %d ran", 0), "nothing is sent to another revision")
}

//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
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

// The example works on the reference system, but for the ports.
func TestTheExampleOfAnEnvironmentRuns(t *testing.T) {
	const token = "0123456789abcdef0123456789abcdef"
	customers := reference(t, "customers", map[string]string{"APP_TOKEN": token})
	invoices := reference(t, "invoices", map[string]string{
		"APP_CUSTOMERS__URL": "http://127.0.0.1:" + customers, "APP_WEBHOOKS__INVOICES_SECRET": hookSecret,
		"APP_WEBHOOKS__STRIPE_SECRET": "whsec_of_no_use_here_0123456789abcdef",
	})
	text, err := os.ReadFile("../../smoke/environments/reference.yaml")
	require.NoError(t, err)
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "reference.yaml")
	local := strings.NewReplacer(":8080", ":"+invoices, ":8081", ":"+customers, "../..", root).Replace(string(text))
	require.NoError(t, os.WriteFile(file, []byte(local), 0o600))
	env := map[string]string{"INVOICES_WEBHOOK_SECRET": hookSecret}
	smoke := []string{"smoke", "--env", file, "--case", "customer-*", "--case", "first"}

	code, out := ran(t, env, smoke...)
	require.Equal(t, verdict.ExitFail, code, out)
	require.Contains(t, out, "FAIL    customer-is-found", "there is no customer yet")

	body := strings.NewReader(`{"id": "cus_bakkerij_zon", "name": "Bakkerij Zon B.V.", "country": "NL"}`)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://127.0.0.1:"+customers+"/customers/cus_bakkerij_zon", body)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)

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

package contracts_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// pipelines are those of a consumer and a provider. They type the command, and verify with the provider's tests.
type pipelines struct {
	consumerSide
	command string
	hook    brokertest.Hook
}

// exits types a command that must exit with the code, and returns what it prints.
func (p pipelines) exits(code int, arguments ...string) string {
	p.Helper()
	command := exec.CommandContext(p.Context(), p.command, arguments...)
	command.Env = append(os.Environ(), p.env()...)
	printed, err := command.CombinedOutput()
	var exited *exec.ExitError
	if err != nil {
		require.ErrorAs(p, err, &exited)
	}
	require.Equal(p, code, command.ProcessState.ExitCode(), "%s\n%s", arguments, printed)
	return string(printed)
}

func (p pipelines) env() []string {
	return []string{broker.VariableURL + "=" + p.URL, broker.VariableUsername + "=" + p.Username, broker.VariablePassword + "=" + p.Password}
}

// publishes publishes web's pact as a version, with a change.
func (p pipelines) publishes(version, old, changed string) {
	p.Helper()
	text, err := os.ReadFile("pact/testdata/web-shop.json")
	require.NoError(p, err)
	require.Contains(p, string(text), old)
	folder := p.TempDir()
	require.NoError(p, os.WriteFile(filepath.Join(folder, "web-shop.json"), []byte(strings.Replace(string(text), old, changed, 1)), 0o600))
	p.exits(0, "publish", folder, "--consumer-app-version", version, "--branch", "main")
}

// verifies runs the provider's build that the broker's webhook starts.
func (p pipelines) verifies() report.Report {
	p.Helper()
	var started struct{ PactURL, Version, Branch string }
	body := p.hook.Next()
	require.NoError(p, json.Unmarshal(body, &started), string(body))
	sum, out := fault{name: "pacts of a broker", env: append(p.env(),
		"PACT_URL="+started.PactURL, "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS=true",
		"PACT_PROVIDER_VERSION="+started.Version, "PACT_PROVIDER_BRANCH="+started.Branch,
	)}.run(p.T)
	require.Contains(p, out, "PACT_URL is set")
	return sum
}

func (p pipelines) asks(code int, name, version string) string {
	p.Helper()
	return p.exits(code, "can-i-deploy", "--pacticipant", name, "--version", version, "--to-environment", "production")
}

func (p pipelines) deploys(name, version string) {
	p.Helper()
	p.exits(0, "record-deployment", "--pacticipant", name, "--version", version, "--environment", "production")
}

func built(t *testing.T) string {
	t.Helper()
	command := filepath.Join(t.TempDir(), "fridaygate")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s", "-o", command, "github.com/fridaygate/fridaygate/cmd/fridaygate")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))
	return command
}

// The release story of two teams on a broker as in production: PostgreSQL, basic authentication, and a webhook that
// starts the provider's verification.
func TestAWebhookStartsTheVerificationThatADeploymentWaitsFor(t *testing.T) {
	t.Parallel()
	b := brokertest.StartOnPostgres(t)
	p := pipelines{consumerSide{t, b}, built(t), b.Hook(t)}
	p.exits(0, "create-environment", "--name", "production", "--production")

	// The consumer publishes first. Nobody has verified its pact, and nobody was asked to.
	p.publishes("1", "1200", "1200")
	require.Contains(t, p.asks(3, "web", "1"), "not-deployed: no version of shop")
	sum, out := fault{name: "pacts of a broker", env: append(p.env(), "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS=true",
		"PACT_PROVIDER_VERSION=10", "PACT_PROVIDER_BRANCH=main")}.run(t)
	require.Equal(t, verdict.ExitPass, sum.Exit(), out)
	p.asks(0, "shop", "10")
	p.deploys("shop", "10")
	p.asks(0, "web", "1")
	p.deploys("web", "1")

	// From now on the broker starts the verification of what is published.
	p.exits(0, "create-or-update-webhook", p.hook.URL, "--uuid", "0d3c52f0-4b2e-4a3d-9c52-f0a4d6aa1f0e", "--request", "POST",
		"--provider", "shop", "--contract-requiring-verification-published", "--header", "Content-Type: application/json", "--data",
		`{"pactURL":"${pactbroker.pactUrl}","version":"${pactbroker.providerVersionNumber}","branch":"${pactbroker.providerVersionBranch}"}`)
	p.exits(0, "test-webhook", "--uuid", "0d3c52f0-4b2e-4a3d-9c52-f0a4d6aa1f0e")
	require.Contains(t, string(p.hook.Next()), "/pacts/provider/shop/consumer/web/")

	p.publishes("2", `"a new order"`, `"another order"`)
	require.Contains(t, p.asks(3, "web", "2"), "unverified: shop 10, now in production, has not verified the pact with web 2")
	require.Equal(t, verdict.ExitPass, p.verifies().Exit())
	p.asks(0, "web", "2")
	p.deploys("web", "2")

	// A pact that the provider breaks, and the way back.
	p.publishes("3", `"status": 201`, `"status": 202`)
	require.Equal(t, verdict.ExitFail, p.verifies().Exit())
	broken := p.asks(1, "web", "3")
	require.Contains(t, broken, "broken: shop 10 breaks the pact with web 3\n  a new order\n    status: expected 202, but got 201\n")
	p.exits(0, "record-undeployment", "--pacticipant", "web", "--environment", "production")
	p.asks(0, "web", "1")
	p.deploys("web", "1")
	p.asks(0, "shop", "10")
}

package pipelines_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
)

const (
	invoicesSecret = "whsec_cGlwZWxpbmVzLXRlc3Qtc2VjcmV0LTAwMDAwMDAwMDA="
	stripeSecret   = "whsec_pipelines_test_stripe_secret_0001"
)

// fixtures are one golden webhook of the folder that deploy.yml names, which all runs here deploy and replay.
const fixtures = "fixtures/invoices/invoice.paid.json"

// staging is a Pact Broker with an environment of that name, where a version of the consumer shop is deployed.
type staging struct {
	broker brokertest.Broker
	client *broker.Client
	temp   string // of the runner, which keeps what it built
}

func newStaging(t *testing.T) *staging {
	t.Helper()
	b, client := newBroker(t)
	_, err := client.Publish(t.Context(), broker.Publication{Version: "1", Branch: "main", Pacts: []broker.PactFile{{
		Consumer: "shop", Provider: "invoices", Content: []byte(`{"consumer":{"name":"shop"},"provider":{"name":"invoices"},` +
			`"interactions":[{"description":"a list","request":{"method":"GET","path":"/invoices"},"response":{"status":200}}],` +
			`"metadata":{"pactSpecification":{"version":"3.0.0"}}}`),
	}}})
	require.NoError(t, err)
	require.NoError(t, client.RecordDeployment(t.Context(), broker.Deployment{Pacticipant: "shop", Version: "1", Environment: "staging"}))
	return &staging{b, client, t.TempDir()}
}

// verified publishes whether a version of invoices kept the pact.
func (s *staging) verified(t *testing.T, version string, kept bool) {
	t.Helper()
	pacts, err := s.client.PactsForVerification(t.Context(), broker.Query{Provider: "invoices"})
	require.NoError(t, err)
	require.Len(t, pacts, 1)
	require.NoError(t, s.client.PublishVerification(t.Context(), pacts[0], broker.Verification{
		Success: kept, ProviderVersion: version, ProviderBranch: "main", Tests: []broker.TestResult{{Description: "a list", Success: kept}},
	}))
}

// recorded returns the version of invoices that the broker has as deployed.
func (s *staging) recorded(t *testing.T) string {
	t.Helper()
	all, err := s.client.Deployed(t.Context(), "invoices", "staging")
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0].Version
}

// deployment is one run of deploy.yml.
type deployment struct {
	*runner
	version string
}

// deploy runs the steps of deploy.yml for a commit with this message, whose verification is published by before.
func (s *staging) deploy(t *testing.T, message string, before func(version string), change func(*runner)) *deployment {
	t.Helper()
	r, version := s.runner(t, message)
	if before != nil {
		before(version)
	}
	if change != nil {
		change(r)
	}
	w := load(t, "deploy.yml")
	require.Len(t, w.Jobs, 1)
	require.Contains(t, w.Jobs["deploy"].Env, "FIXTURES")
	w.Jobs["deploy"].Env["FIXTURES"] = fixtures
	require.NoError(t, r.run(t.Context(), w.Env, w.Jobs["deploy"]))
	return &deployment{runner: r, version: version}
}

// runner returns a runner with a checkout of a commit with this message, and what is set for it.
func (s *staging) runner(t *testing.T, message string) (r *runner, version string) {
	t.Helper()
	workspace, version := checkout(t, message)
	port := freePort(t)
	r = &runner{
		workspace: workspace, temp: s.temp, environ: environ(fmt.Sprintf("INVOICES_PORT=%d", port)), path: []string{command(t)},
		contexts: contexts{
			"inputs": map[string]any{"environment": "staging", "version": version},
			"vars": map[string]any{
				"INVOICES_URL":         fmt.Sprintf("http://127.0.0.1:%d", port),
				"PACT_BROKER_BASE_URL": s.broker.URL, "PACT_BROKER_USERNAME": s.broker.Username,
			},
			"secrets": map[string]any{
				"PACT_BROKER_TOKEN": "", "PACT_BROKER_PASSWORD": s.broker.Password,
				"INVOICES_WEBHOOK_SECRET": invoicesSecret, "STRIPE_WEBHOOK_SECRET": stripeSecret,
			},
		},
		outputs: map[string]map[string]any{
			"actions/checkout": nil, "./.github/actions/fridaygate": nil,
			"actions/upload-artifact": {"artifact-url": "https://github.example/artifacts/1"},
		},
	}
	t.Cleanup(func() { stop(t, filepath.Join(r.temp, "invoices.pid")) })
	return r, version
}

// deployWith replaces the team's .github/deploy.
func (r *runner) deployWith(t *testing.T, script string) {
	t.Helper()
	file := filepath.Join(r.workspace, ".github/deploy")
	require.NoError(t, os.Remove(file)) // a link
	require.NoError(t, os.WriteFile(file, []byte("#!/usr/bin/env bash\n"+script+"\n"), 0o700))
}

// set replaces a value of the contexts.
func (r *runner) set(t *testing.T, where, name, value string) {
	t.Helper()
	values := r.contexts[where].(map[string]any)
	require.Contains(t, values, name)
	values[name] = value
}

// forgetful puts a proxy before what is deployed that answers each delivery with a number of its own: a duplicate does not get
// the result of the first.
func (r *runner) forgetful(t *testing.T) {
	t.Helper()
	deployed, err := url.Parse(r.contexts["vars"].(map[string]any)["INVOICES_URL"].(string))
	require.NoError(t, err)
	var n atomic.Int64
	proxy := httputil.NewSingleHostReverseProxy(deployed)
	proxy.ModifyResponse = func(answer *http.Response) error {
		if answer.Request.Method == http.MethodPost {
			answer.Body = io.NopCloser(strings.NewReader(fmt.Sprintf(`{"answer":%d}`, n.Add(1))))
			answer.ContentLength = -1
			answer.Header.Del("Content-Length")
		}
		return nil
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	r.set(t, "vars", "INVOICES_URL", server.URL)
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listener.Close()) }()
	return listener.Addr().(*net.TCPAddr).Port
}

// stop ends the process whose id is in a file, if there is one.
func stop(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return
	}
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	process, err := os.FindProcess(pid)
	require.NoError(t, err)
	require.NoError(t, process.Kill())
	require.NoError(t, os.Remove(file))
}

// outcomes lists the steps with an id as "id=outcome", in order.
func (r *runner) outcomes() string {
	var all []string
	for _, result := range r.results {
		if result.step.ID != "" {
			all = append(all, result.step.ID+"="+result.outcome)
		}
	}
	return strings.Join(all, " ")
}

// transcript is all that the steps printed.
func (r *runner) transcript() string {
	var b strings.Builder
	for _, result := range r.results {
		fmt.Fprintf(&b, "== %s: %s %d\n%s\n", result.step.title(), result.outcome, result.code, result.said)
	}
	return b.String()
}

func (r *runner) at(t *testing.T, id string) result {
	t.Helper()
	for _, result := range r.results {
		if result.step.ID == id {
			return result
		}
	}
	require.Fail(t, "no step has the id "+id)
	return result{}
}

func TestDeployRecordsWhatIsGreenAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newStaging(t)
	kept := func(t *testing.T) func(string) { return func(version string) { s.verified(t, version, true) } }
	var first string

	t.Run("green", func(t *testing.T) {
		d := s.deploy(t, "the first", kept(t), nil)
		require.Equal(t, "before=success ask=success deploy=success smoke=success record=success reports=success", d.outcomes(), d.transcript())
		require.Equal(t, d.version, s.recorded(t))
		require.Contains(t, d.summary, "## invoices "+d.version+" is deployed and recorded\n")
		require.FileExists(t, filepath.Join(d.workspace, "reports/smoke.json"))
		require.FileExists(t, filepath.Join(d.workspace, "reports/smoke.xml"))
		first = d.version
	})

	t.Run("a broken contract in the broker deploys nothing", func(t *testing.T) {
		d := s.deploy(t, "breaks the shop", func(version string) { s.verified(t, version, false) }, nil)
		require.Equal(t, "before=success ask=failure deploy=skipped smoke=skipped record=skipped reports=success", d.outcomes(), d.transcript())
		require.Equal(t, 1, d.at(t, "ask").code)
		require.Equal(t, first, s.recorded(t))
		require.NoFileExists(t, filepath.Join(d.temp, "invoices.pid"))
		require.Contains(t, d.summary, "## Nothing was deployed, and nothing recorded\n")
		require.Contains(t, d.summary, "can-i-deploy: no\n")
	})

	t.Run("what the broker does not know deploys nothing", func(t *testing.T) {
		d := s.deploy(t, "never verified", nil, nil)
		require.Equal(t, 3, d.at(t, "ask").code, d.transcript())
		require.Equal(t, "skipped", d.at(t, "deploy").outcome)
		require.Equal(t, first, s.recorded(t))
	})

	t.Run("a red smoke run records nothing", func(t *testing.T) {
		d := s.deploy(t, "forgets results", kept(t), func(r *runner) { r.forgetful(t) })
		require.Equal(t, "before=success ask=success deploy=success smoke=failure record=skipped reports=success", d.outcomes(), d.transcript())
		require.Equal(t, 1, d.at(t, "smoke").code)
		require.Equal(t, first, s.recorded(t))
		require.Contains(t, d.summary, "## invoices "+d.version+" is deployed, and not recorded: ROLL BACK\n")
		require.Contains(t, d.summary, "found a broken contract")
		require.Regexp(t, `(?m)^invoices +`+first+` +staging`, d.summary, "what to go back to")
		require.Contains(t, d.summary, "Reports: https://github.example/artifacts/1\n")
		require.FileExists(t, filepath.Join(d.workspace, "reports/smoke.json"))
	})

	t.Run("a smoke run that could not tell records nothing", func(t *testing.T) {
		d := s.deploy(t, "nobody answers", kept(t), func(r *runner) {
			r.set(t, "vars", "INVOICES_URL", fmt.Sprintf("http://127.0.0.1:%d", freePort(t)))
		})
		require.Equal(t, "before=success ask=success deploy=success smoke=failure record=skipped reports=success", d.outcomes(), d.transcript())
		require.Equal(t, 3, d.at(t, "smoke").code)
		require.Equal(t, first, s.recorded(t))
		require.Contains(t, d.summary, "could not tell whether it keeps its contracts (exit code 3)")
		require.Contains(t, d.summary, first)
	})
	t.Run("a deployment that fails records nothing", func(t *testing.T) {
		d := s.deploy(t, "does not start", kept(t), func(r *runner) { r.deployWith(t, "exit 7") })
		require.Equal(t, "before=success ask=success deploy=failure smoke=skipped record=skipped reports=success", d.outcomes(), d.transcript())
		require.Equal(t, first, s.recorded(t))
		require.Contains(t, d.summary, "is deployed in part or not at all, and not recorded: ROLL BACK\n")
		require.Contains(t, d.summary, first)
	})

	t.Run("a record that fails is said, and is no reason to roll back", func(t *testing.T) {
		d := s.deploy(t, "the broker goes away", kept(t), func(r *runner) {
			r.deployWith(t, `echo PACT_BROKER_BASE_URL=http://127.0.0.1:1 >>"$GITHUB_ENV"; exec '`+filepath.Join(root, ".github/deploy")+`' "$@"`)
		})
		require.Equal(t, "before=success ask=success deploy=success smoke=success record=failure reports=success", d.outcomes(), d.transcript())
		require.Equal(t, first, s.recorded(t))
		require.Contains(t, d.summary, "is deployed, and not recorded\n")
		require.NotContains(t, d.summary, "ROLL BACK")
	})
}

// A gate that is switched off by an empty variable would be green by accident.
func TestDeployFailsBeforeItDeploysWhenSomethingIsNotSet(t *testing.T) {
	t.Parallel()
	s := &staging{broker: brokertest.Broker{URL: "http://127.0.0.1:1", Username: "nobody", Password: "secret"}, temp: t.TempDir()}
	for name, says := range map[string]string{
		"vars PACT_BROKER_BASE_URL": "nobody can say whether this may be deployed", "vars INVOICES_URL": "where the smoke run finds",
		"secrets PACT_BROKER_PASSWORD": "no PACT_BROKER_PASSWORD", "secrets INVOICES_WEBHOOK_SECRET": "signs its webhooks with it",
	} {
		t.Run(name, func(t *testing.T) {
			where, what, _ := strings.Cut(name, " ")
			d := s.deploy(t, name, nil, func(r *runner) { r.set(t, where, what, "") })
			require.Equal(t, "before=skipped ask=skipped deploy=skipped smoke=skipped record=skipped reports=success", d.outcomes(), d.transcript())
			require.Contains(t, d.transcript(), "::error title=Nothing was deployed::")
			require.Contains(t, d.transcript(), says)
			require.Contains(t, d.summary, "## Nothing was deployed, and nothing recorded\n")
		})
	}
}

package broker_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
)

// pactCommand is Pact's own command line, to measure and compare with. Without it, the measurements leave it out.
var pactCommand = flag.String("broker.pact", "", "the pact command, to compare with")

// contest measures ways to do the same work on one broker. They take turns, and each includes the start of its process.
type contest struct {
	*testing.B
	brokertest.Broker
	command string
	took    map[string][]time.Duration
}

func newContest(b *testing.B) contest {
	b.Helper()
	return contest{b, brokertest.StartUnrecorded(b), built(b), map[string][]time.Duration{}}
}

// contenders are those that take turns: one bare request in this process, the command, and pact if it is there.
func contenders() []string {
	all := []string{"bare", "fridaygate"}
	if *pactCommand != "" {
		all = append(all, "pact")
	}
	return all
}

// measure times one turn.
func (c contest) measure(who string, turn func()) {
	started := time.Now()
	turn()
	c.took[who] = append(c.took[who], time.Since(started))
}

// report adds the best and the median of each to the benchmark's line, and both as multiples of the bare request.
func (c contest) report() {
	bare := slices.Sorted(slices.Values(c.took["bare"]))
	for _, who := range contenders() {
		all := slices.Sorted(slices.Values(c.took[who]))
		for name, n := range map[string]int{"best": 0, "median": len(all) / 2} {
			c.ReportMetric(all[n].Seconds(), who+"-"+name+"-s")
			c.ReportMetric(all[n].Seconds()/bare[n].Seconds(), who+"-"+name+"-ratio")
		}
	}
	c.ReportMetric(0, "ns/op") // what go test would print of all together means nothing
}

// run runs fridaygate or pact with the arguments of a broker's command.
func (c contest) run(who string, arguments ...string) {
	c.Helper()
	command := exec.CommandContext(c.Context(), c.command, arguments...)
	if who == "pact" {
		command = exec.CommandContext(c.Context(), *pactCommand, append([]string{"broker"}, arguments...)...)
	}
	command.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true",
		broker.VariableURL+"="+c.URL, broker.VariableUsername+"="+c.Username, broker.VariablePassword+"="+c.Password)
	said, err := command.CombinedOutput()
	require.NoError(c, err, "%s %s: %s", who, arguments, said)
}

// bare sends one request on a new connection.
func (c contest) bare(method, path string, body []byte) {
	c.Helper()
	request, err := http.NewRequestWithContext(c.Context(), method, c.URL+path, bytes.NewReader(body))
	require.NoError(c, err)
	request.SetBasicAuth(c.Username, c.Password)
	request.Header.Set("Content-Type", "application/json")
	request.Close = true
	answer, err := http.DefaultClient.Do(request)
	require.NoError(c, err)
	said, err := io.ReadAll(answer.Body)
	require.NoError(c, err)
	require.NoError(c, answer.Body.Close())
	require.Equal(c, http.StatusOK, answer.StatusCode, string(said))
}

const integrations = 30

// figurePact is a pact with n interactions, whose names contain the version.
func figurePact(provider, version string, n int) []byte {
	var interactions []any
	integer := []any{map[string]string{"match": "integer"}}
	for i := range n {
		interactions = append(interactions, map[string]any{
			"description":    fmt.Sprintf("request %d of %s", i, version),
			"providerStates": []any{map[string]any{"name": "a thing exists", "params": map[string]int{"id": i}}},
			"request":        map[string]any{"method": "GET", "path": fmt.Sprintf("/things/%d", i)},
			"response": map[string]any{
				"status": 200, "headers": map[string]string{"Content-Type": "application/json"},
				"body":          map[string]any{"id": i, "name": "thing " + version, "tags": []string{"a", "b"}, "total": 1200},
				"matchingRules": map[string]any{"body": map[string]any{"$.id": map[string]any{"matchers": integer}}},
			},
		})
	}
	text, err := json.MarshalIndent(map[string]any{
		"consumer": map[string]string{"name": "web"}, "provider": map[string]string{"name": provider},
		"interactions": interactions, "metadata": map[string]any{"pactSpecification": map[string]string{"version": "3.0.0"}},
	}, "", "  ")
	if err != nil {
		panic(err)
	}
	return text
}

// BenchmarkPublish30Pacts publishes 30 pacts of 100 interactions, changed each time.
func BenchmarkPublish30Pacts(b *testing.B) {
	c := newContest(b)
	for n := 0; b.Loop(); n++ {
		for _, who := range contenders() {
			version, folder := who+strconv.Itoa(n), b.TempDir()
			var contracts []any
			for i := range integrations {
				provider := "api" + strconv.Itoa(i)
				pact := figurePact(provider, version, 100)
				require.NoError(b, os.WriteFile(filepath.Join(folder, provider+".json"), pact, 0o600))
				contracts = append(contracts, map[string]any{
					"consumerName": "web", "providerName": provider, "content": pact, "contentType": "application/json", "specification": "pact",
				})
			}
			if who != "bare" {
				c.measure(who, func() { c.run(who, "publish", folder, "--consumer-app-version", version, "--branch", "main") })
				continue
			}
			body, err := json.Marshal(map[string]any{
				"pacticipantName": "web", "pacticipantVersionNumber": version, "branch": "main", "contracts": contracts,
			})
			require.NoError(b, err)
			c.measure(who, func() { c.bare("POST", "/contracts/publish", body) })
		}
	}
	c.report()
}

// BenchmarkDecisionOver30Integrations asks whether a consumer of 30 providers, all verified and there, may be deployed.
func BenchmarkDecisionOver30Integrations(b *testing.B) {
	c := newContest(b)
	client, err := broker.New(broker.Config{URL: c.URL, Username: c.Username, Password: c.Password})
	require.NoError(b, err)
	require.NoError(b, client.CreateEnvironment(b.Context(), "production", "", true))
	var pacts []broker.PactFile
	for i := range integrations {
		provider := "api" + strconv.Itoa(i)
		pacts = append(pacts, broker.PactFile{Consumer: "web", Provider: provider, Content: figurePact(provider, "1", 1)})
	}
	done, err := client.Publish(b.Context(), broker.Publication{Version: "1", Branch: "main", Pacts: pacts})
	require.NoError(b, err)
	for i, at := range done[0].Pacts {
		p, err := client.PactAt(b.Context(), at)
		require.NoError(b, err)
		require.NoError(b, client.PublishVerification(b.Context(), p, broker.Verification{
			Success: true, ProviderVersion: "1", ProviderBranch: "main", Tests: []broker.TestResult{{Description: "request 0 of 1", Success: true}},
		}))
		there := broker.Deployment{Pacticipant: "api" + strconv.Itoa(i), Version: "1", Environment: "production"}
		require.NoError(b, client.RecordDeployment(b.Context(), there))
	}
	query := url.Values{"q[][pacticipant]": {"web"}, "q[][version]": {"1"}, "latestby": {"cvpv"}, "environment": {"production"}}
	for b.Loop() {
		for _, who := range contenders() {
			c.measure(who, func() {
				if who == "bare" {
					c.bare("GET", "/matrix?"+query.Encode(), nil)
					return
				}
				c.run(who, "can-i-deploy", "--pacticipant", "web", "--version", "1", "--to-environment", "production")
			})
		}
	}
	c.report()
}

// BenchmarkTwoHundredPacticipants publishes for 200 consumers, each the consumer of the next one, and asks whether all may be
// deployed, through a proxy that counts the requests. The index was read before.
func BenchmarkTwoHundredPacticipants(b *testing.B) {
	c := newContest(b)
	address, err := url.Parse(c.URL)
	require.NoError(b, err)
	var requests atomic.Int64
	through := httputil.NewSingleHostReverseProxy(address)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		through.ServeHTTP(w, r)
	}))
	b.Cleanup(proxy.Close)
	client, err := broker.New(broker.Config{URL: proxy.URL, Username: c.Username, Password: c.Password})
	require.NoError(b, err)
	require.NoError(b, client.CreateEnvironment(b.Context(), "production", "", true))
	const pacticipants = 200
	name := func(n int) string { return fmt.Sprintf("a-service-of-ours-%03d", n%pacticipants) }
	for n := 0; b.Loop(); n++ {
		p := broker.Publication{Version: fmt.Sprintf("%040d", n), Branch: "main"}
		question := broker.Question{Environment: "production"}
		for i := range pacticipants {
			text := fmt.Sprintf(`{"consumer":{"name":%q},"provider":{"name":%q},`+
				`"interactions":[{"description":"x","request":{"method":"GET","path":"/"},`+
				`"response":{"status":200}}],"metadata":{"pactSpecification":{"version":"3.0.0"}}}`, name(i), name(i+1))
			p.Pacts = append(p.Pacts, broker.PactFile{Consumer: name(i), Provider: name(i + 1), Content: []byte(text)})
			question.Versions = append(question.Versions, broker.VersionSelector{Pacticipant: name(i), Version: p.Version})
		}
		requests.Store(0)
		started := time.Now()
		_, err := client.Publish(b.Context(), p)
		require.NoError(b, err)
		b.ReportMetric(float64(requests.Swap(0)), "publish-requests")
		b.ReportMetric(time.Since(started).Seconds(), "publish-s")
		started = time.Now()
		d, err := client.CanIDeploy(b.Context(), question)
		require.NoError(b, err)
		require.GreaterOrEqual(b, len(d.Reasons), pacticipants)
		b.ReportMetric(float64(requests.Load()), "decision-requests")
		b.ReportMetric(time.Since(started).Seconds(), "decision-s")
	}
	b.ReportMetric(0, "ns/op")
}

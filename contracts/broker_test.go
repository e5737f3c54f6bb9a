package contracts_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// brokered are worlds whose pacts come from the broker that the environment names. They are no faults: what is wrong,
// if anything, the broker or the environment has.
var brokered = []fault{
	{name: "pacts of a broker", inject: func(w *world) { fromBroker(w, time.Time{}) }},
	{name: "pacts of a broker, with work in progress", inject: func(w *world) { fromBroker(w, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)) }},
	{
		name:   "pacts of a broker, for a provider that is broken",
		inject: func(w *world) { fromBroker(w, time.Time{}); answers(http.StatusTeapot)(w) },
	},
	{name: "pacts of a broker, for a provider that is down", inject: func(w *world) { fromBroker(w, time.Time{}); w.Close() }},
}

// shopVersion is the variable that names the version of the provider that is verified; it is published under it.
const shopVersion = "CONTRACTS_TEST_VERSION"

func fromBroker(w *world, wip time.Time) {
	w.opts.Pacts = nil
	w.opts.Broker = &contracts.Broker{Query: broker.Query{
		ProviderBranch: "main", Selectors: []broker.Selector{{MainBranch: true}}, Pending: true, WIPSince: wip,
	}}
	if version := os.Getenv(shopVersion); version != "" {
		w.opts.Broker.Publish = &broker.Verification{ProviderVersion: version, ProviderBranch: "main", BuildURL: "https://ci.example/1"}
	}
}

// consumerSide is a Pact Broker, and what a consumer's pipeline does with it.
type consumerSide struct {
	*testing.T
	brokertest.Broker
}

// ask sends a request and returns the answer's status and body.
func (b consumerSide) ask(method, path string, body any) (int, string) {
	b.Helper()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(b, err)
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(b.Context(), method, b.URL+path, sent)
	require.NoError(b, err)
	request.SetBasicAuth(b.Username, b.Password)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/hal+json")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(b, err)
	defer func() { _ = answer.Body.Close() }()
	said, err := io.ReadAll(answer.Body)
	require.NoError(b, err)
	return answer.StatusCode, string(said)
}

// publish publishes the shop's pact as one version of its consumer.
func (b consumerSide) publish(version, branch string, edit func(string) string) {
	b.Helper()
	text, err := os.ReadFile("pact/testdata/web-shop.json")
	require.NoError(b, err)
	status, said := b.ask("POST", "/contracts/publish", map[string]any{
		"pacticipantName": "web", "pacticipantVersionNumber": version, "branch": branch,
		"contracts": []any{map[string]any{
			"consumerName": "web", "providerName": "shop", "content": []byte(edit(string(text))), "contentType": "application/json",
			"specification": "pact",
		}},
	})
	require.Equal(b, http.StatusOK, status, said)
}

// verify verifies, as one version of the shop.
func (b consumerSide) verify(name, version string, env ...string) (report.Report, string) {
	b.Helper()
	sum, out := fault{name: name, env: append([]string{
		broker.VariableURL + "=" + b.URL, broker.VariableUsername + "=" + b.Username, broker.VariablePassword + "=" + b.Password,
		shopVersion + "=" + version,
	}, env...)}.run(b.T)
	return sum, out
}

// published returns the last verification result that the broker has.
func (b consumerSide) published() (result struct {
	Success bool
	Version string `json:"providerApplicationVersion"`
	Tests   []struct {
		ID         string `json:"interactionId"`
		Success    bool
		Mismatches []any
	} `json:"testResults"`
}) {
	b.Helper()
	_, text := b.ask("GET", "/pacts/provider/shop/consumer/web/latest", nil)
	var pact struct {
		Links struct {
			Results struct{ Href string } `json:"pb:latest-verification-results"`
		} `json:"_links"`
	}
	require.NoError(b, json.Unmarshal([]byte(text), &pact), text)
	_, text = b.ask("GET", strings.TrimPrefix(pact.Links.Results.Href, b.URL), nil)
	require.NoError(b, json.Unmarshal([]byte(text), &result), text)
	return result
}

func TestPactsOfARealBroker(t *testing.T) {
	t.Parallel()
	b := consumerSide{t, brokertest.StartOnPostgres(t)} // which the other test of this package uses too
	_, out := b.verify("pacts of a broker", "1")
	require.Contains(t, out, "No provider with name 'shop' found")
	b.publish("1", "main", func(text string) string { return text })

	sum, out := b.verify("pacts of a broker, for a provider that is broken", "2")
	require.Equal(t, verdict.ExitPass, sum.Exit(), "it was never kept: %s", out)
	require.Equal(t, 3, strings.Count(out, "PENDING: "), out)
	require.Contains(t, out, "pending state", "the broker's own words")
	told := b.published()
	require.False(t, told.Success)
	require.Equal(t, "2", told.Version)
	require.Len(t, told.Tests, 3)
	require.NotEmpty(t, told.Tests[0].ID)
	require.NotEmpty(t, told.Tests[0].Mismatches)

	sum, out = b.verify("pacts of a broker", "3")
	require.Equal(t, verdict.ExitPass, sum.Exit(), out)
	require.True(t, b.published().Success)
	require.Contains(t, out, "no longer in pending state", "what the broker says afterwards")

	sum, out = b.verify("pacts of a broker, for a provider that is broken", "4")
	require.Equal(t, verdict.ExitFail, sum.Exit(), "it was kept before: %s", out)
	require.NotContains(t, out, "PENDING: ")
	require.Equal(t, "4", b.published().Version)

	sum, out = b.verify("pacts of a broker, for a provider that is down", "5")
	require.Equal(t, verdict.ExitUnknown, sum.Exit(), out)
	require.Contains(t, out, "no result was published")
	require.Equal(t, "4", b.published().Version, "what is not known is not published")

	b.publish("2", "new-orders", func(text string) string { return strings.Replace(text, `"status": 201`, `"status": 202`, 1) })
	sum, out = b.verify("pacts of a broker", "6")
	require.Equal(t, verdict.ExitPass, sum.Exit(), out)
	require.Len(t, sum.Results, 3, "no selector names the branch")
	sum, out = b.verify("pacts of a broker, with work in progress", "7")
	require.Equal(t, verdict.ExitPass, sum.Exit(), out)
	require.Len(t, sum.Results, 6)
	require.Equal(t, 1, strings.Count(out, "PENDING: "), out)

	sum, out = b.verify("pacts of a broker", "8", "PACT_URL="+b.URL+"/pacts/provider/shop/consumer/web/version/2")
	require.Equal(t, verdict.ExitFail, sum.Exit(), out)
	require.Len(t, sum.Results, 3)
	require.Contains(t, out, "PACT_URL is set: of the broker's pacts, this one alone is verified")

	sum, out = b.verify("pacts of a broker", "9", broker.VariablePassword+"=wrong")
	require.Equal(t, verdict.ExitUnknown, sum.Exit(), out)
	require.Contains(t, out, "401 Unauthorized")
}

// brokerAt verifies the pacts of the broker at a URL.
func brokerAt(url string) func(*world) {
	return func(w *world) {
		fromBroker(w, time.Time{})
		w.opts.Broker.Config.URL = url
	}
}

// brokerAnswers verifies the pacts of a broker with a single answer to every request.
func brokerAnswers(status int, contentType, body string) func(*world) {
	return func(w *world) {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}))
		w.Cleanup(s.Close)
		brokerAt(s.URL)(w)
	}
}

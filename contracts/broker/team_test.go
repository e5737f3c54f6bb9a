package broker_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
)

// team is a consumer and a provider of one test in a broker, with what is needed besides the client.
type team struct {
	t                  *testing.T
	broker             brokertest.Broker
	client             *broker.Client
	consumer, provider string
}

func newTeam(t *testing.T) *team {
	t.Helper()
	return teamOf(t, brokertest.Start(t))
}

func teamOf(t *testing.T, b brokertest.Broker) *team {
	t.Helper()
	client, err := broker.New(broker.Config{URL: b.URL, Username: b.Username, Password: b.Password})
	require.NoError(t, err)
	return &team{t, b, client, t.Name() + " web", t.Name() + " a+pi & co"}
}

// ask sends one request, as the tools of the consumer's side would, and reads the answer.
func (m *team) ask(method, path string, body any) map[string]any {
	m.t.Helper()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(m.t, err)
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(m.t.Context(), method, m.broker.URL+path, sent)
	require.NoError(m.t, err)
	request.SetBasicAuth(m.broker.Username, m.broker.Password)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/hal+json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(m.t, err)
	said, err := io.ReadAll(response.Body)
	require.NoError(m.t, err)
	require.NoError(m.t, response.Body.Close())
	require.Less(m.t, response.StatusCode, 300, "%s %s: %s", method, path, said)
	var object map[string]any
	require.NoError(m.t, json.Unmarshal(said, &object), string(said))
	return object
}

// publish publishes a pact of one interaction, which is described by the version.
func (m *team) publish(version, branch string, tags ...string) {
	m.t.Helper()
	pact, err := json.Marshal(map[string]any{
		"consumer": map[string]string{"name": m.consumer}, "provider": map[string]string{"name": m.provider},
		"interactions": []any{map[string]any{
			"description": "a request of " + version,
			"request":     map[string]string{"method": "GET", "path": "/" + version},
			"response":    map[string]int{"status": 200},
		}},
		"metadata": map[string]any{"pactSpecification": map[string]string{"version": "3.0.0"}},
	})
	require.NoError(m.t, err)
	m.ask("POST", "/contracts/publish", map[string]any{
		"pacticipantName": m.consumer, "pacticipantVersionNumber": version, "branch": branch, "tags": tags,
		"contracts": []any{map[string]any{
			"consumerName": m.consumer, "providerName": m.provider, "content": pact, // []byte: base64
			"contentType": "application/json", "specification": "pact",
		}},
	})
}

// find asks for the pacts, and returns the consumer's versions.
func (m *team) find(q broker.Query) (pacts []broker.Pact, versions string) {
	m.t.Helper()
	q.Provider = m.provider
	pacts, err := m.client.PactsForVerification(m.t.Context(), q)
	require.NoError(m.t, err)
	var all []string
	for _, p := range pacts {
		require.Equal(m.t, []string{m.consumer, m.provider}, []string{p.Consumer, p.Provider})
		require.Contains(m.t, string(p.Content), "a request of "+p.ConsumerVersion)
		require.True(m.t, p.InBroker())
		all = append(all, p.ConsumerVersion)
	}
	return pacts, strings.Join(all, " ")
}

// verified publishes a result.
func (m *team) verified(p broker.Pact, version, branch string, success bool) {
	m.t.Helper()
	test := broker.TestResult{Description: "a request", Success: success}
	if !success {
		test.Mismatches = []broker.Mismatch{{Attribute: "body", Identifier: "$.currency", Description: "currency is missing"}}
		test.Exceptions = []broker.Exception{{Message: "connection reset"}}
	}
	require.NoError(m.t, m.client.PublishVerification(m.t.Context(), p, broker.Verification{
		Success: success, ProviderVersion: version, ProviderBranch: branch, ProviderTags: []string{"seen by/ci"},
		BuildURL: "https://ci.example/1?a=b",
		Tests:    []broker.TestResult{test}, VerifiedBy: broker.VerifiedBy{Name: "fridaygate", Version: "0"},
	}))
}

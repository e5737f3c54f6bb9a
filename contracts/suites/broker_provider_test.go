package suites_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// brokerPact is the pact of the client with the broker.
const brokerPact = "../pacts/fridaygate-pact_broker.json"

// The real Pact Broker keeps the pact that Fridaygate's client wrote.
func TestPactBrokerKeepsItsPact(t *testing.T) {
	t.Parallel()
	b := pactBroker{brokertest.Start(t)}
	contracts.VerifyPacts(t, b, contracts.PactOptions{Pacts: []string{"../pacts"}, States: b.states(), Filter: b.authorise})
}

// verifyCopy verifies the interactions of a description against the broker, in a copy of the pact in which one text is
// replaced by another.
func verifyCopy(t *testing.T, b pactBroker, description, old, replacement string) pact.Verification {
	t.Helper()
	text, err := os.ReadFile(brokerPact)
	require.NoError(t, err)
	require.Contains(t, string(text), old)
	text = bytes.ReplaceAll(text, []byte(old), []byte(replacement))
	return pact.Verify(t.Context(), pact.Options{
		Provider: b.Name(), URL: b.URL(), States: b.states(), Filter: b.authorise,
		Sources: []pact.Source{func(context.Context) ([]pact.Document, error) {
			return []pact.Document{{Name: brokerPact, Text: text}}, nil
		}},
		Select: func(all []pact.Interaction) []bool {
			selected := make([]bool, len(all))
			for n, i := range all {
				selected[n] = i.Description == description
			}
			return selected
		},
	})
}

// If the client needed something else than the broker has, the verification would fail, and say where.
func TestPactBrokerThatBreaksItsPactFails(t *testing.T) {
	t.Parallel()
	b := pactBroker{brokertest.Start(t)}
	for _, c := range []struct { // in this order, as a recording has it
		name, description, old, replacement string
		part, path                          string
	}{
		{"a field by another name", "the environments", `"displayName"`, `"title"`, "body", "$._embedded.environments[0]"},
		{"a link by another name", "the index", `"pb:publish-contracts"`, `"pb:publish-pacts"`, "body", "$._links"},
		{"a link to another place", "the index", `/contracts/publish`, `/pacts/publish`, "body", "$._links['pb:publish-contracts'].href"},
		{
			"another value", "whether a version may be deployed that is broken",
			`"deployable": false`, `"deployable": true`, "body", "$.summary.deployable",
		},
		{"another status", "other content for a version that has a pact", `"status": 409`, `"status": 200`, "status", ""},
		{"credentials that it takes", "the index, with credentials of nobody", `"status": 401`, `"status": 200`, "status", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := verifyCopy(t, b, c.description, c.old, c.replacement)
			require.Empty(t, found.Problems)
			require.Len(t, found.Results, 1)
			require.Equal(t, verdict.Fail, found.Verdict, found.Results)
			mismatches := found.Results[0].Mismatches
			require.Len(t, mismatches, 1, found.Results)
			require.Equal(t, []string{c.part, c.path}, []string{mismatches[0].Part, mismatches[0].Path}, found.Results)
		})
	}
}

// A broker that is not reached breaks no contract.
func TestPactBrokerThatIsDownIsUnknown(t *testing.T) {
	t.Parallel()
	b := pactBroker{brokertest.Broker{URL: "http://127.0.0.1:1", Username: "user", Password: "password"}}
	found := verifyCopy(t, b, "the index", `"the index"`, `"the index"`)
	require.Len(t, found.Results, 1)
	require.Equal(t, verdict.Unknown, found.Verdict)
	require.Equal(t, verdict.ExitUnknown, found.Verdict.Exit())
	require.Contains(t, found.Results[0].String(), "connection refused")
	require.NotContains(t, found.Results[0].String(), "password")
}

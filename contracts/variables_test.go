package contracts

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

func from(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

func TestVariablesSayWhatTheFieldsLeaveOut(t *testing.T) {
	getenv := from(map[string]string{
		broker.VariablePublish: "true", broker.VariableProviderVersion: "10", broker.VariableProviderBranch: "main",
		broker.VariableProviderTags: "a, b", broker.VariableProviderBuild: "https://ci.example/1",
		broker.VariablePending: "TRUE", broker.VariableWIP: "2026-01-31", broker.VariableSelectors: `[{"mainBranch":true}]`,
	})
	b, err := Broker{}.completed(getenv)
	require.NoError(t, err)
	tags := []string{"a", "b"}
	require.Equal(t, broker.Query{
		ProviderBranch: "main", ProviderTags: tags, Pending: true, WIPSince: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		Selectors: []broker.Selector{{MainBranch: true}},
	}, b.Query)
	require.Equal(t, broker.Verification{
		ProviderVersion: "10", ProviderBranch: "main", ProviderTags: tags, BuildURL: "https://ci.example/1",
	}, *b.Publish)

	fixed := Broker{
		Query: broker.Query{
			ProviderBranch: "feat", ProviderTags: []string{"c"}, Selectors: []broker.Selector{{Latest: true}}, WIPSince: time.Unix(0, 0),
		},
		Publish: &broker.Verification{ProviderVersion: "11"},
	}
	b, err = fixed.completed(getenv)
	require.NoError(t, err)
	fixed.Query.Pending = true
	require.Equal(t, fixed, b, "a field overrides its variable")
}

func TestNothingIsPublishedUnlessTold(t *testing.T) {
	for _, told := range []string{"", "false", "0"} {
		b, err := Broker{}.completed(from(map[string]string{broker.VariablePublish: told, broker.VariableProviderVersion: "10"}))
		require.NoError(t, err)
		require.Nil(t, b.Publish)
	}
}

func TestAVariableThatMeansNothingIsRefused(t *testing.T) {
	for says, variables := range map[string]map[string]string{
		`PACT_ENABLE_PENDING is "perhaps": want true or false`:                     {broker.VariablePending: "perhaps"},
		`PACT_BROKER_PUBLISH_VERIFICATION_RESULTS is "yes": want true or false`:    {broker.VariablePublish: "yes"},
		`PACT_INCLUDE_WIP_PACTS_SINCE is "today": want a day such as 2026-01-31`:   {broker.VariableWIP: "today"},
		"PACT_CONSUMER_VERSION_SELECTORS: read the consumer version selectors: ":   {broker.VariableSelectors: "main"},
		"the provider's version is not known: set PACT_PROVIDER_VERSION, or run f": {broker.VariablePublish: "true"},
	} {
		_, err := Broker{}.completed(from(variables))
		require.ErrorContains(t, err, says)
	}
}

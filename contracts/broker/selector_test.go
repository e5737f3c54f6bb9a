package broker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

func TestSelectorsAreReadAndWrittenAsTheBrokerHasThem(t *testing.T) {
	for _, text := range []string{
		`{"mainBranch":true}`, `{"consumer":"web","mainBranch":true,"latest":true}`, `{"branch":"feat/x"}`,
		`{"branch":"feat/x","fallbackBranch":"main"}`, `{"branch":"feat/x","latest":true}`, `{"matchingBranch":true}`,
		`{"consumer":"web","matchingBranch":true}`, `{"deployedOrReleased":true}`, `{"deployed":true}`, `{"released":true}`,
		`{"environment":"production"}`, `{"deployed":true,"environment":"production"}`,
		`{"consumer":"web","released":true,"environment":"production"}`,
		`{"tag":"prod"}`, `{"tag":"prod","latest":true}`, `{"tag":"x","fallbackTag":"main","latest":true}`, `{"latest":true}`,
		`{"consumer":"web","latest":true}`,
	} {
		selectors, err := broker.ParseSelectors("[" + text + "]")
		require.NoError(t, err, text)
		require.Len(t, selectors, 1)
		require.JSONEq(t, text, selectors[0].String())
	}
	selectors, err := broker.ParseSelectors(`[{"tag":"prod","latest":false}, {"mainBranch":true}]`)
	require.NoError(t, err)
	require.Equal(t, []broker.Selector{{Tag: "prod"}, {MainBranch: true}}, selectors)
	require.Equal(t, []broker.Selector{{MainBranch: true}, {DeployedOrReleased: true}}, broker.Recommended(""))
	require.Equal(t, []broker.Selector{{MainBranch: true}, {DeployedOrReleased: true}, {MatchingBranch: true}}, broker.Recommended("feat/x"))
}

func TestInvalidSelectorIsReported(t *testing.T) {
	for text, says := range map[string]string{
		``: "want a JSON array", `null`: "there is none", `[]`: "there is none", `{"mainBranch":true}`: "want a JSON array",
		`[1]`:                                   "want a JSON array",
		`[{"mainBranch":true}] x`:               "want a JSON array",
		`[{}]`:                                  "selector 1: it selects nothing",
		`[{"consumer":"web"}]`:                  "selector 1: it selects nothing",
		`[{"mainBranch":true,"onlyIn":"prod"}]`: "/0/onlyIn is no part of a selector; want a JSON array",
		`[{"MainBranch":true}]`:                 "/0/MainBranch is no part of a selector",
		`[{"mainBranch":true,"mainBranch":true}]`:       "duplicate",
		`[{"mainBranch":"true"}]`:                       "/0/mainBranch cannot be a string",
		`[{"branch":true}]`:                             "want a JSON array",
		`[{"mainBranch":false}]`:                        "mainBranch is false: it can be true only",
		`[{"deployed":false,"environment":"prod"}]`:     "deployed is false",
		`[{"branch":"x","latest":false}]`:               "latest is false",
		`[{"branch":""}]`:                               "branch is empty",
		`[{"branch":" x"}]`:                             `branch is " x": it begins or ends with a blank`,
		`[{"consumer":"","mainBranch":true}]`:           "consumer is empty",
		`[{"environment":"prod","branch":"x"}]`:         "environment, deployed, released and deployedOrReleased go with consumer only",
		`[{"deployed":true,"latest":true}]`:             "environment, deployed, released and deployedOrReleased go with consumer only",
		`[{"deployed":true,"released":true}]`:           "exclude each other",
		`[{"mainBranch":true,"branch":"x"}]`:            "mainBranch goes with consumer and latest only",
		`[{"matchingBranch":true,"latest":true}]`:       "matchingBranch goes with consumer only",
		`[{"branch":"x","tag":"y"}]`:                    "branch and tag exclude each other",
		`[{"fallbackBranch":"main"}]`:                   "fallbackBranch needs branch",
		`[{"tag":"x","fallbackTag":"main"}]`:            "fallbackTag needs tag and latest",
		`[{"mainBranch":true},{"branch":""},{"tag":1}]`: "want a JSON array",
		`[{"mainBranch":true},{"branch":""},{}]`:        "selector 2: branch is empty; it selects nothing",
	} {
		selectors, err := broker.ParseSelectors(text)
		require.ErrorIs(t, err, broker.ErrUsage, text)
		require.ErrorContains(t, err, says, text)
		require.Nil(t, selectors)
	}
}

func TestInvalidQueryIsReportedBeforeAnythingIsSent(t *testing.T) {
	c, _, asked := replay(t)
	since := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	for says, q := range map[string]broker.Query{
		"the provider is not named":                           {Provider: " "},
		"matchingBranch needs the provider's branch":          {Provider: "api", Selectors: []broker.Selector{{MatchingBranch: true}}},
		"selector 2, {}: it selects nothing":                  {Provider: "api", Selectors: []broker.Selector{{MainBranch: true}, {}}},
		"work in progress needs the provider's branch or":     {Provider: "api", Pending: true, WIPSince: since},
		"work in progress needs pending pacts":                {Provider: "api", ProviderBranch: "main", WIPSince: since},
		"the provider's branch \" main\" begins or ends with": {Provider: "api", ProviderBranch: " main"},
	} {
		_, err := c.PactsForVerification(t.Context(), q)
		require.ErrorIs(t, err, broker.ErrUsage)
		require.ErrorContains(t, err, says)
	}
	require.Empty(t, asked())
}

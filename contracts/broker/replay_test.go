package broker_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func TestRecordedBrokerServesPactsAndAcceptsResults(t *testing.T) {
	c, url, asked := replay(t)
	pacts, err := c.PactsForVerification(t.Context(), broker.Query{
		Provider: "invoices", ProviderBranch: "main", Pending: true,
		Selectors: []broker.Selector{{MainBranch: true}, {DeployedOrReleased: true}},
	})
	require.NoError(t, err)
	require.Len(t, pacts, 1)
	p := pacts[0]
	require.Equal(t, "Pact between finance (1.0.0) and invoices", p.Name)
	require.Equal(t, "latest from main branch", p.ShortDescription)
	require.Equal(t, []string{"finance", "1.0.0", "invoices"}, []string{p.Consumer, p.ConsumerVersion, p.Provider})
	require.Contains(t, p.URL, url+"/pacts/provider/invoices/consumer/finance/pact-version/5ff61f54")
	require.True(t, p.Pending)
	require.False(t, p.WIP)
	require.True(t, p.InBroker())
	require.Contains(t, string(p.Content), `"a request for an invoice"`)
	when := map[string]int{}
	for _, n := range p.Notices {
		when[n.When]++
		require.NotEmpty(t, n.Text)
	}
	require.Equal(t, map[string]int{
		broker.BeforeVerification: 2, broker.AfterVerification(true, true): 1, broker.AfterVerification(true, false): 1,
		broker.AfterVerification(false, true): 1, broker.AfterVerification(false, false): 1,
	}, when)

	require.NoError(t, c.PublishVerification(t.Context(), p, broker.Verification{
		Success: true, ProviderVersion: "2.0.0", ProviderBranch: "main", BuildURL: "https://ci.example/2",
		Tests: []broker.TestResult{{
			InteractionID: "99be4f083f2ddd475473a434a500c8a3f914e7a6", Description: "a request for an invoice", Success: true,
		}},
		VerifiedBy: broker.VerifiedBy{Name: "fridaygate", Version: "0"},
	}))
	require.Equal(t, []string{
		"index", "for-verification", "download the selected pact", "create provider version branch", "publish a success",
	}, asked())
}

func TestAPactIsReadByItsURL(t *testing.T) {
	c, url, asked := replay(t)
	p, err := c.PactAt(t.Context(), url+"/pacts/provider/invoices/consumer/finance/latest")
	require.NoError(t, err)
	require.Equal(t, "Pact between finance (1.0.0) and invoices", p.Name)
	require.Equal(t, "1.0.0", p.ConsumerVersion)
	require.True(t, p.InBroker())
	require.Equal(t, []string{"latest pact"}, asked())
}

func TestNothingToVerifyIsAnErrorOfItsOwn(t *testing.T) {
	for name, c := range map[string]struct {
		provider string
		selector broker.Selector
		kind     error
		says     string
	}{
		"unknown provider": {
			"nobody", broker.Selector{MainBranch: true}, broker.ErrUnknownProvider,
			"404 Not Found: Not found: No provider with name 'nobody' found; check the name nobody",
		},
		"nothing selected": {
			"invoices", broker.Selector{Branch: "gone"}, broker.ErrNoPacts, `has no pact for: {"branch":"gone"}; nothing would be verified`,
		},
		"unknown environment": {
			"invoices", broker.Selector{Environment: "nowhere"}, broker.ErrBadRequest,
			"environment with name 'nowhere' does not exist (/consumerVersionSelectors/0)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, url, _ := replay(t)
			pacts, err := client.PactsForVerification(t.Context(), broker.Query{Provider: c.provider, Selectors: []broker.Selector{c.selector}})
			require.Empty(t, pacts)
			require.ErrorIs(t, err, c.kind)
			require.ErrorContains(t, err, "find the pacts that "+c.provider+" must verify: "+url)
			require.ErrorContains(t, err, c.says)
			require.Equal(t, name == "unknown provider", errors.Is(err, broker.ErrNotFound))
			var e *broker.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, verdict.Unknown, e.Verdict())
		})
	}
}

func TestAPathThatIsNotThereIsNotFound(t *testing.T) {
	c, url, _ := replay(t)
	_, err := c.PactAt(t.Context(), url+"/nope")
	require.ErrorIs(t, err, broker.ErrNotFound)
	require.NotErrorIs(t, err, broker.ErrUnknownProvider)
	require.ErrorContains(t, err, "The requested document was not found on this server.")
}

func TestAResultThatMustNotBePublishedIsRefused(t *testing.T) {
	c, url, _ := replay(t)
	p, err := c.PactAt(t.Context(), url+"/pacts/provider/invoices/consumer/finance/latest")
	require.NoError(t, err)
	passed, failed := broker.TestResult{Description: "a", Success: true}, broker.TestResult{Description: "b"}
	for says, c2 := range map[string]struct {
		pact   broker.Pact
		result broker.Verification
	}{
		"the provider's version is not said":                      {p, broker.Verification{Success: true, Tests: []broker.TestResult{passed}}},
		"it is called a success, and no interaction was verified": {p, broker.Verification{Success: true, ProviderVersion: "1"}},
		"it is called a success, and an interaction failed: b": {
			p, broker.Verification{Success: true, ProviderVersion: "1", Tests: []broker.TestResult{passed, failed}},
		},
		"it was not read from a broker, so there is nowhere to pu": {broker.Pact{}, broker.Verification{ProviderVersion: "1"}},
	} {
		err := c.PublishVerification(t.Context(), c2.pact, c2.result)
		require.ErrorIs(t, err, broker.ErrUsage)
		require.ErrorContains(t, err, says)
	}
}

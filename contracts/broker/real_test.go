package broker_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

func TestTheRealBrokerSelectsWhatTheSelectorsSay(t *testing.T) {
	m := newTeam(t)
	m.publish("1", "main")
	m.publish("2", "feat/x+y ä", "old tag")
	m.publish("3", "main")
	environment := m.ask("POST", "/environments", map[string]any{"name": "production", "displayName": "Production", "production": true})
	m.ask("POST", fmt.Sprintf("/pacticipants/%s/versions/1/deployed-versions/environment/%s", url.PathEscape(m.consumer), environment["uuid"]),
		map[string]any{})
	for name, c := range map[string]struct {
		query    broker.Query
		versions string
	}{
		"recommended":       {broker.Query{}, "1 3"},
		"mainBranch":        {broker.Query{Selectors: []broker.Selector{{MainBranch: true}}}, "3"},
		"branch":            {broker.Query{Selectors: []broker.Selector{{Branch: "feat/x+y ä"}}}, "2"},
		"matchingBranch":    {broker.Query{ProviderBranch: "feat/x+y ä", Selectors: []broker.Selector{{MatchingBranch: true}}}, "2"},
		"deployed":          {broker.Query{Selectors: []broker.Selector{{Deployed: true, Environment: "production"}}}, "1"},
		"environment":       {broker.Query{Selectors: []broker.Selector{{Environment: "production"}}}, "1"},
		"deployedOrRelease": {broker.Query{Selectors: []broker.Selector{{DeployedOrReleased: true, Consumer: m.consumer}}}, "1"},
		"tag":               {broker.Query{Selectors: []broker.Selector{{Tag: "old tag"}}}, "2"},
		"fallbackTag":       {broker.Query{Selectors: []broker.Selector{{Tag: "gone", FallbackTag: "old tag", Latest: true}}}, "2"},
		"latest":            {broker.Query{Selectors: []broker.Selector{{Latest: true}}}, "3"},
		"several":           {broker.Query{ProviderBranch: "feat/x+y ä"}, "1 2 3"},
	} {
		t.Run(name, func(t *testing.T) {
			_, versions := m.find(c.query)
			require.Equal(t, c.versions, versions)
		})
	}
	for _, s := range []broker.Selector{
		{Branch: "gone"}, {Released: true}, {MainBranch: true, Consumer: "somebody else"},
		{Branch: "gone", FallbackBranch: "main"}, // see FallbackBranch
	} {
		_, err := m.client.PactsForVerification(t.Context(), broker.Query{Provider: m.provider, Selectors: []broker.Selector{s}})
		require.ErrorIs(t, err, broker.ErrNoPacts, s.String())
	}
}

// What a selector's own check refuses, the broker refuses too, or would leave unsaid; what it lets pass, the broker takes.
func TestTheRealBrokerAgreesWithTheSelectorsOwnCheck(t *testing.T) {
	m := newTeam(t)
	m.publish("1", "main")
	flags := []broker.Selector{
		{MainBranch: true}, {Branch: "a"}, {FallbackBranch: "b"}, {MatchingBranch: true}, {DeployedOrReleased: true}, {Deployed: true},
		{Released: true}, {Environment: "here"}, {Tag: "c"}, {FallbackTag: "d"}, {Latest: true}, {Consumer: "web"},
	}
	m.ask("POST", "/environments", map[string]any{"name": "here", "displayName": "Here", "production": false})
	ask := func(s broker.Selector) int {
		body := map[string]any{"consumerVersionSelectors": []broker.Selector{s}, "providerVersionBranch": "main"}
		text, err := json.Marshal(body)
		require.NoError(t, err)
		path := m.broker.URL + "/pacts/provider/" + url.PathEscape(m.provider) + "/for-verification"
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, path, bytes.NewReader(text))
		require.NoError(t, err)
		request.SetBasicAuth(m.broker.Username, m.broker.Password)
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	for a := range flags {
		for b := a; b < len(flags); b++ {
			s := union(t, flags[a], flags[b])
			want := http.StatusOK
			if s.Validate() != nil {
				want = http.StatusBadRequest
			}
			require.Equal(t, want, ask(s), "%s: %v", s, s.Validate())
		}
	}
}

// union is a selector with what either has.
func union(t *testing.T, a, b broker.Selector) broker.Selector {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(b.String()), &a))
	return a
}

func TestASuccessFromTheMainBranchEndsPending(t *testing.T) {
	m := newTeam(t)
	m.publish("1", "main")
	query := broker.Query{ProviderBranch: "main", Selectors: []broker.Selector{{MainBranch: true}}}
	pacts, _ := m.find(query)
	require.False(t, pacts[0].Pending, "nobody asked")
	query.Pending = true
	pacts, _ = m.find(query)
	require.True(t, pacts[0].Pending)
	require.Equal(t, broker.BeforeVerification, pacts[0].Notices[0].When)

	m.verified(pacts[0], "10", "main", false)
	pacts, _ = m.find(query)
	require.True(t, pacts[0].Pending, "a failure leaves it pending")

	m.verified(pacts[0], "11", "main", true)
	pacts, _ = m.find(query)
	require.False(t, pacts[0].Pending)

	version := m.ask("GET", "/pacticipants/"+url.PathEscape(m.provider)+"/versions/11", nil)
	text, err := json.Marshal(version["_embedded"])
	require.NoError(t, err)
	require.Contains(t, string(text), `"name":"main"`)
	require.Contains(t, string(text), `"name":"seen by/ci"`)
}

func TestAResultIsStoredWithItsTests(t *testing.T) {
	m := newTeam(t)
	m.publish("1", "main")
	pacts, _ := m.find(broker.Query{})
	m.verified(pacts[0], "10", "", false)
	results, err := url.Parse(pacts[0].URL)
	require.NoError(t, err)
	path, _, _ := strings.Cut(results.EscapedPath(), "/metadata/")
	stored := m.ask("GET", path+"/verification-results/latest", nil)
	require.Equal(t, false, stored["success"])
	require.Equal(t, "10", stored["providerApplicationVersion"])
	require.Equal(t, "https://ci.example/1?a=b", stored["buildUrl"])
	require.Equal(t, map[string]any{"implementation": "fridaygate", "version": "0"}, stored["verifiedBy"])
	text, err := json.Marshal(stored["testResults"])
	require.NoError(t, err)
	require.Contains(t, string(text), "currency is missing")
	require.Contains(t, string(text), "connection reset")
}

func TestWorkInProgressIsAddedSinceADay(t *testing.T) {
	m := newTeam(t)
	m.publish("1", "main")
	query := broker.Query{ProviderBranch: "main", Pending: true, Selectors: []broker.Selector{{MainBranch: true}}}
	pacts, _ := m.find(query)
	m.verified(pacts[0], "10", "main", true)
	m.publish("2", "feat/new")
	_, versions := m.find(query)
	require.Equal(t, "1", versions)
	query.WIPSince = time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)
	_, versions = m.find(query)
	require.Equal(t, "1", versions)
	query.WIPSince = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	pacts, versions = m.find(query)
	require.Equal(t, "1 2", versions)
	require.Equal(t, []bool{false, false, true, true}, []bool{pacts[0].WIP, pacts[0].Pending, pacts[1].WIP, pacts[1].Pending})
}

func TestAPactOfAWebhookIsVerifiedAlone(t *testing.T) {
	m := newTeam(t)
	m.publish("1", "main")
	m.publish("2", "main")
	path := "/pacts/provider/" + url.PathEscape(m.provider) + "/consumer/" + url.PathEscape(m.consumer) + "/version/1"
	p, err := m.client.PactAt(t.Context(), m.broker.URL+path)
	require.NoError(t, err)
	require.Equal(t, "1", p.ConsumerVersion)
	require.Contains(t, string(p.Content), "a request of 1")
	m.verified(p, "10", "main", true)
	pacts, _ := m.find(broker.Query{ProviderBranch: "main", Pending: true, Selectors: []broker.Selector{{Latest: true}}})
	require.True(t, pacts[0].Pending, "the other version's pact is another one")

	_, err = m.client.PactAt(t.Context(), m.broker.URL+strings.TrimSuffix(path, "1")+"3")
	require.ErrorIs(t, err, broker.ErrNotFound)
}

func TestTheRealBrokerRefuses(t *testing.T) {
	m := newTeam(t)
	m.publish("1", "main")
	pacts, _ := m.find(broker.Query{})
	stranger, err := broker.New(broker.Config{URL: m.broker.URL, Username: m.broker.Username, Password: token})
	require.NoError(t, err)
	unnamed, err := broker.New(broker.Config{URL: m.broker.URL})
	require.NoError(t, err)
	for _, c := range []*broker.Client{stranger, unnamed} {
		_, asked := c.PactsForVerification(t.Context(), broker.Query{Provider: m.provider})
		_, read := c.PactAt(t.Context(), pacts[0].URL)
		published := c.PublishVerification(t.Context(), pacts[0], broker.Verification{ProviderVersion: "1"})
		for _, err := range []error{asked, read, published} {
			require.ErrorIs(t, err, broker.ErrUnauthorised)
			require.ErrorContains(t, err, "PACT_BROKER_USERNAME")
			require.NotContains(t, err.Error(), token)
		}
	}
	_, err = m.client.PactsForVerification(t.Context(), broker.Query{Provider: "nobody of " + t.Name()})
	require.ErrorIs(t, err, broker.ErrUnknownProvider)
	_, err = m.client.PactsForVerification(t.Context(), broker.Query{
		Provider: m.provider, Selectors: []broker.Selector{{Environment: "nowhere"}},
	})
	require.ErrorIs(t, err, broker.ErrBadRequest)
	require.ErrorContains(t, err, "environment with name 'nowhere' does not exist")
	err = m.client.PublishVerification(t.Context(), pacts[0], broker.Verification{ProviderVersion: "1", BuildURL: "no URL"})
	require.ErrorIs(t, err, broker.ErrBadRequest)
	require.ErrorContains(t, err, "buildUrl")
}

package broker_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// The story of one release: no until it is verified, yes, a break with its reason, and a rollback.
func TestTheRealBrokerGatesADeploymentFromPublishToRollback(t *testing.T) {
	m := market{team: newTeam(t)}
	require.NoError(t, m.client.CreateEnvironment(t.Context(), "story", "The Story", true))
	environments, err := m.client.Environments(t.Context())
	require.NoError(t, err)
	require.Contains(t, func() (names []string) {
		for _, e := range environments {
			names = append(names, e.Name+"/"+e.DisplayName)
		}
		return names
	}(), "story/The Story")
	decide := func(short, version string) broker.Decision {
		t.Helper()
		d, err := m.client.CanIDeploy(t.Context(), broker.Question{
			Versions: []broker.VersionSelector{m.version(short, version)}, Environment: "story",
		})
		require.NoError(t, err)
		return d
	}

	m.give("1", m.pact("web", "api", "a price"))
	require.Equal(t, broker.NotThere, decide("web", "1").Reasons[0].Kind, "unverified, and nothing is there")
	m.verify("1", "10", true)
	require.Equal(t, verdict.Pass, decide("api", "10").Verdict(), "the provider goes first")
	m.deploy("api", "10", "story")
	require.Equal(t, verdict.Pass, decide("web", "1").Verdict())
	m.deploy("web", "1", "story")

	m.verify("1", "11", false)
	broken := decide("api", "11")
	require.Equal(t, verdict.Fail, broken.Verdict())
	require.Equal(t, "$.price", broken.Reasons[0].Interactions[0].Mismatches[0].Identifier)
	require.Equal(t, verdict.Pass, decide("api", "10").Verdict(), "the rollback")

	m.give("2", m.pact("web", "api", "another price"))
	pending := decide("web", "2")
	require.Equal(t, verdict.Unknown, pending.Verdict())
	require.Contains(t, pending.Reasons[0].Text, "api 10, now in story, has not verified the pact")

	there := broker.Deployment{Pacticipant: m.name("web"), Environment: "story"}
	require.NoError(t, m.client.RecordUndeployment(t.Context(), there))
	require.ErrorIs(t, m.client.RecordUndeployment(t.Context(), there), broker.ErrNotDeployed)
	require.Equal(t, verdict.Pass, decide("api", "11").Verdict(), "nobody is there whom it breaks")
}

func TestInstancesAreDeployedAndUndeployedOnTheirOwn(t *testing.T) {
	m := market{team: newTeam(t)}
	require.NoError(t, m.client.CreateEnvironment(t.Context(), "instances", "", false))
	m.give("1", m.pact("web", "api", "a price"))
	d := broker.Deployment{Pacticipant: m.name("web"), Version: "1", Environment: "instances", Instance: "blue"}
	require.NoError(t, m.client.RecordDeployment(t.Context(), d))
	require.NoError(t, m.client.RecordDeployment(t.Context(), d), "again is no error")
	d.Instance = ""
	err := m.client.RecordUndeployment(t.Context(), d)
	require.ErrorIs(t, err, broker.ErrNotDeployed)
	require.ErrorContains(t, err, `these are: "blue"`)
	d.Instance = "blue"
	require.NoError(t, m.client.RecordUndeployment(t.Context(), d))
	require.NoError(t, m.client.RecordRelease(t.Context(), broker.Deployment{
		Pacticipant: m.name("web"), Version: "1", Environment: "instances",
	}))
}

func TestDeployedListsTheVersionOfEachInstance(t *testing.T) {
	m := market{team: newTeam(t)}
	require.NoError(t, m.client.CreateEnvironment(t.Context(), "listed", "", false))
	m.give("1", m.pact("web", "api", "a price"))
	m.give("2", m.pact("web", "api", "a price"))
	listed := func() []broker.Deployment {
		t.Helper()
		all, err := m.client.Deployed(t.Context(), m.name("web"), "listed")
		require.NoError(t, err)
		return all
	}
	require.Empty(t, listed())
	d := broker.Deployment{Pacticipant: m.name("web"), Version: "1", Environment: "listed"}
	require.NoError(t, m.client.RecordDeployment(t.Context(), d))
	require.Equal(t, []broker.Deployment{d}, listed())
	d.Version = "2"
	require.NoError(t, m.client.RecordDeployment(t.Context(), d), "it replaces the other")
	blue := broker.Deployment{Pacticipant: m.name("web"), Version: "1", Environment: "listed", Instance: "blue"}
	require.NoError(t, m.client.RecordDeployment(t.Context(), blue))
	require.ElementsMatch(t, []broker.Deployment{d, blue}, listed())

	_, err := m.client.Deployed(t.Context(), m.name("web"), "nowhere")
	require.ErrorIs(t, err, broker.ErrUnknownEnvironment)
	_, err = m.client.Deployed(t.Context(), " ", "listed")
	require.ErrorIs(t, err, broker.ErrUsage)
}

func TestARecordOfWhatIsNotKnownIsRefused(t *testing.T) {
	m := market{team: newTeam(t)}
	m.give("1", m.pact("web", "api", "a price"))
	_, err := m.client.Publish(t.Context(), broker.Publication{Version: "1", Pacts: []broker.PactFile{{
		Consumer: "ä/ö", Provider: m.name("api"),
		Content: []byte(strings.ReplaceAll(string(m.pact("web", "api", "a price").Content), m.name("web"), "ä/ö")),
	}}})
	require.NoError(t, err)
	for _, c := range []struct {
		deployment broker.Deployment
		kind       error
		says       string
	}{
		{
			broker.Deployment{Pacticipant: m.name("web"), Version: "1", Environment: "nowhere"},
			broker.ErrUnknownEnvironment, `the broker has no environment "nowhere"`,
		},
		{broker.Deployment{Pacticipant: m.name("web"), Version: "9", Environment: "nowhere"}, broker.ErrUnknownVersion, `has no version "9"`},
		{broker.Deployment{Pacticipant: m.name("nobody"), Version: "1", Environment: "nowhere"}, broker.ErrUnknownVersion, "nobody"},
		{
			broker.Deployment{Pacticipant: "ä/ö", Version: "1", Environment: "nowhere"},
			broker.ErrUnexpected, "a Pact Broker on SQLite answers so to a name with letters beyond ASCII",
		},
		{broker.Deployment{Version: "1", Environment: "nowhere"}, broker.ErrUsage, "the pacticipant is missing"},
		{broker.Deployment{Pacticipant: "web", Environment: "nowhere"}, broker.ErrUsage, "the version is missing"},
	} {
		for _, record := range []func() error{
			func() error { return m.client.RecordDeployment(t.Context(), c.deployment) },
			func() error { return m.client.RecordRelease(t.Context(), c.deployment) },
		} {
			err := record()
			require.ErrorIs(t, err, c.kind)
			require.ErrorContains(t, err, c.says)
		}
	}
}

func TestAWebhookIsCreatedReplacedAndTested(t *testing.T) {
	m := market{team: newTeam(t)}
	m.give("1", m.pact("web", "api", "a price"))
	hook := broker.Webhook{
		Description: "verify", Provider: m.name("api"), Events: []string{broker.ContractRequiringVerification}, Method: "POST",
		URL:    "https://ci.invalid/dispatches",
		Header: map[string]string{"Content-Type": "application/json"}, Body: `{"client_payload":{"pact_url":"${pactbroker.pactUrl}"}}`,
	}
	created, err := m.client.SaveWebhook(t.Context(), hook)
	require.NoError(t, err)
	require.NotEmpty(t, created)
	hook.UUID = "4a1b3f0e-5d0c-4b2e-9a3d-3c52f0a4d6aa"
	for range 2 {
		same, err := m.client.SaveWebhook(t.Context(), hook)
		require.NoError(t, err)
		require.Equal(t, hook.UUID, same)
	}
	err = m.client.TestWebhook(t.Context(), hook.UUID)
	require.ErrorIs(t, err, broker.ErrUnexpected, "this broker has no list of allowed hosts")
	require.ErrorContains(t, err, "the broker does not say what became of it: For security purposes")
	require.ErrorIs(t, m.client.TestWebhook(t.Context(), "gone"), broker.ErrNotFound)

	hook.Events = []string{"no_such_event"}
	_, err = m.client.SaveWebhook(t.Context(), hook)
	require.ErrorIs(t, err, broker.ErrBadRequest)
	_, err = m.client.SaveWebhook(t.Context(), broker.Webhook{URL: "ftp://ci"})
	require.ErrorIs(t, err, broker.ErrUsage)
	require.ErrorContains(t, err, "no event is named")
}

func TestATestedWebhookIsDeliveredOrNot(t *testing.T) {
	for body, says := range map[string]string{
		`{"error":{"message":"Failed to open TCP connection"}}`: "the broker could not send it: Failed to open TCP connection",
		`{"response":{"status":404}}`:                           "it was answered with 404 Not Found",
		`{"response":{"status":204}}`:                           "",
	} {
		var url string
		url = serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/":
				_, _ = fmt.Fprintf(w, `{"_links":{"pb:webhook":{"href":"%s/webhooks/{uuid}"}}}`, url)
			case "/webhooks/1":
				_, _ = fmt.Fprintf(w, `{"_links":{"pb:execute":{"href":"%s/webhooks/1/execute"}}}`, url)
			default:
				_, _ = fmt.Fprint(w, body)
			}
		})
		c, err := broker.New(broker.Config{URL: url})
		require.NoError(t, err)
		err = c.TestWebhook(t.Context(), "1")
		if says == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, broker.ErrWebhookFailed)
		require.ErrorContains(t, err, says)
	}
}

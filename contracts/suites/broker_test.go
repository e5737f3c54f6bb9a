package suites_test

import (
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/consumer"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// brokerName is the name of the Pact Broker in the pact.
const brokerName = "pact_broker"

// What Fridaygate's own client needs of a Pact Broker, for each of its operations and each way in which a broker refuses one.
func TestBrokerPact(t *testing.T) {
	s := brokerSuite{newSuite(t, "fridaygate", brokerName)}
	s.checks()
	s.publishes()
	s.decides()
	s.verifies()
	s.records()
	s.listsAndCreates()
	s.savesWebhooks()
	s.isRefused()
}

// brokerIndex is what every operation but the matrix begins with: the links that the client follows, and no other.
func brokerIndex() exchange {
	return exchange{
		description: "the index",
		method:      "GET", path: "/", status: 200,
		answer: links(object{
			"pb:publish-contracts":               href("/contracts/publish"),
			"pb:publish-pact":                    href("/pacts/provider/{provider}/consumer/{consumer}/version/{consumerApplicationVersion}"),
			"pb:provider-pacts-for-verification": href("/pacts/provider/{provider}/for-verification"),
			"pb:pacticipant":                     href("/pacticipants/{pacticipant}"),
			"pb:pacticipant-version":             href("/pacticipants/{pacticipant}/versions/{version}"),
			"pb:pacticipant-branch-version":      href("/pacticipants/{pacticipant}/branches/{branch}/versions/{version}"),
			"pb:pacticipant-version-tag":         href("/pacticipants/{pacticipant}/versions/{version}/tags/{tag}"),
			"pb:environments":                    href("/environments"),
			"pb:webhooks":                        href("/webhooks"),
			"pb:webhook":                         href("/webhooks/{uuid}"),
		}),
	}
}

// checks has the probe of a pipeline, which changes nothing.
func (s brokerSuite) checks() {
	s.client("check", []exchange{brokerIndex(), environments()}, func(t *testing.T, c *broker.Client) {
		require.NoError(t, c.Check(t.Context()))
	})
}

// isRefused has the refusals that are not about one operation.
func (s brokerSuite) isRefused() {
	record := func(pacticipant string) func(t *testing.T, c *broker.Client) error {
		return func(t *testing.T, c *broker.Client) error {
			t.Helper()
			return c.RecordDeployment(t.Context(), broker.Deployment{Pacticipant: pacticipant, Version: "1", Environment: "production"})
		}
	}
	type call = func(t *testing.T, c *broker.Client) error
	refuses := func(kind error, status int, says string, record call) func(t *testing.T, c *broker.Client) {
		return func(t *testing.T, c *broker.Client) {
			t.Helper()
			err := record(t, c)
			require.ErrorIs(t, err, kind)
			require.ErrorContains(t, err, says)
			require.NotContains(t, err.Error(), brokerPassword)
			var e *broker.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, status, e.Status)
			require.Equal(t, verdict.Unknown, e.Verdict())
		}
	}
	s.client("credentials of nobody", []exchange{{
		description: "the index, with credentials of nobody", broker: stateStranger,
		method: "GET", path: "/", status: 401,
	}}, refuses(broker.ErrUnauthorised, 401, "check PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD", record("web")))

	s.client("a version that is not there", []exchange{brokerIndex(), {
		description: "a version that is not there",
		method:      "GET", path: "/pacticipants/web/versions/9", status: 404,
		answer: problemOf(words("The requested document was not found on this server.")),
	}}, refuses(broker.ErrUnknownVersion, 404, `the broker has no version "9" of "web"`, func(t *testing.T, c *broker.Client) error {
		t.Helper()
		return c.RecordDeployment(t.Context(), broker.Deployment{Pacticipant: "web", Version: "9", Environment: "production"})
	}))

	// A line break or a tab in a path is all that the broker answers to with 422, of what the client sends.
	s.client("a name with a tab", []exchange{brokerIndex(), {
		description: "a version of a pacticipant with a tab in its name",
		method:      "GET", path: "/pacticipants/we%09b/versions/1", status: 422,
		answer: problemOf(words("URL path cannot contain a tab character.")),
	}}, refuses(broker.ErrBadRequest, 422, "URL path cannot contain a tab character", record("we\tb")))

	// On SQLite the broker fails on a pacticipant with a letter beyond ASCII in its name, if it does not know it.
	s.client("a name with an umlaut", []exchange{brokerIndex(), {
		description: "a version of an unknown pacticipant with an umlaut in its name", broker: stateSQLite,
		method: "GET", path: "/pacticipants/k%C3%A4se/versions/1", status: 500,
		answer: problemOf(words("An error has occurred.")),
	}}, refuses(broker.ErrUnexpected, 500, "a Pact Broker on SQLite answers so to a name with letters beyond ASCII", record("käse")))
}

// The states that the broker must be brought into.
const (
	stateEmpty       = "an empty broker that knows the user"
	stateStranger    = "a broker that does not know the user"
	stateSQLite      = "an empty broker on SQLite"
	statePublished   = "a pact is published"
	stateSelected    = "the provider finds the pact for verification"
	stateVerified    = "a version of the provider was verified with the pact"
	stateVersion     = "a version is on a branch"
	stateEnvironment = "there is an environment"
	stateDeployed    = "a version is deployed"
	stateWebhook     = "there is a webhook"
)

// published is the state in which version 1 of web, on main, has a pact with api.
func published() consumer.ProviderState { return publishedOn("main") }

func publishedOn(branch string) consumer.ProviderState {
	return consumer.Given(statePublished, object{
		"consumer": "web", "provider": "api", "version": "1", "branch": branch, "interaction": "a price",
	})
}

// selected is the state in which the provider asked for the pact, and so knows its address.
func selected() consumer.ProviderState {
	return consumer.Given(stateSelected, object{"provider": "api", "branch": "main"})
}

// verified is the state in which a version of api was verified with that pact.
func verified(version string, success bool) consumer.ProviderState {
	return consumer.Given(stateVerified, object{"version": version, "branch": "main", "success": success})
}

func environment(name string) consumer.ProviderState {
	return consumer.Given(stateEnvironment, object{"name": name, "production": true})
}

func deployed(pacticipant, version string) consumer.ProviderState {
	return consumer.Given(stateDeployed, object{"pacticipant": pacticipant, "version": version})
}

// Parts of the broker's addresses that it makes up.
const (
	someUUID   = "8e0f8b7a-3c1d-4f5e-9a6b-0d2c4e6f8a1b"
	pairPath   = "/pacts/provider/api/consumer/web"
	somePact   = pairPath + "/pact-version/b8ff4e699262e6eca680755143d43c950b91e5d0/metadata/Y3ZuPTE"
	likePact   = pairPath + "/pact-version/[0-9a-f]{40}/metadata/[0-9A-Za-z_=-]+"
	someResult = pairPath + "/pact-version/b8ff4e699262e6eca680755143d43c950b91e5d0/verification-results/1"
	likeResult = pairPath + "/pact-version/[0-9a-f]{40}(/metadata/[0-9A-Za-z_=-]+)?/verification-results/[0-9]+"
)

// moment is a time that the broker writes.
func moment() matchers.Matcher {
	return matchers.Regex("2026-11-25T08:10:13+00:00", `^[0-9]{4}-[0-9]{2}-[0-9]{2}T.*`)
}

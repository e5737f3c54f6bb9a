package suites_test

import (
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/consumer"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// asking is the question whether a version may be deployed to an environment.
func asking(description, pacticipant, version, environment string, states ...consumer.ProviderState) exchange {
	return exchange{
		description: description, states: states, method: "GET", path: "/matrix",
		query: map[string]string{"q[][pacticipant]": pacticipant, "q[][version]": version, "latestby": "cvpv", "environment": environment},
	}
}

// row is a row of the matrix: the pact of web 1 with a version of api, or with none.
func row(provider, result any) object {
	return object{
		"consumer":           object{"name": "web", "version": object{"number": "1"}},
		"provider":           object{"name": "api", "version": provider},
		"pact":               links(object{"self": href(pairPath + "/version/1")}),
		"verificationResult": result,
	}
}

// result is that of a verification, in a row.
func result(success bool) object {
	return object{"success": success, "verifiedAt": moment(), "_links": object{"self": hrefLike(someResult, likeResult)}}
}

// matrix is the broker's answer: true, false, or nil when it does not know.
func matrix(deployable any, rows ...any) object {
	return object{
		"summary": object{"deployable": deployable},
		"notices": someOf(object{"text": words("why")}),
		"matrix":  append(list{}, rows...),
	}
}

func (s brokerSuite) decides() {
	decide := func(t *testing.T, c *broker.Client, v broker.VersionSelector, to string) broker.Decision {
		t.Helper()
		d, err := c.CanIDeploy(t.Context(), broker.Question{Versions: []broker.VersionSelector{v}, Environment: to})
		require.NoError(t, err)
		return d
	}
	web := broker.VersionSelector{Pacticipant: "web", Version: "1"}
	there := func(version string, success bool) []consumer.ProviderState {
		return []consumer.ProviderState{published(), selected(), verified(version, success), environment("production"), deployed("api", version)}
	}

	s.client("yes", []exchange{
		asking("whether a version may be deployed that was verified", "web", "1", "production", there("10", true)...).
			answered(200, matrix(true, row(object{"number": "10"}, result(true)))),
	}, func(t *testing.T, c *broker.Client) {
		d := decide(t, c, web, "production")
		require.Equal(t, verdict.Pass, d.Verdict())
		require.Len(t, d.Matrix.Rows, 1)
		row := d.Matrix.Rows[0]
		require.Equal(t, []string{"web", "1", "api", "10"}, []string{row.Consumer, row.ConsumerVersion, row.Provider, row.ProviderVersion})
		require.NotEmpty(t, row.VerifiedAt)
	})

	s.client("no", []exchange{
		asking("whether a version may be deployed that is broken", "web", "1", "production", there("12", false)...).
			answered(200, matrix(false, row(object{"number": "12"}, result(false)))),
		{
			description: "the result of a verification that failed",
			states:      []consumer.ProviderState{published(), selected(), verified("12", false)},
			method:      "GET", path: someResult, from: "${result}", status: 200,
			answer: object{"testResults": list{object{
				"interactionDescription": "a price", "success": false,
				"mismatches": list{object{"attribute": "body", "identifier": "$.price", "description": "expected 1, but got nothing"}},
			}}},
		},
	}, func(t *testing.T, c *broker.Client) {
		d := decide(t, c, web, "production")
		require.Equal(t, verdict.Fail, d.Verdict())
		require.Len(t, d.Reasons, 1)
		require.Equal(t, broker.Broken, d.Reasons[0].Kind)
		require.Equal(t, []broker.FailedInteraction{{Description: "a price", Mismatches: []broker.Mismatch{
			{Attribute: "body", Identifier: "$.price", Description: "expected 1, but got nothing"},
		}}}, d.Reasons[0].Interactions)
	})

	unverified := []consumer.ProviderState{
		published(), consumer.Given(stateVersion, object{"pacticipant": "api", "version": "11", "branch": "main"}),
		environment("production"), deployed("api", "11"),
	}
	s.client("not verified", []exchange{
		asking("whether a version may be deployed that was not verified", "web", "1", "production", unverified...).
			answered(200, matrix(nil, row(nil, nil))),
		brokerIndex(), environments(),
		standing("what is deployed of the provider", "deployed-versions/currently-deployed", "deployedVersions", "api", "11", unverified...),
		{
			description: "what is released of a pacticipant, of which nothing is", states: []consumer.ProviderState{environment("production")},
			method: "GET", path: "/environments/" + someUUID + "/released-versions/currently-supported",
			from:  "/environments/${environment}/released-versions/currently-supported",
			query: map[string]string{"pacticipant": "api"}, status: 200,
			answer: object{"_embedded": object{"releasedVersions": list{}}},
		},
		pactOfVersion(),
		{
			description: "the webhooks that a pact triggered, of which there are none", states: []consumer.ProviderState{published()},
			method: "GET", path: pairPath + "/version/1/triggered-webhooks", status: 200,
			answer: object{"_embedded": object{"triggeredWebhooks": list{}}},
		},
	}, func(t *testing.T, c *broker.Client) {
		d := decide(t, c, web, "production")
		require.Equal(t, verdict.Unknown, d.Verdict())
		require.Len(t, d.Reasons, 1)
		require.Equal(t, broker.Unverified, d.Reasons[0].Kind)
		require.Contains(t, d.Reasons[0].Text, "api 11, now in production, has not verified the pact with web 1")
		require.Contains(t, d.Reasons[0].Text, "no webhook ever started its verification")
	})

	unknown := asking("whether a version may be deployed that is not there", "web", "9", "production", environment("production"), published()).
		answered(200, object{
			"summary": object{"deployable": false}, "matrix": list{},
			"notices": someOf(object{"text": words("No pacts or verifications have been published for version 9 of web")}),
		})
	everywhere := unknown
	everywhere.description = "the contracts of a version that is not there"
	everywhere.query = map[string]string{"q[][pacticipant]": "web", "q[][version]": "9", "latestby": "cvp"}
	s.client("a version that is not known", []exchange{unknown, everywhere}, func(t *testing.T, c *broker.Client) {
		d := decide(t, c, broker.VersionSelector{Pacticipant: "web", Version: "9"}, "production")
		require.Equal(t, verdict.Unknown, d.Verdict())
		require.Equal(t, broker.UnknownVersion, d.Reasons[0].Kind)
	})

	for name, r := range map[string]struct {
		ask    exchange
		detail matchers.Matcher
		kind   broker.ReasonKind
	}{
		"an environment that is not known": {
			asking("whether a version may be deployed to an environment that is not there", "web", "1", "production", published()),
			matchers.Regex("Environment with name 'production' does not exist", "^Environment with name .*"), broker.UnknownEnvironment,
		},
		"a pacticipant that is not known": {
			asking("whether a version of nobody may be deployed", "web", "1", "production", environment("production")),
			matchers.Regex("Pacticipant web not found", "^Pacticipant .* not found$"), broker.UnknownPacticipant,
		},
	} {
		s.client(name, []exchange{r.ask.answered(400, refused(r.detail))}, func(t *testing.T, c *broker.Client) {
			d := decide(t, c, web, "production")
			require.Equal(t, verdict.Unknown, d.Verdict())
			require.Equal(t, r.kind, d.Reasons[0].Kind)
		})
	}
}

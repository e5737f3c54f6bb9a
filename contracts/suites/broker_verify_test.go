package suites_test

import (
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/consumer"
)

// verifying asks for the pacts that api must verify.
func verifying(description string, states ...consumer.ProviderState) exchange {
	return exchange{
		description: description, states: states, method: "POST", path: "/pacts/provider/api/for-verification",
		body: object{
			"consumerVersionSelectors": list{
				object{"mainBranch": true}, object{"deployedOrReleased": true}, object{"matchingBranch": true},
			},
			"providerVersionBranch": "main", "includePendingStatus": true,
		},
	}
}

func (s brokerSuite) verifies() {
	query := broker.Query{Provider: "api", ProviderBranch: "main", Pending: true}
	find := []exchange{
		brokerIndex(),
		verifying("which pacts a provider must verify", published()).answered(200, object{"_embedded": object{"pacts": list{object{
			"shortDescription": words("latest from main branch"),
			"verificationProperties": object{
				"pending": true,
				"notices": someOf(object{"when": words("before_verification"), "text": words("why the pact is being verified")}),
			},
			"_links": object{"self": named("Pact between web (1) and api", hrefLike(somePact, likePact))},
		}}}}),
		{
			description: "a pact to verify", states: []consumer.ProviderState{published(), selected()},
			method: "GET", path: somePact, from: "${pact}", status: 200,
			answer: object{
				"consumer": object{"name": "web"}, "provider": object{"name": "api"},
				"interactions": list{object{"_id": words("99be4f083f2ddd475473a434a500c8a3f914e7a6"), "description": "a price"}},
				"_links": object{
					"self":                            object{"name": words("Pact between web (1) and api")},
					"pb:consumer-versions":            list{named("1", href("/pacticipants/web/versions/1"))},
					"pb:publish-verification-results": hrefLike(somePact+"/verification-results", likePact+"/verification-results"),
				},
			},
		},
	}
	finds := func(t *testing.T, c *broker.Client) broker.Pact {
		t.Helper()
		pacts, err := c.PactsForVerification(t.Context(), query)
		require.NoError(t, err)
		require.Len(t, pacts, 1)
		p := pacts[0]
		require.Equal(t, []string{"web", "1", "api"}, []string{p.Consumer, p.ConsumerVersion, p.Provider})
		require.True(t, p.Pending)
		require.True(t, p.InBroker())
		require.NotEmpty(t, p.Notices)
		require.Contains(t, string(p.Content), "a price")
		return p
	}
	version := exchange{
		description: "the branch of a new version", method: "PUT", path: "/pacticipants/api/branches/main/versions/10",
		body: object{}, status: 201,
	}
	for name, r := range map[string]struct {
		description string
		success     bool
		test        object
		result      broker.TestResult
	}{
		"a success": {
			"the result of a verification that succeeds", true,
			object{"interactionDescription": "a price", "success": true},
			broker.TestResult{Description: "a price", Success: true},
		},
		"a failure": {
			"the result of a verification that fails", false,
			object{"interactionDescription": "a price", "success": false, "mismatches": list{
				object{"attribute": "body", "identifier": "$.price", "description": "it is missing"},
			}},
			broker.TestResult{Description: "a price", Mismatches: []broker.Mismatch{
				{Attribute: "body", Identifier: "$.price", Description: "it is missing"},
			}},
		},
	} {
		publish := exchange{
			description: r.description, states: []consumer.ProviderState{published(), selected()},
			method: "POST", path: somePact + "/verification-results", from: "${pact}/verification-results", status: 201,
			body: object{
				"providerApplicationVersion": "10", "success": r.success, "buildUrl": "https://ci.example/1",
				"testResults": list{r.test}, "verifiedBy": object{"implementation": "fridaygate"},
			},
		}
		all := append(find[:len(find):len(find)], version, tagging("api", "10"), publish)
		s.client("verify, "+name, all, func(t *testing.T, c *broker.Client) {
			require.NoError(t, c.PublishVerification(t.Context(), finds(t, c), broker.Verification{
				Success: r.success, ProviderVersion: "10", ProviderBranch: "main", ProviderTags: []string{"red"}, BuildURL: "https://ci.example/1",
				Tests: []broker.TestResult{r.result}, VerifiedBy: broker.VerifiedBy{Name: "fridaygate"},
			}))
		})
	}

	s.client("nothing to verify", []exchange{
		brokerIndex(),
		verifying("which pacts a provider must verify whose pacts are on other branches",
			publishedOn("feature"),
		).answered(200, object{"_embedded": object{"pacts": list{}}}),
	}, func(t *testing.T, c *broker.Client) {
		_, err := c.PactsForVerification(t.Context(), query)
		require.ErrorIs(t, err, broker.ErrNoPacts)
	})

	s.client("a provider that is not known", []exchange{
		brokerIndex(),
		verifying("which pacts a provider must verify that is in none").
			answered(404, problemOf(matchers.Regex("No provider with name 'api' found", "^No provider with name .*"))),
	}, func(t *testing.T, c *broker.Client) {
		_, err := c.PactsForVerification(t.Context(), query)
		require.ErrorIs(t, err, broker.ErrUnknownProvider)
		require.ErrorContains(t, err, "check the name api")
	})
}

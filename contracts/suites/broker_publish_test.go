package suites_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/consumer"
)

// webPact is a pact of one interaction between web and api, as a team publishes it.
func webPact(consumer, provider, interaction string) broker.PactFile {
	text, err := json.Marshal(object{
		"consumer": object{"name": consumer}, "provider": object{"name": provider},
		"interactions": list{object{
			"description": interaction, "request": object{"method": "GET", "path": "/prices/1"}, "response": object{"status": 200},
		}},
		"metadata": object{"pactSpecification": object{"version": "3.0.0"}},
	})
	if err != nil {
		panic(err)
	}
	return broker.PactFile{Name: "web-api.json", Content: text, Consumer: consumer, Provider: provider}
}

// publishing is the request that publishes one pact of web with api.
func publishing(description string, pact broker.PactFile, states ...consumer.ProviderState) exchange {
	return exchange{
		description: description, states: states, method: "POST", path: "/contracts/publish",
		body: object{
			"pacticipantName": "web", "pacticipantVersionNumber": "1", "branch": "main", "tags": list{"red"},
			"buildUrl": "https://ci.example/1",
			"contracts": list{object{
				"consumerName": pact.Consumer, "providerName": pact.Provider, "content": pact.Content, // []byte: base64
				"contentType": "application/json", "specification": "pact",
			}},
		},
	}
}

// tagging gives a tag to a version. The broker makes what does not exist.
func tagging(pacticipant, version string) exchange {
	return exchange{
		description: "a tag for a version of " + pacticipant, method: "PUT",
		path: "/pacticipants/" + pacticipant + "/versions/" + version + "/tags/red", body: object{}, status: 201,
	}
}

// answered is the exchange with an answer.
func (e exchange) answered(status int, answer any) exchange {
	e.status, e.answer = status, answer
	return e
}

func (s brokerSuite) publishes() {
	publication := func(pact broker.PactFile) broker.Publication {
		return broker.Publication{
			Version: "1", Branch: "main", Tags: []string{"red"}, BuildURL: "https://ci.example/1", Pacts: []broker.PactFile{pact},
		}
	}
	pact, other := webPact("web", "api", "a price"), webPact("web", "api", "another price")

	s.client("publish", []exchange{brokerIndex(), publishing("a pact to publish", pact).answered(200, object{
		"notices": someOf(object{"text": words("Pact successfully published for web version 1 and provider api.")}),
		"_links":  object{"pb:contracts": list{href(pairPath + "/version/1")}},
	})}, func(t *testing.T, c *broker.Client) {
		done, err := c.Publish(t.Context(), publication(pact))
		require.NoError(t, err)
		require.Len(t, done, 1)
		require.Equal(t, []string{"web", "1"}, []string{done[0].Consumer, done[0].Version})
		require.Len(t, done[0].Pacts, 1)
		require.Contains(t, done[0].Pacts[0], pairPath+"/version/1")
		require.Equal(t, []string{"Pact successfully published for web version 1 and provider api."}, done[0].Notices)
	})

	conflict := object{"errors": object{
		"contracts": someOf(words("Cannot change the content of the pact for web version 1 and provider api")),
	}}
	s.client("publish other content", []exchange{
		brokerIndex(), publishing("other content for a version that has a pact", other, published()).answered(409, conflict),
	}, func(t *testing.T, c *broker.Client) {
		done, err := c.Publish(t.Context(), publication(other))
		require.ErrorIs(t, err, broker.ErrConflict)
		require.ErrorContains(t, err, "Cannot change the content of the pact")
		require.ErrorContains(t, err, "publish changed pacts under a version of their own")
		require.Empty(t, done)
	})

	stray := webPact("shop", "api", "a price")
	stray.Consumer = "web"
	s.client("publish what the broker refuses", []exchange{brokerIndex(), publishing("a pact of another consumer", stray).
		answered(400, refused(words("consumer name in contract content ('shop') must match consumerName in contract params ('web')")))},
		func(t *testing.T, c *broker.Client) {
			_, err := c.Publish(t.Context(), publication(stray))
			require.ErrorIs(t, err, broker.ErrBadRequest)
			require.ErrorContains(t, err, "must match consumerName")
		})

	s.merges(other, conflict)
}

// pactOfVersion is a published pact by its version, with what a merge and an explanation read of it.
func pactOfVersion() exchange {
	return exchange{
		description: "a pact by the version that published it", states: []consumer.ProviderState{published()},
		method: "GET", path: pairPath + "/version/1", status: 200,
		answer: object{
			"interactions": list{object{
				"description": "a price", "request": object{"method": "GET", "path": "/prices/1"}, "response": object{"status": 200},
			}},
			"_links": object{"pb:triggered-webhooks": href(pairPath + "/version/1/triggered-webhooks")},
		},
	}
}

func (s brokerSuite) merges(other broker.PactFile, conflict object) {
	merging := func(description string, pact broker.PactFile) exchange {
		e := publishing(description, pact, published())
		e.body.(object)["contracts"].(list)[0].(object)["onConflict"] = "merge"
		return e.answered(409, conflict)
	}
	merge := func(t *testing.T, c *broker.Client, pact broker.PactFile) ([]broker.Published, error) {
		t.Helper()
		return c.Publish(t.Context(), broker.Publication{
			Version: "1", Branch: "main", Tags: []string{"red"}, BuildURL: "https://ci.example/1", Pacts: []broker.PactFile{pact}, Merge: true,
		})
	}
	s.client("merge", []exchange{
		brokerIndex(), merging("other content to merge, for a version that has a pact", other), pactOfVersion(),
		{
			description: "a pact to merge with that of its version", states: []consumer.ProviderState{published()},
			method: "PATCH", path: pairPath + "/version/1", body: json.RawMessage(other.Content), status: 200,
		},
		{
			description: "the branch of a version that is on it", states: []consumer.ProviderState{published()},
			method: "PUT", path: "/pacticipants/web/branches/main/versions/1", body: object{}, status: 200,
		},
		tagging("web", "1"),
	}, func(t *testing.T, c *broker.Client) {
		done, err := merge(t, c, other)
		require.NoError(t, err)
		require.Equal(t, []string{"Merged the pact between web (1) and api"}, done[0].Notices)
	})

	replacing := webPact("web", "api", "a price")
	replacing.Content = bytes.ReplaceAll(replacing.Content, []byte("/prices/1"), []byte("/prices/2"))
	s.client("merge what would be replaced", []exchange{
		brokerIndex(), merging("an interaction to merge that the version has with another request", replacing), pactOfVersion(),
	}, func(t *testing.T, c *broker.Client) {
		_, err := merge(t, c, replacing)
		require.ErrorIs(t, err, broker.ErrConflict)
		require.ErrorContains(t, err, `"a price" with another request or answer`)
	})
}

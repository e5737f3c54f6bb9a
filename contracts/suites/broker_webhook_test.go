package suites_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/consumer"
)

func (s brokerSuite) savesWebhooks() {
	hook := broker.Webhook{
		Description: "verify", Provider: "api", Events: []string{broker.ContractRequiringVerification},
		Method: "POST", URL: "https://ci.invalid/dispatches",
		Header: map[string]string{"Content-Type": "application/json"}, Body: `{"client_payload":{"pact_url":"${pactbroker.pactUrl}"}}`,
	}
	saving := func(description, event string, states ...consumer.ProviderState) exchange {
		return exchange{
			description: description, states: append([]consumer.ProviderState{published()}, states...), method: "POST", path: "/webhooks",
			body: object{
				"description": "verify", "provider": object{"name": "api"}, "events": list{object{"name": event}},
				"request": object{
					"method": "POST", "url": "https://ci.invalid/dispatches", "headers": object{"Content-Type": "application/json"},
					"body": object{"client_payload": object{"pact_url": "${pactbroker.pactUrl}"}},
				},
			},
		}
	}
	there := consumer.Given(stateWebhook, object{"uuid": someUUID, "provider": "api"})
	put := func(e exchange) exchange {
		e.method, e.path = "PUT", "/webhooks/"+someUUID
		return e
	}

	const made = "1IkZFlPNs2FlEe9dJ8itdg"
	s.client("create a webhook", []exchange{
		brokerIndex(), saving("a new webhook", broker.ContractRequiringVerification).answered(201, object{"uuid": words(made)}),
	}, func(t *testing.T, c *broker.Client) {
		uuid, err := c.SaveWebhook(t.Context(), hook)
		require.NoError(t, err)
		require.Equal(t, made, uuid)
	})
	chosen := hook
	chosen.UUID = someUUID
	saves := func(t *testing.T, c *broker.Client) {
		t.Helper()
		uuid, err := c.SaveWebhook(t.Context(), chosen)
		require.NoError(t, err)
		require.Equal(t, someUUID, uuid)
	}
	saved := object{"uuid": someUUID}
	s.client("create a webhook under an id", []exchange{
		brokerIndex(), put(saving("a new webhook under an id", broker.ContractRequiringVerification)).answered(201, saved),
	}, saves)
	s.client("replace a webhook", []exchange{
		brokerIndex(), put(saving("a webhook that replaces one", broker.ContractRequiringVerification, there)).answered(200, saved),
	}, saves)
	s.client("a webhook of an unknown event", []exchange{
		brokerIndex(), saving("a webhook of an unknown event", "no_such_event").
			answered(400, refused(words("name must be one of: contract_published"))),
	}, func(t *testing.T, c *broker.Client) {
		hook := hook
		hook.Events = []string{"no_such_event"}
		_, err := c.SaveWebhook(t.Context(), hook)
		require.ErrorIs(t, err, broker.ErrBadRequest)
		require.ErrorContains(t, err, "name must be one of")
	})

	states := []consumer.ProviderState{published(), there}
	s.client("test a webhook", []exchange{
		brokerIndex(),
		{
			description: "a webhook", states: states, method: "GET", path: "/webhooks/" + someUUID, status: 200,
			answer: links(object{"pb:execute": href("/webhooks/" + someUUID + "/execute")}),
		},
		{
			description: "a webhook to send now", states: states,
			method: "POST", path: "/webhooks/" + someUUID + "/execute", body: object{}, status: 200,
			answer: object{"message": words("For security purposes, the response details are not logged.")}, // no host is on its list
		},
	}, func(t *testing.T, c *broker.Client) {
		err := c.TestWebhook(t.Context(), someUUID)
		require.ErrorIs(t, err, broker.ErrUnexpected)
		require.ErrorContains(t, err, "the broker does not say what became of it: For security purposes")
	})
	s.client("test a webhook that is not there", []exchange{brokerIndex(), {
		description: "a webhook that is not there", method: "GET", path: "/webhooks/" + someUUID, status: 404,
		answer: problemOf(words("The requested document was not found on this server.")),
	}}, func(t *testing.T, c *broker.Client) {
		require.ErrorIs(t, c.TestWebhook(t.Context(), someUUID), broker.ErrNotFound)
	})
}

package suites_test

import (
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/payments"
	"github.com/fridaygate/fridaygate/contracts/consumer"
)

// mockSecret signs what the client sends to the mock. The real provider's secret is another one: what
// is recorded is signed anew when it is verified.
const mockSecret = "whsec_Y29uc3VtZXItc3VpdGUtc2VjcmV0LTAwMDAwMDAwMDA="

// What payments expects of the invoices service, for each of the four ways a delivery can end.
func TestPaymentsPact(t *testing.T) {
	s := newSuite(t, "payments", "invoices")
	event := paid("0043", 48250, day(3), day(20))

	deliver := func(want payments.Outcome, event payments.Event) func(*testing.T, string) {
		return func(t *testing.T, url string) {
			client := payments.Client{URL: url, Secret: mockSecret}
			receipt, err := client.Deliver(t.Context(), event)
			if want == payments.Accepted || want == payments.Replayed {
				require.NoError(t, err)
				require.Equal(t, want, receipt.Outcome)
				require.Equal(t, event.ID, receipt.Result.EventID)
				require.Equal(t, "paid", receipt.Result.Invoice.Status)
				return
			}
			var refused *payments.RefusedError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, want, refused.Outcome)
			require.False(t, refused.Retryable())
			require.NotEmpty(t, refused.Problem.RequestID)
		}
	}

	s.HTTP("first delivery", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().
			Given(stateSharedSecret).
			UponReceiving("the first delivery of an event").
			WithRequest("POST", "/webhooks/invoices", webhook(event)).
			WillRespondWith(200, resultOf(event))
	}, deliver(payments.Accepted, event))

	s.HTTP("duplicate", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().
			Given(stateSharedSecret).
			GivenWithParameter(given(stateDelivered, "event", event)).
			UponReceiving("a second delivery of the event").
			WithRequest("POST", "/webhooks/invoices", webhook(event)).
			WillRespondWith(200, resultOf(event), func(b *consumer.Response) {
				b.Header("Idempotent-Replayed", matchers.S("true"))
			})
	}, deliver(payments.Replayed, event))

	other := paid("0043", 48250, day(3), day(20))
	other.Data.Invoice.Total, other.Data.Payment.Amount = 99, 99
	s.HTTP("mismatch", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().
			Given(stateSharedSecret).
			GivenWithParameter(given(stateDelivered, "event", event)).
			UponReceiving("a delivery of other content under the event's id").
			WithRequest("POST", "/webhooks/invoices", webhook(other)).
			WillRespondWith(409, problem("/problems/event-mismatch", 409))
	}, deliver(payments.Mismatch, other))

	s.HTTP("bad signature", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().
			GivenWithParameter(consumer.ProviderState{Name: stateOtherSecret}).
			UponReceiving("a delivery with a signature of another secret").
			WithRequest("POST", "/webhooks/invoices", webhook(event)).
			WillRespondWith(401, problem("/problems/signature", 401))
	}, deliver(payments.BadSignature, event))
}

// webhook is a delivery of the event as it is recorded: its signature holds only when it is made anew.
func webhook(event payments.Event) consumer.RequestFunc {
	return func(b *consumer.Request) {
		b.Header("Content-Type", matchers.S("application/json")).
			Header("webhook-id", matchers.S(event.ID)).
			Header("webhook-timestamp", matchers.Regex("1795186800", `^[0-9]{10}$`)).
			Header("webhook-signature", matchers.Regex("v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=", `^v1,[A-Za-z0-9+/]{43}=$`)).
			JSONBody(event)
	}
}

// resultOf is the answer to an accepted delivery.
func resultOf(event payments.Event) consumer.ResponseFunc {
	return func(b *consumer.Response) {
		b.Header("Content-Type", jsonType()).
			JSONBody(map[string]any{
				"event_id": matchers.S(event.ID),
				"type":     matchers.S(event.Type),
				"status":   matchers.S("processed"),
				"invoice": map[string]any{
					"id":     matchers.S(event.Data.Invoice.ID),
					"status": matchers.S(event.Data.Invoice.Status),
				},
			})
	}
}

// problem is an error answer. Its words are the provider's choice; its type and status are not.
func problem(kind string, status int) consumer.ResponseFunc {
	return func(b *consumer.Response) {
		b.Header("Content-Type", matchers.Regex("application/problem+json", `^application/problem\+json(;.*)?$`)).
			JSONBody(map[string]any{
				"type":       matchers.S(kind),
				"title":      matchers.Like("What went wrong, in a few words"),
				"status":     status,
				"request_id": matchers.Like("req_0f7a"),
			})
	}
}

func jsonType() matchers.Matcher {
	return matchers.Regex("application/json", `^application/json(;.*)?$`)
}

package suites_test

import (
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/enrichment"
	"github.com/fridaygate/fridaygate/contracts/consumer"
)

// The invoices service as a consumer of the customers service.
func TestEnrichmentPact(t *testing.T) {
	s := newSuite(t, "invoices", "customers")
	customer := map[string]any{"id": "cus_bakkerij_zon", "name": "Bakkerij Zon B.V.", "country": "NL"}

	s.HTTP("customer found", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().
			GivenWithParameter(given(stateCustomer, "customer", customer)).
			UponReceiving("a request for the customer").
			WithRequest("GET", "/customers/cus_bakkerij_zon", acceptJSON).
			WillRespondWith(200, func(b *consumer.Response) {
				b.Header("Content-Type", jsonType()).JSONBody(customer)
			})
	}, func(t *testing.T, url string) {
		got, err := enrichment.Client{BaseURL: url}.Customer(t.Context(), "cus_bakkerij_zon")
		require.NoError(t, err)
		require.Equal(t, enrichment.Customer{ID: "cus_bakkerij_zon", Name: "Bakkerij Zon B.V.", Country: "NL"}, got)
	})

	s.HTTP("customer not found", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().
			Given(stateNoCustomers).
			UponReceiving("a request for a customer that does not exist").
			WithRequest("GET", "/customers/cus_bakkerij_zon", acceptJSON).
			WillRespondWith(404, func(b *consumer.Response) {
				b.Header("Content-Type", matchers.Regex("application/problem+json", `^application/problem\+json(;.*)?$`))
			})
	}, func(t *testing.T, url string) {
		_, err := enrichment.Client{BaseURL: url}.Customer(t.Context(), "cus_bakkerij_zon")
		require.ErrorIs(t, err, enrichment.ErrNotFound)
	})
}

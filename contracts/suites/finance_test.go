package suites_test

import (
	"testing"
	"time"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/finance"
	"github.com/fridaygate/fridaygate/consumers/payments"
	"github.com/fridaygate/fridaygate/contracts/consumer"
)

// What finance reads from the invoices service.
func TestFinancePact(t *testing.T) {
	s := newSuite(t, "finance", "invoices")
	event := paid("0043", 48250, day(3), day(20))

	s.HTTP("invoice found", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().
			GivenWithParameter(given(statePaid, "event", event)).
			UponReceiving("a request for the invoice").
			WithRequest("GET", "/invoices/inv_0043", acceptJSON).
			WillRespondWith(200, func(b *consumer.Response) {
				b.Header("Content-Type", jsonType()).JSONBody(invoiceAnswer(event.Data.Invoice, 48250))
			})
	}, func(t *testing.T, url string) {
		client := finance.Client{URL: url}
		got, err := client.Invoice(t.Context(), "inv_0043")
		require.NoError(t, err)
		require.Equal(t, "paid", got.Status)
		require.Equal(t, int64(48250), got.Paid)
		require.Zero(t, got.Open())
		require.True(t, day(3).Equal(got.IssuedAt))
	})

	s.HTTP("invoice not found", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().
			Given(stateNoInvoices).
			UponReceiving("a request for an invoice that does not exist").
			WithRequest("GET", "/invoices/inv_0043", acceptJSON).
			WillRespondWith(404, problem("/problems/not-found", 404))
	}, func(t *testing.T, url string) {
		client := finance.Client{URL: url}
		_, err := client.Invoice(t.Context(), "inv_0043")
		require.ErrorIs(t, err, finance.ErrNotFound)
	})

	// The provider chooses the cursor, so the second page's request takes it from the provider state.
	three := []payments.Event{created("0001", 1000, day(1)), created("0002", 2000, day(2)), created("0003", 3000, day(3))}
	s.HTTP("invoices of a customer, page by page", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		const cursor = "MjAyNi0xMS0wMg"
		page := func(next bool, events ...payments.Event) consumer.ResponseFunc {
			body := map[string]any{}
			var invoices []any
			for _, e := range events {
				invoices = append(invoices, invoiceAnswer(e.Data.Invoice, 0))
			}
			body["invoices"] = invoices
			if next {
				body["next"] = matchers.Like(cursor)
			}
			return func(b *consumer.Response) { b.Header("Content-Type", jsonType()).JSONBody(body) }
		}
		p.AddInteraction().
			GivenWithParameter(given(stateThree, "events", three)).
			UponReceiving("a request for the first page of the customer's invoices").
			WithRequest("GET", "/invoices", acceptJSON, func(b *consumer.Request) {
				b.Query("customer", matchers.S("cus_bakkerij_zon")).Query("limit", matchers.S("2"))
			}).
			WillRespondWith(200, page(true, three[:2]...))
		return p.AddInteraction().
			GivenWithParameter(given(stateThree, "events", three)).
			UponReceiving("a request for the next page of the customer's invoices").
			WithRequest("GET", "/invoices", acceptJSON, func(b *consumer.Request) {
				b.Query("customer", matchers.S("cus_bakkerij_zon")).Query("limit", matchers.S("2")).
					Query("after", matchers.FromProviderState("${next}", cursor))
			}).
			WillRespondWith(200, page(false, three[2]))
	}, func(t *testing.T, url string) {
		client := finance.Client{URL: url}
		var numbers []string
		for invoice, err := range client.Invoices(t.Context(), "cus_bakkerij_zon", 2) {
			require.NoError(t, err)
			numbers = append(numbers, invoice.ID)
		}
		require.Equal(t, []string{"inv_0001", "inv_0002", "inv_0003"}, numbers)
	})

	november := []payments.Event{
		paid("0010", 1000, day(3), day(20)),
		created("0011", 300, day(4)),
		voided("0012", 50, day(5), day(6)),
	}
	s.HTTP("totals of a month", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().
			GivenWithParameter(given(stateNovember, "events", november)).
			UponReceiving("a request for the month's totals").
			WithRequest("GET", "/totals", acceptJSON, month("2026-11")).
			WillRespondWith(200, func(b *consumer.Response) {
				b.Header("Content-Type", jsonType()).JSONBody(map[string]any{
					"month": "2026-11",
					"totals": []any{map[string]any{
						"currency": "EUR", "invoices": 3, "invoiced": 1350, "paid": 1000, "refunded": 0, "voided": 50,
					}},
				})
			})
	}, func(t *testing.T, url string) {
		client := finance.Client{URL: url}
		totals, err := client.Totals(t.Context(), finance.Month{Year: 2026, Month: time.November})
		require.NoError(t, err)
		books := []finance.Total{{Currency: "EUR", Invoices: 3, Invoiced: 1350, Paid: 1000, Voided: 50}}
		require.Empty(t, finance.Reconcile(books, totals))
	})

	s.HTTP("totals of a month without invoices", func(p *consumer.HTTPPact) *consumer.HTTPInteraction {
		return p.AddInteraction().
			Given(stateNoInvoices).
			UponReceiving("a request for the totals of a month without invoices").
			WithRequest("GET", "/totals", acceptJSON, month("2026-11")).
			WillRespondWith(200, func(b *consumer.Response) {
				b.Header("Content-Type", jsonType()).JSONBody(map[string]any{"month": "2026-11", "totals": []any{}})
			})
	}, func(t *testing.T, url string) {
		client := finance.Client{URL: url}
		totals, err := client.Totals(t.Context(), finance.Month{Year: 2026, Month: time.November})
		require.NoError(t, err)
		require.Empty(t, totals)
	})
}

// invoiceAnswer is what finance reads of an invoice. Whether its customer has been looked up yet is the
// provider's choice, and so is how it writes an instant.
func invoiceAnswer(i payments.Invoice, paid int64) map[string]any {
	return map[string]any{
		"id":     i.ID,
		"number": i.Number,
		"customer": map[string]any{
			"id":         i.Customer,
			"enrichment": matchers.Regex("done", "^(pending|done|unknown-customer|failed)$"),
		},
		"status":    i.Status,
		"currency":  i.Currency,
		"total":     i.Total,
		"paid":      paid,
		"refunded":  0,
		"issued_at": instant(i.IssuedAt),
	}
}

// instant is a moment as RFC 3339 writes it.
func instant(at time.Time) matchers.Matcher {
	return matchers.Regex(at.Format(time.RFC3339), `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`)
}

func month(m string) consumer.RequestFunc {
	return func(b *consumer.Request) { b.Query("month", matchers.S(m)) }
}

func acceptJSON(b *consumer.Request) { b.Header("Accept", matchers.S("application/json")) }

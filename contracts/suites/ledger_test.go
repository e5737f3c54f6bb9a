package suites_test

import (
	"testing"

	"github.com/pact-foundation/pact-go/v2/matchers"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/ledger"
	"github.com/fridaygate/fridaygate/consumers/payments"
	"github.com/fridaygate/fridaygate/contracts/consumer"
)

// What the ledger books from the stream of the invoices service: a message is one stream entry, its body the
// field data, and its metadata the fields beside it.
func TestLedgerPact(t *testing.T) {
	s := newSuite(t, "ledger", "invoices")
	for _, c := range []struct {
		name   string
		event  payments.Event
		amount int64
		booked map[string]int64 // what was received after it is booked
	}{
		{"an invoice was created", created("0020", 12900, day(2)), 12900, map[string]int64{}},
		{"an invoice was paid", paid("0021", 48250, day(3), day(20)), 48250, map[string]int64{"EUR": 48250}},
		{"an invoice was voided", voided("0022", 7999, day(4), day(5)), 7999, map[string]int64{}},
		{"an invoice was refunded", refunded("0023", 15600, 600, day(6), day(18)), 600, map[string]int64{"EUR": -600}},
	} {
		metadata := map[string]string{"source": "invoices", "type": c.event.Type}
		body := matchers.StructMatcher{
			"event_id":    c.event.ID,
			"source":      "invoices",
			"type":        c.event.Type,
			"invoice_id":  c.event.Data.Invoice.ID,
			"customer":    c.event.Data.Invoice.Customer,
			"currency":    "EUR",
			"amount":      c.amount,
			"occurred_at": instant(c.event.Timestamp),
		}
		s.Message(c.name, func(m *consumer.MessageBuilder) *consumer.MessageInteraction {
			return m.GivenWithParameter(given(stateChanged, "event", c.event)).
				ExpectsToReceive(c.name).
				WithMetadata(metadata).
				WithJSONContent(body)
		}, func(t *testing.T, data []byte) {
			entry, err := ledger.Decode(ledger.Message{ID: "1795186800000-0", Fields: map[string]string{
				"source": metadata["source"], "type": metadata["type"], "data": string(data),
			}})
			require.NoError(t, err)
			require.True(t, c.event.Timestamp.Equal(entry.OccurredAt))

			var book ledger.Book
			for range 2 { // the stream may deliver an entry again
				_, err = book.Apply(entry)
				require.NoError(t, err)
			}
			require.Equal(t, c.booked, book.Received("cus_bakkerij_zon"))
		})
	}
}

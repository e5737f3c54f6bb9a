package ledger_test

import (
	"maps"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/ledger"
)

const paid = `{"event_id":"evt_1","source":"invoices","type":"invoice.paid","invoice_id":"inv_1","customer":"cus_1","currency":"EUR","amount":500,"occurred_at":"2026-11-20T16:45:12Z"}`

func message(changes map[string]any) redis.XMessage {
	values := map[string]any{"event_id": "evt_1", "source": "invoices", "type": "invoice.paid", "traceparent": "", "data": paid}
	maps.Copy(values, changes)
	return redis.XMessage{ID: "17-0", Values: values}
}

func TestDecode(t *testing.T) {
	entry, err := ledger.Decode(message(nil))
	require.NoError(t, err)
	require.Equal(t, int64(500), entry.Amount)
	require.Equal(t, "inv_1", entry.InvoiceID)
}

func TestMalformedMessageIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		message redis.XMessage
		want    string
	}{
		"trimmed":        {redis.XMessage{ID: "17-0"}, "trimmed"},
		"no data":        {redis.XMessage{ID: "17-0", Values: map[string]any{"type": "invoice.paid"}}, "no field data"},
		"not JSON":       {message(map[string]any{"data": "{"}), "data:"},
		"two documents":  {message(map[string]any{"data": paid + paid}), "data:"},
		"no event":       {message(map[string]any{"data": `{"type":"invoice.paid"}`}), "no event_id"},
		"type differs":   {message(map[string]any{"type": "invoice.voided"}), "the field type"},
		"source differs": {message(map[string]any{"source": "stripe"}), "the field source"},
		"amount as text": {message(map[string]any{"data": `{"amount":"500"}`}), "data:"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ledger.Decode(c.message)
			var malformed *ledger.MalformedError
			require.ErrorAs(t, err, &malformed)
			require.Equal(t, "17-0", malformed.StreamID)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestUnknownTypeIsAnError(t *testing.T) {
	const disputed = `{"event_id":"e","source":"stripe","type":"invoice.disputed","invoice_id":"i","customer":"c","currency":"EUR","amount":1,"occurred_at":"2026-11-20T16:45:12Z"}`
	_, err := ledger.Decode(redis.XMessage{ID: "1-0", Values: map[string]any{"data": disputed}})
	require.ErrorContains(t, err, `no rule to book the type "invoice.disputed"`)
}

func TestApplyBooksAnEventOnce(t *testing.T) {
	var book ledger.Book
	entry := ledger.Entry{EventID: "e", Source: "invoices", Type: "invoice.paid", Customer: "c", Currency: "EUR", Amount: 500}
	isNew, err := book.Apply(entry)
	require.NoError(t, err)
	require.True(t, isNew)

	isNew, err = book.Apply(entry)
	require.NoError(t, err)
	require.False(t, isNew, "a repetition books nothing")

	other := entry
	other.Source = "stripe"
	isNew, err = book.Apply(other)
	require.NoError(t, err)
	require.True(t, isNew, "another source is another event")

	refund := entry
	refund.EventID, refund.Type, refund.Amount = "e2", "invoice.refunded", 200
	_, err = book.Apply(refund)
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"EUR": 800}, book.Received("c"))
	require.Len(t, book.Entries(), 3)
}

func TestOtherContentUnderABookedEventIsAnError(t *testing.T) {
	var book ledger.Book
	_, err := book.Apply(ledger.Entry{EventID: "e", Source: "invoices", Amount: 1})
	require.NoError(t, err)
	_, err = book.Apply(ledger.Entry{EventID: "e", Source: "invoices", Amount: 2})
	var conflict *ledger.ConflictError
	require.ErrorAs(t, err, &conflict)
	require.Equal(t, int64(1), book.Entries()[0].Amount)
}

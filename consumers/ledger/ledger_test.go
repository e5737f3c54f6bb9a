package ledger_test

import (
	"io"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/ledger"
)

const paid = `{"event_id":"evt_1","source":"invoices","type":"invoice.paid","invoice_id":"inv_1",
	"customer":"cus_1","currency":"EUR","amount":500,"occurred_at":"2026-11-20T16:45:12Z"}`

func message(changes map[string]string) ledger.Message {
	values := map[string]string{"event_id": "evt_1", "source": "invoices", "type": "invoice.paid", "traceparent": "", "data": paid}
	maps.Copy(values, changes)
	return ledger.Message{ID: "17-0", Fields: values}
}

func TestDecode(t *testing.T) {
	entry, err := ledger.Decode(message(nil))
	require.NoError(t, err)
	require.Equal(t, int64(500), entry.Amount)
	require.Equal(t, "inv_1", entry.InvoiceID)
}

func TestMalformedMessageIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		message ledger.Message
		want    string
	}{
		"trimmed":        {ledger.Message{ID: "17-0"}, "trimmed"},
		"no data":        {ledger.Message{ID: "17-0", Fields: map[string]string{"type": "invoice.paid"}}, "no field data"},
		"not JSON":       {message(map[string]string{"data": "{"}), "data:"},
		"two documents":  {message(map[string]string{"data": paid + paid}), "data:"},
		"no event":       {message(map[string]string{"data": `{"type":"invoice.paid"}`}), "no event_id"},
		"type differs":   {message(map[string]string{"type": "invoice.voided"}), "the field type"},
		"source differs": {message(map[string]string{"source": "stripe"}), "the field source"},
		"amount as text": {message(map[string]string{"data": `{"amount":"500"}`}), "data:"},
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

func TestMessagesReadsAStreamReply(t *testing.T) {
	text := func(s string) any { return []byte(s) }
	got, err := ledger.Messages([]any{
		[]any{text("1-0"), []any{text("type"), text("invoice.paid"), text("data"), text("{}")}},
		[]any{text("2-0"), nil}, // trimmed
	}, nil)
	require.NoError(t, err)
	require.Equal(t, []ledger.Message{{ID: "1-0", Fields: map[string]string{"type": "invoice.paid", "data": "{}"}}, {ID: "2-0"}}, got)

	for name, reply := range map[string]any{
		"no list": text("OK"), "no id": []any{[]any{nil, nil}}, "no pair": []any{[]any{text("1-0")}},
		"a field without a value": []any{[]any{text("1-0"), []any{text("type")}}},
	} {
		_, err := ledger.Messages(reply, nil)
		require.Error(t, err, name)
	}
	_, err = ledger.Messages(nil, io.EOF)
	require.ErrorIs(t, err, io.EOF)
}

func TestUnknownTypeIsAnError(t *testing.T) {
	const disputed = `{"event_id":"e","source":"stripe","type":"invoice.disputed","invoice_id":"i",
		"customer":"c","currency":"EUR","amount":1,"occurred_at":"2026-11-20T16:45:12Z"}`
	_, err := ledger.Decode(ledger.Message{ID: "1-0", Fields: map[string]string{"data": disputed}})
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

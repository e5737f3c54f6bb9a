package suites_test

import (
	"time"

	"github.com/fridaygate/fridaygate/consumers/payments"
)

// Names of provider states, shared by the consumer suites and the state functions.
const (
	stateSharedSecret = "the sender signs with the shared secret"
	stateOtherSecret  = "the sender signs with a secret that is not shared"
	stateDelivered    = "the event was delivered before"
	statePaid         = "an invoice was paid"
	stateNoInvoices   = "there are no invoices"
	stateThree        = "a customer has three invoices"
	stateNovember     = "invoices were issued in November 2026"
	stateChanged      = "an invoice changed"
	stateCustomer     = "the customer exists"
	stateNoCustomers  = "there are no customers"
)

// day returns an instant in November 2026.
func day(n int) time.Time { return time.Date(2026, time.November, n, 9, 30, 0, 0, time.UTC) }

func invoice(id, number, status string, total int64, issued time.Time) payments.Invoice {
	return payments.Invoice{
		ID: id, Number: number, Customer: "cus_bakkerij_zon", Status: status, Currency: "EUR", Total: total, IssuedAt: issued,
		Lines: []payments.Line{{Description: "Oven maintenance", Quantity: 1, Amount: total}},
	}
}

func created(n string, total int64, issued time.Time) payments.Event {
	return payments.Event{
		ID: "evt_created_" + n, Type: "invoice.created", Timestamp: issued,
		Data: payments.Data{Invoice: invoice("inv_"+n, "FG-"+n, "open", total, issued)},
	}
}

func paid(n string, total int64, issued, at time.Time) payments.Event {
	return payments.Event{
		ID: "evt_paid_" + n, Type: "invoice.paid", Timestamp: at,
		Data: payments.Data{
			Invoice: invoice("inv_"+n, "FG-"+n, "paid", total, issued),
			Payment: &payments.Payment{ID: "pay_" + n, Amount: total, Method: "sepa_debit", PaidAt: at},
		},
	}
}

func voided(n string, total int64, issued, at time.Time) payments.Event {
	return payments.Event{
		ID: "evt_voided_" + n, Type: "invoice.voided", Timestamp: at,
		Data: payments.Data{Invoice: invoice("inv_"+n, "FG-"+n, "void", total, issued)},
	}
}

func refunded(n string, total, amount int64, issued, at time.Time) payments.Event {
	return payments.Event{
		ID: "evt_refunded_" + n, Type: "invoice.refunded", Timestamp: at,
		Data: payments.Data{
			Invoice: invoice("inv_"+n, "FG-"+n, "refunded", total, issued),
			Refund:  &payments.Refund{ID: "ref_" + n, Amount: amount, Reason: "Not delivered", RefundedAt: at},
		},
	}
}

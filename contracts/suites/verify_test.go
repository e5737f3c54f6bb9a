package suites_test

import (
	"context"
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/contracts/pact"
)

// The invoices service keeps every pact that its consumers wrote, messages among them.
func TestInvoicesKeepsItsPacts(t *testing.T) {
	r := invoicesProvider(t)
	contracts.VerifyPacts(t, r, contracts.PactOptions{
		Pacts:   []string{"../pacts"},
		Before:  empty(r.Need("postgres")),
		States:  invoicesStates(r),
		Filter:  sign,
		Message: r.published,
	})
}

// The customers service keeps the pact of the invoices service, its consumer.
func TestCustomersKeepsItsPacts(t *testing.T) {
	r := invoicesProvider(t)
	service := customers{r.Need("customers")}
	contracts.VerifyPacts(t, service, contracts.PactOptions{
		Pacts:  []string{"../pacts"},
		Before: empty(r.Need("customers/postgres")),
		States: pact.States{
			stateNoCustomers: func(context.Context, *pact.Setup) error { return nil },
			stateCustomer:    service.put,
		},
	})
}

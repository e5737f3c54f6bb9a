package suites_test

import (
	"context"
	"os"
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/pact"
)

// The invoices service keeps every pact that its consumers wrote, messages among them.
func TestInvoicesKeepsItsPacts(t *testing.T) {
	t.Parallel()
	r := invoicesAlone(t)
	contracts.VerifyPacts(t, r, sharedOr("../pacts", contracts.PactOptions{
		Before:  empty(r.Need("postgres")),
		States:  invoicesStates(r),
		Filter:  sign,
		Message: r.published,

		Payloads: payloadsFile,
	}))
}

// The customers service keeps the pact of the invoices service, its consumer.
func TestCustomersKeepsItsPacts(t *testing.T) {
	t.Parallel()
	r := invoicesAlone(t)
	service := customers{r.Need("customers")}
	contracts.VerifyPacts(t, service, sharedOr("../pacts", contracts.PactOptions{
		Before: empty(r.Need("customers/postgres")),
		States: pact.States{
			stateNoCustomers: func(context.Context, *pact.Setup) error { return nil },
			stateCustomer:    service.put,
		},
		Payloads: payloadsFile,
	}))
}

// sharedOr selects the pacts of the Pact Broker that the environment names, as in the pipelines of main and of a
// webhook; or else, as on a person's machine and in a pull request, the committed ones in a folder.
func sharedOr(folder string, o contracts.PactOptions) contracts.PactOptions {
	if os.Getenv(broker.VariableURL) != "" {
		o.Broker = &contracts.Broker{}
	} else {
		o.Pacts = []string{folder}
	}
	return o
}

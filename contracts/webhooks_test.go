package contracts_test

import (
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/smoke"
)

// The invoices service keeps what fixtures/*/webhook.yaml promise its senders: the cases that fridaygate smoke
// replays against staging, here against the container.
func TestInvoicesKeepsItsWebhookContracts(t *testing.T) {
	r := invoicesProvider(t)
	contracts.ReplayWebhooks(t, smoke.Options{
		Target:   r.URL(),
		Fixtures: []string{"../fixtures/invoices", "../fixtures/stripe"},
		Secret:   func(name string) (string, bool) { s, ok := r.secrets[name]; return s, ok },
	})
}

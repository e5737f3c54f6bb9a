package suites_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/smoketest"
)

// The invoices service keeps what fixtures/*/webhook.yaml promise its senders: the cases that fridaygate smoke
// replays against staging, here against the container, where the gate may also restart the service and break its work.
func TestInvoicesKeepsItsWebhookContracts(t *testing.T) { replayWebhooks(t, "../../fixtures/invoices") }

// The same for the webhooks of another sender, of a service of their own, so that the two run side by side.
func TestInvoicesKeepsItsStripeContracts(t *testing.T) { replayWebhooks(t, "../../fixtures/stripe") }

func replayWebhooks(t *testing.T, fixtures string) {
	t.Parallel()
	r := ownInvoices(t)
	o := smoke.Options{
		Target:    r.URL(),
		Transport: smoketest.Follow(r),
		Fixtures:  []string{fixtures},
		LookupEnv: func(name string) (string, bool) { s, ok := r.secrets[name]; return s, ok },
		Hooks:     r.hooks(t),
	}
	requirePowers(t, o)
	smoketest.Replay(t, o)
}

// requirePowers fails if a case does not apply for want of a hook, other than that for late duplicates: a container has its
// machine's clock, and the service's smallest signature tolerance, a minute, is longer than the gate waits.
func requirePowers(t *testing.T, o smoke.Options) {
	plan, err := smoke.NewPlan(o)
	require.NoError(t, err)
	for _, missing := range plan.NotApplicable {
		if strings.Contains(missing.Why, "hook") {
			require.Equal(t, "dup-late", missing.Case, missing.Why)
		}
	}
}

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
func TestInvoicesKeepsItsWebhookContracts(t *testing.T) {
	t.Parallel()
	r := ownInvoices(t)
	o := smoke.Options{
		Target:    r.URL(),
		Transport: smoketest.Follow(r),
		Fixtures:  []string{"../../fixtures/invoices", "../../fixtures/stripe"},
		LookupEnv: func(name string) (string, bool) { s, ok := r.secrets[name]; return s, ok },
		Hooks:     r.hooks(t),
	}
	requirePowers(t, o)
	smoketest.Replay(t, o)
}

// requirePowers fails if a case is left out for want of a power over the service, other than the one that it does not
// lend itself to: nobody moves the clock of a container, which is its machine's, and the least signature tolerance that
// the service may be set to, a minute, is more than the gate waits for.
func requirePowers(t *testing.T, o smoke.Options) {
	plan, err := smoke.NewPlan(o)
	require.NoError(t, err)
	require.NoError(t, plan.Close())
	for _, missing := range plan.NotApplicable {
		if strings.Contains(missing.Why, "hook") {
			require.Equal(t, "dup-late", missing.Case, missing.Why)
		}
	}
}

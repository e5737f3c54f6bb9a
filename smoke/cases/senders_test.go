package cases

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/senders"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// example returns the example delivery of a sender, and its contract.
func example(t *testing.T, sender string) (fixtures.Fixture, *webhook.Contract) {
	t.Helper()
	dir := filepath.Join("../senders/examples", sender)
	c, err := webhook.Load(dir)
	require.NoError(t, err)
	all, err := fixtures.Load(dir)
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0], c
}

func TestEverySendersExampleHasTheMatrix(t *testing.T) {
	folders, err := filepath.Glob("../senders/examples/*")
	require.NoError(t, err)
	require.Len(t, folders, len(senders.Names()), "each profile has an example, and each example a profile")
	for _, name := range senders.Names() {
		t.Run(name, func(t *testing.T) {
			f, c := example(t, name)
			all, err := Derive(f, c, "friday")
			require.NoError(t, err)
			applies := map[string]bool{}
			for _, one := range all {
				applies[one.Name] = one.NotApplicable == ""
			}
			for _, always := range []string{"first", "dup-seq", "dup-concurrent-8", "lost-response-retry", "slow-drip"} {
				require.True(t, applies[always], always)
			}
			if c.Scheme.Unsigned == "" {
				require.True(t, applies["sig-missing"])
				require.True(t, applies["sig-wrong-key"])
			}
			require.Equal(t, c.Policy.Acknowledge > 0, applies["ack-time"])
			require.GreaterOrEqual(t, len(slices.DeleteFunc(all, func(c Case) bool { return c.NotApplicable != "" })), 20)
		})
	}
}

// The fresh id of each sender has the form of its golden one.
func TestEverySendersIDsKeepTheirForm(t *testing.T) {
	for _, name := range senders.Names() {
		f, c := example(t, name)
		d, err := newDerivation(f, c, "friday")
		require.NoError(t, err, name)
		golden, _ := d.goldenID()
		require.NotEmpty(t, golden, name)
		require.GreaterOrEqual(t, formOf(golden).bits(), float64(enoughBits), "%s: %s", name, golden)
	}
}

func TestLateDuplicateComesAfterTheSendersLastRetry(t *testing.T) {
	f, c := example(t, "stripe")
	for _, retries := range []struct {
		of   webhook.Retries
		late time.Duration
	}{
		{webhook.Retries{For: 72 * time.Hour}, 73 * time.Hour},
		{webhook.Retries{After: []time.Duration{time.Minute, time.Hour}}, 2*time.Hour + time.Minute},
		{webhook.Retries{After: []time.Duration{time.Minute}, For: 24 * time.Hour}, 25 * time.Hour},
		{webhook.Retries{}, retrySchedule + time.Hour},
	} {
		c.Retries = retries.of
		all, err := Derive(f, c, "friday", "dup-late")
		require.NoError(t, err)
		require.Equal(t, retries.late, all[0].Rounds[0].Steps[1].Ahead)
	}
}

func TestPromisedOrderIsNotReversed(t *testing.T) {
	all, c := golden(t, "invoices")
	at := slices.IndexFunc(all, func(f fixtures.Fixture) bool { return f.Name == "invoice.paid" })
	for ordering, applies := range map[webhook.Ordering]bool{webhook.NoOrder: true, webhook.PerSubject: false} {
		c.Ordering = ordering
		derived, err := Derive(all[at], c, "friday", "order-reverse")
		require.NoError(t, err)
		require.Equal(t, applies, derived[0].NotApplicable == "", derived[0].NotApplicable)
	}
}

// SNS repeats /TopicArn in a header, which carries neither null nor NUL.
func TestWhatAHeaderRepeatsIsNeitherNullNorHardText(t *testing.T) {
	f, c := example(t, "aws-sns")
	d, err := newDerivation(f, c, "friday")
	require.NoError(t, err)
	places, err := d.textPlaces()
	require.NoError(t, err)
	require.Contains(t, places, "/Message")
	require.NotContains(t, places, "/TopicArn")
	null, err := nullField(false)(d, f.Body)
	require.NoError(t, err)
	require.Contains(t, string(null), `"Subject":null`)
}

// A case that cannot concern the sender is told from one that a key or a hook would make apply.
func TestCaseThatCannotConcernTheContractIsUnrelated(t *testing.T) {
	f, c := example(t, "stripe")
	for name, want := range map[string]bool{
		"batch-duplicate": true, "challenge": true, "id-differs-after-15-digits": true,
		"order-forward": false, "mismatch-other-object": false, "ack-time": false,
	} {
		all, err := Derive(f, c, "friday", name)
		require.NoError(t, err)
		require.NotEmpty(t, all[0].NotApplicable, name)
		require.Equal(t, want, all[0].Unrelated, name)
	}
}

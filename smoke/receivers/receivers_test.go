package receivers_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/receivers"
	"github.com/fridaygate/fridaygate/smoke/report"
	"github.com/fridaygate/fridaygate/smoke/verdict"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func replay(t *testing.T, r receivers.Receiver) report.Report {
	t.Helper()
	server := httptest.NewServer(r.Handler(secret))
	defer server.Close()
	plan, err := smoke.NewPlan(smoke.Options{
		Target:   server.URL,
		Fixtures: []string{"../../fixtures/invoices"},
		Seed:     t.Name(),
		Secret:   func(string) (string, bool) { return secret, true },
	})
	require.NoError(t, err)
	return plan.Run(t.Context(), nil)
}

func TestCorrectReceiverPassesEveryCase(t *testing.T) {
	got := replay(t, receivers.Correct)
	for _, r := range got.Results {
		require.Equal(t, verdict.Pass, r.Verdict, "%s: %v %v", r.Case, r.Findings, r.Unseen)
	}
	require.Equal(t, verdict.Pass, got.Verdict)
	require.Len(t, got.Results, 4*len(cases.Names()))
}

func TestBrokenReceiverIsCaughtByTheCaseNamedForIt(t *testing.T) {
	broken := 0
	for _, r := range receivers.All {
		if r.Bug == "" {
			continue
		}
		broken++
		t.Run(r.Name, func(t *testing.T) {
			got := replay(t, r)
			require.Equal(t, verdict.Fail, got.Verdict)
			caught := 0
			for _, result := range got.Results {
				if result.Case == r.Case {
					require.Equal(t, verdict.Fail, result.Verdict, "%s %s", result.Fixture, result.Case)
					require.NotEmpty(t, result.Findings)
					caught++
				}
			}
			require.Equal(t, 4, caught, "one for each fixture")
		})
	}
	require.NotZero(t, broken)
}

package pact_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// given is a source of the shop's pact.
func given(t *testing.T, change func(*pact.Document)) pact.Source {
	t.Helper()
	text, err := os.ReadFile("testdata/web-shop.json")
	require.NoError(t, err)
	d := pact.Document{Name: "http://broker/web-shop", Text: text}
	change(&d)
	return func(context.Context) ([]pact.Document, error) { return []pact.Document{d}, nil }
}

func TestStatesThatNoPactAsksForAreListed(t *testing.T) {
	s := newShop(t)
	opts := s.options("testdata/web-shop.json")
	require.Empty(t, pact.Verify(t.Context(), opts).Unused)
	opts.States["the shop is closed"] = func(context.Context, *pact.Setup) error { return nil }
	report := pact.Verify(t.Context(), opts)
	require.Equal(t, []string{"the shop is closed"}, report.Unused)
	require.Equal(t, verdict.Pass, report.Verdict)
}

// Results are published of a pact that was looked at to its end, and of no other.
func TestResultsArePublishedWhenTheyAreKnown(t *testing.T) {
	for name, c := range map[string]struct {
		breaks  func(*shop, *pact.Options)
		told    int
		verdict verdict.Verdict
	}{
		"kept":   {func(*shop, *pact.Options) {}, 3, verdict.Pass},
		"broken": {func(_ *shop, o *pact.Options) { delete(o.States, "there are no orders") }, 3, verdict.Fail},
		"down":   {func(s *shop, _ *pact.Options) { s.Close() }, 0, verdict.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			var told []pact.Result
			opts := s.options()
			opts.Sources = []pact.Source{given(t, func(d *pact.Document) {
				d.Publish = func(_ context.Context, results []pact.Result) ([]string, error) {
					told = results
					return []string{"told"}, nil
				}
			})}
			c.breaks(s, &opts)
			report := pact.Verify(t.Context(), opts)
			require.Equal(t, c.verdict, report.Verdict, "%+v", report)
			require.Len(t, told, c.told)
			require.Len(t, report.Notes, 1)
			require.Equal(t, c.told > 0, report.Notes[0] == "told", report.Notes)
		})
	}
}

func TestAResultThatCannotBePublishedIsAProblem(t *testing.T) {
	s := newShop(t)
	opts := s.options()
	opts.Sources = []pact.Source{given(t, func(d *pact.Document) {
		d.Publish = func(context.Context, []pact.Result) ([]string, error) { return nil, errors.New("401") }
	})}
	report := pact.Verify(t.Context(), opts)
	require.Equal(t, verdict.Unknown, report.Verdict)
	require.Contains(t, report.Problems[0], "pact http://broker/web-shop: publish the result: 401")
}

func TestPendingFailuresShowAndAreNotRed(t *testing.T) {
	s := newShop(t)
	opts := s.options()
	delete(opts.States, "there are no orders")
	opts.Sources = []pact.Source{given(t, func(d *pact.Document) { d.Pending = true })}
	report := pact.Verify(t.Context(), opts)
	require.Equal(t, verdict.Pass, report.Verdict)
	var pending []string
	for _, r := range report.Results {
		if r.Status() == "pending" {
			pending = append(pending, r.String())
		}
	}
	require.Len(t, pending, 1)
	require.Contains(t, pending[0], `PENDING: http://broker/web-shop:20: web/there are no orders/`)

	opts.Sources = append(opts.Sources, given(t, func(*pact.Document) {}))
	require.Equal(t, verdict.Fail, pact.Verify(t.Context(), opts).Verdict, "another pact that is not pending")
}

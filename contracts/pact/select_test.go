package pact_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// selecting verifies the interactions of these descriptions alone, and counts what is published.
func selecting(s *shop, published *int, descriptions ...string) pact.Options {
	opts := s.options()
	opts.Sources = []pact.Source{func(ctx context.Context) ([]pact.Document, error) {
		all, err := pact.Files("testdata/web-shop.json")(ctx)
		for i := range all {
			all[i].Publish = func(context.Context, []pact.Result) ([]string, error) { *published++; return nil, nil }
		}
		return all, err
	}}
	opts.Select = func(all []pact.Interaction) []bool {
		selected := make([]bool, len(all))
		for n, i := range all {
			for _, d := range descriptions {
				selected[n] = selected[n] || i.Description == d
			}
		}
		return selected
	}
	return opts
}

func TestOnlyWhatIsSelectedIsSent(t *testing.T) {
	s, published := newShop(t), 0
	report := pact.Verify(t.Context(), selecting(s, &published, "a request for the order"))
	require.Equal(t, verdict.Pass, report.Verdict, report)
	require.Len(t, report.Results, 1)
	require.Equal(t, "a request for the order", report.Results[0].Interaction.Description)
	require.Equal(t, 1, s.requests)
	require.Equal(t, 2, report.Unselected)
	require.Contains(t, report.Notes, "1 of 3 interactions were verified: the others are not selected (-run)")
}

func TestPartOfAPactIsNeverPublished(t *testing.T) {
	s, published := newShop(t), 0
	report := pact.Verify(t.Context(), selecting(s, &published, "a request for the order", "a new order"))
	require.Equal(t, verdict.Pass, report.Verdict, report)
	require.Zero(t, published)
	require.Contains(t, report.Notes, "pact testdata/web-shop.json: no result was published, as 2 of its 3 interactions were verified")

	pact.Verify(t.Context(), selecting(s, &published, "a request for the order", "a new order", "a request for an order that is gone"))
	require.Equal(t, 1, published)
}

func TestNothingSelectedIsUnknown(t *testing.T) {
	s, published := newShop(t), 0
	report := pact.Verify(t.Context(), selecting(s, &published))
	require.Equal(t, verdict.Unknown, report.Verdict)
	require.Equal(t, []string{"no interaction was verified: there are 3, and none is selected"}, report.Problems)
	require.Zero(t, s.requests)
	require.Zero(t, published)
}

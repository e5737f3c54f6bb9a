package broker_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

// branchesOf answers as a broker whose list of branches has these pages. The last one links to the page next; 0 is none.
func branchesOf(pages, next int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		at := 1
		switch _, _ = fmt.Sscanf(r.URL.RawQuery, "size=1&page=%d", &at); r.URL.Path {
		case "/":
			_, _ = fmt.Fprint(w, `{"_links":{"pb:pacticipant":{"href":"/web"}}}`)
		case "/web":
			_, _ = fmt.Fprint(w, `{"_links":{"pb:branches":{"href":"/branches"}}}`)
		default:
			follows := at + 1
			if at == pages {
				follows = next
			}
			link := ""
			if follows > 0 {
				link = fmt.Sprintf(`"next":{"href":"/branches?size=1&page=%d"}`, follows)
			}
			_, _ = fmt.Fprintf(w, `{"_links":{%s},"_embedded":{"branches":[{"name":"branch %d"}]}}`, link, at)
		}
	}
}

// The form of the links is that of a Pact Broker 2.119: size and page.
func TestBranchesOfAllPagesAreListed(t *testing.T) {
	t.Parallel()
	for pages := 1; pages <= 3; pages++ {
		c, err := broker.New(broker.Config{URL: serve(t, branchesOf(pages, 0))})
		require.NoError(t, err)
		all, err := c.Branches(t.Context(), "web")
		require.NoError(t, err)
		require.Len(t, all, pages)
		require.Equal(t, fmt.Sprintf("branch %d", pages), all[pages-1].Name)
	}
}

func TestPagesThatLeadBackAreUnexpected(t *testing.T) {
	t.Parallel()
	c, err := broker.New(broker.Config{URL: serve(t, branchesOf(3, 2))})
	require.NoError(t, err)
	_, err = c.Branches(t.Context(), "web")
	require.ErrorIs(t, err, broker.ErrUnexpected)
	require.ErrorContains(t, err, "its link next leads to a page that was read before")
}

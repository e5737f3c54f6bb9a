package contracts_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// selectable is a world whose interactions have names that package testing rewrites, splits and numbers. Its provider
// logs its requests.
var selectable = fault{name: "names of every kind", inject: func(w *world) {
	w.pact = `{"consumer":{"name":"web"},"provider":{"name":"shop"},"metadata":{"pactSpecification":{"version":"4.0"}},"interactions":[`
	for n, description := range []string{"an order", "an order/its lines", "an order", "[a|b] (c)+", "tab\\tand \\u0001", "größe"} {
		if n > 0 {
			w.pact += ","
		}
		w.pact += `{"type":"Synchronous/HTTP","description":"` + description + `","request":{"method":"GET","path":"/` + string(rune('0'+n)) +
			`"},"response":{"status":200}}`
	}
	w.pact += "]}"
	w.opts.States = pact.States{}
	w.opts.Before = func(_ context.Context, s *pact.Setup) error { w.Log("prepared", s.Interaction.Line); return nil }
	w.handler = func(_ http.ResponseWriter, r *http.Request) { w.Log("asked for", r.URL.Path) }
}}

// What is verified is what package testing enters, by the real -run and -skip.
func TestOnlyWhatRunSelectsIsVerified(t *testing.T) {
	t.Parallel()
	const all = "/0 /1 /2 /3 /4 /5"
	for _, c := range []struct{ run, skip, want string }{
		{"^TestShop$", "", all},
		{"TestShop/web", "", all},
		{"TestShop/web/any_state/an_order", "", "/0 /1 /2"},
		{"TestShop/web/any state/^an order$", "", "/0 /1"},
		{"TestShop/web/any_state/^an_order#01$", "", "/2"},
		{"TestShop/web/any_state/an_order/its_lines", "", "/0 /1 /2"},
		{"TestShop/web/any_state/^an_order$/^its_lines$", "", "/0 /1"},
		{`TestShop/web/any_state/^\[a\|b\]_\(c\)\+$`, "", "/3"},
		{`TestShop/web/any_state/[[]a`, "", "/3"},
		{`TestShop/web/any_state/tab_and_\\x01`, "", "/4"},
		{"TestShop/web/any_state/gr(ö|oe)ße", "", "/5"},
		{"TestShop/web/any_state/größe|TestShop/web/any_state/tab", "", "/4 /5"},
		{"TestShop", "TestShop/web/any_state/an_order", "/3 /4 /5"},
		{"TestShop/web/any_state/an_order", "TestShop/web/any_state/^an_order#01$", "/0 /1"},
		{"TestShop/web/any_state/order$", "TestShop/web/any_state/^an_order$/x", "/0 /1"},
	} {
		t.Run(c.run+" "+c.skip, func(t *testing.T) {
			t.Parallel()
			f := selectable
			f.test, f.skip = c.run, c.skip
			sum, out := f.run(t)
			require.Equal(t, verdict.ExitPass, sum.Exit(), out)
			var asked []string
			for line := range strings.SplitSeq(out, "\n") {
				if _, path, found := strings.Cut(line, "asked for "); found {
					asked = append(asked, strings.TrimSpace(path))
				}
			}
			require.Equal(t, c.want, strings.Join(asked, " "), out)
			results := sum.Results
			require.Len(t, results, len(asked))
			require.Equal(t, 6, len(results)+sum.Unselected)
			require.Equal(t, len(asked), strings.Count(out, "--- PASS: TestShop/web/any_state/"), out)
			if len(asked) < 6 {
				require.Contains(t, out, "of 6 interactions were verified")
			}
		})
	}
}

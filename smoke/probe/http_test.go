package probe_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

func TestHTTPCountsWhatTheTargetSays(t *testing.T) {
	for name, c := range map[string]struct {
		status        int
		answer, count string
		want          probe.Count
		err           string
	}{
		"a number":         {200, `{"effects":2}`, "/effects", probe.Count{N: 2}, ""},
		"zero":             {200, `{"effects":0}`, "/effects", probe.Count{}, ""},
		"an array":         {200, `{"charges":[{},{},{}]}`, "/charges", probe.Count{N: 3}, ""},
		"the whole answer": {200, `[1]`, "", probe.Count{N: 1}, ""},
		"absent":           {404, "not found", "/effects", probe.Count{Absent: true}, ""},
		"another refusal is not absent": {
			410, "", "/effects", probe.Count{}, "answered 410 (if that says that the event was never taken, declare it as effects.http.absent)",
		},
		"trouble":         {500, `{"effects":1}`, "/effects", probe.Count{}, "answered 500"},
		"redirect":        {302, "", "/effects", probe.Count{}, "answered 302"},
		"another success": {202, `{"effects":1}`, "/effects", probe.Count{}, "answered 202"},
		"no JSON":         {200, "<html>", "/effects", probe.Count{}, "no JSON"},
		"nothing there":   {200, `{"n":1}`, "/effects", probe.Count{}, `nothing at "/effects"`},
		"a text":          {200, `{"effects":"1"}`, "/effects", probe.Count{}, "no count and no array"},
		"a fraction":      {200, `{"effects":1.5}`, "/effects", probe.Count{}, "no count and no array"},
		"less than none":  {200, `{"effects":-1}`, "/effects", probe.Count{}, "no count and no array"},
		"more than fits":  {200, `{"effects":1e99}`, "/effects", probe.Count{}, "no count and no array"},
		"null":            {200, `{"effects":null}`, "/effects", probe.Count{}, "no count and no array"},
		"1 MiB":           {200, `{"effects":1}` + strings.Repeat(" ", 1<<20-13), "/effects", probe.Count{N: 1}, ""},
		"more than 1 MiB": {
			200, `{"effects":1}` + strings.Repeat(" ", 1<<20-12), "/effects", probe.Count{}, "answered 200 with more than 1048576 bytes",
		},
		"a number that a limit would cut": {200, strings.Repeat(" ", 1<<20-1) + "12", "", probe.Count{}, "more than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.answer)
			}))
			defer server.Close()
			p := start(t, webhook.Effects{HTTP: &webhook.HTTPProbe{Path: "/e/{event_id}", Count: c.count, Absent: 404}}, against(t, server.URL))
			n, err := look(t.Context(), p, probe.Event{ID: "evt_1"})
			require.Equal(t, c.err == "", err == "", err)
			require.Contains(t, err, c.err)
			if err == "" {
				require.Equal(t, c.want, n)
			}
		})
	}
}

// An id or a tenant is one segment of the path, or one value of the query, whatever is in it.
func TestHTTPAsksForJustThisEvent(t *testing.T) {
	for _, id := range []string{"evt_1", "a/b", "a:b", "a b", "a+b", "100%", "%2F", "a?b=c", "a#b", "a&b", "é", "a;b"} {
		var asked *http.Request
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = r
			_, _ = io.WriteString(w, "1")
		}))
		p := start(t, webhook.Effects{HTTP: &webhook.HTTPProbe{Path: "/{event_id}/of?event={event_id}&tenant={tenant}"}},
			against(t, server.URL+"/base"))
		n, err := look(t.Context(), p, probe.Event{ID: id, Tenant: "t " + id})
		server.Close()
		require.Empty(t, err, id)
		require.Equal(t, 1, n.N)
		require.Equal(t, "/base/"+id+"/of", asked.URL.Path)
		require.Equal(t, 3, strings.Count(asked.URL.EscapedPath(), "/"), id)
		require.Equal(t, id, asked.URL.Query().Get("event"))
		require.Equal(t, "t "+id, asked.URL.Query().Get("tenant"))
	}
}

func TestHTTPProbeEndsWithItsContext(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer server.Close()
	p := start(t, webhook.Effects{HTTP: &webhook.HTTPProbe{Path: "/{event_id}"}}, against(t, server.URL))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := p.Look(ctx, probe.Event{ID: "evt_1"})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

package probe_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// A test's own server lingers for half a second over a connection that it closes, longer than goleak waits.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// start returns a probe that is closed at the end of the test.
func start(t *testing.T, e webhook.Effects, o probe.Options) probe.Probe {
	t.Helper()
	p, err := probe.New(e, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// against returns the options of a probe of a target.
func against(t *testing.T, target string) probe.Options {
	t.Helper()
	u, err := url.Parse(target)
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return probe.Options{Target: u, Client: &http.Client{Transport: transport}}
}

// look returns the count, or the error as text.
func look(ctx context.Context, p probe.Probe, e probe.Event) (probe.Count, string) {
	n, err := p.Look(ctx, e)
	if err != nil {
		return n, err.Error()
	}
	return n, ""
}

func TestEffectsThatNobodySeesHaveNoProbe(t *testing.T) {
	p, err := probe.New(webhook.Effects{None: "a black box"}, probe.Options{})
	require.NoError(t, err)
	require.Nil(t, p)
}

func TestResultCountsDifferentIDs(t *testing.T) {
	for name, c := range map[string]struct {
		pointer string
		bodies  []string
		want    int
		err     string
	}{
		"no answer, no effect":           {"/id", nil, 0, ""},
		"one answer":                     {"/id", []string{`{"id":"ch_1"}`}, 1, ""},
		"the same id again":              {"/id", []string{`{"id":"ch_1","at":1}`, `{"at":2,"id":"ch_1"}`}, 1, ""},
		"another id":                     {"/id", []string{`{"id":"ch_1"}`, `{"id":"ch_2"}`, `{"id":"ch_1"}`}, 2, ""},
		"a number is not its text":       {"/id", []string{`{"id":1}`, `{"id":"1"}`}, 2, ""},
		"large numbers are told apart":   {"/id", []string{`{"id":9007199254740993}`, `{"id":9007199254740992}`}, 2, ""},
		"an object in another order":     {"/id", []string{`{"id":{"a":1,"b":2}}`, `{"id":{"b":2,"a":1}}`}, 1, ""},
		"null is no id":                  {"/id", []string{`{"id":null}`, `{"id":"ch_1"}`}, 1, ""},
		"an answer without it":           {"/id", []string{`{"id":"ch_1"}`, `{}`}, 0, `nothing at "/id"`},
		"an answer that is not JSON":     {"/id", []string{`ok`}, 0, "no JSON"},
		"an answer that is half of JSON": {"/id", []string{`{"id":"ch_1"`}, 0, "no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, webhook.Effects{Result: &webhook.ResultProbe{Pointer: c.pointer}}, probe.Options{})
			var e probe.Event
			for _, body := range c.bodies {
				e.Results = append(e.Results, []byte(body))
			}
			n, err := look(t.Context(), p, e)
			require.Equal(t, probe.Count{N: c.want}, n)
			require.Contains(t, err, c.err)
			require.Equal(t, c.err == "", err == "")
			require.Contains(t, p.Where(e), "/id")
		})
	}
}

package environment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/triage"
)

const mapped = `triage:
  metrics: /metrics
  window: 2s
  levels:
    duplicates: {count: 'deliveries_total{outcome="replayed"}', of: [deliveries_total, 'other_total{a!="b"}'], usual: 2.5%}
    timeouts: {count: 'tasks_total{state="timed_out"}', of: tasks_total, absent: 0}
  settings: {url: /debug/settings, at: /settings, may_differ: [/env]}
  event:
    url: https://customers.example.com/v1/events/{event_id}?full=1
    hops: [{name: received, at: /at}, {name: executed, at: /times, is: 1}, {name: sent, at: /sent, is: [true, done, 1.50, "2"]}]
  headers: {Authorization: 'Bearer {secret:TOKEN}'}
  without: {cancellations: nothing is ever cancelled}
`

func TestTriageIsMapped(t *testing.T) {
	e, err := load(t, head+mapped, map[string]string{"TOKEN": "swordfish"})
	require.NoError(t, err)
	m := e.Triage
	require.Equal(t, "https://api.example.com/metrics", m.Metrics[0].String())
	require.Equal(t, 2*time.Second, m.Window)
	require.Len(t, m.Levels, 2)
	require.InDelta(t, 0.025, *m.Levels[triage.Duplicates].Usual, 1e-12)
	require.Equal(t, `other_total{a!="b"}`, m.Levels[triage.Duplicates].Of[1].String())
	require.Contains(t, m.Levels[triage.Duplicates].Source, "staging.yaml:8")
	require.Nil(t, m.Levels[triage.Timeouts].Usual)
	require.True(t, m.Levels[triage.Timeouts].AbsentIsZero)
	require.Equal(t, "https://api.example.com/debug/settings", m.Settings.URL.String())
	require.Equal(t, []string{"/env"}, m.Settings.MayDiffer)
	require.Equal(t, "https://customers.example.com", m.Event.Base.String())
	require.Equal(t, "/v1/events/{event_id}?full=1", m.Event.Path)
	require.Equal(t, []triage.Hop{
		{Name: "received", At: "/at"}, {Name: "executed", At: "/times", Is: []string{"1"}},
		{Name: "sent", At: "/sent", Is: []string{"true", "done", "1.50", "2"}},
	}, m.Event.Hops)
	require.Equal(t, "Bearer swordfish", m.Header.Get("Authorization"))
	require.Equal(t, "swordfish", e.Secrets["TOKEN"])
}

func TestWithoutTriageNothingIsMapped(t *testing.T) {
	e, err := load(t, head+pact, nil)
	require.NoError(t, err)
	require.NotNil(t, e.Triage)
	require.Empty(t, e.Triage.Metrics)
}

// A path of metrics is asked of every replica: their counters belong together.
func TestMetricsOfEveryReplicaAreRead(t *testing.T) {
	replicas := "revision: {url: /version, revision: /r, replicas: [https://api.example.com/a, https://api.example.com/b]}\n"
	e, err := load(t, head+replicas+mapped, map[string]string{"TOKEN": "swordfish"})
	require.NoError(t, err)
	require.Len(t, e.Triage.Metrics, 2)
	require.Equal(t, "https://api.example.com/b/metrics", e.Triage.Metrics[1].String())
}

func TestMistakeInTriageHasItsPlace(t *testing.T) {
	levels := "triage:\n  metrics: /metrics\n  levels:\n    "
	for name, c := range map[string]struct{ text, says string }{
		"a typo":        {"triage: {metric: /metrics}\n", "staging.yaml:4:10: triage.metric: unknown key: did you mean metrics?"},
		"nothing":       {"triage: {}\n", "staging.yaml:4:9: triage"},
		"another level": {levels + "retries: {count: a, of: b}\n", "staging.yaml:7:5: triage.levels.retries: unknown key"},
		"no of":         {levels + "duplicates: {count: a}\n", "staging.yaml:7:5: triage.levels.duplicates.of: is missing"},
		"no selector": {levels + "duplicates: {count: 'rate(a[5m])', of: b}\n",
			"staging.yaml:7:25: triage.levels.duplicates.count: \"rate(a[5m])\": nothing may follow the labels"},
		"a share":        {levels + "duplicates: {count: a, of: b, usual: 0.02}\n", "triage.levels.duplicates.usual"},
		"more than all":  {levels + "duplicates: {count: a, of: b, usual: 100.5%}\n", "must be a percentage from 0 to 100"},
		"no metrics":     {"triage: {levels: {duplicates: {count: a, of: b}}}\n", "triage.metrics: is missing"},
		"another host":   {"triage: {metrics: 'https://m.example.com/'}\n", "triage.metrics: m.example.com: not on the list of hosts"},
		"another host 2": {"triage: {settings: {url: 'https://m.example.com/'}}\n", "triage.settings.url: m.example.com: not on the list"},
		"no event id":    {"triage: {event: {url: /events, hops: [{name: a, at: /a}]}}\n", "triage.event.url"},
		"event elsewhere": {"triage: {event: {url: 'https://b.example.com/{event_id}', hops: [{name: a, at: /a}]}}\n",
			"b.example.com: not on the list"},
		"no hops": {"triage: {event: {url: '/e/{event_id}', hops: []}}\n", "triage.event.hops"},
		"one hop twice": {"triage: {event: {url: '/e/{event_id}', hops: [{name: a, at: /a}, {name: a, at: /b}]}}\n",
			"triage.event.hops[1].name: \"a\": another hop has that name too"},
		"no pointer": {"triage: {settings: {url: /s, at: settings}}\n", "must be a JSON Pointer"},
		"no reason":  {"triage: {without: {lineage: ''}}\n", "triage.without.lineage"},
		"a reason for what is there": {levels + "duplicates: {count: a, of: b}\n  without: {duplicates: why}\n",
			"triage.without.duplicates: the file says how it is looked at"},
		"a secret not set": {"triage: {headers: {X: '{secret:NO_KEY}'}}\n", "triage.headers.X: the variable NO_KEY is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, head+c.text, nil)
			require.ErrorContains(t, err, c.says)
		})
	}
}

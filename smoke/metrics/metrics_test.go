package metrics_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/metrics"
)

func selector(t testing.TB, text string) metrics.Selector {
	t.Helper()
	s, err := metrics.NewSelector(text)
	require.NoError(t, err)
	return s
}

// exposed is what services write: with and without labels, times, exemplars, and quoted names.
const exposed = `# HELP webhook_deliveries_total Deliveries, by outcome.
# TYPE webhook_deliveries_total counter
webhook_deliveries_total{outcome="first",source="invoices"} 90
webhook_deliveries_total{outcome="first",source="stripe"} 5 1395066363000
webhook_deliveries_total{outcome="replayed",source="invoices",} 4 # {trace_id="a b"} 1 1.5
webhook_deliveries_total { outcome = "a \"b\" \\ } \n" } 1e0

process_start_time_seconds 1.7636571125e+09
# TYPE open_files gauge
open_files 3
broken_total NaN
{"http.requests_total","http.route"="/a"} 7
`

func TestSumAddsUpWhatASelectorChooses(t *testing.T) {
	for text, want := range map[string]float64{
		`webhook_deliveries_total`:                                                 100,
		`webhook_deliveries_total{}`:                                               100,
		`webhook_deliveries_total{outcome="first"}`:                                95,
		`webhook_deliveries_total{outcome="first",source!="stripe"}`:               90,
		`webhook_deliveries_total{outcome=~"first|replayed",source=~"inv.*"}`:      94,
		`webhook_deliveries_total{outcome!~"first|a.*"}`:                           4,
		`webhook_deliveries_total{outcome="a \"b\" \\ } \n"}`:                      1,
		`webhook_deliveries_total{tenant=""}`:                                      100,
		`{"http.requests_total","http.route"="/a"}`:                                7,
		` webhook_deliveries_total{ outcome = "replayed" , source="invoices" , } `: 4,
	} {
		s := selector(t, text)
		scrape, err := metrics.Read(strings.NewReader(exposed), 1<<20, s)
		require.NoError(t, err)
		sum, err := scrape.Sum(s)
		require.NoError(t, err, text)
		require.InDelta(t, want, sum, 0, text)
		require.InDelta(t, 1763657112.5, scrape.Started, 0)
	}
}

// What is not there is never zero.
func TestWhatIsNotExposedIsNoZero(t *testing.T) {
	for text, says := range map[string]string{
		`webhook_delivery_total`: "it exposes no webhook_delivery_total: did you mean webhook_deliveries_total?",
		`tasks_total`:            "it exposes no tasks_total",
		`webhook_deliveries_total{outcome="mismatch"}`: "it exposes webhook_deliveries_total, and none with the labels of ",
		`open_files`:   "open_files is a gauge, and a counter is wanted",
		`broken_total`: "broken_total has the value NaN, which no counter has",
	} {
		s := selector(t, text)
		scrape, err := metrics.Read(strings.NewReader(exposed), 1<<20, s)
		require.NoError(t, err)
		_, err = scrape.Sum(s)
		require.ErrorContains(t, err, says, text)
		var absent *metrics.AbsentError
		require.Equal(t, strings.Contains(says, "it exposes"), errors.As(err, &absent), text)
	}
}

func TestTextOfAnotherFormatIsAnError(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"a page":            {"<!doctype html>\n<title>Sign in</title>\n", "not the text format of Prometheus: want the name of a metric"},
		"JSON":              {"{\"a\": 1}\n", "line 1: not the text format of Prometheus"},
		"nothing":           {"", "line 1: it ends without a line feed"},
		"the last line":     {"a_total 1\nb_total 2", "line 2: it ends without a line feed"},
		"no value":          {"a_total\n", "line 1: not the text format of Prometheus: want a value after a_total"},
		"words":             {"a_total one\n", `a_total: "one" is no number`},
		"an open label":     {"a_total{b=\"c\n", "it ends in the middle"},
		"an open brace":     {"a_total{b=\"c\" 1\n", "want a comma or a brace"},
		"a label unquoted":  {"a_total{b=c} 1\n", "want a quoted text"},
		"a value too many":  {"a_total 1 2 3\n", `a_total: "2 3" is no number`},
		"more than is read": {strings.Repeat("a_total 1\n", 200_000), "too large: it exposes more than 1 MiB"},
		"a line too long":   {"a_total{b=\"" + strings.Repeat("c", 1<<20), "too large"},
		"bytes":             {"\x00\xff\xfe\n", "line 1: not the text format of Prometheus"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := metrics.Read(strings.NewReader(c.text), 1<<20)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestSelectorThatIsNoneIsAnError(t *testing.T) {
	for _, text := range []string{
		"", "{}", "a b", "a{", "a{b}", "a{b=c}", `a{b="c"`, `a{b="c"}[5m]`, `sum(a)`, `a{b=~"("}`, `"a"`, `a{"b"}`, `{"a","b"}`, `a{="c"}`,
	} {
		_, err := metrics.NewSelector(text)
		require.Error(t, err, text)
	}
}

// Whatever a service exposes, reading ends with samples or an error, and what Sum returns is a count.
func FuzzRead(f *testing.F) {
	f.Add(exposed, `webhook_deliveries_total{outcome=~"first|replayed"}`)
	f.Add("<html>", "a")
	f.Add("a{b=\"c\\", `{"a"}`)
	f.Fuzz(func(t *testing.T, text, chosen string) {
		s, err := metrics.NewSelector(chosen)
		if err != nil {
			return
		}
		scrape, err := metrics.Read(strings.NewReader(text), 1<<16, s)
		if err != nil {
			return
		}
		if sum, err := scrape.Sum(s); err == nil {
			require.GreaterOrEqual(t, sum, 0.0)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	s := selector(b, "webhook_deliveries_total")
	text := strings.Repeat(`http_request_duration_seconds_bucket{route="GET /events/{event_id}",status="200",le="0.25"} 4711`+"\n", 10_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		_, err := metrics.Read(strings.NewReader(text), 1<<24, s)
		require.NoError(b, err)
	}
}

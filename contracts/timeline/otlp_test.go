package timeline_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/logfile"
	"github.com/fridaygate/fridaygate/contracts/timeline"
)

// spans.jsonl is as the file exporter of the OpenTelemetry Collector writes a batch: two services, a span of somebody else, and an
// event in a span.
func TestSpansAreReadWithTheirEventsAndLinks(t *testing.T) {
	found := read(t, nil, logfile.File("testdata/spans.jsonl"))
	require.Equal(t, []string{
		"invoices: POST /webhooks, answered 500", "invoices: exception", "mailer: mail", "mailer: smtp",
	}, shown(found))
	post := found.Rows[0]
	require.Equal(t, timeline.Span, post.Kind)
	require.Equal(t, 5*time.Millisecond, post.Took)
	require.Equal(t, []string{"error", "web-1", "00000000000000aa"}, []string{post.Level, post.Clock, post.Span})
	require.Equal(t, []timeline.Field{{Name: "tries", Value: "2"}, {Name: "status", Value: "error no row"}}, post.Fields)
	require.Equal(t, "error", found.Rows[1].Level)
	require.Equal(t, timeline.Mutation, found.Rows[2].Kind, "it wrote into a database")
	require.Equal(t, "the trace id which spans.jsonl:1.1 has beside the event id", found.Rows[2].Why)
}

func TestLogRecordsOfOTLPAreLines(t *testing.T) {
	found := read(t, nil, logfile.File("testdata/records.jsonl"))
	require.Equal(t, []string{"invoices: charged evt_7QK2ZP", "invoices: booked"}, shown(found))
	require.Equal(t, []string{"warn", trace}, []string{found.Rows[0].Level, found.Rows[0].Trace})
	require.Equal(t, start, found.Rows[0].At)
	require.Equal(t, start.Add(time.Millisecond), found.Rows[1].At)
}

package page

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	event "github.com/fridaygate/fridaygate/contracts/timeline"
)

// oneEvent is an attempt that a service answers, with a span, a line of its log and a look at the effects.
func oneEvent() *event.Timeline {
	row := func(n, at int, who string, kind event.Kind, text string) event.Row {
		return event.Row{Number: n, At: ms(at), Who: who, Kind: kind, Text: text, Why: "the event id", Where: "a.log:1"}
	}
	t := &event.Timeline{Event: "evt_1", Rows: []event.Row{
		row(1, 0, event.Gate, event.Sent, "#1 sent"), row(2, 10, "invoices", event.Span, "POST /webhooks"),
		row(3, 20, "invoices", event.Mutation, "charged"), row(4, 60, event.Gate, event.Answered, "#1 answered"),
		row(5, 80, event.Gate, event.Effect, "1 effect seen"), {Number: 6, Who: "invoices", Kind: event.Log, Text: "no time"},
	}}
	t.Rows[0].Attempt, t.Rows[0].Status, t.Rows[3].Attempt = 1, 200, 1
	t.Rows[1].Took = 40 * time.Millisecond
	t.Rows[2].Either = []int{1, 2}
	return t
}

func TestTimelineOfAnEventHasALaneOfEachService(t *testing.T) {
	l := newLineage(oneEvent())
	var lanes []string
	for _, lane := range l.Drawing.Lanes {
		lanes = append(lanes, lane.Name)
	}
	require.Equal(t, []string{"gate", "effects seen", "invoices", "invoices, log"}, lanes)
	require.Len(t, l.Drawing.Bars, 2)
	require.Equal(t, []string{"#1 200", "accepted"}, []string{l.Drawing.Bars[0].Label, l.Drawing.Bars[0].Class})
	require.Greater(t, l.Drawing.Bars[0].W, l.Drawing.Bars[1].W, "the attempt ends with its answer")
	require.Len(t, l.Drawing.Marks, 2)
	require.Len(t, l.Rows, 6)
	require.Equal(t, "could be either order with 1-2", l.Rows[2].Order)
	require.Equal(t, "no time", l.Rows[5].Since)
}

func TestWhatLogsSayIsTextInTheTimelineOfAnEvent(t *testing.T) {
	const hostile = `</pre><script>alert(1)</script>"'` + "\x1b[31m\u202e"
	one := oneEvent()
	one.Event, one.Rows[2].Text, one.Rows[1].Text, one.Rows[2].Where, one.Rows[2].Who = hostile, hostile, hostile, hostile, hostile
	one.Rows[2].Fields = []event.Field{{Name: hostile, Value: hostile}}
	one.Notes, one.Near, one.Unread = []string{hostile}, []string{hostile}, []event.Unread{{Where: hostile, What: hostile}}
	one.IDs = []event.ID{{Kind: event.EventID, Value: hostile, Why: hostile}}
	var b bytes.Buffer
	require.NoError(t, WriteTimeline(&b, one))
	require.Equal(t, 1, strings.Count(b.String(), "<script>"))
	require.NotContains(t, b.String(), "\x1b")
	require.NotContains(t, b.String(), "\u202e")
	require.NotContains(t, b.String(), "http://")
}

func TestEventThatIsNotFoundIsNoGreenPage(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, WriteTimeline(&b, &event.Timeline{Event: "evt_2", Near: []string{"evt_1"}}))
	require.Contains(t, b.String(), `<header class="unknown">`)
	require.Contains(t, b.String(), "Not found: event evt_2")
	require.Contains(t, b.String(), "<code>evt_1</code>")
}

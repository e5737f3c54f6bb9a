package timeline_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/logfile"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/timeline"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

const (
	event = "evt_7QK2ZP"
	trace = "4bf92f3577b34da6a3ce929d0e0e4736"
)

// start is when everything in the tests begins, by the gate's clock.
var start = time.Date(2026, 3, 6, 17, 4, 5, 0, time.UTC)

// after returns a time that many milliseconds after the start, as a log has it.
func after(ms float64) string {
	return start.Add(time.Duration(ms * float64(time.Millisecond))).Format(time.RFC3339Nano)
}

func log(name string, lines ...string) logfile.Log {
	text := strings.Join(lines, "\n") + "\n"
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
	return logfile.Log{Name: name, Size: int64(len(text)), Open: open}
}

// run returns a report of one check with attempts that took from and to, in milliseconds after the start.
func run(times ...[2]float64) *report.Report {
	h := history.History{EventID: event}
	for i, at := range times {
		begun, ended := start.Add(time.Duration(at[0]*1e6)), start.Add(time.Duration(at[1]*1e6))
		h.Attempts = append(h.Attempts, history.Attempt{
			Number: i + 1, Name: "first", RequestID: fmt.Sprintf("req_000000%d", i+1), TraceParent: fmt.Sprintf("00-%s-%016x-01", trace, i+1),
			Started: begun, Sent: begun, FirstByte: ended, Ended: ended, Status: 200,
		})
	}
	check := report.Check{Kind: report.Webhook, Subject: "fixtures/invoices/invoice.paid", Case: "dup-seq"}
	return &report.Report{
		Planned: []report.Check{check},
		Results: []report.Result{{Check: check, Verdict: verdict.Pass, Histories: []history.History{h}}},
	}
}

// read returns the timeline of the event.
func read(t *testing.T, r *report.Report, logs ...logfile.Log) *timeline.Timeline {
	t.Helper()
	return timeline.Read(t.Context(), timeline.Options{Event: event, Report: r, Logs: logs})
}

// line returns a line that was logged so many milliseconds after the start, for a request.
func line(ms float64, text, request string) string {
	return fmt.Sprintf(`{"time":%q,"msg":%q,"request_id":%q}`, after(ms), text, request)
}

// shown returns the rows as "who: text".
func shown(t *timeline.Timeline) (all []string) {
	for _, row := range t.Rows {
		all = append(all, row.Who+": "+row.Text)
	}
	return all
}

func TestIDsLeadFromTheEventToTheTraceToOtherServices(t *testing.T) {
	found := read(t, nil,
		log("ledger.log", line(9, "booked", "ledger-0042"), line(1, "of somebody else", "ledger-0043")),
		log("stream.log", `{"time":"`+after(7)+`","msg":"taken","traceparent":"00-`+trace+`-00f067aa0ba902b7-01","request_id":"ledger-0042"}`),
		log("invoices.log", `{"time":"`+after(1)+`","msg":"charged","event_id":"`+event+`","trace_id":"`+trace+`"}`),
	)
	require.Equal(t, []string{"invoices: charged", "stream: taken", "ledger: booked"}, shown(found))
	require.Equal(t, "the event id in event_id", found.Rows[0].Why)
	require.Equal(t, "the trace id which invoices.log:1 has beside the event id", found.Rows[1].Why)
	require.Equal(t, "the request id which stream.log:1 has beside the trace id", found.Rows[2].Why)
	require.Equal(t, verdict.ExitPass, found.Exit())
}

func TestWhatIsLearntIsBounded(t *testing.T) {
	t.Run("by how many ids lie between", func(t *testing.T) {
		lines := []string{`{"msg":"0","event_id":"` + event + `","trace_id":"00000000000000000000000000000a00"}`}
		for i := range 8 { // a trace leads to a request, and that to the next trace
			lines = append(lines, fmt.Sprintf(`{"msg":"a%d","trace_id":"%032x","request_id":"request-%d"}`, i, 0xa00+i, i),
				fmt.Sprintf(`{"msg":"b%d","request_id":"request-%d","trace_id":"%032x"}`, i, i, 0xa00+i+1))
		}
		found := read(t, nil, log("a.log", lines...))
		require.Len(t, found.Rows, 4)
	})
	t.Run("by how many lines have an id", func(t *testing.T) {
		lines := []string{`{"msg":"one","event_id":"` + event + `","request_id":"poller-1"}`}
		for i := range 3000 {
			lines = append(lines, fmt.Sprintf(`{"msg":"%d","request_id":"poller-1"}`, i))
		}
		found := read(t, nil, log("a.log", lines...))
		require.Equal(t, 2000, len(found.Rows))
		require.Contains(t, strings.Join(found.Notes, "\n"), "request id poller-1 stands in more than 2000 lines: further ones are left out")
	})
	t.Run("by how many rows there are", func(t *testing.T) {
		lines := make([]string, 50)
		for i := range lines {
			lines[i] = `{"event_id":"` + event + `"}`
		}
		found := timeline.Read(t.Context(), timeline.Options{Event: event, MaxRows: 10, Logs: []logfile.Log{log("a.log", lines...)}})
		require.Len(t, found.Rows, 10)
		require.Contains(t, strings.Join(found.Notes, "\n"), "40 more lines hold an id: a timeline has at most 10 rows")
	})
	t.Run("by what occurs by chance", func(t *testing.T) {
		found := read(t, nil, log("a.log",
			`{"msg":"one","event_id":"`+event+`","request_id":"7","trace_id":"0"}`, `{"msg":"another","request_id":"7","trace_id":"0"}`))
		require.Equal(t, []string{"a: one"}, shown(found))
	})
}

func TestReportIsMergedWithLogs(t *testing.T) {
	r := run([2]float64{0, 5}, [2]float64{10, 12})
	r.Results[0].Histories[0].Observations = []history.Observation{{At: start.Add(20 * time.Millisecond), Count: 1, Where: "GET /events/x"}}
	found := read(t, r, log("invoices.log",
		line(1, "claimed", "req_0000001"),
		line(3, "charged", "req_0000001"),
		`{"time":"`+after(11)+`","msg":"replayed","trace_id":"`+trace+`"}`,
	))
	require.Equal(t, []string{
		"gate: #1 sent (first)", "invoices: claimed", "invoices: charged", "gate: #1 answered 200 OK",
		"gate: #2 sent (first)", "invoices: replayed", "gate: #2 answered 200 OK", "gate: 1 effect seen (GET /events/x)",
	}, shown(found))
	require.Equal(t, []timeline.Check{{Subject: "fixtures/invoices/invoice.paid", Case: "dup-seq", Verdict: verdict.Pass}}, found.Checks)
	require.Equal(t, 1, found.Rows[1].Attempt)
	require.Equal(t, "the request id of #1", found.Rows[1].Why)
	require.Equal(t, "the trace id of the attempts", found.Rows[5].Why)
}

func TestReportAloneIsATimelineToo(t *testing.T) {
	found := read(t, run([2]float64{0, 5}))
	require.Len(t, found.Rows, 2)
	require.Equal(t, verdict.ExitPass, found.Exit())
}

func TestClockThatIsAheadIsCorrected(t *testing.T) {
	const ahead = 90_000 // a minute and a half
	found := read(t, run([2]float64{0, 9}, [2]float64{20, 22}), log("invoices.log",
		line(ahead+4, "charged", "req_0000001"),
		line(ahead+5, "committed", "req_0000001"),
		line(ahead+20.5, "replayed", "req_0000002"),
		line(ahead+21, "done", "req_0000002"),
	))
	require.Equal(t, []string{
		"gate: #1 sent (first)", "invoices: charged", "invoices: committed", "gate: #1 answered 200 OK",
		"gate: #2 sent (first)", "invoices: replayed", "invoices: done", "gate: #2 answered 200 OK",
	}, shown(found))
	clock := found.Clocks[1]
	require.True(t, clock.Compared)
	require.Equal(t, clock.Offset, clock.Shift)
	require.InDelta(t, ahead*float64(time.Millisecond), float64(clock.Offset), float64(clock.Error))
	require.InDelta(t, float64(time.Millisecond), float64(clock.Error), float64(100*time.Microsecond), "the second attempt bounds it best")
}

func TestRowsWithinTheErrorCouldBeEitherOrder(t *testing.T) {
	found := read(t, run([2]float64{0, 10}, [2]float64{5, 15}), log("invoices.log",
		line(4, "charged", "req_0000001"),
		line(30, "mailed", "req_0000001"),
	))
	require.Equal(t, []string{
		"gate: #1 sent (first)", "invoices: charged", "gate: #2 sent (first)",
		"gate: #1 answered 200 OK", "gate: #2 answered 200 OK", "invoices: mailed",
	}, shown(found))
	require.Empty(t, found.Rows[1].Either, "it was sent before")
	require.Equal(t, []int{2}, found.Rows[2].Either, "the clocks may differ by that much")
	require.Empty(t, found.Rows[5].Either, "that is beyond the error")
	var text bytes.Buffer
	require.NoError(t, found.Text(&text))
	require.Contains(t, text.String(), "could be either order with 2")
}

func TestOffsetsFollowAlongSpans(t *testing.T) {
	span := func(service, id, parent string, kind int, from, to float64) string {
		nano := func(ms float64) int64 { return start.Add(time.Duration(ms * 1e6)).UnixNano() }
		return fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":%q}}]},`+
			`"scopeSpans":[{"spans":[`+
			`{"traceId":%q,"spanId":%q,"parentSpanId":%q,"name":"%s %s","kind":%d,"startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}]}`,
			service, trace, id, parent, service, id, kind, nano(from), nano(to))
	}
	found := read(t, run([2]float64{0, 20}), log("traces.jsonl",
		span("invoices", "00000000000000aa", "0000000000000001", 2, 1002, 1018),
		span("invoices", "00000000000000ab", "00000000000000aa", 3, 1004, 1008),
		span("customers", "00000000000000ac", "00000000000000ab", 2, -4994, -4993), // five seconds behind the gate, six behind invoices
	))
	require.Equal(t, []string{
		"gate: #1 sent (first)", "invoices: invoices 00000000000000aa", "invoices: invoices 00000000000000ab",
		"customers: customers 00000000000000ac", "gate: #1 answered 200 OK",
	}, shown(found))
	for _, clock := range found.Clocks[1:] {
		require.True(t, clock.Compared, clock.Name)
	}
	require.InDelta(t, -5*float64(time.Second), float64(found.Clocks[2].Offset), float64(found.Clocks[2].Error))
	require.Equal(t, 1, found.Rows[3].Attempt, "it follows from the attempt")
}

func TestClockThatContradictsItselfIsSaid(t *testing.T) {
	found := read(t, run([2]float64{0, 2}, [2]float64{10, 12}), log("invoices.log",
		line(1, "a", "req_0000001"), line(1.5, "b", "req_0000001"),
		line(5011, "c", "req_0000002"), line(5011.5, "d", "req_0000002"),
	))
	require.True(t, found.Clocks[1].Contrary)
	require.Greater(t, found.Clocks[1].Error, 2*time.Second)
}

func TestOneSidedBoundsAreNoComparison(t *testing.T) {
	r := run([2]float64{0, 2})
	r.Results[0].Histories[0].Attempts[0].Status = 0
	found := read(t, r,
		log("invoices.log", line(1, "a", "req_0000001")),
	)
	require.False(t, found.Clocks[1].Compared, "without an answer nothing bounds it from below")
	require.Zero(t, found.Clocks[1].Shift)
}

func TestLineOfAnotherServiceLongAfterTheAnswerMovesNoClock(t *testing.T) {
	found := read(t, run([2]float64{0, 2}, [2]float64{10, 12}),
		log("invoices.log", line(1, "a", "req_0000001"), line(11, "b", "req_0000002")),
		log("mailer.log", line(5000, "mailed", "req_0000001")),
	)
	require.Equal(t, "mailer: mailed", shown(found)[len(found.Rows)-1])
	for _, clock := range found.Clocks {
		require.Zero(t, clock.Shift, clock.Name)
	}
}

func TestWhatCannotBeReadIsSaidAndTheRestIsRead(t *testing.T) {
	good := `{"time":"` + after(1) + `","msg":"charged","event_id":"` + event + `"}`
	missing := logfile.File(t.TempDir() + "/none.log")
	found := timeline.Read(t.Context(), timeline.Options{Event: event, MaxLine: 1 << 20, Logs: []logfile.Log{
		log("a.log", `{"msg":"cut o`, good, `{"event_id":"`+event+`","msg":`, strings.Repeat("x", 2<<20), `{`), missing,
		log("b.log", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"`+event+`"`),
	}})
	require.Len(t, found.Rows, 2)
	var said []string
	for _, u := range found.Unread {
		said = append(said, u.Where[strings.LastIndexByte(u.Where, '/')+1:]+": "+u.What)
	}
	require.Equal(t, []string{
		"a.log:1: it begins as JSON and does not end as such",
		"a.log:3: the JSON ends early; it is shown as text",
		"a.log:4: longer than 1 MiB: it was not read (--max-line)",
		"a.log:5: it begins as JSON and does not end as such; an entry must stand on one line: jq -c . FILE writes it so",
		"none.log: no such file or directory",
		"b.log:1: it is no OTLP: the JSON ends early",
	}, said)
	require.Equal(t, verdict.ExitUnknown, found.Exit())
}

func TestNothingFoundIsUnknownAndNamesIDsLikeIt(t *testing.T) {
	r := run([2]float64{0, 2})
	for asked, near := range map[string][]string{
		"evt_7QK2Z":          {event}, // cut off
		"evt_7QK2ZX":         {event}, // a mistake at the end
		"evv_7QK2ZP":         {event}, // and at the beginning
		"EVT_7QK2ZP":         {event}, // another case
		"nothing-like-it-42": nil,
	} {
		found := timeline.Read(t.Context(), timeline.Options{Event: asked, Report: r, Logs: []logfile.Log{
			log("a.log", `{"time":"`+after(1)+`","msg":"charged","event_id":"`+event+`"}`)}})
		require.Equal(t, near, found.Near, asked)
		require.Equal(t, verdict.ExitUnknown, found.Exit(), asked)
		var text bytes.Buffer
		require.NoError(t, found.Text(&text))
		require.Contains(t, text.String(), "NOT FOUND: no line that was read names event "+asked)
	}
}

func TestInterruptedReadingIsNoTimeline(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	found := timeline.Read(ctx, timeline.Options{Event: event, Logs: []logfile.Log{log("a.log", `{}`)}})
	require.True(t, found.Interrupted)
	require.Equal(t, verdict.ExitInterrupted, found.Exit())
}

func TestTextHasAtMost80ColumnsAndObeysNothing(t *testing.T) {
	found := read(t, run([2]float64{0, 2}), log("a.log",
		`{"time":"`+after(1)+`","msg":"\u001b[31m`+strings.Repeat("wide 中文 ", 200)+strings.Repeat("x", 300)+
			`","event_id":"`+event+`","mutation":"m"}`,
		`{"time":"`+after(1)+`","msg":"::error::pwned","event_id":"`+event+`"}`,
	))
	var text bytes.Buffer
	require.NoError(t, found.Text(&text))
	for line := range strings.Lines(text.String()) {
		require.LessOrEqual(t, columns(strings.TrimSuffix(line, "\n")), 80, line)
		require.NotContains(t, line, "\x1b")
	}
	require.Contains(t, text.String(), "* a service says that it changed a state")
}

// columns counts wide characters as two.
func columns(text string) (n int) {
	for _, r := range text {
		n++
		if r >= 0x2e80 {
			n++
		}
	}
	return n
}

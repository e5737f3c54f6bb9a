package timeline

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever a line is, reading it ends, and what is shown of it is bounded and without control characters.
func FuzzLine(f *testing.F) {
	for _, line := range []string{
		`{"time":"2026-03-06T17:04:05Z","msg":"charged","event_id":"evt_1","trace_id":"` + trace + `"}`,
		`{"log":"{\"msg\":\"charged\"}\n","stream":"stdout","time":"2026-03-06T17:04:05Z"}`,
		`2026-03-06T17:04:05Z stdout F {"msg":"charged"}`, `[pod/a/b] level=info msg="a \" b" k=v`, `a-1  | {`, `{"a":{"b":{"c":[{"d":1}]}}}`,
		`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"` + trace + `","kind":2,"events":[{"name":"x"}],"links":[{}]}]}]}]}`,
		`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"evt_1"},"timeUnixNano":"1"}]}]}]}`,
		`10.0.0.1 - - [06/Mar/2026:17:04:05 +0000] "POST /x HTTP/1.1" 200`, "{\"msg\":\"\xff\"}", strings.Repeat(`{"a":`, 100),
	} {
		f.Add(line)
	}
	p, r := newParser(DefaultNames(), nil), newRedactor(DefaultNames().Secret, nil)
	f.Fuzz(func(t *testing.T, line string) {
		var all ids
		all.add(ID{Kind: EventID, Value: "evt_1"})
		all.add(ID{Kind: TraceID, Value: trace})
		s := newSearch(&all, 0)
		check := func(row Row, linked []string) {
			r.row(&row)
			if len(row.Fields) > mostFields+1 {
				t.Fatalf("%d fields", len(row.Fields))
			}
			for _, id := range append(linked, row.Trace) {
				if id != "" && len(id) != 32 && len(id) != 16 {
					t.Fatalf("trace id %q", id)
				}
			}
			if shown := wrap(row.Said(), 40); utf8.ValidString(line) && !utf8.ValidString(strings.Join(shown, "")) {
				t.Fatalf("%q", shown)
			}
		}
		s.match([]byte(line))
		check(p.row(p.line([]byte(line))))
		_ = p.batch([]byte(line), s, func(one found) { check(one.row, one.linked) })
	})
}

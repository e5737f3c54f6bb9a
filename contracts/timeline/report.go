package timeline

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/report"
)

// gate is what the report knows of the event.
type gate struct {
	attempts map[string]int  // number, by request id and by span id
	twice    map[string]bool // request ids of several attempts
	sent     []history.Attempt
	events   []string // all event ids of the report
}

// of notes the attempt that sent an id: the first one of several.
func (g *gate) of(id string, number int) {
	if _, known := g.attempts[id]; known {
		g.twice[id] = true
	} else if id != "" {
		g.attempts[id] = number
	}
}

// fromReport adds the rows and ids of the report.
func (r *reader) fromReport() {
	r.gate.attempts, r.gate.twice = map[string]int{}, map[string]bool{}
	if r.options.Report == nil {
		return
	}
	kept := false
	for _, result := range r.options.Report.Results {
		found := false
		for _, h := range result.Histories {
			kept = true
			r.gate.events = append(append(r.gate.events, h.EventID), h.Events...)
			if h.EventID == r.Event || slices.Contains(h.Events, r.Event) {
				found = true
				r.fromHistory(h, result.Check)
			}
		}
		if found {
			r.Checks = append(r.Checks, checked(result))
		}
	}
	if !kept {
		r.note("the report holds no history of a delivery: a smoke run writes them with --json")
	}
}

func checked(result report.Result) Check {
	c := Check{Subject: result.Subject, Case: result.Case, Verdict: result.Verdict}
	for _, f := range slices.Concat(result.Findings, result.Advice, result.Excused) {
		if !slices.Contains(c.Rules, f.Rule) {
			c.Rules = append(c.Rules, f.Rule)
		}
	}
	return c
}

// fromHistory adds the attempts of a round, and what was seen behind them.
func (r *reader) fromHistory(h history.History, check report.Check) {
	where := check.Subject + "/" + check.Case
	put := func(row Row) {
		row.Who, row.Clock, row.Where, row.serial, row.file = Gate, Gate, where, len(r.Rows), -1
		r.redact.row(&row)
		r.Rows = append(r.Rows, row)
	}
	for _, a := range h.Attempts {
		r.ids.add(ID{Kind: RequestID, Value: a.RequestID, Why: fmt.Sprintf("attempt #%d sent it", a.Number)})
		r.gate.of(a.RequestID, a.Number)
		row := Row{Attempt: a.Number, Status: a.Status, Request: a.RequestID, Why: "the report"}
		if found := traceParent.FindStringSubmatch(a.TraceParent); found != nil {
			r.ids.add(ID{Kind: TraceID, Value: found[1], Why: "the attempts sent it"})
			r.gate.of(found[2], a.Number)
			row.Trace, row.Span = found[1], found[2]
		}
		r.gate.sent = append(r.gate.sent, a)
		row.Kind, row.Logged, row.Text = Sent, a.Started, sentText(a)
		put(row)
		row.Kind, row.Logged, row.Took, row.Text = Answered, ended(a), ended(a).Sub(a.Started), answeredText(a)
		put(row)
	}
	for _, o := range h.Observations {
		put(Row{Kind: Effect, Logged: o.At, Took: o.At.Sub(o.From), Text: seenText(o), Why: "the report"})
	}
	for _, s := range h.States {
		text := fmt.Sprintf("state is %s (%s)", excerpt.Head(s.Value, mostShown), s.Where)
		if s.Err != "" {
			text = fmt.Sprintf("state could not be seen: %s (%s)", s.Err, s.Where)
		}
		put(Row{Kind: State, Logged: s.At, Text: text, Why: "the report"})
	}
}

// mostShown is how much of an answer or a state a row shows, in characters.
const mostShown = 200

// ended returns when the answer to an attempt began to arrive, or when it was given up.
func ended(a history.Attempt) time.Time {
	if !a.FirstByte.IsZero() && a.Status != 0 {
		return a.FirstByte
	}
	return a.Ended
}

func sentText(a history.Attempt) string {
	text := fmt.Sprintf("#%d sent", a.Number)
	if a.Name != "" {
		text += " (" + a.Name + ")"
	}
	if a.Request != nil {
		text += fmt.Sprintf(": %s %s", a.Request.Method, a.Request.URL)
	}
	if a.Rival {
		text += ", with other content"
	}
	if a.Resend {
		text += ", again"
	}
	return text
}

func answeredText(a history.Attempt) string {
	switch {
	case a.Cut:
		return fmt.Sprintf("#%d cut off on purpose: its answer is not listened to", a.Number)
	case a.Status == 0:
		return fmt.Sprintf("#%d had no answer: %s", a.Number, a.Err)
	}
	text := fmt.Sprintf("#%d answered %d %s", a.Number, a.Status, http.StatusText(a.Status))
	if a.Err != "" {
		text += ", not whole: " + a.Err
	}
	if a.Answer != "" {
		text += ": " + excerpt.Head(strings.TrimSpace(a.Answer), mostShown)
	}
	return text
}

func seenText(o history.Observation) string {
	switch {
	case o.Err != "":
		return fmt.Sprintf("effects could not be seen: %s (%s)", o.Err, o.Where)
	case o.Absent:
		return fmt.Sprintf("the event is not known there (%s)", o.Where)
	case o.Count == 1:
		return fmt.Sprintf("1 effect seen (%s)", o.Where)
	}
	return fmt.Sprintf("%d effects seen (%s)", o.Count, o.Where)
}

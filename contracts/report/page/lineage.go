package page

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	event "github.com/fridaygate/fridaygate/contracts/timeline"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// lineage is what the page of one event's timeline shows.
type lineage struct {
	Title   string
	Status  status
	Heading string
	Summary string
	Facts   []fact
	Unread  []event.Unread
	Near    []string
	Drawing timeline
	Rows    []lineageRow
	Left    string // what is said of the rows that are not shown; "" when all are
	Clocks  []fact
	IDs     []event.ID
	Notes   []string
}

// lineageRow is a row of the table.
type lineageRow struct {
	event.Row
	Since string // the first row
	Time  string
	Said  text
	Order string // what is said of its order; "" when it is certain
	Mark  string
	Class string
}

// The bounds of a page: what is above is in the JSON alone.
const (
	drawnRows = 1000
	shownRows = 5000
)

// WriteTimeline writes the timeline of one event as one HTML page.
func WriteTimeline(w io.Writer, t *event.Timeline) error {
	if err := write(w, "lineage.tmpl", newLineage(t)); err != nil {
		return fmt.Errorf("write the timeline as HTML: %w", err)
	}
	return nil
}

func newLineage(t *event.Timeline) lineage {
	from, to := t.Span()
	l := lineage{Unread: t.Unread, Near: t.Near, IDs: t.IDs, Notes: t.Notes}
	l.Status, l.Heading = status{"advice", "→", "found"}, "Event "+t.Event
	l.Summary = fmt.Sprintf("%s in %s.", number(len(t.Rows), "row"), shortTime(to.Sub(from)))
	switch {
	case !t.Found():
		l.Status, l.Heading, l.Summary = unknown, "Not found: event "+t.Event, "No line that was read names it."
	case t.Exit() != verdict.ExitPass:
		l.Status, l.Summary = unknown, l.Summary+" Not everything could be read."
	}
	l.Title = l.Heading
	l.Facts = lineageFacts(t, from)
	for _, c := range t.Clocks {
		l.Clocks = append(l.Clocks, fact{c.Name, c.Words()})
	}
	for _, row := range t.Rows[:min(len(t.Rows), shownRows)] {
		l.Rows = append(l.Rows, newLineageRow(row, from))
	}
	if more := len(t.Rows) - len(l.Rows); more > 0 {
		l.Left = fmt.Sprintf("%s not shown here.", number(more, "more row"))
	}
	l.Drawing = drawn(t)
	return l
}

func lineageFacts(t *event.Timeline, from time.Time) (all []fact) {
	if !from.IsZero() {
		all = append(all, fact{"begins", from.UTC().Format("2006-01-02 15:04:05.000000 UTC")})
	}
	for _, c := range t.Checks {
		all = append(all, fact{"sent by", fmt.Sprintf("%s of %s: %s", c.Case, c.Subject, c.Verdict)})
	}
	for _, f := range t.Files {
		all = append(all, fact{"log", fmt.Sprintf("%s: %s, %s", f.Name, number(f.Lines, "line"), number(f.Rows, "row"))})
	}
	return all
}

func newLineageRow(row event.Row, from time.Time) lineageRow {
	one := lineageRow{Row: row, Said: shortened(row.Said()), Since: "no time"}
	if !row.At.IsZero() {
		one.Since, one.Time = "+"+shortTime(row.At.Sub(from)), row.At.UTC().Format(time.RFC3339Nano)
	}
	if len(row.Either) > 0 {
		one.Order = "could be either order with " + event.Numbers(row.Either)
	}
	if row.Who == event.Gate {
		one.Where, one.Why = "the report", ""
	}
	switch {
	case row.Kind == event.Mutation:
		one.Mark, one.Class = "changed", "advice"
	case row.Level != "":
		one.Class = "fail"
	}
	return one
}

// drawn returns the drawing of a timeline: lanes of attempts first, then those of each service, its spans above its log.
func drawn(t *event.Timeline) timeline {
	rows := slices.DeleteFunc(slices.Clone(t.Rows[:min(len(t.Rows), drawnRows)]), func(row event.Row) bool { return row.At.IsZero() })
	answers := map[int]event.Row{}
	for _, row := range rows {
		if row.Kind == event.Answered {
			answers[row.Attempt] = row
		}
	}
	c := &canvas{}
	c.Event = t.Event
	var spans []span
	for _, row := range rows {
		spans = append(spans, spanOf(row, answers))
	}
	if len(spans) == 0 {
		return c.timeline
	}
	c.begin(spans)
	for _, who := range services(rows) {
		for _, part := range []func(event.Row) bool{isBar, isMark} {
			for _, row := range rows {
				if row.Who == who && part(row) {
					c.row(row, spanOf(row, answers))
				}
			}
		}
	}
	c.axis()
	c.unlabel()
	return c.timeline
}

// unlabel drops the labels beside bars that would run into the next bar of the lane.
func (c *canvas) unlabel() {
	const digit = 8.0 // width of one
	for i, b := range c.Bars {
		end := b.LabelX + digit*float64(len(b.Label))
		if slices.ContainsFunc(c.Bars, func(next bar) bool { return next.Y == b.Y && next.X > b.X && next.X < end }) {
			c.Bars[i].Label = ""
		}
	}
}

// services returns who the rows are of, in the order of their first rows, with the gate first.
func services(rows []event.Row) (all []string) {
	for _, row := range rows {
		if !slices.Contains(all, row.Who) {
			all = append(all, row.Who)
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(gateLast(a), gateLast(b)) })
	return all
}

func gateLast(who string) int { return map[bool]int{true: 0, false: 1}[who == event.Gate] }

func isBar(row event.Row) bool { return row.Kind == event.Sent || row.Took > 0 && isOfService(row) }

func isMark(row event.Row) bool { return !isBar(row) && row.Kind != event.Answered }

func isOfService(row event.Row) bool { return row.Who != event.Gate }

func spanOf(row event.Row, answers map[int]event.Row) span {
	if row.Kind == event.Sent {
		if answer, known := answers[row.Attempt]; known {
			return span{row.At, answer.At}
		}
	}
	if isBar(row) {
		return span{row.At, row.At.Add(row.Took)}
	}
	return span{row.At, row.At}
}

// row draws one row.
func (c *canvas) row(row event.Row, over span) {
	title := fmt.Sprintf("%d: %s, at %s", row.Number, shortened(row.Said()).Shown, c.since(row.At))
	if isBar(row) {
		b := c.place(over, c.free(row.Who, over))
		b.Title, b.Label, b.Class = title, fmt.Sprint(row.Number), "span"
		if row.Kind == event.Sent {
			_, b.Class = outcomeOf(history.Attempt{Status: row.Status})
			b.Label = fmt.Sprintf("#%d %s", row.Attempt, short(history.Attempt{Status: row.Status}))
		} else if row.Level != "" {
			b.Class = "error"
		}
		c.Bars = append(c.Bars, b)
		return
	}
	name := row.Who + ", log"
	if row.Who == event.Gate {
		name = "effects seen"
	}
	in := c.lane(name)
	m := mark{X: c.scale.at(row.At), Y: in.Middle, Class: "seen", Title: title, LabelY: in.Middle - 6, Anchor: "middle"}
	m.LabelX = m.X
	switch {
	case row.Kind == event.Mutation:
		m.Class = "changed"
	case row.Level != "":
		m.Class = "wrong"
	}
	if !slices.ContainsFunc(c.Marks, func(other mark) bool { return other.Y == m.Y && other.Label != "" && m.X-other.X < labelDistance }) {
		m.Label = fmt.Sprint(row.Number)
	}
	c.Marks = append(c.Marks, m)
}

// labelDistance is how far from each other marks are that have labels.
const labelDistance = 26.0

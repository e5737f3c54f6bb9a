package page

import (
	"cmp"
	"fmt"
	"net"
	"slices"

	"github.com/fridaygate/fridaygate/contracts/history"
)

// drawer builds the timeline of one round.
type drawer struct {
	canvas
	history history.History
	example *history.Counterexample
	points  map[int][2]float64 // middle of each attempt's bar
}

func newTimeline(card string, h history.History, example *history.Counterexample, named map[int]bool) timeline {
	d := &drawer{history: h, example: example, points: map[int][2]float64{}}
	d.Event, d.Purpose, d.Problem = h.EventID, h.Purpose, h.Problem
	d.ID = card + "/" + h.EventID
	var spans []span
	for _, a := range h.Attempts {
		spans = append(spans, span{a.Started, a.Ended})
	}
	for _, o := range h.Observations {
		spans = append(spans, span{o.At, o.At})
	}
	if len(spans) == 0 {
		return d.timeline
	}
	d.begin(spans)
	d.attempts(named)
	d.effects()
	d.axis()
	d.connect()
	return d.timeline
}

// attempts places the bars. An attempt goes into its connection's lane, and into one of its own below if that is still busy.
func (d *drawer) attempts(named map[int]bool) {
	all := slices.Clone(d.history.Attempts)
	slices.SortStableFunc(all, func(a, b history.Attempt) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Number, b.Number))
	})
	for _, a := range all {
		d.bar(a, d.free(connection(a), span{a.Started, a.Ended}), named[a.Number])
	}
}

// connection returns what an attempt's lane is called.
func connection(a history.Attempt) string {
	if a.Connection == "" {
		return "no connection"
	}
	if _, port, err := net.SplitHostPort(a.Connection); err == nil {
		return "connection :" + port
	}
	return a.Connection
}

func (d *drawer) bar(a history.Attempt, in lane, named bool) {
	outcome, class := outcomeOf(a)
	took := a.Ended.Sub(a.Started)
	b := d.place(span{a.Started, a.Ended}, in)
	b.Class, b.Named, b.Label = class, named, fmt.Sprintf("#%d %s", a.Number, short(a))
	if !a.FirstByte.IsZero() {
		b.Waited = min(d.scale.at(a.FirstByte), b.Waited)
	}
	b.Title = fmt.Sprintf("%s: %s", a.Name, outcome)
	d.points[a.Number] = [2]float64{b.X + b.W/2, in.Middle}
	d.Bars = append(d.Bars, b)
	d.Rows = append(d.Rows, attempt{
		Number: a.Number, Name: a.Name, Connection: connection(a), At: d.since(a.Started), Took: shortTime(took), Outcome: outcome, Class: class,
		Request: a.RequestID, Named: named,
	})
}

// effects places what was seen behind the answers. What was seen again unchanged has a mark and no label.
func (d *drawer) effects() {
	if len(d.history.Observations) > 0 {
		in, last, lastX, raised := d.lane("effects seen"), "", 0.0, false
		for _, o := range d.history.Observations {
			m := mark{X: d.scale.at(o.At), Y: in.Middle, LabelY: in.Middle + 4, Label: number(o.Count, "effect"), Class: "seen"}
			m.Title = fmt.Sprintf("%s: %s, at %s", o.Where, m.Label, d.since(o.At))
			if o.Err != "" {
				m.Label, m.Class, m.Title = "?", "unknown", fmt.Sprintf("%s: %s", o.Where, o.Err)
			}
			switch close := last != "" && m.X-lastX < tickDistance; {
			case m.Label == last:
				m.Label = "" // it was seen again
			case close && !raised:
				last, lastX, raised = m.Label, m.X, true
				m.LabelY -= 9
			default:
				last, lastX, raised = m.Label, m.X, false
			}
			if m.LabelX, m.Anchor = m.X+8, "start"; m.LabelX+labelWidth > drawingWidth {
				m.LabelX, m.Anchor = m.X-8, "end"
			}
			d.Marks = append(d.Marks, m)
		}
	}
	if len(d.history.States) > 0 {
		in := d.lane("state seen")
		for _, s := range d.history.States {
			m := mark{X: d.scale.at(s.At), Y: in.Middle, Class: "seen", Title: fmt.Sprintf("%s: %s", s.Where, shortened(s.Value).Shown)}
			if s.Err != "" {
				m.Class, m.Title = "unknown", fmt.Sprintf("%s: %s", s.Where, s.Err)
			}
			d.Marks = append(d.Marks, m)
		}
	}
}

// connect joins the two operations that no order explains. Their times count from the start of the first attempt.
func (d *drawer) connect() {
	if d.example == nil || len(d.example.Operations) == 0 || len(d.history.Attempts) == 0 {
		return
	}
	ops := d.example.Operations
	x1, y1 := d.point(ops[0])
	l := link{X1: x1, Y1: y1, X2: x1, Y2: y1, Single: len(ops) == 1, Words: cmp.Or(d.example.Words, d.example.Rule)}
	if !l.Single {
		l.X2, l.Y2 = d.point(ops[1])
	}
	d.Link = &l
	d.Height += 18 // for its words
}

// point returns where an operation is drawn.
func (d *drawer) point(op history.Operation) (x, y float64) {
	if p, drawn := d.points[op.ID]; drawn && op.Kind != history.Read {
		return p[0], p[1]
	}
	at, known := d.lanes["effects seen"]
	if !known {
		return laneLeft, axisHeight
	}
	return d.scale.at(d.history.Attempts[0].Started.Add(op.Return)), d.Lanes[at].Middle
}

package page

import (
	"cmp"
	"fmt"
	"math"
	"net"
	"slices"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
)

// Measures of the drawing.
const (
	drawingWidth = 960.0
	laneLeft     = 150.0 // the names of the lanes stand before it
	laneRight    = 930.0
	laneHeight   = 26.0
	barHeight    = 16.0
	axisHeight   = 26.0
	labelWidth   = 100.0 // room that a bar's label needs
	tickDistance = 74.0
)

// drawer builds one timeline.
type drawer struct {
	timeline
	history history.History
	example *history.Counterexample
	scale   scale
	start   time.Time
	lanes   map[string]int     // number of each connection's lane
	points  map[int][2]float64 // middle of each attempt's bar
}

func newTimeline(card string, h history.History, example *history.Counterexample, named map[int]bool) timeline {
	d := &drawer{history: h, example: example, lanes: map[string]int{}, points: map[int][2]float64{}}
	d.Event, d.Purpose, d.Problem, d.Width = h.EventID, h.Purpose, h.Problem, drawingWidth
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
	d.start = slices.MinFunc(spans, func(a, b span) int { return a.from.Compare(b.from) }).from
	d.scale = newScale(spans, laneLeft, laneRight-laneLeft)
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
	busy := map[string]time.Time{} // until when each lane is
	for _, a := range all {
		name := connection(a)
		for n := 2; busy[name].After(a.Started); n++ {
			name = fmt.Sprintf("%s (%d)", connection(a), n)
		}
		busy[name] = a.Ended
		d.bar(a, d.lane(name), named[a.Number])
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

// lane returns the lane of that name.
func (d *drawer) lane(name string) lane {
	if at, known := d.lanes[name]; known {
		return d.Lanes[at]
	}
	d.lanes[name] = len(d.Lanes)
	y := axisHeight + laneHeight*float64(len(d.Lanes))
	d.Lanes = append(d.Lanes, lane{y, y + laneHeight/2, name})
	d.Height = y + laneHeight + 6
	return d.Lanes[len(d.Lanes)-1]
}

func (d *drawer) bar(a history.Attempt, in lane, named bool) {
	outcome, class := outcomeOf(a)
	took := a.Ended.Sub(a.Started)
	b := bar{
		X: d.scale.at(a.Started), Y: in.Middle - barHeight/2, H: barHeight, Class: class, Named: named,
		Label: fmt.Sprintf("#%d %s", a.Number, short(a)), Anchor: "start",
	}
	b.W = max(math.Round(10*(d.scale.at(a.Ended)-b.X))/10, 3)
	b.Waited = b.X + b.W
	if !a.FirstByte.IsZero() {
		b.Waited = min(d.scale.at(a.FirstByte), b.Waited)
	}
	b.LabelX = b.X + 5
	if b.W < labelWidth {
		b.LabelX = b.X + b.W + 5
		if b.LabelX+labelWidth > drawingWidth {
			b.LabelX, b.Anchor = b.X-5, "end"
		}
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

// axis places the times: where something began after a while, and at the end.
func (d *drawer) axis() {
	last := math.Inf(-1)
	place := func(t time.Time) {
		if x := d.scale.at(t); x-last >= tickDistance {
			d.Ticks = append(d.Ticks, tick{x, d.since(t)})
			last = x
		}
	}
	for i, p := range d.scale.pieces {
		if p.Idle {
			d.Idle = append(d.Idle, tick{math.Round((p.X + p.End) / 2), shortTime(p.To.Sub(p.From))})
		} else if i == 0 || d.scale.pieces[i-1].Idle {
			place(p.From)
		}
		if i == len(d.scale.pieces)-1 {
			place(p.To)
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

func (d *drawer) since(t time.Time) string { return "+" + shortTime(t.Sub(d.start)) }

func shortTime(t time.Duration) string { return t.Round(rounding(t)).String() }

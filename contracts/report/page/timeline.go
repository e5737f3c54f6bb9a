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

// timeline is the drawing of one round: a lane for each connection with a bar for each attempt, below them a lane with the
// effects that were seen, and the attempts that no order explains joined by a line. Its numbers are units of the drawing.
type timeline struct {
	ID      string
	Event   string
	Purpose string // why the round was sent beside the case; "" when it is of the case
	Problem string // why the round could not go on
	Width   float64
	Height  float64
	Lanes   []lane
	Bars    []bar
	Marks   []mark
	Ticks   []tick
	Idle    []tick
	Link    *link
	Rows    []attempt
}

type lane struct {
	Y      float64 // its top
	Middle float64
	Name   string
}

// bar is an attempt.
type bar struct {
	X, Y, W, H float64
	Waited     float64 // where the answer began to arrive
	Class      string  // of its colour: what came of it
	Named      bool    // a finding names it
	Label      string
	LabelX     float64
	Anchor     string // where the label stands: "start" or "end"
	Title      string
}

// mark is a look at the effects, or at the state of the event's subject.
type mark struct {
	X, Y   float64
	Label  string
	LabelX float64
	LabelY float64
	Anchor string // as a bar's
	Title  string
	Class  string
}

// tick is a place on the axis of time.
type tick struct {
	X     float64
	Label string
}

// link joins what no order explains. Where that is a single look, it is a circle around it.
type link struct {
	X1, Y1, X2, Y2 float64
	Single         bool
	Words          string
}

// attempt is a row of the table that says the same as the drawing.
type attempt struct {
	Number                        int
	Name, Connection, At          string
	Took, Outcome, Class, Request string
	Named                         bool
}

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

// short returns what came of an attempt in a word.
func short(a history.Attempt) string {
	if a.Status != 0 {
		return fmt.Sprint(a.Status)
	}
	return map[bool]string{true: "cut off", false: "no answer"}[a.Cut]
}

// outcomeOf returns what came of an attempt, and the class of its colour.
func outcomeOf(a history.Attempt) (words, class string) {
	switch {
	case a.Cut:
		return "cut off on purpose", "lost"
	case a.Status == 0:
		return "no answer: " + a.Err, "lost"
	case a.Err != "":
		return fmt.Sprintf("%d, and not whole: %s", a.Status, a.Err), "lost"
	case a.Status >= 500:
		return fmt.Sprint(a.Status), "error"
	case a.Status >= 300:
		return fmt.Sprint(a.Status), "refused"
	}
	return fmt.Sprint(a.Status), "accepted"
}

package page

import (
	"fmt"
	"math"
	"slices"
	"time"
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

// canvas places things on a timeline: lanes below each other, and times along them.
type canvas struct {
	timeline
	scale scale
	start time.Time
	lanes map[string]int       // number of each lane
	busy  map[string]time.Time // until when each lane is
}

// begin prepares the canvas for what happens in these spans, of which there is at least one.
func (c *canvas) begin(spans []span) {
	c.Width, c.lanes, c.busy = drawingWidth, map[string]int{}, map[string]time.Time{}
	c.start = slices.MinFunc(spans, func(a, b span) int { return a.from.Compare(b.from) }).from
	c.scale = newScale(spans, laneLeft, laneRight-laneLeft)
}

// free returns the lane of that name, or one like it below if that is still busy, and keeps it busy.
func (c *canvas) free(name string, with span) lane {
	free := name
	for n := 2; c.busy[free].After(with.from); n++ {
		free = fmt.Sprintf("%s (%d)", name, n)
	}
	c.busy[free] = with.to
	return c.lane(free)
}

// lane returns the lane of that name.
func (c *canvas) lane(name string) lane {
	if at, known := c.lanes[name]; known {
		return c.Lanes[at]
	}
	c.lanes[name] = len(c.Lanes)
	y := axisHeight + laneHeight*float64(len(c.Lanes))
	c.Lanes = append(c.Lanes, lane{y, y + laneHeight/2, name})
	c.Height = y + laneHeight + 6
	return c.Lanes[len(c.Lanes)-1]
}

// place returns the bar of a span, with room for a label in it or beside it.
func (c *canvas) place(of span, in lane) bar {
	b := bar{X: c.scale.at(of.from), Y: in.Middle - barHeight/2, H: barHeight, Anchor: "start"}
	b.W = max(math.Round(10*(c.scale.at(of.to)-b.X))/10, 3)
	b.Waited = b.X + b.W
	b.LabelX = b.X + 5
	if b.W < labelWidth {
		b.LabelX = b.X + b.W + 5
		if b.LabelX+labelWidth > drawingWidth {
			b.LabelX, b.Anchor = b.X-5, "end"
		}
	}
	return b
}

// axis places the times: where something began after a while, and at the end.
func (c *canvas) axis() {
	last := math.Inf(-1)
	place := func(t time.Time) {
		if x := c.scale.at(t); x-last >= tickDistance {
			c.Ticks = append(c.Ticks, tick{x, c.since(t)})
			last = x
		}
	}
	for i, p := range c.scale.pieces {
		if p.Idle {
			c.Idle = append(c.Idle, tick{math.Round((p.X + p.End) / 2), shortTime(p.To.Sub(p.From))})
		} else if i == 0 || c.scale.pieces[i-1].Idle {
			place(p.From)
		}
		if i == len(c.scale.pieces)-1 {
			place(p.To)
		}
	}
}

func (c *canvas) since(t time.Time) string { return "+" + shortTime(t.Sub(c.start)) }

func shortTime(t time.Duration) string { return t.Round(rounding(t)).String() }

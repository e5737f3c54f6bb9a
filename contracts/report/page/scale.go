package page

import (
	"math"
	"slices"
	"time"
)

// scale maps instants to places on a line. Stretches in which nothing happened are drawn short, and marked.
type scale struct{ pieces []stretch }

// stretch is a part of a scale.
type stretch struct {
	From, To time.Time
	X, End   float64
	Idle     bool // it is drawn short
}

// span is a time in which something happened.
type span struct{ from, to time.Time }

// idleWidth is how wide a stretch is drawn in which nothing happened.
const idleWidth = 36.0

// newScale returns a scale of that width, from left, on which every span has its place.
func newScale(spans []span, left, width float64) scale {
	busy := merged(spans)
	if len(busy) == 0 {
		return scale{}
	}
	var total time.Duration
	for _, b := range busy {
		total += b.to.Sub(b.from)
	}
	longest := max(total/5, time.Millisecond) // what is not drawn short
	var s scale
	var drawn time.Duration // what is drawn as long as it is
	for i, b := range busy {
		if i > 0 {
			gap := stretch{From: busy[i-1].to, To: b.from, Idle: b.from.Sub(busy[i-1].to) > longest}
			if !gap.Idle {
				drawn += gap.To.Sub(gap.From)
			}
			s.pieces = append(s.pieces, gap)
		}
		s.pieces = append(s.pieces, stretch{From: b.from, To: b.to})
		drawn += b.to.Sub(b.from)
	}
	s.place(left, width, drawn)
	return s
}

// place gives each piece its place.
func (s scale) place(left, width float64, drawn time.Duration) {
	idle := 0
	for _, p := range s.pieces {
		if p.Idle {
			idle++
		}
	}
	narrow := min(idleWidth, width/2/float64(max(idle, 1)))
	rest := width - narrow*float64(idle)
	for i := range s.pieces {
		p := &s.pieces[i]
		p.X = left
		if p.Idle {
			left += narrow
		} else if drawn > 0 {
			left += rest * float64(p.To.Sub(p.From)) / float64(drawn)
		}
		p.End = left
	}
}

// at returns the place of an instant, to a tenth of a unit. What lies outside is placed at the nearer end.
func (s scale) at(t time.Time) float64 { return math.Round(10*s.exact(t)) / 10 }

func (s scale) exact(t time.Time) float64 {
	for _, p := range s.pieces {
		if t.After(p.To) {
			continue
		}
		long := p.To.Sub(p.From)
		if long <= 0 || t.Before(p.From) {
			return p.X
		}
		return p.X + (p.End-p.X)*float64(t.Sub(p.From))/float64(long)
	}
	if len(s.pieces) == 0 {
		return 0
	}
	return s.pieces[len(s.pieces)-1].End
}

// merged returns the spans in order, those that overlap as one.
func merged(spans []span) []span {
	all := slices.Clone(spans)
	slices.SortFunc(all, func(a, b span) int { return a.from.Compare(b.from) })
	var out []span
	for _, one := range all {
		if last := len(out) - 1; last >= 0 && !one.from.After(out[last].to) {
			if one.to.After(out[last].to) {
				out[last].to = one.to
			}
			continue
		}
		out = append(out, one)
	}
	return out
}

package timeline

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Clock is a clock by which rows have their time, compared with the reference clock: the gate's, or without a report the one with
// the most rows.
//
// As in NTP (RFC 5905, section 8), what a request causes happens after the request was sent and, if the answer waited for it,
// before the answer arrived. Each attempt, and each span that another service's span waits for, so bounds how far one clock can be
// ahead of the other; the bounds of all of them together are those of the offset.
type Clock struct {
	Name      string        `json:"name"`
	Rows      int           `json:"rows"`
	Reference bool          `json:"reference,omitempty"`
	Compared  bool          `json:"compared"`              // the offset has bounds on both sides
	Offset    time.Duration `json:"offset_ns"`             // it is that much ahead of the reference clock: the middle of the bounds
	Error     time.Duration `json:"error_ns"`              // half of their distance
	Shift     time.Duration `json:"shift_ns"`              // what was subtracted from its times: 0 if no offset is within the bounds
	Evidence  int           `json:"evidence"`              // pairs of times that were compared
	Contrary  bool          `json:"contradicts,omitempty"` // no offset fits all of them: the clock was set, or is that of several machines
}

// forever is a bound that is none.
const forever = time.Duration(math.MaxInt64 / 8)

// reading is a time by one of the clocks.
type reading struct {
	clock     int
	at        time.Time
	precision time.Duration
}

// clocks compares clocks. What a clock is ahead of true time is unknown; the differences have upper bounds.
type clocks struct {
	all      []Clock
	samples  map[[2]int][]time.Duration // upper bounds of how far the second clock is ahead of the first
	ahead    [][]time.Duration          // the least of them, and of what follows from them together
	contrary bool
}

// before notes that one reading was made before another one.
func (c *clocks) before(first, then reading) {
	if first.clock == then.clock || first.at.IsZero() || then.at.IsZero() {
		return
	}
	if c.samples == nil {
		c.samples = map[[2]int][]time.Duration{}
	}
	pair := [2]int{first.clock, then.clock}
	c.samples[pair] = append(c.samples[pair], then.at.Add(then.precision).Sub(first.at))
}

// compare computes the bounds between all clocks, and how far each is ahead of the reference clock.
func (c *clocks) compare(reference int) {
	n := len(c.all)
	c.ahead = matrix(n)
	for pair, bounds := range c.samples {
		a, b := pair[0], pair[1]
		c.all[a].Evidence += len(bounds)
		c.all[b].Evidence += len(bounds)
		c.ahead[a][b] = slices.Min(bounds)
		back := c.samples[[2]int{b, a}]
		if len(back) > 0 && slices.Min(bounds)+slices.Min(back) < 0 { // no offset fits: take what fits the loosest of them
			c.ahead[a][b] = slices.Max(bounds)
			c.all[a].Contrary, c.all[b].Contrary = c.all[a].Contrary || a != reference, c.all[b].Contrary || b != reference
		}
	}
	tighten(c.ahead)
	for i := range n {
		if c.ahead[i][i] < 0 { // pairs fit, and a circle of them does not
			c.ahead, c.contrary = matrix(n), true
			break
		}
	}
	for i := range c.all {
		one := &c.all[i]
		low, high := -c.ahead[i][reference], c.ahead[reference][i]
		one.Reference = i == reference
		if one.Compared = low > -forever && high < forever; one.Compared {
			one.Offset, one.Error = low+(high-low)/2, (high-low)/2
		}
	}
	c.shifts(reference)
}

// shifts chooses how each clock is corrected, so that all of them together fit the bounds. A clock that may be right stays as it is.
func (c *clocks) shifts(reference int) {
	fixed := matrix(len(c.all))
	for i := range fixed {
		copy(fixed[i], c.ahead[i])
	}
	order := make([]int, 0, len(c.all))
	for i := range c.all {
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(min(max(c.width(a, reference)-c.width(b, reference), -1), 1)) })
	for _, i := range order {
		low, high := -fixed[i][reference], fixed[reference][i]
		shift := time.Duration(0)
		switch {
		case low <= 0 && 0 <= high:
		case low > -forever && high < forever:
			shift = low + (high-low)/2
		case low > 0:
			shift = low
		default:
			shift = high
		}
		c.all[i].Shift = shift
		fixed[reference][i], fixed[i][reference] = shift, -shift
		tighten(fixed)
	}
}

func (c *clocks) width(i, reference int) time.Duration {
	return min(c.ahead[reference][i], forever) + min(c.ahead[i][reference], forever)
}

// after reports whether the first of two readings may be the later one, and whether their clocks can be compared at all.
func (c *clocks) after(first, then reading) (maybe, comparable bool) {
	bound := c.ahead[first.clock][then.clock]
	if bound >= forever {
		return false, false
	}
	return first.at.Add(first.precision).Sub(then.at)+bound > 0, true
}

func matrix(n int) [][]time.Duration {
	m := make([][]time.Duration, n)
	for i := range m {
		m[i] = slices.Repeat([]time.Duration{forever}, n)
		m[i][i] = 0
	}
	return m
}

// tighten replaces each bound by the least sum of bounds on a way from one clock to the other (Floyd and Warshall).
func tighten(m [][]time.Duration) {
	for k := range m {
		for i := range m {
			for j := range m {
				if m[i][k] < forever && m[k][j] < forever {
					m[i][j] = min(m[i][j], m[i][k]+m[k][j])
				}
			}
		}
	}
}

// spansOf is the key of the clock of a service's spans, if they name no host.
func spansOf(service string) string { return service + "\x00" }

// isFileOf reports whether a key is that of the clock of a service in a log.
func isFileOf(key, service string) bool {
	file, ok := strings.CutPrefix(key, service+"\x00")
	return ok && file != ""
}

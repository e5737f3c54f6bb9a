package triage

import (
	"fmt"
	"math"
	"strconv"
)

// counted is how many of how many.
type counted struct{ n, of float64 }

const (
	// enough is of how many a share must be for a level to count as usual: fewer cannot show that it is not.
	enough = 20
	// sure is how many standard deviations a share must lie beyond a bound: chance alone does that once in a thousand times.
	sure = 3.09
)

// share returns the share; 0 of nothing.
func (c counted) share() float64 {
	if c.of == 0 {
		return 0
	}
	return c.n / c.of
}

// bounds returns the lowest and the highest share that what was counted may come from: the score interval of Wilson, 1927
// (https://doi.org/10.1080/01621459.1927.10502953). It is right for few events and for shares near 0 as well.
func (c counted) bounds() (low, high float64) {
	if c.of == 0 {
		return 0, 1
	}
	p, spread := c.share(), sure*sure/c.of
	center := (p + spread/2) / (1 + spread)
	margin := sure / (1 + spread) * math.Sqrt(p*(1-p)/c.of+spread/(4*c.of))
	return max(0, center-margin), min(1, center+margin)
}

// above reports whether the share is beyond a bound, and not by chance. Where nothing is usual, one is.
func (c counted) above(usual float64) bool {
	low, _ := c.bounds()
	return c.share() > usual && (low > usual || usual == 0)
}

// minus returns what was counted since an earlier time. It reports whether the counters went on: one that is lower than before began anew.
func (c counted) minus(before counted) (counted, bool) {
	d := counted{c.n - before.n, c.of - before.of}
	d.of = max(d.of, d.n) // what began before the window may end in it
	return d, d.n >= 0 && c.of >= before.of
}

// in returns the numbers for people, such as "31 of 1000 deliveries (3.1%)".
func (c counted) in(noun string) string {
	if c.of == 0 {
		return "no " + noun
	}
	return fmt.Sprintf("%s of %s %s (%s)", number(c.n), number(c.of), noun, percent(c.share()))
}

func number(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// percent returns a share with two or three digits that say something.
func percent(share float64) string {
	digits, p := 2, 100*share
	if p >= 10 {
		digits = 3
	}
	if p > 0 && p < 0.001 {
		return "under 0.001%"
	}
	return strconv.FormatFloat(p, 'g', digits, 64) + "%"
}

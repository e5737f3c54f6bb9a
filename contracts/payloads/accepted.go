package payloads

import (
	"fmt"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
)

// accepting finds the accepted differences, and remembers which were needed.
type accepting struct {
	list          []Accepted
	today         string
	used, expired map[int]bool
}

func newAccepting(f *File, now time.Time) *accepting {
	return &accepting{list: f.Accepted, today: now.Format(time.DateOnly), used: map[int]bool{}, expired: map[int]bool{}}
}

// accepted returns why a difference may be; nil if it may not. An entry that has expired accepts nothing, which is a problem if the
// difference counts.
func (a *accepting) accepted(schema, consumer, keyword, at string, counts bool) *Accepted {
	for n, one := range a.list {
		if one.Schema != schema || one.Keyword != keyword || one.Consumer != "" && one.Consumer != consumer || !covers(one.At, at) {
			continue
		}
		a.used[n] = true
		if one.Until < a.today {
			a.expired[n] = a.expired[n] || counts
			continue
		}
		return &one
	}
	return nil
}

// covers reports whether a JSON Pointer is another one, in which a token * stands for any.
func covers(pattern, pointer string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(pointer, "/")
	if len(want) != len(have) {
		return false
	}
	for n := range want {
		if want[n] != "*" && want[n] != have[n] {
			return false
		}
	}
	return true
}

// remarks adds what is wrong with the accepted differences.
func (c *checker) remarks() {
	for n, one := range c.list {
		at := c.document.Mistake(fmt.Sprintf("accepted[%d]", n), "%s at %q", one.Keyword, one.At)
		switch {
		case c.expired[n]:
			c.report.Problems = append(c.report.Problems, report.Remark{Kind: report.Schema, Text: fmt.Sprintf(
				"%v was accepted until %s (%s): make the pact and the schema agree, or agree on a later date", at, one.Until, one.Reason)})
		case !c.used[n]:
			c.report.Notes = append(c.report.Notes, report.Remark{Kind: report.Schema, Text: fmt.Sprintf(
				"%v is accepted, and nothing differs there: remove the entry", at)})
		}
	}
}

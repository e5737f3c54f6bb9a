package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Difference is what changed between two runs of the same contracts.
type Difference struct {
	Red    []Change // came to no pass now, and passed before or were not there
	Green  []Change // pass now, and did not before or were not there
	Still  []Change // came to no pass, before and now
	Gone   []Change // were checked before, and are not now
	Slower []Change // pass as before, and took at least twice as long, and a tenth of a second more
	Same   int      // how many passed before and now
}

// Change is one check before and now. What was not checked in one of the two runs has a zero Result there.
type Change struct {
	Check
	Old, New *Result
}

// muchSlower is how much longer a check must take to be called slower, beside taking twice as long.
const muchSlower = 100 * time.Millisecond

// Compare returns what changed from an old run to a new one. Checks are the same if their names are; of those that a run has
// twice, the first is compared with the first.
func Compare(before, now Report) Difference {
	var d Difference
	old := map[Check][]*Result{}
	for i := range before.Results {
		c := before.Results[i].Check
		old[c] = append(old[c], &before.Results[i])
	}
	for i := range now.Results {
		one := Change{Check: now.Results[i].Check, New: &now.Results[i]}
		if was := old[one.Check]; len(was) > 0 {
			one.Old, old[one.Check] = was[0], was[1:]
		}
		d.add(one)
	}
	for i := range before.Results {
		c := before.Results[i].Check
		if slices.Contains(old[c], &before.Results[i]) {
			d.Gone = append(d.Gone, Change{Check: c, Old: &before.Results[i]})
		}
	}
	return d
}

func (d *Difference) add(c Change) {
	passes := c.New.Verdict == verdict.Pass
	passed := c.Old != nil && c.Old.Verdict == verdict.Pass
	if passes && passed {
		d.Same++
	}
	switch {
	case !passes && c.Old != nil && !passed:
		d.Still = append(d.Still, c)
	case !passes:
		d.Red = append(d.Red, c)
	case !passed:
		d.Green = append(d.Green, c)
	case c.New.Took >= 2*c.Old.Took && c.New.Took-c.Old.Took >= muchSlower:
		d.Slower = append(d.Slower, c)
	}
}

// Verdict returns Fail if a check fails that did not before, Unknown if one came to no verdict that passed before or is gone, and
// Pass otherwise: what was broken before and still is makes nothing worse. Where there is nothing to compare it is Unknown.
func (d Difference) Verdict() verdict.Verdict {
	v := verdict.Pass
	if len(d.Gone) > 0 || d.Same+len(d.Green)+len(d.Still) == 0 {
		v = verdict.Unknown
	}
	for _, c := range d.Red {
		if c.New.Verdict == verdict.Fail {
			return verdict.Fail
		}
		v = verdict.Unknown
	}
	return v
}

// Text writes the difference for a terminal.
func (d Difference) Text(w io.Writer) error {
	var b strings.Builder
	for _, part := range []struct {
		title string
		all   []Change
		say   func(Change) string
	}{
		{"got red", d.Red, func(c Change) string { return c.was() + c.New.Status() + c.New.cause() }},
		{"got green", d.Green, func(c Change) string { return c.was() + c.New.Status() }},
		{"still red", d.Still, func(c Change) string { return c.New.Status() + c.New.cause() }},
		{"no longer checked", d.Gone, func(c Change) string { return "was " + c.Old.Status() }},
		{"slower", d.Slower, func(c Change) string {
			return fmt.Sprintf("%s, then %s", c.Old.Took.Round(time.Millisecond), c.New.Took.Round(time.Millisecond))
		}},
	} {
		if len(part.all) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s: %d\n", part.title, len(part.all))
		for _, c := range part.all {
			fmt.Fprintf(&b, "  %s: %s\n", c.name(), part.say(c))
		}
	}
	fmt.Fprintf(&b, "passed before and now: %d\n", d.Same)
	_, err := io.WriteString(w, printable.Text(b.String()))
	return err
}

func (c Change) was() string {
	if c.Old == nil {
		return "new, "
	}
	return "was " + c.Old.Status() + ", is "
}

// cause returns the first rule that was broken, or what could not be looked at.
func (r Result) cause() string {
	for _, f := range r.Findings {
		return fmt.Sprintf(" (%s: %s)", f.Rule, oneLine(f.Got))
	}
	for _, what := range r.Inconclusive {
		return " (" + oneLine(what) + ")"
	}
	return ""
}

// oneLine returns the beginning of a text on one line.
func oneLine(s string) string { return excerpt.Head(strings.Join(strings.Fields(s), " "), 100) }

package page

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// card is everything about one check that did not pass.
type card struct {
	report.Result
	ID           string
	Status       status
	Duration     time.Duration
	Open         bool
	Causes       []cause
	Inconclusive []string
	Timelines    []timeline
	Undrawn      string // what is said of the rounds that are not drawn; "" when all are
	Exchanges    []exchange
	Rerun, Curl  string
	Sent         text
	Received     text
	Same         []card // of the checks that did not pass for the same cause
}

// cause is one rule that was broken.
type cause struct {
	verdict.Finding
	Meaning  report.Meaning
	Sides    *sides // what was expected and what came; nil when neither is said
	Numbered string // the attempts that show it
}

// openCards is how many cards are unfolded from the start.
const openCards = 3

// wholeCards is how many cards show requests and answers: those of further ones are in the JSON report alone, so that a page
// of hundreds of failures still opens at once.
const wholeCards = 100

// drawnRounds is how many rounds of a check are drawn.
const drawnRounds = 2

func newCard(id string, r report.Result) card {
	c := card{
		Result: r, ID: id, Status: statusOf(r), Duration: r.Took.Round(rounding(r.Took)),
		Inconclusive: r.Inconclusive, Curl: r.Curl(), Rerun: r.Rerun,
	}
	for _, f := range slices.Concat(r.Findings, r.Advice, r.Excused) {
		if c.Rerun == "" {
			c.Rerun = f.Rerun
		}
		c.Causes = append(c.Causes, cause{f, r.Kind.Meaning(f), newSides(f.Expected, f.Got), numbers(f.Attempts)})
	}
	c.Sent, c.Received = shortened(r.Sent), shortened(r.Received)
	c.draw()
	return c
}

// repeat leaves out what the first card of the cause says in the same words.
func (c *card) repeat() {
	for i := range c.Causes {
		c.Causes[i].Meaning = report.Meaning{}
	}
}

// draw adds the timelines of the rounds that show what is wrong, and what was sent and answered in them.
func (c *card) draw() {
	for _, at := range c.worthDrawing() {
		c.Timelines = append(c.Timelines, newTimeline(c.ID, c.Histories[at], c.counterexample(c.Histories[at].EventID), c.named()))
		c.Exchanges = append(c.Exchanges, exchanges(c.Histories[at])...)
	}
	if more := len(c.Histories) - len(c.Timelines); more > 0 && len(c.Timelines) > 0 {
		c.Undrawn = fmt.Sprintf("%s of this check %s not drawn: the JSON report has all.",
			number(more, "more round"), map[bool]string{true: "is", false: "are"}[more == 1])
	}
}

// worthDrawing returns the indexes of the rounds to draw: those with an attempt that a finding names, else one that no order
// explains, else the first.
func (c *card) worthDrawing() []int {
	named := c.named()
	var all []int
	unexplained := 0
	for i, h := range c.Histories {
		if slices.ContainsFunc(h.Attempts, func(a history.Attempt) bool { return named[a.Number] }) {
			all = append(all, i)
		}
		if unexplained == 0 && c.counterexample(h.EventID) != nil {
			unexplained = i
		}
	}
	if len(all) == 0 && len(c.Histories) > 0 {
		return []int{unexplained}
	}
	return all[:min(len(all), drawnRounds)]
}

// named returns the numbers of the attempts that findings name.
func (c *card) named() map[int]bool {
	all := map[int]bool{}
	for _, one := range c.Causes {
		for _, n := range one.Attempts {
			all[n] = true
		}
	}
	return all
}

func (c *card) counterexample(event string) *history.Counterexample {
	for i := range c.Counterexamples {
		if c.Counterexamples[i].EventID == event {
			return &c.Counterexamples[i]
		}
	}
	return nil
}

func numbers(attempts []int) string {
	all := make([]string, len(attempts))
	for i, n := range attempts {
		all[i] = fmt.Sprintf("#%d", n)
	}
	return strings.Join(all, " ")
}

package page

import (
	"fmt"

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

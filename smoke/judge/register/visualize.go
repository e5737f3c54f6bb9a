package register

import (
	"cmp"
	"fmt"
	"html"
	"io"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
	"github.com/fridaygate/fridaygate/contracts/history"
)

// patience is how long porcupine may look for the orders that a picture shows.
const patience = 10 * time.Second

// Visualize writes porcupine's picture of ops as one HTML page, which loads nothing from elsewhere: an operation a
// line, in the order of calls, with the longest legal orders that there are. It is an error to ask for more than 16
// operations, which porcupine may never be done with, or for what is not an operation (rule not-a-history).
func Visualize(w io.Writer, ops []history.Operation) error {
	if len(ops) > Most {
		return fmt.Errorf("draw a history: %d operations are more than %d: shrink it first", len(ops), Most)
	}
	for i := range ops {
		if op := &ops[i]; malformed(op) {
			return fmt.Errorf("draw a history: #%d is not an operation: %s from %s to %s", op.ID, op.Kind, op.Call, op.Return)
		}
	}
	ops = slices.Clone(ops)
	slices.SortStableFunc(ops, func(a, b history.Operation) int { return cmp.Compare(a.Call, b.Call) })
	_, info := porcupine.CheckOperationsVerbose(model, operations(ops), patience)
	if err := porcupine.Visualize(model, info, w); err != nil {
		return fmt.Errorf("draw a history: %w", err)
	}
	return nil
}

// describeOp is an operation in one line. The page shows it as text.
func describeOp(op history.Operation) string {
	line := fmt.Sprintf("#%d %s %s", op.ID, op.Kind, short(op.Digest))
	switch {
	case op.Kind == history.Read:
		line = fmt.Sprintf("#%d read %d", op.ID, op.Count)
	case op.Kind == history.Accepted && op.Result != "":
		line += ": " + short(op.Result)
	}
	return line
}

// describeState is a state in a few words. The page shows it as HTML, and what a receiver answered is in it.
func describeState(s state) string {
	switch {
	case !s.full:
		return "empty"
	case s.result == "":
		return "holds " + html.EscapeString(short(s.digest))
	}
	return "holds " + html.EscapeString(short(s.digest)+": "+short(s.result))
}

// short is enough of an identity to tell it from its neighbours.
func short(identity string) string { return excerpt.Head(identity, 12) }

package register

import "github.com/fridaygate/fridaygate/contracts/history"

// The rules, in the order of doc.go.
const (
	NotAHistory         = "not-a-history"
	effectNegative      = "effect-negative"
	effectTwice         = "effect-twice"
	twoContents         = "two-contents"
	twoResults          = "two-results"
	falseConflict       = "false-conflict"
	effectLost          = "effect-lost"
	conflictFromNothing = "conflict-from-nothing"
	effectFromNothing   = "effect-from-nothing"
	allRefused          = "all-refused"
	conflictBeforeFirst = "conflict-before-first"
	effectBeforeFirst   = "effect-before-first"
)

// Check reports whether ops, in any order, have a legal order. broken is the rule that has none; it is "" when they
// are legal. The package comment lists the rules. Check takes time linear in the number of operations and leaves
// ops as they are.
func Check(ops []history.Operation) (legal bool, broken string) {
	w := judge(ops)
	return w.rule == "", w.rule
}

// Why this is exact. Call an operation done if it saw the register full: an accepted delivery, a conflict, a count
// of 1. In a legal order with a done operation, one delivery fills the register, at an instant t. That delivery,
// the first, is an accepted or a lost one. Every other accepted delivery has its content and its result, and no
// conflict has its content. A count of 0 was read at or before t, and a done operation took place at or after t.
// So these must hold, for one of the deliveries that could be the first:
//
//	its call <= t, and the call of every count of 0 <= t, and t <= the return of every done operation.
//
// (If the first was accepted it is itself a done operation; if it was lost, nothing more bounds t from above.)
// Conversely such a t makes a legal order: counts of 0 at their calls, then the first at t, then each done operation
// at t or at its call, whichever is later; the other lost deliveries never take effect. The bounds from above do not
// depend on which delivery is the first, so the one called first is the best choice, and t exists exactly when that
// call, and the latest call of a count of 0, are not after the earliest return of a done operation. With an accepted
// delivery the first's content is known. Without one it is any that was never refused: nothing else depends on it.
// A history without a done operation is legal, as all its lost deliveries may never have taken effect.

// witness is a broken rule and the one or two operations that are enough to show it. The zero value is no witness.
type witness struct {
	rule string
	a, b *history.Operation // b may be nil
}

func judge(ops []history.Operation) witness {
	f := look(ops)
	switch {
	case f.malformed != nil:
		return witness{NotAHistory, f.malformed, nil}
	case f.negative != nil:
		return witness{effectNegative, f.negative, nil}
	case f.twice != nil:
		return witness{effectTwice, f.twice, nil}
	case f.otherContent != nil:
		return witness{twoContents, f.accepted, f.otherContent}
	case f.otherResult != nil:
		return witness{twoResults, f.result, f.otherResult}
	case f.done == nil:
		return witness{}
	}
	var first, refused *history.Operation
	if f.accepted != nil {
		first, refused = f.known(ops)
	} else {
		first, refused = f.unknown(ops)
	}
	read := f.done.Kind == history.Read
	switch {
	case f.accepted != nil && refused != nil:
		return witness{falseConflict, f.accepted, refused}
	case f.empty != nil && f.empty.Call > f.done.Return:
		return witness{effectLost, f.done, f.empty}
	case first == nil && f.lost == nil && read:
		return witness{effectFromNothing, f.done, nil}
	case first == nil && f.lost == nil:
		return witness{conflictFromNothing, f.done, nil}
	case first == nil:
		return witness{allRefused, f.lost, refused}
	case first.Call > f.done.Return && read:
		return witness{effectBeforeFirst, f.done, first}
	case first.Call > f.done.Return:
		return witness{conflictBeforeFirst, f.done, first}
	}
	return witness{}
}

// facts holds what one pass over a history finds. A missing operation is nil.
type facts struct {
	malformed, negative, twice *history.Operation // one of each
	accepted, otherContent     *history.Operation // two with different digests
	result, otherResult        *history.Operation // two with different results
	lost                       *history.Operation // one
	done                       *history.Operation // the first to return of those that saw the register full
	empty                      *history.Operation // the last to be called of those that saw it empty
}

func look(ops []history.Operation) facts {
	var f facts
	for i := range ops {
		op := &ops[i]
		switch {
		case malformed(op):
			f.malformed = op
		case op.Kind == history.Accepted:
			f.accept(op)
			f.full(op)
		case op.Kind == history.Conflict:
			f.full(op)
		case op.Kind == history.Lost:
			f.lost = op
		default:
			f.read(op)
		}
	}
	return f
}

func (f *facts) accept(op *history.Operation) {
	if f.accepted == nil {
		f.accepted = op
	} else if op.Digest != f.accepted.Digest {
		f.otherContent = op
	}
	switch {
	case op.Result == "":
	case f.result == nil:
		f.result = op
	case op.Result != f.result.Result:
		f.otherResult = op
	}
}

func (f *facts) read(op *history.Operation) {
	switch {
	case op.Count < 0:
		f.negative = op
	case op.Count > 1:
		f.twice = op
	case op.Count == 1:
		f.full(op)
	case f.empty == nil || op.Call > f.empty.Call:
		f.empty = op
	}
}

// full notes an operation that saw the register full. Of two that returned together the greater kind is kept, so
// that the order in which operations are given names no other rule.
func (f *facts) full(op *history.Operation) {
	if f.done == nil || op.Return < f.done.Return || op.Return == f.done.Return && op.Kind > f.done.Kind {
		f.done = op
	}
}

// known returns, for a history with an accepted content, the first to be called of the deliveries that could have
// filled the register with it, and a delivery of it that was refused as a conflict.
func (f *facts) known(ops []history.Operation) (first, refused *history.Operation) {
	for i := range ops {
		op := &ops[i]
		if op.Kind == history.Read || op.Digest != f.accepted.Digest {
			continue
		}
		if op.Kind == history.Conflict {
			refused = op
		} else if first == nil || op.Call < first.Call {
			first = op
		}
	}
	return first, refused
}

// unknown is known for a history without an accepted content: any that was never refused could have filled the
// register. refused is the conflict of f.lost's content.
func (f *facts) unknown(ops []history.Operation) (first, refused *history.Operation) {
	if f.lost == nil {
		return nil, nil
	}
	conflicts := map[string]*history.Operation{}
	for i := range ops {
		if op := &ops[i]; op.Kind == history.Conflict {
			conflicts[op.Digest] = op
		}
	}
	for i := range ops {
		op := &ops[i]
		if op.Kind == history.Lost && conflicts[op.Digest] == nil && (first == nil || op.Call < first.Call) {
			first = op
		}
	}
	return first, conflicts[f.lost.Digest]
}

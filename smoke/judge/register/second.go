package register

import (
	"math"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/fridaygate/fridaygate/contracts/history"
)

// Most is how many operations porcupine is asked about: 16 take it tens of milliseconds at worst, 22 half a minute.
const Most = 16

// end is the return of an operation that never returned.
const end = time.Duration(math.MaxInt64)

// Second is porcupine's opinion on ops. decided is false, and legal means nothing, when there are more than 16
// operations, when one is not an operation (rule not-a-history), or when porcupine has no answer within the timeout;
// zero means no timeout.
func Second(ops []history.Operation, timeout time.Duration) (legal, decided bool) {
	if len(ops) > Most {
		return false, false
	}
	for i := range ops {
		if malformed(&ops[i]) {
			return false, false
		}
	}
	switch porcupine.CheckOperationsTimeout(model, operations(ops), timeout) {
	case porcupine.Ok:
		return true, true
	case porcupine.Illegal:
		return false, true
	}
	return false, false
}

// operations converts ops to porcupine's, each for a separate client. A lost delivery never returned: it may take effect
// after everything else.
func operations(ops []history.Operation) []porcupine.Operation {
	all := make([]porcupine.Operation, len(ops))
	for i, op := range ops {
		if op.Kind == history.Lost {
			op.Return = end
		}
		all[i] = porcupine.Operation{ClientId: i, Input: op, Call: int64(op.Call), Return: int64(op.Return)}
	}
	return all
}

// state is the register as porcupine sees it.
type state struct {
	full           bool
	digest, result string // result is "" until one is known
}

// model is the register written as it would be built, for porcupine to run in every order.
var model = (&porcupine.NondeterministicModel{
	Init: func() []any { return []any{state{}} },
	Step: func(s, input, _ any) []any {
		return step(s.(state), input.(history.Operation))
	},
	DescribeOperation: func(input, _ any) string { return describeOp(input.(history.Operation)) },
	DescribeState:     func(s any) string { return describeState(s.(state)) },
}).ToModel()

// step returns the states that the register can be in after op, none if it cannot have answered so. A lost delivery
// is the one that leaves a choice: it took effect, or never will.
func step(s state, op history.Operation) []any {
	switch op.Kind {
	case history.Accepted:
		if !s.full {
			return []any{state{full: true, digest: op.Digest, result: op.Result}}
		}
		if s.result == "" {
			s.result = op.Result
		}
		if op.Digest == s.digest && (op.Result == "" || op.Result == s.result) {
			return []any{s}
		}
	case history.Conflict:
		if s.full && op.Digest != s.digest {
			return []any{s}
		}
	case history.Lost:
		if !s.full {
			return []any{s, state{full: true, digest: op.Digest}}
		}
		return []any{s}
	case history.Read:
		if s.full && op.Count == 1 || !s.full && op.Count == 0 {
			return []any{s}
		}
	}
	return nil
}

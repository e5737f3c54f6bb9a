package register_test

import (
	"math/rand/v2"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
)

// shape is what a batch of random histories has in common. The clock has few ticks, so that equal instants and
// closed ends are frequent.
type shape struct {
	most     int // operations
	ticks    int // of the clock
	contents int
	lost     int // percent of the deliveries that lose their answer
	spoiled  int // percent of the histories that are changed after a correct receiver made them
}

func (s shape) history(r *rand.Rand) []history.Operation {
	ops := s.correct(r)
	if r.IntN(100) < s.spoiled {
		for range 1 + r.IntN(len(ops)) {
			s.spoil(r, &ops[r.IntN(len(ops))])
		}
	}
	r.Shuffle(len(ops), func(i, j int) { ops[i], ops[j] = ops[j], ops[i] })
	return ops
}

// correct returns the history of a correct receiver, which runs the operations in the order of their instants and answers
// from its register.
func (s shape) correct(r *rand.Rand) []history.Operation {
	ops := make([]history.Operation, 1+s.most/2+r.IntN(s.most/2))
	var full bool
	var digest string
	now := 0
	for i := range ops {
		now += r.IntN(3)
		op := history.Operation{
			ID:     i + 1,
			Call:   time.Duration(now - r.IntN(s.ticks)),
			Return: time.Duration(now + r.IntN(s.ticks)),
		}
		switch content := s.content(r); {
		case r.IntN(3) == 0:
			op.Kind = history.Read
			if full {
				op.Count = 1
			}
		case r.IntN(100) < s.lost:
			op.Kind, op.Digest = history.Lost, content
			if !full && r.IntN(2) == 0 {
				full, digest = true, content
			}
		case full && content != digest:
			op.Kind, op.Digest = history.Conflict, content
		default:
			full, digest = true, content
			op.Kind, op.Digest = history.Accepted, content
			if r.IntN(3) > 0 {
				op.Result = "r"
			}
		}
		ops[i] = op
	}
	return ops
}

// spoil changes one operation, which may or may not make a history illegal.
func (s shape) spoil(r *rand.Rand, op *history.Operation) {
	change := r.IntN(4)
	switch {
	case change == 0:
		op.Kind = history.OperationKind(1 + r.IntN(4))
		op.Digest = s.content(r)
	case change == 1:
		by := time.Duration(r.IntN(4*s.ticks) - 2*s.ticks)
		op.Call, op.Return = op.Call+by, op.Return+by
	case op.Kind == history.Read:
		op.Count = []int{0, 1, 0, 1, 0, 1, 0, 1, 2, -1}[r.IntN(10)]
	case op.Kind == history.Accepted && change == 2:
		op.Result = string(rune('r' + r.IntN(2)))
	default:
		op.Digest = s.content(r)
	}
}

func (s shape) content(r *rand.Rand) string { return string(rune('a' + r.IntN(s.contents))) }

package register_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/judge/register"
)

// million is a legal history of 1,000,000 operations that overlap by the dozen, with every string its own copy, as
// from a network. Without accepted deliveries the content that holds is to be found among the lost.
func million(withAccepted bool) []history.Operation {
	ops := make([]history.Operation, 1_000_000)
	for i := range ops {
		op := history.Operation{ID: i + 1, Call: time.Duration(i), Return: time.Duration(i + 12), Kind: history.Conflict}
		content := 1 + i%7
		switch {
		case i%4 == 0:
			op.Kind, op.Count = history.Read, min(1, i)
		case i%4 == 1:
			op.Kind, content = history.Lost, 0
		case i%4 == 2 && withAccepted:
			op.Kind, content = history.Accepted, 0
			op.Result = fmt.Sprintf("%064d", 9)
		}
		op.Digest = fmt.Sprintf("%064d", content)
		ops[i] = op
	}
	return ops
}

func BenchmarkCheck(b *testing.B) {
	for _, withAccepted := range []bool{true, false} {
		b.Run(fmt.Sprintf("accepted=%t", withAccepted), func(b *testing.B) {
			ops := million(withAccepted)
			b.ReportAllocs()
			for b.Loop() {
				if legal, broken := register.Check(ops); !legal {
					b.Fatal(broken)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(ops)), "ns/operation")
		})
	}
}

package register_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/judge/register"
)

func TestShrinkShowsTheRule(t *testing.T) {
	for _, h := range histories {
		t.Run(h.name, func(t *testing.T) {
			part := register.Shrink(h.ops)
			if h.broken == "" {
				require.Nil(t, part)
				return
			}
			_, broken := register.Check(part)
			require.Equal(t, h.broken, broken)
		})
	}
}

// The example of the comment in shrink.go: without the accepted delivery the conflict is illegal for another reason.
func TestShrinkKeepsWhatTheRuleSpeaksOf(t *testing.T) {
	first, refused := accepted(0, 1, "a", "r"), conflict(4, 5, "a")
	ops := []history.Operation{read(6, 7, 1), refused, conflict(2, 3, "b"), lost(0, "b"), first}
	require.Equal(t, []history.Operation{first, refused}, register.Shrink(ops))
	_, broken := register.Check([]history.Operation{refused})
	require.Equal(t, "conflict-from-nothing", broken)
}

// On random histories, what Shrink leaves is a part of the history in the order of calls; porcupine too finds it
// illegal; it breaks the same rule; without any one of its operations it does not; and a search through all parts
// of the history finds none smaller that does.
func TestShrinkIsMinimal(t *testing.T) {
	shrunk, small := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := shapes().Draw(t, "shape")
		r := rand.New(rand.NewPCG(seeds().Draw(t, "seed"), 0))
		for range 50 {
			ops := s.history(r)
			legal, broken := register.Check(ops)
			part := register.Shrink(ops)
			if legal {
				require.Empty(t, part)
				continue
			}
			shrunk++
			for i, op := range part {
				require.Contains(t, ops, op)
				if i > 0 {
					require.LessOrEqual(t, part[i-1].Call, op.Call)
				}
				_, rest := register.Check(slices.Delete(slices.Clone(part), i, i+1))
				require.NotEqual(t, broken, rest, "%s\nneeds not all of\n%s", show(ops), show(part))
			}
			second, decided := register.Second(part, 0)
			require.True(t, decided && !second, show(part))
			_, again := register.Check(part)
			require.Equal(t, broken, again, show(part))

			any, same := fewest(ops, broken)
			require.Len(t, part, same, "%s\nshrank to\n%s", show(ops), show(part))
			if any <= 4 {
				small++
				require.LessOrEqual(t, len(part), 4)
			}
		}
	})
	require.Greater(t, shrunk, 500, "illegal histories that were shrunk")
	require.Greater(t, small, 500, "illegal histories with a small illegal part")
}

// fewest searches all parts of ops: how many operations the smallest illegal one has, by any rule and by this one.
func fewest(ops []history.Operation, rule string) (any, same int) {
	any, same = len(ops)+1, len(ops)+1
	var part []history.Operation
	for set := range 1 << len(ops) {
		part = part[:0]
		for i := range ops {
			if set>>i&1 == 1 {
				part = append(part, ops[i])
			}
		}
		if legal, broken := register.Check(part); !legal {
			any = min(any, len(part))
			if broken == rule {
				same = min(same, len(part))
			}
		}
	}
	return any, same
}

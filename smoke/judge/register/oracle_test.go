package register_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/judge/register"
)

var compared = flag.Int("register.histories", 100_000, "random histories on which Check and porcupine are compared")

// batch is how many histories are made of one draw: drawing is slower than judging.
const batch = 1000

func shapes() *rapid.Generator[shape] {
	return rapid.Custom(func(t *rapid.T) shape {
		return shape{ // rapid draws the first of a list most often
			most:     rapid.SampledFrom([]int{8, 5, 3, 10}).Draw(t, "most"),
			ticks:    rapid.SampledFrom([]int{3, 1, 2, 6}).Draw(t, "ticks"),
			contents: rapid.SampledFrom([]int{2, 3, 1}).Draw(t, "contents"),
			lost:     rapid.SampledFrom([]int{40, 90, 20, 0}).Draw(t, "lost"),
			spoiled:  rapid.SampledFrom([]int{90, 50}).Draw(t, "spoiled"),
		}
	})
}

// seeds are numbers of 64 drawn bits; rapid.Uint64 mostly draws small numbers, and repeats them.
func seeds() *rapid.Generator[uint64] {
	return rapid.Custom(func(t *rapid.T) (seed uint64) {
		for _, bit := range rapid.SliceOfN(rapid.Bool(), 64, 64).Draw(t, "bits") {
			seed <<= 1
			if bit {
				seed |= 1
			}
		}
		return seed
	})
}

func TestCheckAgreesWithPorcupine(t *testing.T) {
	done := 0
	found := map[string]int{}
	for done < *compared {
		rapid.Check(t, func(t *rapid.T) {
			s := shapes().Draw(t, "shape")
			r := rand.New(rand.NewPCG(seeds().Draw(t, "seed"), 0))
			for range batch {
				ops := s.history(r)
				if disagree(ops) {
					ops = smallest(ops)
					legal, broken := register.Check(ops)
					t.Fatalf("Check says legal: %t %s, and porcupine does not:\n%s", legal, broken, show(ops))
				}
				_, broken := register.Check(ops)
				found[broken]++
				done++
			}
		})
	}
	legal := found[""] * 100 / done
	t.Logf("%d histories, %d %% legal: %v", done, legal, found)
	require.GreaterOrEqual(t, legal, 20, "percent of the histories are legal")
	require.GreaterOrEqual(t, 100-legal, 20, "percent of the histories are illegal")
	for _, rule := range rules(t, "doc.go", `(?m)^//\t([a-z-]+) `)[1:] {
		require.GreaterOrEqual(t, found[rule], done/10_000, rule)
	}
}

// Every history of three operations and three instants, with nothing left to chance.
func TestCheckAgreesWithPorcupineOnAllSmallHistories(t *testing.T) {
	var one []history.Operation
	for call := time.Duration(0); call < 3; call++ {
		one = append(one, lost(call, "a"), lost(call, "b"))
		for ret := call; ret < 3; ret++ {
			one = append(one, accepted(call, ret, "a", "r"), conflict(call, ret, "a"), conflict(call, ret, "b"),
				read(call, ret, 0), read(call, ret, 1))
		}
	}
	for i, a := range one {
		for j, b := range one[i:] {
			for _, c := range one[i+j:] {
				ops := []history.Operation{a, b, c}
				if disagree(ops) {
					legal, broken := register.Check(ops)
					t.Fatalf("Check says legal: %t %s, and porcupine does not:\n%s", legal, broken, show(ops))
				}
			}
		}
	}
}

func TestNoSecondOpinionOnLongHistories(t *testing.T) {
	ops := slices.Repeat([]history.Operation{accepted(0, 1, "a", "r")}, 17)
	_, decided := register.Second(ops, time.Minute)
	require.False(t, decided)
	legal, decided := register.Second(ops[:16], time.Minute)
	require.True(t, legal && decided)
}

func TestSecondOpinionEndsWithItsTime(t *testing.T) {
	ops := hard(16)
	_, decided := register.Second(ops, time.Nanosecond)
	require.False(t, decided)
	legal, decided := register.Second(ops, 0)
	require.True(t, decided)
	require.False(t, legal)
}

// hard is a history of the sort that porcupine needs exponential time for: n operations at once, illegal.
func hard(n int) []history.Operation {
	ops := slices.Repeat([]history.Operation{accepted(0, 9, "a", "r")}, n/2)
	for i := range n - n/2 {
		ops = append(ops, conflict(0, 9, fmt.Sprintf("b%d", i)))
	}
	ops[n-1] = read(10, 11, 0)
	return ops
}

func disagree(ops []history.Operation) bool {
	legal, _ := register.Check(ops)
	second, decided := register.Second(ops, time.Minute)
	return !decided || legal != second
}

// smallest leaves operations out for as long as the two still disagree.
func smallest(ops []history.Operation) []history.Operation {
	for i := range ops {
		if less := slices.Delete(slices.Clone(ops), i, i+1); disagree(less) {
			return smallest(less)
		}
	}
	return ops
}

func show(ops []history.Operation) string {
	var lines strings.Builder
	for _, op := range ops {
		fmt.Fprintf(&lines, "%+v\n", op)
	}
	return lines.String()
}

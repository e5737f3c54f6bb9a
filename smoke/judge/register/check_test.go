package register_test

import (
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/judge/register"
)

// Operations as the tables write them: times in nanoseconds, "a" and "b" for contents.
func accepted(call, ret time.Duration, digest, result string) history.Operation {
	return history.Operation{Kind: history.Accepted, Call: call, Return: ret, Digest: digest, Result: result}
}

func conflict(call, ret time.Duration, digest string) history.Operation {
	return history.Operation{Kind: history.Conflict, Call: call, Return: ret, Digest: digest}
}

func lost(call time.Duration, digest string) history.Operation {
	return history.Operation{Kind: history.Lost, Call: call, Digest: digest}
}

func read(call, ret time.Duration, count int) history.Operation {
	return history.Operation{Kind: history.Read, Call: call, Return: ret, Count: count}
}

// histories has each rule broken, and beside it its legal neighbours.
var histories = []struct {
	name   string
	broken string
	ops    []history.Operation
}{
	{"nothing", "", nil},
	{"one accepted", "", []history.Operation{accepted(0, 1, "a", "r")}},
	{"duplicates in a row", "", []history.Operation{accepted(0, 1, "a", "r"), read(2, 3, 1), accepted(4, 5, "a", "r"), read(6, 7, 1)}},

	{"no kind", "not-a-history", []history.Operation{{}}},
	{"a kind there is not", "not-a-history", []history.Operation{{Kind: 5}, accepted(0, 1, "a", "r")}},
	{"returned before it was called", "not-a-history", []history.Operation{accepted(2, 1, "a", "r")}},
	{"returned when it was called", "", []history.Operation{accepted(2, 2, "a", "r")}},
	{"the return of a lost delivery is ignored", "", []history.Operation{{Kind: history.Lost, Call: 5, Return: 1}}},

	{"a count below zero", "effect-negative", []history.Operation{read(0, 1, -1)}},
	{"a count of zero", "", []history.Operation{read(0, 1, 0)}},
	{"two effects", "effect-twice", []history.Operation{accepted(0, 1, "a", "r"), accepted(0, 1, "a", "r"), read(2, 3, 2)}},
	{"two effects of a lost delivery", "effect-twice", []history.Operation{lost(0, "a"), read(2, 3, 2)}},
	{"one effect of two copies", "", []history.Operation{accepted(0, 1, "a", "r"), accepted(0, 1, "a", "r"), read(2, 3, 1)}},

	{"two contents", "two-contents", []history.Operation{accepted(0, 1, "a", "r"), accepted(2, 3, "b", "r")}},
	{"two contents at once", "two-contents", []history.Operation{accepted(0, 9, "a", "r"), accepted(0, 9, "b", "s")}},
	{"the other content is refused", "", []history.Operation{accepted(0, 1, "a", "r"), conflict(2, 3, "b")}},
	{"the other content is lost", "", []history.Operation{accepted(0, 1, "a", "r"), lost(2, "b"), read(4, 5, 1)}},
	{"the empty digest is a content", "two-contents", []history.Operation{accepted(0, 1, "", "r"), accepted(2, 3, "b", "r")}},

	{"two results", "two-results", []history.Operation{accepted(0, 1, "a", "r"), accepted(2, 3, "a", "s")}},
	{
		"two results with one not compared between", "two-results",
		[]history.Operation{accepted(0, 1, "a", ""), accepted(0, 1, "a", "r"), accepted(0, 1, "a", ""), accepted(2, 3, "a", "s")},
	},
	{"results that are not compared", "", []history.Operation{accepted(0, 1, "a", "r"), accepted(2, 3, "a", ""), accepted(4, 5, "a", "r")}},

	{"refused after it was accepted", "false-conflict", []history.Operation{accepted(0, 1, "a", "r"), conflict(2, 3, "a")}},
	{"refused while it was accepted", "false-conflict", []history.Operation{accepted(0, 9, "a", "r"), conflict(0, 9, "a")}},
	{"another refused while it was accepted", "", []history.Operation{accepted(0, 9, "a", "r"), conflict(0, 9, "b")}},

	{"accepted and not carried out", "effect-lost", []history.Operation{accepted(0, 1, "a", "r"), read(2, 3, 0)}},
	{"accepted as the count was read", "", []history.Operation{accepted(0, 1, "a", "r"), read(1, 3, 0)}},
	{"the effect is gone", "effect-lost", []history.Operation{accepted(0, 9, "a", "r"), read(2, 3, 1), read(4, 5, 0)}},
	{"the effect comes while it is looked at", "", []history.Operation{accepted(0, 9, "a", "r"), read(2, 4, 1), read(4, 5, 0)}},
	{"the effect of a lost delivery is gone", "effect-lost", []history.Operation{lost(0, "a"), read(2, 3, 1), read(4, 5, 0)}},
	{"the effect of a lost delivery comes late", "", []history.Operation{lost(0, "a"), read(2, 3, 0), read(8, 9, 0), read(10, 11, 1)}},
	{"in conflict with what was not carried out", "effect-lost", []history.Operation{lost(0, "a"), conflict(2, 3, "b"), read(4, 5, 0)}},
	{"in conflict with what was carried out just then", "", []history.Operation{lost(0, "a"), conflict(2, 3, "b"), read(3, 5, 0)}},

	{"a conflict with nothing", "conflict-from-nothing", []history.Operation{conflict(0, 1, "a")}},
	{"two conflicts, with each other", "conflict-from-nothing", []history.Operation{conflict(0, 9, "a"), conflict(0, 9, "b")}},
	{"a conflict with a lost delivery", "", []history.Operation{lost(0, "b"), conflict(0, 1, "a")}},
	{"a conflict and then an effect, with nothing", "conflict-from-nothing", []history.Operation{read(0, 2, 1), conflict(0, 1, "a")}},
	{"an effect and then a conflict, with nothing", "effect-from-nothing", []history.Operation{read(0, 1, 1), conflict(0, 2, "a")}},
	{"an effect and a conflict together, with nothing", "effect-from-nothing", []history.Operation{read(0, 1, 1), conflict(0, 1, "a")}},
	{"an effect of nothing", "effect-from-nothing", []history.Operation{read(0, 1, 1)}},
	{"an effect of a lost delivery", "", []history.Operation{lost(0, "a"), read(0, 1, 1)}},

	{"a conflict with itself", "all-refused", []history.Operation{lost(0, "a"), conflict(2, 3, "a")}},
	{"each of two refused", "all-refused", []history.Operation{lost(0, "a"), lost(0, "b"), conflict(2, 3, "a"), conflict(2, 3, "b")}},
	{"an effect of what was refused", "all-refused", []history.Operation{lost(0, "a"), read(0, 1, 1), conflict(2, 3, "a")}},
	{"one of two refused", "", []history.Operation{lost(0, "a"), lost(0, "b"), conflict(2, 3, "a"), conflict(2, 3, "a")}},

	{"refused before the first was sent", "conflict-before-first", []history.Operation{conflict(0, 1, "a"), accepted(2, 3, "b", "r")}},
	{"refused as the first was sent", "", []history.Operation{conflict(0, 2, "a"), accepted(2, 3, "b", "r")}},
	{"refused before the lost one was sent", "conflict-before-first", []history.Operation{conflict(0, 1, "a"), lost(2, "b")}},
	{"the lost one was sent by then", "", []history.Operation{lost(0, "b"), conflict(0, 1, "a"), accepted(2, 3, "b", "r")}},
	{
		"the lost one was another content", "conflict-before-first",
		[]history.Operation{lost(0, "c"), conflict(0, 1, "a"), accepted(2, 3, "b", "r")},
	},
	{"an effect before the first was sent", "effect-before-first", []history.Operation{read(0, 1, 1), accepted(2, 3, "a", "r")}},
	{"an effect as the first was sent", "", []history.Operation{read(0, 2, 1), accepted(2, 3, "a", "r")}},
	{
		"an effect and a conflict together, before the first was sent", "effect-before-first",
		[]history.Operation{read(0, 1, 1), conflict(0, 1, "b"), accepted(2, 3, "a", "r")},
	},
	{"a replay may return before the first", "", []history.Operation{accepted(0, 9, "a", "r"), accepted(1, 2, "a", "r"), read(3, 4, 1)}},
	{
		"the lost one filled it, the accepted are replays", "",
		[]history.Operation{lost(0, "a"), read(1, 2, 0), read(3, 4, 1), accepted(5, 6, "a", "r")},
	},

	{"lost deliveries alone", "", []history.Operation{lost(0, "a"), lost(1, "b"), read(2, 3, 0)}},
}

func TestCheckFindsTheBrokenRule(t *testing.T) {
	for _, h := range histories {
		t.Run(h.name, func(t *testing.T) {
			legal, broken := register.Check(h.ops)
			require.Equal(t, h.broken, broken)
			require.Equal(t, h.broken == "", legal)
			second, decided := register.Second(h.ops, time.Minute)
			require.Equal(t, h.broken != "not-a-history", decided)
			if decided {
				require.Equal(t, legal, second, "porcupine's opinion")
			}
			back := slices.Clone(h.ops)
			slices.Reverse(back)
			_, again := register.Check(back)
			require.Equal(t, broken, again, "given in the other order")
		})
	}
}

// Every rule of check.go is broken by a history of the table, and listed in doc.go, in the order of precedence.
func TestEveryRuleIsDocumentedAndTried(t *testing.T) {
	told := rules(t, "doc.go", `(?m)^//\t([a-z-]+) `)
	require.Equal(t, rules(t, "check.go", `(?m)^\t\w+ += "([a-z-]+)"$`), told)
	require.NotEmpty(t, told)
	for _, rule := range told {
		var broken, legal bool
		for _, h := range histories {
			broken = broken || h.broken == rule
			legal = legal || h.broken == ""
		}
		require.True(t, broken && legal, rule)
	}
}

func rules(t *testing.T, file, pattern string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var names []string
	for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
		names = append(names, string(m[1]))
	}
	return names
}

func TestTheFirstRuleOfTheListIsNamed(t *testing.T) {
	all := []history.Operation{
		{}, read(0, 1, -1), read(0, 1, 2), accepted(0, 1, "a", "r"), accepted(0, 1, "b", "r"), accepted(0, 1, "a", "s"),
		conflict(2, 3, "a"), read(4, 5, 0),
	}
	want := []string{"not-a-history", "effect-negative", "effect-twice", "two-contents", "two-results", "false-conflict", "effect-lost"}
	cured := []int{0, 0, 0, 1, 1, 1, 0} // the operation to leave out next
	for i, rule := range want {
		_, broken := register.Check(all)
		require.Equal(t, rule, broken, "%v", all)
		all = slices.Delete(all, cured[i], cured[i]+1)
	}
}

func TestTheOrderGivenMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := shapes().Draw(t, "shape")
		r := rand.New(rand.NewPCG(seeds().Draw(t, "seed"), 0))
		for range 100 {
			ops := s.history(r)
			_, broken := register.Check(ops)
			given := show(ops)
			r.Shuffle(len(ops), func(i, j int) { ops[i], ops[j] = ops[j], ops[i] })
			_, again := register.Check(ops)
			require.Equal(t, broken, again, "%s\nand\n%s", given, show(ops))
		}
	})
}

func TestCheckLeavesItsInput(t *testing.T) {
	for _, h := range histories {
		before := slices.Clone(h.ops)
		register.Check(h.ops)
		register.Shrink(h.ops)
		register.Second(h.ops, time.Minute)
		require.Equal(t, before, h.ops)
	}
}

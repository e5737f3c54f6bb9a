package regular_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/fridaygate/fridaygate/contracts/schema/regular"
)

func automata(t require.TestingT, expressions ...string) []*regular.Automaton {
	var all []*regular.Automaton
	for _, expression := range expressions {
		a, err := regular.New(regexp.MustCompile(expression))
		require.NoError(t, err)
		all = append(all, a)
	}
	return all
}

func TestWordsAreThoseThatMatchAndAvoid(t *testing.T) {
	for _, c := range []struct {
		match, avoid []string
		min, max     int
		want         []string
		complete     bool
	}{
		{match: []string{"^(a|bc)$"}, max: -1, want: []string{"a", "bc"}, complete: true},
		{match: []string{"^a+$"}, avoid: []string{"^aa$"}, max: 3, want: []string{"a", "aaa"}, complete: true},
		{match: []string{"^a+$"}, avoid: []string{"^a*$"}, max: -1, complete: true},
		{match: []string{`^\d{4}$`}, avoid: []string{`^[0-9]+$`}, max: -1, complete: true},
		{match: []string{`\bx\b`, `^..$`}, avoid: []string{`[^a-z -]`, `[y-z]`, "x$"}, max: -1, want: []string{"x-", "x "}, complete: true},
		{match: []string{"(?i)^k$"}, max: -1, want: []string{"k", "K", "\u212a"}, complete: true},
		{match: []string{"^a*$"}, min: 1000, max: 1000, want: []string{strings.Repeat("a", 1000)}, complete: true},
		{match: []string{"^$"}, max: -1, want: []string{""}, complete: true},
		{match: []string{"a"}, min: 3, max: 2, complete: true},
	} {
		set := regular.Set{Match: automata(t, c.match...), Avoid: automata(t, c.avoid...), Min: c.min, Max: c.max}
		words, complete, err := set.Words(10)
		require.NoError(t, err)
		require.Equal(t, c.want, words, "%v", c)
		require.Equal(t, c.complete, complete, "%v", c)
	}
}

func TestInfiniteSetIsNotComplete(t *testing.T) {
	words, complete, err := regular.Set{Match: automata(t, "^(ab)*$"), Max: -1}.Words(3)
	require.NoError(t, err)
	require.Equal(t, []string{"", "ab", "abab"}, words)
	require.False(t, complete)
}

func TestTooLargeIsSaid(t *testing.T) {
	_, _, err := regular.Set{Match: automata(t, "^(a|b)*a(a|b){20}$", "^(a|b)*b(a|b){19}$"), Max: -1}.Words(1)
	require.ErrorIs(t, err, regular.ErrTooLarge)
}

// Every word of a set keeps to its description, and a complete list has every short string that does.
func TestWordsAgreeWithRegexp(t *testing.T) {
	part := rapid.SampledFrom([]string{"a", "b", "[ab]", "[^a]", ".", "a*", "b+", "(a|bb)", "^", "$", `\b`, "a{2}", "(?i)a", `\n`, "a?"})
	expression := rapid.Map(rapid.SliceOfN(part, 0, 4), func(parts []string) string { return strings.Join(parts, "") })
	alphabet := []rune("ab\nA -")
	rapid.Check(t, func(t *rapid.T) {
		match, avoid := rapid.SliceOfN(expression, 0, 2).Draw(t, "match"), rapid.SliceOfN(expression, 0, 2).Draw(t, "avoid")
		set := regular.Set{Match: automata(t, match...), Avoid: automata(t, avoid...), Max: rapid.IntRange(-1, 4).Draw(t, "max")}
		words, complete, err := set.Words(40)
		require.NoError(t, err)
		is := func(word string) bool {
			length := utf8.RuneCountInString(word)
			ok := set.Max < 0 || length <= set.Max
			for _, e := range match {
				ok = ok && regexp.MustCompile(e).MatchString(word)
			}
			for _, e := range avoid {
				ok = ok && !regexp.MustCompile(e).MatchString(word)
			}
			return ok
		}
		for _, word := range words {
			require.True(t, is(word), "%q", word)
		}
		if !complete {
			require.Len(t, words, 40)
			return
		}
		drawn := string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 5).Draw(t, "string"))
		if is(drawn) {
			require.Contains(t, words, drawn)
		}
	})
}

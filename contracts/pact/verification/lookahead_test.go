package verification

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLookaheadAtTheBeginningIsCompared(t *testing.T) {
	for pattern, c := range map[string]struct{ in, out []string }{
		"a|b":                      {[]string{"a", "b"}, []string{"ab", ""}},
		"(?=abc)a.c":               {[]string{"abc"}, []string{"acc", "abcd"}},
		"^(?=.*[A-Z])(?!.*foo).+$": {[]string{"aB", "Bfo"}, []string{"ab", "Bfoo", ""}},
		`(?!\)|[)])..`:             {[]string{"a)"}, []string{")a"}},
		"(?=[]a(])[^x]":            {[]string{"]", "a", "("}, []string{"x", "b"}},
	} {
		e := newExpression(pattern)
		for _, text := range c.in {
			is, err := e.matches(text)
			require.NoError(t, err, pattern)
			require.True(t, is, "%s %q", pattern, text)
		}
		for _, text := range c.out {
			is, err := e.matches(text)
			require.NoError(t, err, pattern)
			require.False(t, is, "%s %q", pattern, text)
		}
	}
}

func TestOtherLookaroundIsNotCompared(t *testing.T) {
	for _, pattern := range []string{"a(?=b)b", "(?=a)b|c", "(?<=a)b", "(?=a", "(?=a)*b", "(?=(?!a))b", `(a)\1`, "("} {
		_, err := newExpression(pattern).matches("a")
		require.Error(t, err, pattern)
	}
}

package pact

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDateExpressions(t *testing.T) {
	for _, right := range []string{
		"", "now", "today", "yesterday", "+ 1 day", "- 2 weeks", "today + 1 month - 3 days", "next monday", "last june", "tomorrow + next week",
		"@ + 1 hour", "now @ next hour", "noon + 5 minutes", "9 o'clock", "today @ 3 o'clock pm - 10 seconds",
	} {
		require.Regexp(t, dateExpression, right)
	}
	for _, wrong := range []string{"tomorow", "+ 1 dya", "1 day", "today +", "today + day", "today @ @ now", "next", "2026-01-01"} {
		require.NotRegexp(t, dateExpression, wrong)
	}
}

func TestPatternsThatTheLibraryReads(t *testing.T) {
	for _, right := range []string{`\d{3}`, `[a-f]+(x|y)?`, `\u{1f600}`, `(?i)abc`, ``} {
		require.True(t, readsPattern(right), right)
	}
	for _, wrong := range []string{`[a-`, `(abc`, `(?<!x)y`, `(?=x)`, `(a)\1`, `*a`} {
		require.False(t, readsPattern(wrong), wrong)
	}
}

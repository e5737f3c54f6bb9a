package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every rule of webhooks that the judge names has words for people, and none has words that nothing names.
func TestEveryRuleHasWordsForPeople(t *testing.T) {
	text, err := os.ReadFile("../../contracts/report/rules.json")
	require.NoError(t, err)
	words := map[string]struct{ Says, Means string }{}
	require.NoError(t, json.Unmarshal(text, &words))
	named := map[string]bool{}
	files, err := filepath.Glob("../../smoke/judge/*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`(?:find\(|Rule: )"([a-z-]+)"`).FindAllStringSubmatch(string(source), -1) {
			named[found[1]] = true
		}
	}
	require.Greater(t, len(named), 15)
	for rule := range named {
		if rule == "effect-count" {
			require.NotEmpty(t, words["webhook/effect-count more"].Says)
			require.NotEmpty(t, words["webhook/effect-count fewer"].Says)
			continue
		}
		require.NotEmpty(t, words["webhook/"+rule].Says, rule)
	}
	for name, word := range words {
		require.Regexp(t, `^[A-Z].*\.$`, word.Says, name)
		require.Regexp(t, `^[a-z].*[^.]$`, word.Means, name)
		kind, rule, _ := strings.Cut(name, "/")
		rule, _, _ = strings.Cut(rule, " ")
		require.True(t, kind != "webhook" || rule == "*" || named[rule], "nothing names %s", name)
	}
}

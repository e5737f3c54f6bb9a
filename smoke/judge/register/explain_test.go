package register_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/judge/register"
)

func TestEveryRuleIsExplained(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	rules := regexp.MustCompile(`(?m)^//\t([a-z-]+) +[a-z]`).FindAllStringSubmatch(string(doc), -1)
	require.Len(t, rules, 12)
	for _, rule := range rules {
		require.NotEmpty(t, register.Explain(rule[1]), rule[1])
	}
	require.Empty(t, register.Explain("other"))
}

package pipelines_test

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pinned is an action of another repository, by its commit; ./ is one of this repository.
var pinned = regexp.MustCompile(`^(\./[\w./-]+|[\w-]+/[\w./-]+@[0-9a-f]{40})$`)

// breaches returns what breaks the rules of steps that may have secrets.
func breaches(steps []step, shell string) error {
	var wrong []error
	for _, s := range steps {
		add := func(format string, args ...any) {
			wrong = append(wrong, fmt.Errorf("step %s: %s", s.title(), fmt.Sprintf(format, args...)))
		}
		switch {
		case s.Uses != "" && !pinned.MatchString(s.Uses):
			add("%s is not pinned by its commit: whoever moves its tag runs code with the secrets", s.Uses)
		case strings.HasPrefix(s.Uses, "actions/checkout@") && fmt.Sprint(s.With["persist-credentials"]) != "false":
			add("the token stays in .git/config, where every later step can read it: persist-credentials: false")
		case strings.Contains(s.Run, "${{"):
			add("an expression in a shell line is code: pass it by env")
		case s.Run != "" && s.Shell != "bash" && shell != "bash":
			add("without shell: bash there is no pipefail, and a red command before a pipe is green")
		}
	}
	return errors.Join(wrong...)
}

// pipelines are the workflows that teams copy.
var pipelines = []string{"contracts.yml", "deploy.yml", "smoke-shards.yml", "verify-on-request.yml"}

func TestThePipelinesKeepTheRulesOfJobsWithSecrets(t *testing.T) {
	for _, name := range pipelines {
		w := load(t, name)
		require.Equal(t, map[string]string{"contents": "read"}, w.Permissions, name)
		require.Equal(t, name != "verify-on-request.yml", w.Concurrency != nil, name)
		require.NotEmpty(t, w.Jobs, name)
		for id, j := range w.Jobs {
			require.NotZero(t, j.TimeoutMinutes, "%s: job %s has no timeout-minutes", name, id)
			require.NoError(t, breaches(j.Steps, j.Defaults.Run.Shell), "%s: job %s", name, id)
		}
	}
	var a action
	require.NoError(t, decode(filepath.Join(root, ".github/actions/fridaygate/action.yml"), &a))
	require.NoError(t, breaches(a.Runs.Steps, ""))
}

func TestABrokenRuleIsSeen(t *testing.T) {
	for says, s := range map[string]step{
		"is not pinned by its commit": {Uses: "actions/setup-go@v7"},
		"the token stays":             {Uses: "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"},
		"is code":                     {Run: "echo ${{ github.event.client_payload.pact_url }}", Shell: "bash"},
		"no pipefail":                 {Run: "fridaygate smoke | tee smoke.txt"},
	} {
		require.ErrorContains(t, breaches([]step{s}, ""), says)
	}
	require.NoError(t, breaches([]step{{Run: "true"}, {Uses: "./.github/actions/fridaygate"}}, "bash"))
}

// Secrets are given to the steps that need them: to no job as a whole, and to no action.
func TestSecretsAreGivenToStepsAlone(t *testing.T) {
	for _, name := range pipelines {
		w := load(t, name)
		levels := []map[string]any{w.Env}
		for _, j := range w.Jobs {
			levels = append(levels, j.Env)
			for _, s := range j.Steps {
				levels = append(levels, s.With)
			}
		}
		for _, level := range levels {
			for _, key := range slices.Sorted(maps.Keys(level)) {
				require.NotContains(t, fmt.Sprint(level[key]), "secrets.", "%s: %s", name, key)
			}
		}
	}
}

// A token that nothing pushes with is not kept, in the workflows of this repository either.
func TestNoWorkflowKeepsItsToken(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	require.NoError(t, err)
	checkouts := 0
	for _, file := range files {
		for id, j := range load(t, filepath.Base(file)).Jobs {
			for _, s := range j.Steps {
				if strings.HasPrefix(s.Uses, "actions/checkout@") {
					checkouts++
					require.Equal(t, "false", fmt.Sprint(s.With["persist-credentials"]), "%s: job %s", filepath.Base(file), id)
				}
			}
		}
	}
	require.Greater(t, checkouts, len(pipelines))
}

package pipelines_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
)

// gitlab returns a job of the .gitlab-ci.yml in README.md as one step: GitLab runs the lines of a script in one shell, which
// ends at the first red one (https://docs.gitlab.com/ci/yaml/script).
func gitlab(t *testing.T, name string) job {
	t.Helper()
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, text, found := strings.Cut(string(page), "```yaml\n")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "```\n")
	var file map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &file))
	require.Contains(t, file, name)
	var lines []string
	for _, line := range file[name].(map[string]any)["script"].([]any) {
		lines = append(lines, fmt.Sprint(line))
	}
	return job{Env: file["variables"].(map[string]any), Steps: []step{{ID: name, Shell: "bash", Run: strings.Join(lines, "\n")}}}
}

func TestTheDeploymentOnGitLabRecordsWhatIsGreenAndNothingElse(t *testing.T) {
	t.Parallel()
	s := newStaging(t)
	deploy := func(t *testing.T, message string, change func(*runner)) *runner {
		t.Helper()
		r, version := s.runner(t, message)
		s.verified(t, version, true)
		if change != nil {
			change(r)
		}
		vars := r.contexts["vars"].(map[string]any)
		r.environ = append(r.environ, "CI_COMMIT_SHA="+version, "TARGET="+fmt.Sprint(vars["INVOICES_URL"]),
			"PACT_BROKER_BASE_URL="+s.broker.URL, "PACT_BROKER_USERNAME="+s.broker.Username, "PACT_BROKER_PASSWORD="+s.broker.Password,
			"INVOICES_WEBHOOK_SECRET="+invoicesSecret, "STRIPE_WEBHOOK_SECRET="+stripeSecret)
		j := gitlab(t, "deploy")
		require.Contains(t, j.Steps[0].Run, "--fixtures fixtures/invoices ")
		j.Steps[0].Run = strings.Replace(j.Steps[0].Run, "--fixtures fixtures/invoices ", "--fixtures "+fixtures+" ", 1)
		require.NoError(t, r.run(t.Context(), nil, j))
		require.FileExists(t, filepath.Join(r.workspace, "smoke.xml"))
		return r
	}

	var first string
	t.Run("green", func(t *testing.T) {
		r := deploy(t, "green on GitLab", nil)
		require.Equal(t, "success", r.at(t, "deploy").outcome, r.transcript())
		first = s.recorded(t)
		require.Contains(t, r.transcript(), "recorded: invoices "+first+" is deployed (staging)\n")
	})
	t.Run("red", func(t *testing.T) {
		r := deploy(t, "red on GitLab", func(r *runner) { r.forgetful(t) })
		require.Equal(t, 1, r.at(t, "deploy").code, r.transcript())
		require.Equal(t, first, s.recorded(t))
		require.Contains(t, r.transcript(), first, "what to go back to")
	})
}

func TestMergeRequestsOnGitLabCompareTheSchemas(t *testing.T) {
	t.Parallel()
	team := newRepository(t)
	team.requireTotal("")
	r := team.runner(brokertest.Broker{})
	r.environ = append(r.environ, "CI_MERGE_REQUEST_DIFF_BASE_SHA="+git(t, team.folder, "rev-parse", "HEAD^1"))
	j := gitlab(t, "schemas")
	require.Contains(t, j.Steps[0].Run, " --allow contracts/allowed.yaml ")
	j.Steps[0].Run = strings.ReplaceAll(j.Steps[0].Run, "contracts/", "")
	require.NoError(t, r.run(t.Context(), nil, j))
	require.Equal(t, 1, r.at(t, "schemas").code, r.transcript())
	require.Contains(t, r.transcript(), "required total: ")
	require.Contains(t, r.transcript(), "where     schemas/order.schema.json:4:")
	require.FileExists(t, filepath.Join(r.workspace, "schemas.xml"))
}

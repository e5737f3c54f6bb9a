package pipelines_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// install runs the script of the action in a folder, for an input version.
func install(t *testing.T, temp, folder, version string) *runner {
	t.Helper()
	var a action
	require.NoError(t, decode(filepath.Join(root, ".github/actions/fridaygate/action.yml"), &a))
	last := a.Runs.Steps[len(a.Runs.Steps)-1]
	require.NotEmpty(t, last.Run)
	r := &runner{workspace: folder, temp: temp, environ: environ(), contexts: contexts{
		"inputs": map[string]any{"version": version, "directory": "."},
	}}
	require.NoError(t, r.run(t.Context(), nil, job{Steps: []step{last}}))
	return r
}

// The command that the other tests run was installed in this repository, where what is checked out is built.
func TestTheActionRefusesWhatIsNotPinned(t *testing.T) {
	t.Parallel()
	for version, says := range map[string]string{
		"latest": `version is "latest": pin a release`, "v1": "pin a release", "main": "pin a release", "c0ffee": "pin a release",
		"v1.2.3; touch injected": "pin a release", "": "go.mod does not require it: go get -tool",
	} {
		folder := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module example.com/shop\n\ngo 1.26\n"), 0o600))
		r := install(t, t.TempDir(), folder, version)
		require.Equal(t, 2, r.results[0].code, r.results[0].said)
		require.Contains(t, r.results[0].said, "::error title=fridaygate is not installed::")
		require.Contains(t, r.results[0].said, says)
		require.NoFileExists(t, filepath.Join(folder, "injected"))
		require.Empty(t, r.path)
	}
}

// A team's go.mod says which version; what is built says another here, as it is that of this folder.
func TestTheActionInstallsWhatGoModRequires(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	module := teamModule(t, "tool github.com/fridaygate/fridaygate/cmd/fridaygate\n")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "go.mod"), []byte(module), 0o600))
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "go.sum"), sums, 0o600))
	r := install(t, t.TempDir(), folder, "")
	require.Equal(t, "success", r.results[0].outcome, r.results[0].said)
	require.Contains(t, r.steps["install"].(map[string]any)["outputs"].(map[string]any)["version"], "v0.0.0-00010101000000-000000000000")
	require.FileExists(t, filepath.Join(r.path[0], "fridaygate"))
}

// teamModule is the go.mod of a team, with a line more, that requires this module and replaces it by this folder.
func teamModule(t *testing.T, more string) string {
	t.Helper()
	ours, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	_, others, found := strings.Cut(string(ours), "\nrequire (")
	require.True(t, found)
	return "module example.com/shop\n\ngo 1.26.0\n\n" + more +
		"require github.com/fridaygate/fridaygate v0.0.0-00010101000000-000000000000\n" +
		"replace github.com/fridaygate/fridaygate => " + root + "\nrequire (" + others
}

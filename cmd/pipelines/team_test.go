package pipelines_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
)

// root is the repository.
var root = must(filepath.Abs("../.."))

func must(path string, err error) string {
	if err != nil {
		panic(err)
	}
	return path
}

// parallel is how many tests run at a time unless -parallel says otherwise: they wait for brokers, webhooks and each other.
const parallel = "6"

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", parallel); err != nil { // the command line is read later, and overrides it
		panic(err)
	}
	installed.temp = must(os.MkdirTemp("", "fridaygate-pipelines-"))
	code := m.Run()
	if err := os.RemoveAll(installed.temp); err != nil {
		fmt.Println(err)
		code = 1
	}
	if err := brokertest.Stop(); err != nil {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

// load reads a workflow of this repository.
func load(t *testing.T, name string) workflow {
	t.Helper()
	var w workflow
	require.NoError(t, decode(filepath.Join(root, ".github/workflows", name), &w))
	return w
}

// checkout returns a working tree like the one that actions/checkout makes, and its commit, which depends on the message
// alone: the files are links to those of this repository, which Git does not track.
func checkout(t *testing.T, message string) (workspace, commit string) {
	t.Helper()
	workspace = t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(workspace, ".github"), 0o755))
	for _, name := range []string{".github/deploy", "consumers", "contracts", "fixtures", "go.mod", "go.sum", "providers", "smoke"} {
		require.NoError(t, os.Symlink(filepath.Join(root, name), filepath.Join(workspace, name)))
	}
	git(t, workspace, "init", "-q", "-b", "main")
	git(t, workspace, "commit", "-q", "--allow-empty", "-m", message)
	return workspace, git(t, workspace, "rev-parse", "HEAD")
}

// git runs Git for a committer and at a time that are always the same, without the settings of this machine.
func git(t *testing.T, folder string, arguments ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "git", arguments...)
	command.Dir = folder
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_DIR="+filepath.Join(folder, ".git"),
		"GIT_AUTHOR_NAME=team", "GIT_AUTHOR_EMAIL=team@example.com", "GIT_AUTHOR_DATE=2026-01-01T00:00:00Z",
		"GIT_COMMITTER_NAME=team", "GIT_COMMITTER_EMAIL=team@example.com", "GIT_COMMITTER_DATE=2026-01-01T00:00:00Z")
	said, err := command.CombinedOutput()
	require.NoError(t, err, "git %s: %s", arguments, said)
	return strings.TrimSpace(string(said))
}

// environ is what the machine itself sets. Variables of the CI system that runs this test, and of a Pact Broker, are not.
func environ(more ...string) []string {
	kept := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return !slices.ContainsFunc([]string{"HOME=", "USER=", "TMPDIR=", "GO", "DOCKER_", "TESTCONTAINERS_", "FRIDAYGATE_IMAGE_"},
			func(prefix string) bool { return strings.HasPrefix(variable, prefix) })
	})
	return append(kept, more...)
}

// installed is the command that the action's own script installed, once for all tests.
var installed struct {
	once         sync.Once
	temp, folder string
}

// command returns the folder of the command, which the script of .github/actions/fridaygate built.
func command(t *testing.T) string {
	t.Helper()
	installed.once.Do(func() {
		r := install(t, installed.temp, root, "")
		require.Equal(t, "success", r.results[0].outcome, r.results[0].said)
		installed.folder = r.path[0]
	})
	require.NotEmpty(t, installed.folder)
	return installed.folder
}

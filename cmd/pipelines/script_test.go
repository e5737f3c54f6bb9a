package pipelines_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
)

// The scripts run the command against a Pact Broker, which the variables name; each uses different pacticipants and
// environments. exits CODE COMMAND... runs a command that must exit with just this code.
func TestScriptsOfTheCommand(t *testing.T) {
	t.Parallel()
	b := brokertest.Start(t)
	command := filepath.Join(command(t), "fridaygate")
	files, err := filepath.Glob("testdata/script/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files { // one after the other: the broker's SQLite takes one writer
		t.Run(filepath.Base(file), func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Files: []string{file},
				Setup: func(env *testscript.Env) error {
					env.Setenv(broker.VariableURL, b.URL)
					env.Setenv(broker.VariableUsername, b.Username)
					env.Setenv(broker.VariablePassword, b.Password)
					return nil
				},
				Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": func(ts *testscript.TestScript, neg bool, args []string) {
					if neg || len(args) < 2 || args[1] != "fridaygate" {
						ts.Fatalf("usage: exits CODE fridaygate ARGUMENTS...")
					}
					want, err := strconv.Atoi(args[0])
					ts.Check(err)
					err = ts.Exec(command, args[2:]...)
					var exited *exec.ExitError
					if err != nil && !errors.As(err, &exited) {
						ts.Fatalf("%v", err)
					}
					if err == nil && want != 0 || err != nil && exited.ExitCode() != want {
						ts.Fatalf("want exit code %d: %v", want, err)
					}
				}},
			})
		})
	}
}

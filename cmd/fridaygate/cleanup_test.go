//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// start starts the command as a process of its own, and returns once it has made something.
func (d *deployedReference) start(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "fridaygate", append([]string{"smoke", "--env", d.file}, args...)...)
	command.Env = os.Environ()
	for name, value := range d.env {
		command.Env = append(command.Env, name+"="+value)
	}
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	require.NoError(t, command.Start())
	before := d.rows(t)
	for end := time.Now().Add(time.Minute); d.rows(t) <= before; time.Sleep(5 * time.Millisecond) {
		require.True(t, time.Now().Before(end), "the run makes nothing")
	}
	return command, &out
}

// removed checks that a run removes what it made, and nothing else.
func (d *deployedReference) removed(t *testing.T) {
	run := func(want int, args ...string) string {
		t.Helper()
		code, out := ran(t, d.env, append([]string{"smoke", "--env", d.file}, args...)...)
		require.Equal(t, want, code, out)
		return out
	}
	some := []string{"--case", "first", "--case", "order-*", "--case", "id-differs-*", "--case", "sig-missing"}
	out := run(verdict.ExitPass, append(some, "--verbose")...)
	require.Regexp(t, `run \w+: if it is killed, what it made is removed by: fridaygate smoke --env \S+ --cleanup-only --run-id \w+`, out)
	require.Regexp(t, `ok      invoices .* nothing is left of what the run made`, out)
	require.Zero(t, d.rows(t))

	run(verdict.ExitPass, append(some, "--run-id", "kept", "--keep")...)
	kept := d.rows(t)
	require.NotZero(t, kept)
	run(verdict.ExitPass, "--case", "dup-seq", "--run-id", "other", "--keep")
	both := d.rows(t)
	require.Contains(t, run(verdict.ExitPass, "--cleanup-only", "--run-id", "kept"), "PASS: 1 planned, 1 ran: 1 passed")
	require.Equal(t, (both-kept)/3*4, d.rows(t), "three rows for each event of the other run stay, and the invoice that both are about")

	out = run(verdict.ExitUnknown, append(some, "--run-id", "other", "--case", "dup-seq")...)
	require.Contains(t, out, "what is there may be another run's")
	run(verdict.ExitPass, "--cleanup-only", "--run-id", "other")
	require.Zero(t, d.rows(t))
}

// interrupted checks that SIGTERM, like Ctrl-C, ends a run, which cleans up first, and that after kill -9 the ids follow from its name.
func (d *deployedReference) interrupted(t *testing.T) {
	command, text := d.start(t)
	require.NoError(t, command.Process.Signal(syscall.SIGTERM))
	var exited *exec.ExitError
	require.True(t, errors.As(command.Wait(), &exited))
	require.Equal(t, verdict.ExitInterrupted, exited.ExitCode(), text.String())
	require.Contains(t, text.String(), "interrupted: removing what the run made, for at most 1m0s; interrupt again to end at once")
	require.Zero(t, d.rows(t), text.String())

	command, _ = d.start(t, "--run-id", "killed")
	require.NoError(t, command.Process.Kill())
	require.Error(t, command.Wait())
	require.NotZero(t, d.rows(t))
	code, out := ran(t, d.env, "smoke", "--env", d.file, "--cleanup-only", "--run-id", "killed")
	require.Equal(t, verdict.ExitPass, code, out)
	require.Zero(t, d.rows(t))
}

// left checks that what could not be removed makes a green run one that could not tell.
func (d *deployedReference) left(t *testing.T) {
	text, err := os.ReadFile(d.file)
	require.NoError(t, err)
	broken := strings.Replace(string(text), "delete from outbox where", "delete from no_table where", 1)
	require.NoError(t, os.WriteFile(d.file, []byte(broken), 0o600))
	report := filepath.Join(t.TempDir(), "report.json")
	code, out := ran(t, d.env, "smoke", "--env", d.file, "--case", "first", "--run-id", "stays", "--json", report)
	require.Equal(t, verdict.ExitUnknown, code, out)
	require.Contains(t, out, "still there after the removal: ")
	require.Contains(t, out, "no such table: no_table")
	require.Contains(t, out, fmt.Sprintf("rerun: fridaygate smoke --env %s --cleanup-only --run-id stays", d.file))
	written, err := os.ReadFile(report)
	require.NoError(t, err)
	require.Contains(t, string(written), `"kind": "cleanup"`)
}

//go:build unix

package process_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/process"
)

// started waits for a process to write its id down.
func started(t *testing.T, file string) (pid int) {
	t.Helper()
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(file)
		if err != nil {
			return false
		}
		pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
		return err == nil
	}, 10*time.Second, 5*time.Millisecond)
	return pid
}

func gone(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err == nil { // an orphan that nobody waits for stays as a zombie
		return bytes.Contains(stat, []byte(") Z "))
	}
	return syscall.Kill(pid, 0) != nil
}

func TestKillingACommandKillsItsChildren(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := process.Command(ctx, "sh", "-c", `sleep 600 & echo $! >"$0"; wait`, file)
	require.NoError(t, c.Start())
	child := started(t, file)
	require.False(t, gone(child))
	cancel()
	require.Error(t, c.Wait())
	require.Eventually(t, func() bool { return gone(child) }, 10*time.Second, 5*time.Millisecond)
}

func TestWhatACommandLeavesRunningGoesOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := process.Command(ctx, "sh", "-c", `sleep 600 >/dev/null 2>&1 & echo $! >"$0"`, file)
	require.NoError(t, c.Run())
	child := started(t, file)
	cancel()
	require.False(t, gone(child))
	require.NoError(t, syscall.Kill(child, syscall.SIGKILL))
}

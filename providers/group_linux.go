package providers

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ownGroup starts a command in a new process group, and has it killed when this process dies.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// paused reports whether every thread of a process has stopped: SIGSTOP reaches them a moment after it was sent.
func paused(pid int) bool {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil {
		return true // Glob fails on a bad pattern alone
	}
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		// The state follows the command's name, which is in parentheses and may contain anything (proc(5)).
		if at := bytes.LastIndexByte(stat, ')'); err == nil && at+2 < len(stat) && !bytes.ContainsRune([]byte("TtZX"), rune(stat[at+2])) {
			return false
		}
	}
	return true
}

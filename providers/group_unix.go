//go:build unix

package providers

import (
	"errors"
	"os"
	"syscall"
)

const (
	executableSuffix = ""
	pauseSignal      = syscall.SIGSTOP
	resumeSignal     = syscall.SIGCONT
)

// signalGroup signals a process and all of its group. A group without members is no error.
func signalGroup(leader *os.Process, signal os.Signal) error {
	err := syscall.Kill(-leader.Pid, signal.(syscall.Signal))
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

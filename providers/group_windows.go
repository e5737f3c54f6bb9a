package providers

import (
	"fmt"
	"os"
	"syscall"
)

const (
	executableSuffix = ".exe"
	pauseSignal      = syscall.Signal(0x13)
	resumeSignal     = syscall.Signal(0x12)
)

// ownGroup keeps signals of the console from a command.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// signalGroup can only kill, and only the process itself.
func signalGroup(leader *os.Process, signal os.Signal) error {
	if signal == syscall.SIGKILL {
		return leader.Kill()
	}
	return fmt.Errorf("signal %v on Windows: %w", signal, ErrUnsupported)
}

// paused is never asked: pausing fails before.
func paused(int) bool { return true }

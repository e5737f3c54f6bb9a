package providers

import "syscall"

// ownGroup puts a command in a group of its own, and lets it die with this process.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

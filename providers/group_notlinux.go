//go:build unix && !linux

package providers

import "syscall"

// ownGroup starts a command in a new process group.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// paused takes the kernel's word for it: that a signal was sent is all that is known here.
func paused(int) bool { return true }

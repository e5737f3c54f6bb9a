//go:build unix && !linux

package providers

import "syscall"

// ownGroup puts a command in a group of its own.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

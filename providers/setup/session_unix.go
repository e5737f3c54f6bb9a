//go:build unix

package setup

import "syscall"

// ownSession keeps a command running when this process, or its terminal, ends.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

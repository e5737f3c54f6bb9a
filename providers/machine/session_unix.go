//go:build unix

package machine

import "syscall"

// ownSession keeps a command running when this process, or its terminal, ends.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

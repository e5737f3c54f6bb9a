// Package process runs the commands that a contract names: programs that people wrote, which may start others.
package process

import (
	"context"
	"os/exec"
	"time"
)

// Command is exec.CommandContext for a program and its arguments; when ctx ends before the program has, what it
// started in turn is killed with it (on Windows it alone is). What it leaves running when it ends by itself goes on.
func Command(ctx context.Context, program string, arguments ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, program, arguments...)
	c.WaitDelay = time.Second // what goes on may hold the output open
	together(c)
	return c
}

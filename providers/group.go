package providers

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// group is a running command with everything it starts in turn.
type group struct {
	command *exec.Cmd
	done    chan struct{} // closed when the command has ended and been waited for

	mu   sync.Mutex
	over bool // no signal may be sent any more: the process id is free again
}

// launch starts a command in a new process group.
func launch(ctx context.Context, binary string, env []string, output io.Writer) (*group, error) {
	command := exec.CommandContext(context.WithoutCancel(ctx), binary) // it outlives the call that starts it
	command.Env = env
	command.Stdout, command.Stderr = output, output
	command.WaitDelay = 500 * time.Millisecond // a grandchild may hold the output open
	command.SysProcAttr = ownGroup()
	g := &group{command: command, done: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		// On Linux the command is to die with this process, and the kernel takes the starting thread for it: keep it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err != nil {
			return
		}
		_ = command.Wait() // how it ended is read from ProcessState
		g.mu.Lock()
		_ = signalGroup(command.Process, syscall.SIGKILL) // what it left behind
		g.over = true
		g.mu.Unlock()
		close(g.done)
	}()
	return g, <-started
}

// ended is an error with the exit code once the command has ended, and nil before.
func (g *group) ended() error {
	select {
	case <-g.done:
	default:
		return nil
	}
	if code := g.command.ProcessState.ExitCode(); code >= 0 {
		return fmt.Errorf("it ended with exit code %d", code)
	}
	return fmt.Errorf("it was ended by a signal (%s)", g.command.ProcessState)
}

// signal sends a signal to the whole group.
func (g *group) signal(signal os.Signal) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		return fmt.Errorf("it has ended: %w", os.ErrProcessDone)
	}
	return signalGroup(g.command.Process, signal)
}

func (g *group) kill(ctx context.Context) error {
	select {
	case <-g.done:
		return nil
	default:
	}
	if err := g.signal(syscall.SIGKILL); err != nil {
		select {
		case <-g.done: // it ended in between
			return nil
		default:
			return err
		}
	}
	select {
	case <-g.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop interrupts the command, and kills it if it does not end within the timeout.
func (g *group) stop(ctx context.Context, timeout time.Duration) error {
	_ = g.signal(resumeSignal) // a paused one hears nothing
	_ = g.signal(syscall.SIGTERM)
	select {
	case <-g.done:
	case <-time.After(timeout):
	case <-ctx.Done():
	}
	return g.kill(context.WithoutCancel(ctx))
}

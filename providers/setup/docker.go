package setup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Bounds of the Docker step.
const (
	answerTimeout = 10 * time.Second // for one question
	engineTimeout = time.Minute      // for a started dockerd to answer
)

// FindDocker returns the version of the Docker engine that answers. It starts nothing.
func (m Machine) FindDocker(ctx context.Context) (version string, err error) {
	if version, err = answer(ctx); err != nil && ctx.Err() == nil {
		err = fmt.Errorf("no Docker engine answers (%w); install Docker (https://docs.docker.com/get-started/get-docker/), start it, "+
			"and see that \"docker version\" works for this user; as root on Debian, \"fridaygate setup\" does it by itself", err)
	}
	return version, err
}

// Docker returns what FindDocker does. On Debian, as root, it installs and starts one if
// necessary; that engine outlives this process. Elsewhere, an engine that does not answer is an error that says what to do.
func (m Machine) Docker(ctx context.Context) (version string, err error) {
	if version, err = m.FindDocker(ctx); err == nil || ctx.Err() != nil || !m.installs() {
		return version, err
	}
	if missing("dockerd") {
		if err := m.aptInstall(ctx, "docker.io"); err != nil {
			return "", fmt.Errorf("install Docker: %w", err)
		}
	}
	if missing("docker") { // Debian 13 has the command in a separate package
		if err := m.aptInstall(ctx, "docker-cli"); err != nil {
			return "", fmt.Errorf("install Docker's command: %w", err)
		}
	}
	if version, err = answer(ctx); err == nil { // the package starts it where there is systemd
		return version, nil
	}
	return m.startDocker(ctx)
}

// answer returns the engine's version.
func answer(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	return run(ctx, "docker", "version", "--format", "{{.Server.Version}}")
}

// startDocker starts dockerd in a new session, and waits until it answers.
func (m Machine) startDocker(ctx context.Context) (string, error) {
	file := m.DockerLog
	if file == "" {
		file = "/var/log/dockerd.log"
	}
	for _, left := range leftByDocker {
		if err := removeStale(left.file, left.program); err != nil {
			return "", fmt.Errorf("start dockerd: %w", err)
		}
	}
	m.say("starting dockerd in the background, which prints to %s", file)
	log, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return "", fmt.Errorf("start dockerd: %w", err)
	}
	command := exec.CommandContext(context.WithoutCancel(ctx), "dockerd")
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = ownSession()
	if err := errors.Join(command.Start(), log.Close()); err != nil {
		return "", fmt.Errorf("start dockerd: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	deadline := time.After(engineTimeout)
	for {
		version, asked := answer(ctx)
		if asked == nil {
			return version, nil
		}
		select {
		case err := <-ended:
			return "", fmt.Errorf("dockerd ended (%w); its log, %s, ends with: %s", err, file, ending(file))
		case <-deadline:
			return "", fmt.Errorf("dockerd does not answer after %s (%w); its log, %s, ends with: %s", engineTimeout, asked, file, ending(file))
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// leftByDocker are the files with process ids that dockerd, and the containerd that it starts, leave behind when the
// machine is stopped hard.
var leftByDocker = []struct{ file, program string }{
	{"/var/run/docker.pid", "dockerd"},
	{"/var/run/docker/containerd/containerd.pid", "containerd"},
}

// removeStale removes a file with a process id if no process of that program has it. Where another program has it by
// now, dockerd would not start: it takes that one for itself.
func removeStale(file, program string) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if id, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
		name, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(id), "comm"))
		if err == nil && strings.TrimSpace(string(name)) == program {
			return nil
		}
	}
	return os.Remove(file)
}

// ending returns the last lines of a file, on one line.
func ending(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	return tail(string(text), 3)
}

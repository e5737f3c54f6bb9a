package setup

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// run runs a command and returns its output. Its error ends with the last lines of the output.
func run(ctx context.Context, name string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Env = append(command.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	command.WaitDelay = time.Second
	said, err := command.CombinedOutput()
	text := strings.TrimSpace(string(said))
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		lines := strings.Split(text, "\n")
		return text, fmt.Errorf("%s: %w: %s", strings.Join(append([]string{name}, args...), " "), err, strings.Join(lines[max(0, len(lines)-5):], "; "))
	}
	return text, nil
}

// Machine is the machine to set up. Its zero value is this one.
type Machine struct {
	// Say, if not nil, is called with one sentence before each step that may take a while.
	Say func(what string)

	OSRelease string // empty: /etc/os-release
	DockerLog string // where a dockerd that is started here prints to; empty: /var/log/dockerd.log
	User      func() int
}

func (m Machine) say(format string, args ...any) {
	if m.Say != nil {
		m.Say(fmt.Sprintf(format, args...))
	}
}

// installs reports whether packages may be installed here: on Debian, as root.
func (m Machine) installs() bool {
	file, user := m.OSRelease, os.Geteuid
	if file == "" {
		file = "/etc/os-release"
	}
	if m.User != nil {
		user = m.User
	}
	text, err := os.ReadFile(file)
	if err != nil || user() != 0 {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if strings.Trim(strings.TrimSpace(line), `"`) == "ID=debian" {
			return true
		}
	}
	return false
}

// aptInstall installs Debian packages.
func (m Machine) aptInstall(ctx context.Context, packages ...string) error {
	m.say("installing %s with apt-get", strings.Join(packages, " "))
	if _, err := run(ctx, "apt-get", "update", "-q"); err != nil {
		return err
	}
	_, err := run(ctx, "apt-get", append([]string{"install", "-q", "-y", "--no-install-recommends"}, packages...)...)
	return err
}

func missing(command string) bool {
	_, err := exec.LookPath(command)
	return err != nil
}

// Compiler is an error unless there is a C compiler, which linking libpact_ffi needs. On Debian, as root, it installs one.
func (m Machine) Compiler(ctx context.Context) error {
	compiler := "gcc" // Go's default
	if chosen, err := run(ctx, "go", "env", "CC"); err == nil {
		compiler, _, _ = strings.Cut(chosen, " ")
	}
	if !missing(compiler) {
		return nil
	}
	if !m.installs() {
		return fmt.Errorf("the C compiler %s is not found, and the contract suites link libpact_ffi with it: install it, or name another one with CC", compiler)
	}
	return m.aptInstall(ctx, "gcc", "libc6-dev")
}

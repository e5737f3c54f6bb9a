package setup

import (
	"context"
	"errors"
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
		return text, fmt.Errorf("%s: %w: %s", strings.Join(append([]string{name}, args...), " "), err, tail(text, 5))
	}
	return text, nil
}

// tail returns the last lines of a text, at most most, on one line.
func tail(text string, most int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-most):], "; ")
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

// FindCurl returns the path of curl, which runs the commands that findings show in this repository's own tests.
func (m Machine) FindCurl(context.Context) (path string, err error) {
	if path, err = exec.LookPath("curl"); err != nil {
		return "", errors.New("curl is not found, which runs the curl commands of findings in the tests: install it")
	}
	return path, nil
}

// Curl returns what FindCurl does. On Debian, as root, it installs curl if there is none.
func (m Machine) Curl(ctx context.Context) (path string, err error) {
	if path, err = m.FindCurl(ctx); err == nil || !m.installs() {
		return path, err
	}
	if err := m.aptInstall(ctx, "curl"); err != nil {
		return "", err
	}
	return m.FindCurl(ctx)
}

// FindBrowser returns the path of Chromium, or of a browser like it, in which this repository tests its pages.
func (m Machine) FindBrowser(context.Context) (path string, err error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("chromium is not found, in which pages of reports are tested: install it")
}

// Browser returns what FindBrowser does. On Debian, as root, it installs Chromium if there is none.
func (m Machine) Browser(ctx context.Context) (path string, err error) {
	if path, err = m.FindBrowser(ctx); err == nil || !m.installs() {
		return path, err
	}
	if err := m.aptInstall(ctx, "chromium"); err != nil {
		return "", err
	}
	return m.FindBrowser(ctx)
}

// FindCompiler returns the path of the C compiler that Go uses, which linking libpact_ffi needs. It installs nothing.
func (m Machine) FindCompiler(ctx context.Context) (path string, err error) {
	compiler := "gcc" // Go's default
	if chosen, err := run(ctx, "go", "env", "CC"); err == nil {
		compiler, _, _ = strings.Cut(chosen, " ")
	}
	if path, err = exec.LookPath(compiler); err != nil {
		return "", fmt.Errorf("the C compiler %s is not found, and the contract suites link libpact_ffi with it: "+
			"install it, or name another one with CC", compiler)
	}
	return path, nil
}

// Compiler returns what FindCompiler does. On Debian, as root, it installs a compiler if there is none.
func (m Machine) Compiler(ctx context.Context) (path string, err error) {
	if path, err = m.FindCompiler(ctx); err == nil || !m.installs() {
		return path, err
	}
	if err := m.aptInstall(ctx, "gcc", "libc6-dev"); err != nil {
		return "", err
	}
	return m.FindCompiler(ctx)
}

// FindCgo returns the version of Go, with which cgo is switched on. An error says how to switch it on.
func (m Machine) FindCgo(ctx context.Context) (version string, err error) {
	said, err := run(ctx, "go", "env", "GOVERSION", "CGO_ENABLED")
	if err != nil {
		return "", fmt.Errorf("the suites run with go test: install Go (https://go.dev/doc/install): %w", err)
	}
	version, enabled, _ := strings.Cut(said, "\n")
	if enabled != "1" {
		return "", errors.New("cgo is switched off, and the contract suites link libpact_ffi through it: export CGO_ENABLED=1")
	}
	return version, nil
}

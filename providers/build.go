package providers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Build describes how a service is built from its Go package.
type Build struct {
	Package      string
	Dir          string // a folder of the module; empty: the current one
	GOOS, GOARCH string // empty: this machine's
}

// BuildTimeout bounds one build, which on a machine with an empty build cache compiles every dependency.
const BuildTimeout = 20 * time.Minute

// Run builds a static binary (CGO_ENABLED=0) to the file output, within BuildTimeout. It uses Go's build cache, so what
// has not changed is only linked again.
func (b Build) Run(ctx context.Context, output string) error {
	bounded, cancel := context.WithTimeout(ctx, BuildTimeout)
	defer cancel()
	if b.GOOS == "" {
		b.GOOS = runtime.GOOS
	}
	if b.GOARCH == "" {
		b.GOARCH = runtime.GOARCH
	}
	output, err := filepath.Abs(output)
	if err != nil {
		return fmt.Errorf("build %s: %w", b.Package, err)
	}
	command := exec.CommandContext(bounded, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", output, b.Package)
	command.Dir = b.Dir
	command.Env = append(command.Environ(), "CGO_ENABLED=0", "GOOS="+b.GOOS, "GOARCH="+b.GOARCH)
	said, err := command.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("build %s: the time that its caller gave ended it (%w): build before the clock starts, or give it longer",
			b.Package, context.Cause(ctx))
	case bounded.Err() != nil:
		return fmt.Errorf("build %s: it did not end within %s; run \"go build %s\" once, which fills the build cache",
			b.Package, BuildTimeout, b.Package)
	case err != nil:
		return fmt.Errorf("build %s for %s/%s: %w\n  %s", b.Package, b.GOOS, b.GOARCH, err,
			strings.ReplaceAll(strings.TrimSpace(string(said)), "\n", "\n  "))
	}
	if info, err := os.Stat(output); err != nil || (b.GOOS != "windows" && info.Mode()&0o111 == 0) {
		return fmt.Errorf("build %s: it is no command: want a package main", b.Package)
	}
	return nil
}

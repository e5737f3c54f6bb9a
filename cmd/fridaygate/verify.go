package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/verification"
	"github.com/fridaygate/fridaygate/smoke/process"
	"github.com/fridaygate/fridaygate/smoke/verdict"
)

// verifyCommand verifies through go test: provider states are Go functions, so whoever calls them is built from a
// team's own code, and libpact_ffi is linked there and not here.
type verifyCommand struct {
	Packages []string      `arg:"" optional:"" default:"./contracts/..." help:"Go packages whose tests verify pacts with contracts.VerifyPacts."`
	RunTests string        `name:"run" placeholder:"REGEXP" help:"Only the tests that match, as go test -run has it."`
	JSON     string        `placeholder:"FILE" help:"Write the whole report as JSON."`
	JUnit    string        `name:"junit" placeholder:"FILE" help:"Write the report as JUnit XML."`
	Timeout  time.Duration `default:"10m" help:"How long all of it may take."`
	Verbose  bool          `short:"v" help:"Show every interaction that passes, and what the tests print."`
}

// Run verifies and reports.
func (c *verifyCommand) Run(ctx context.Context, std streams) error {
	if c.Timeout <= 0 {
		return exit(verdict.ExitUsage, fmt.Errorf("--timeout %s: must be more than zero", c.Timeout))
	}
	for _, name := range c.Packages {
		if strings.HasPrefix(name, "-") {
			return exit(verdict.ExitUsage, fmt.Errorf("%s: not a package", name))
		}
	}
	run, err := c.verify(ctx, std)
	if err != nil {
		return err
	}
	failed := []error{run.Text(std.out, c.Verbose)}
	for file, write := range map[string]func(io.Writer) error{c.JSON: run.JSON, c.JUnit: run.JUnit} {
		if file != "" {
			failed = append(failed, writeFile(file, write))
		}
	}
	err, code := errors.Join(failed...), run.Exit()
	if err != nil && code == verdict.ExitPass {
		code = verdict.ExitUnknown // a pass that nobody can read is none
	}
	if code == verdict.ExitPass {
		return nil
	}
	return exit(code, err)
}

func (c *verifyCommand) verify(ctx context.Context, std streams) (*verification.Run, error) {
	folder, err := os.MkdirTemp("", "fridaygate-verify-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	arguments := []string{"test", "-count=1", "-timeout", (c.Timeout + time.Minute).String()} // ours comes first
	if c.RunTests != "" {
		arguments = append(arguments, "-run", c.RunTests)
	}
	if c.Verbose {
		arguments = append(arguments, "-v")
	}
	timed, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	test := process.Command(timed, "go", append(arguments, c.Packages...)...)
	test.Env = append(os.Environ(), verification.Folder+"="+folder)
	var printed bytes.Buffer
	test.Stdout, test.Stderr = &printed, &printed
	if c.Verbose {
		test.Stdout, test.Stderr = io.MultiWriter(std.err, &printed), io.MultiWriter(std.err, &printed)
	}
	started := time.Now()
	failed := test.Run()
	if errors.Is(failed, exec.ErrNotFound) {
		return nil, exit(verdict.ExitUsage, fmt.Errorf("verify: %w: pacts are verified by Go tests, so Go must be installed and on the PATH", failed))
	}
	run, err := verification.Sum(folder, failed, printed.String())
	if err != nil {
		return nil, err
	}
	run.Took = time.Since(started)
	switch {
	case ctx.Err() != nil:
		run.Interrupted = true
	case timed.Err() != nil:
		run.Problem = fmt.Sprintf("go test did not end within %s", c.Timeout)
	}
	run.Judge()
	return &run, nil
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/ci"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/process"
)

// verifyCommand runs contract suites through go test and combines the reports that they leave. Provider states are Go
// functions of a team, so only the team's own test binary can call them; libpact_ffi is opened there and not here.
type verifyCommand struct {
	Packages []string      `arg:"" optional:"" default:"./contracts/..." help:"Go packages of the contract suites."`
	RunTests string        `name:"run" placeholder:"REGEXP" help:"Only the tests that match, as in go test -run."`
	Timeout  time.Duration `default:"10m" help:"Limit for the whole run."`

	verifiedPacts
	textFlags
	reportFlags
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
	files, err := c.outputs()
	if err != nil {
		return err
	}
	variables, err := c.environment(ctx, std)
	if err != nil {
		return exit(verdict.ExitUsage, err)
	}
	run, err := c.verify(ctx, std, variables)
	if err != nil {
		return err
	}
	text := c.writer(std, files)
	text.Kinds = true
	text.Write(run)
	return end(run, errors.Join(text.Err, files.write(std, run)))
}

func (c *verifyCommand) verify(ctx context.Context, std streams, variables []string) (report.Report, error) {
	folder, err := os.MkdirTemp("", "fridaygate-verify-")
	if err != nil {
		return report.Report{}, err
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
	if err := c.packages(timed); err != nil && ctx.Err() == nil {
		return report.Report{}, err
	}
	test := process.Command(timed, "go", append(arguments, c.Packages...)...)
	test.Env = append(append(os.Environ(), variables...), report.FolderVariable+"="+folder)
	var printed bytes.Buffer
	test.Stdout, test.Stderr = &printed, &printed
	if c.Verbose {
		test.Stdout, test.Stderr = io.MultiWriter(std.err, &printed), io.MultiWriter(std.err, &printed)
	}
	revision := revisionOf(detect(ctx, std))
	started := time.Now()
	failed := test.Run()
	run, err := report.Collect(folder, failed, printed.String())
	if err != nil {
		return report.Report{}, err
	}
	run.Command, run.Revision, run.Started, run.Ended = "fridaygate verify", revision, started, time.Now()
	switch {
	case ctx.Err() != nil:
		run.Interrupted = true
	case timed.Err() != nil:
		run.Problems = append(run.Problems, report.Remark{Text: fmt.Sprintf("go test did not end within %s: raise it with --timeout", c.Timeout)})
	}
	if notBuilt.MatchString(printed.String()) && run.Verdict() != verdict.Fail && ctx.Err() == nil {
		return report.Report{}, exit(verdict.ExitUsage, fmt.Errorf("verify: a test does not compile:\n%s", strings.TrimSpace(printed.String())))
	}
	return run, nil
}

// revisionOf returns the commit of a build, and says if tracked files differ from it; "" if it is not known.
func revisionOf(b ci.Build) string {
	if b.Version != "" && b.Dirty {
		return b.Version + "-dirty" // as git describe --dirty
	}
	return b.Version
}

// notBuilt is what go test prints of a package whose tests cannot be built.
var notBuilt = regexp.MustCompile(`(?m)^FAIL\t.* \[(build|setup) failed\]$`)

// packages finds out whether there is Go, and whether the packages are there.
func (c *verifyCommand) packages(ctx context.Context) error {
	list := process.Command(ctx, "go", append([]string{"list", "--"}, c.Packages...)...)
	var listed, complaints bytes.Buffer
	list.Stdout, list.Stderr = &listed, &complaints
	err := list.Run()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return exit(verdict.ExitUsage, fmt.Errorf("verify: %w: pacts are verified by Go tests, so Go must be installed and on the PATH", err))
	case err != nil, listed.Len() == 0:
		return exit(verdict.ExitUsage, fmt.Errorf("verify %s: no such package: %s",
			strings.Join(c.Packages, " "), strings.TrimSpace(complaints.String())))
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// reportCommand groups what is done with reports that are there already.
type reportCommand struct {
	Show    reportShowCommand    `cmd:"" help:"Print a report as the run that wrote it did, and exit as it did."`
	Convert reportConvertCommand `cmd:"" help:"Write a report in other formats."`
	Merge   reportMergeCommand   `cmd:"" help:"Join the reports of shards, or of several runs, into one with one verdict."`
	Diff    reportDiffCommand    `cmd:"" help:"Say what got red, what got green and what got slower from one report to another."`
}

type reportShowCommand struct {
	File string `arg:"" help:"A report as JSON; - is standard input."`

	textFlags
}

// Run prints the report. Its exit code is the report's.
func (c *reportShowCommand) Run(std streams) error {
	r, err := readReport(std, c.File)
	if err != nil {
		return err
	}
	text := c.writer(std, nil)
	text.Kinds = r.Target == ""
	text.Write(r)
	return end(r, text.Err)
}

type reportConvertCommand struct {
	File string `arg:"" help:"A report as JSON; - is standard input."`

	reportFlags
}

// Help gives an example.
func (reportConvertCommand) Help() string {
	return `It exits with 0 when all is written, whatever the report says.

	fridaygate report convert smoke.json --html smoke.html --report sarif=smoke.sarif`
}

// Run writes the report in the formats that its flags name.
func (c *reportConvertCommand) Run(std streams) error {
	files, err := c.outputs()
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return exit(verdict.ExitUsage, errors.New("report convert: name a format: --html FILE, --junit FILE or --report FORMAT=FILE"))
	}
	r, err := readReport(std, c.File)
	if err != nil {
		return err
	}
	return files.write(streams{out: std.out, err: std.err, raw: std.raw}, r)
}

type reportDiffCommand struct {
	Old string `arg:"" help:"The earlier report, as JSON."`
	New string `arg:"" help:"The later report, as JSON."`
}

// Help explains the exit codes.
func (reportDiffCommand) Help() string {
	return `It exits with 1 when a check fails that did not fail before, with 3 when one came to no verdict that passed before or is no longer
checked, and with 0 otherwise: what was broken before and still is makes nothing worse.

	fridaygate report diff monday.json friday.json`
}

// Run compares the reports.
func (c *reportDiffCommand) Run(std streams) error {
	before, err := readReport(std, c.Old)
	if err != nil {
		return err
	}
	now, err := readReport(std, c.New)
	if err != nil {
		return err
	}
	d := report.Compare(before, now)
	if err := d.Text(std.out); err != nil {
		return err
	}
	if v := d.Verdict(); v != verdict.Pass {
		return exit(v.Exit(), nil)
	}
	return nil
}

// readReport reads a report of a file. One that cannot be read is wrong usage.
func readReport(std streams, file string) (report.Report, error) {
	r, err := parseReport(std, file)
	if err != nil {
		name := file
		if file == standardOutput {
			name = "standard input"
		}
		return report.Report{}, exit(verdict.ExitUsage, fmt.Errorf("read report %s: %w", name, err))
	}
	return r, nil
}

// parseReport reads a report of a file.
func parseReport(std streams, file string) (report.Report, error) {
	var text []byte
	var err error
	if file == standardOutput {
		text, err = io.ReadAll(std.in)
	} else {
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return report.Report{}, reason(err)
	}
	return report.Parse(text)
}

// reason returns what is wrong with a file, without its name.
func reason(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

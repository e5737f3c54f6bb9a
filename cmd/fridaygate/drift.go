package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/drift"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// driftCommand finds the formats that logs hold.
type driftCommand struct {
	reportFlags
	Logs       []string `arg:"" name:"log" help:"Logs of JSON lines, plain, gzip, zstd or bzip2: files, globs in quotes, or -."`
	Schema     string   `required:"" placeholder:"FILE" help:"JSON Schema that the payloads must keep to."`
	Field      string   `placeholder:"POINTER" help:"Where a line holds the payload, as JSON or as a string that holds JSON."`
	ID         string   `name:"id" placeholder:"POINTER" help:"Where the id of an event is: one event in two formats is a finding."`
	Time       string   `placeholder:"POINTER" help:"Where the time is; the usual names are tried without it."`
	By         string   `placeholder:"POINTER" help:"Count formats for each value there, such as /type."`
	MaxFormats int      `placeholder:"N" help:"More formats than N, or than N of each kind with --by, are a failure."`
	MaxLine    int      `placeholder:"MIB" default:"16" help:"Longer lines are not read, and said."`
}

// Help explains what a format is, and the exit codes.
func (driftCommand) Help() string {
	return `A format is the payloads with the same members of the same types. All items of an array count as one, and so do members
whose names are data, such as UUIDs. Samples are shown without their data: letters as x, digits as 0.

	0    the schema accepts every payload
	1    it refuses one, an id came in several formats, or there are more than --max-formats
	3    nothing was read, or not all of it

	fridaygate drift --schema contracts/schemas/invoice-event.schema.json --id /id 'logs/*.jsonl.gz'
	kubectl logs deploy/invoices | fridaygate drift --schema event.schema.json --field /request/body -`
}

// Run reads the logs and reports.
func (c *driftCommand) Run(ctx context.Context, std streams) error {
	files, err := c.outputs()
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return exit(verdict.ExitUsage, err)
	}
	loaded, err := schema.Load(c.Schema)
	if err != nil {
		return exit(verdict.ExitUsage, err)
	}
	show, clear := statusLine(std.err)
	logs, absent := namedLogs(c.Logs, std)
	found := drift.Read(ctx, logs, drift.Options{
		Schema: loaded, Field: c.Field, ID: c.ID, Time: c.Time, By: c.By, MaxFormats: c.MaxFormats, MaxLine: c.MaxLine << 20,
		Progress: func(p drift.Progress) {
			show(progressLine(p.Log, fmt.Sprintf("%d payloads", p.Payloads), p.Read, p.Total, p.Took))
		},
	})
	clear()
	run := found.Report()
	for _, name := range absent {
		run.Problems = append(run.Problems, report.Remark{Kind: report.Schema, Subject: name, Text: "no file matches"})
	}
	text := report.Text{W: files.text(std), Verbose: true}
	text.Write(run)
	return end(run, errors.Join(text.Err, files.write(std, run)))
}

// check finds what is wrong with the flags.
func (c *driftCommand) check() error {
	var wrong []error
	for _, flag := range []struct{ name, pointer string }{{"field", c.Field}, {"id", c.ID}, {"time", c.Time}, {"by", c.By}} {
		if flag.pointer != "" && !strings.HasPrefix(flag.pointer, "/") {
			slashes := strings.ReplaceAll(flag.pointer, ".", "/")
			wrong = append(wrong, fmt.Errorf("--%s %s: a JSON Pointer starts with a slash: /%s", flag.name, flag.pointer, slashes))
		}
	}
	if c.MaxFormats < 0 {
		wrong = append(wrong, fmt.Errorf("--max-formats %d: must be at least 1", c.MaxFormats))
	}
	if c.MaxLine < 1 || c.MaxLine > 1024 {
		wrong = append(wrong, fmt.Errorf("--max-line %d: must be from 1 to 1024 MiB", c.MaxLine))
	}
	return errors.Join(wrong...)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
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
	Write      string   `name:"write-schema" placeholder:"FILE" help:"Propose the smallest change of the schema that accepts every format."`
	MaxLine    int      `placeholder:"MIB" default:"16" help:"Longer lines are not read, and said."`
}

// Help explains what a format is, and the exit codes.
func (driftCommand) Help() string {
	return `A format is the payloads with the same members of the same types. All items of an array count as one, and so do members
whose names are data, such as UUIDs. Members that the schema describes may be absent or null. Samples are
shown without their data: letters as x, digits as 0.

	0    the schema accepts every payload
	1    it refuses one, an id came in several formats, or there are more than --max-formats
	3    nothing was read, or not all of it

	fridaygate drift --schema contracts/schemas/invoice-event.schema.json --id /id 'logs/*.jsonl.gz'
	fridaygate drift --schema event.schema.json --write-schema proposed.schema.json monday.jsonl
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
	line := std.status()
	logs, absent := namedLogs(c.Logs, std)
	found := drift.Read(ctx, logs, drift.Options{
		Values: c.Write != "",
		Schema: loaded, Field: c.Field, ID: c.ID, Time: c.Time, By: c.By, MaxFormats: c.MaxFormats, MaxLine: c.MaxLine << 20,
		Progress: func(p drift.Progress) {
			line.show(progressLine(p.Log, fmt.Sprintf("%d payloads", p.Payloads), p.Read, p.Total, p.Took))
		},
	})
	line.clear()
	run := found.Report()
	for _, name := range absent {
		run.Problems = append(run.Problems, report.Remark{Kind: report.Schema, Subject: name, Text: "no file matches"})
	}
	failed := c.propose(ctx, found, &run)
	text := textFlags{Verbose: true}.writer(std, files)
	text.Write(run)
	return end(run, errors.Join(failed, text.Err, files.write(std, run)))
}

// propose writes a schema that accepts every format, and notes in the report what it changes.
func (c *driftCommand) propose(ctx context.Context, found *drift.Drift, run *report.Report) error {
	if c.Write == "" {
		return nil
	}
	p := found.Propose(ctx)
	note := func(format string, args ...any) {
		run.Notes = append(run.Notes, report.Remark{Kind: report.Schema, Subject: c.Schema, Text: fmt.Sprintf(format, args...)})
	}
	for _, change := range p.Changes {
		note("proposed: %s", change)
	}
	for _, open := range p.Open {
		note("not proposed: %s", open)
	}
	accepts := "%s accepts the kept payloads of every format, and everything that the schema accepts"
	if len(p.Open) > 0 {
		accepts = "%s accepts the kept payloads of every format but for what is said above, and everything that the schema accepts"
	}
	switch {
	case p.Text == nil && len(p.Open) == 0:
		note("the schema accepts every format: nothing is proposed, and %s is not written", c.Write)
		return nil
	case p.Text == nil:
		return nil
	case p.Proved:
		note(accepts+" (proved)", c.Write)
	default:
		note(accepts+"; the last is not proved: %s", c.Write, p.Proof)
	}
	return writeFile(c.Write, func(w io.Writer) error {
		_, err := w.Write(p.Text)
		return err
	})
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
	if c.Write != "" && sameFile(c.Write, c.Schema) {
		wrong = append(wrong, fmt.Errorf("--write-schema %s: it is the schema itself: name another file, and compare the two", c.Write))
	}
	if c.MaxLine < 1 || c.MaxLine > 1024 {
		wrong = append(wrong, fmt.Errorf("--max-line %d: must be from 1 to 1024 MiB", c.MaxLine))
	}
	return errors.Join(wrong...)
}

// sameFile reports whether a file that may not be there yet is the one of a schema.
func sameFile(file, named string) bool {
	of, _, _ := strings.Cut(named, "#")
	one, err := os.Stat(file)
	other, errOther := os.Stat(of)
	return err == nil && errOther == nil && os.SameFile(one, other)
}

package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/examples"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// schemaCheckCommand checks folders of JSON Schemas.
type schemaCheckCommand struct {
	reportFlags
	Folders  []string `arg:"" help:"Folders of NAME.schema.json, each with examples/valid/NAME and examples/invalid/NAME."`
	Keywords []string `name:"keyword" placeholder:"NAME" help:"Keyword of your own, to be ignored. Repeatable."`
	ByDraft  bool     `name:"formats-by-draft" help:"Assert formats only where the draft does; they are always asserted without it."`
	Verbose  bool     `short:"v" help:"Show every example that passes."`
}

// Help explains the folder.
func (schemaCheckCommand) Help() string {
	return `For order.schema.json there are

	examples/valid/order/*.json                 which it must accept
	examples/invalid/order/KEYWORD--WHAT.json   which KEYWORD must refuse, and nothing else

A schema without examples, an example without a schema, and a keyword that no draft knows are failures.

	fridaygate schema check contracts/schemas`
}

// Run checks and reports.
func (c *schemaCheckCommand) Run(std streams) error {
	files, err := c.outputs()
	if err != nil {
		return err
	}
	var all []report.Report
	for _, dir := range c.Folders {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return exit(verdict.ExitUsage, fmt.Errorf("schema check %s: it is no folder", dir))
		}
		all = append(all, examples.Read(dir, schema.Options{Keywords: c.Keywords, FormatsByDraft: c.ByDraft}).Check())
	}
	run := report.Merge(all...)
	run.Command = "fridaygate schema check"
	text := report.Text{W: files.text(std), Verbose: c.Verbose}
	text.Write(run)
	return end(run, errors.Join(text.Err, files.write(std, run)))
}

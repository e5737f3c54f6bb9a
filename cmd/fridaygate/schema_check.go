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
	Folders  []string `arg:"" name:"folder" help:"Folders of schemas and their examples, files, or FILE#POINTER."`
	Keywords []string `name:"keyword" placeholder:"NAME" help:"Keyword of your own, to be ignored. Repeatable."`
	ByDraft  bool     `name:"formats-by-draft" help:"Assert formats only where the draft does; they are always asserted without it."`

	textFlags
}

// Help explains the folder.
func (schemaCheckCommand) Help() string {
	return `For order.schema.json there are

	examples/valid/order/*.json                 which it must accept
	examples/invalid/order/KEYWORD--WHAT.json   which KEYWORD must refuse, and nothing else

For Order in components of openapi.yaml they are in examples/valid/openapi/Order and examples/invalid/openapi/Order. A schema of an
OpenAPI document that another one of it refers to needs none of its own.

A schema without examples, an example without a schema, and a keyword that no draft knows are failures. A folder without a schema
is no pass: exit code 3.

	fridaygate schema check contracts/schemas
	fridaygate schema check openapi.yaml#/components/schemas/Order`
}

// Run checks and reports.
func (c *schemaCheckCommand) Run(std streams) error {
	files, err := c.outputs()
	if err != nil {
		return err
	}
	var all []report.Report
	for _, dir := range c.Folders {
		opts := schema.Options{Keywords: c.Keywords, FormatsByDraft: c.ByDraft}
		read := examples.Read
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			file, _, err := opts.Split(dir)
			if err == nil {
				_, err = os.Stat(file)
			}
			if err != nil {
				return exit(verdict.ExitUsage, fmt.Errorf("schema check %s: %w", dir, err))
			}
			read = examples.ReadFile
		}
		all = append(all, read(dir, opts).Check())
	}
	run := report.Merge(all...)
	run.Command = "fridaygate schema check"
	text := c.writer(std, files)
	text.Write(run)
	return end(run, errors.Join(text.Err, files.write(std, run)))
}

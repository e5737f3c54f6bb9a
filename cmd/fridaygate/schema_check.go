package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

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
	Annotate bool     `help:"Write annotations for GitHub Actions, at the lines that are wrong."`
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
	err = errors.Join(text.Err, files.write(std, run))
	if c.Annotate {
		err = errors.Join(err, annotate(files.text(std), run))
	}
	return end(run, err)
}

// annotate writes each finding as an error of GitHub Actions:
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
func annotate(w io.Writer, run report.Report) error {
	message := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, result := range run.Results {
		for _, f := range result.Findings {
			file, line, text := placed(f.Got)
			at := ""
			if line > 0 {
				at = fmt.Sprintf(" file=%s,line=%d", property.Replace(file), line)
			}
			if _, err := fmt.Fprintf(w, "::error%s::%s\n", at, message.Replace(text)); err != nil {
				return err
			}
		}
	}
	return nil
}

// placed takes FILE:LINE:COLUMN from the beginning of a message; line is 0 if there is none.
func placed(text string) (file string, line int, rest string) {
	parts := strings.SplitN(text, ":", 4)
	if len(parts) < 4 {
		return "", 0, text
	}
	line, err := strconv.Atoi(parts[1])
	if err != nil {
		return "", 0, text
	}
	return parts[0], line, strings.TrimSpace(parts[3])
}

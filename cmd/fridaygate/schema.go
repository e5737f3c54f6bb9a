package main

import "github.com/fridaygate/fridaygate/smoke/webhook"

// schemaCommand groups what is about JSON Schemas.
type schemaCommand struct {
	Diff  schemaDiffCommand  `cmd:"" help:"Compare two versions of JSON Schemas: whom does the change break?"`
	Print schemaPrintCommand `cmd:"" help:"Print the JSON Schema of a kind of YAML file, for editors."`
}

type schemaPrintCommand struct {
	Kind string `arg:"" enum:"webhook" help:"The kind of file: webhook, for webhook.yaml."`
}

// Help explains how to make an editor use the schema.
func (schemaPrintCommand) Help() string {
	return `Write it beside the files, and name it in the first line of each:

	fridaygate schema print webhook >webhook.schema.json
	# yaml-language-server: $schema=webhook.schema.json`
}

// Run prints the schema.
func (c *schemaPrintCommand) Run(std streams) error {
	text, err := webhook.Schema()
	if err != nil {
		return err
	}
	_, err = std.out.Write(text)
	return err
}

package main

import (
	"github.com/fridaygate/fridaygate/contracts/payloads"
	"github.com/fridaygate/fridaygate/smoke/environment"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// printed returns the schemas of the kinds of files.
var printed = map[string]func() ([]byte, error){
	"webhook": webhook.Schema, "environment": environment.Schema, "payloads": payloads.Schema,
}

// schemaCommand groups what is about JSON Schemas.
type schemaCommand struct {
	Agree schemaAgreeCommand `cmd:"" help:"Check that schemas, golden fixtures and pacts describe the same payloads."`
	Check schemaCheckCommand `cmd:"" help:"Check JSON Schemas with documents that they must accept and refuse."`
	Diff  schemaDiffCommand  `cmd:"" help:"Compare two versions of JSON Schemas: whom does the change break?"`
	Print schemaPrintCommand `cmd:"" help:"Print the JSON Schema of a kind of YAML file, for editors."`
}

type schemaPrintCommand struct {
	Kind string `arg:"" enum:"webhook,environment,payloads" help:"The kind of file: webhook.yaml, smoke/environments or payloads.yaml."`
}

// Help explains how to make an editor use the schema.
func (schemaPrintCommand) Help() string {
	return `Write it beside the files, and name it in the first line of each:

	fridaygate schema print webhook >webhook.schema.json
	# yaml-language-server: $schema=webhook.schema.json`
}

// Run prints the schema.
func (c *schemaPrintCommand) Run(std streams) error {
	text, err := printed[c.Kind]()
	if err != nil {
		return err
	}
	_, err = std.raw.out.Write(text)
	return err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fridaygate/fridaygate/contracts/payloads"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// schemaAgreeCommand checks that the descriptions of payloads agree.
type schemaAgreeCommand struct {
	reportFlags
	textFlags
	File string `arg:"" help:"The payloads.yaml that says which schema, fixtures and bodies of pacts are about one payload."`
}

// Help explains the file and the verdicts.
func (schemaAgreeCommand) Help() string {
	return `A payloads.yaml has an entry for each schema:

	pacts: [pacts]
	payloads:
	  - schema: schemas/order.schema.json
	    fixtures: [../fixtures/orders]
	    requests: ["PUT /orders/{id}"]
	    answers: ["GET /orders/{id} 200"]

Every fixture and every example must be accepted. What a pact's matching rules let its consumer send must be too; what they let
through of an answer is a note, as nobody who reads is harmed, or, with strict: true, a failure. Every body in the pacts must
have a schema.

	fridaygate schema agree contracts/payloads.yaml
	fridaygate schema print payloads >payloads.schema.json`
}

// Run checks and reports.
func (c *schemaAgreeCommand) Run(ctx context.Context, std streams) error {
	files, err := c.outputs()
	if err != nil {
		return err
	}
	f, err := payloads.Read(c.File)
	if err != nil {
		return exit(verdict.ExitUsage, fmt.Errorf("schema agree: %w", err))
	}
	run := f.Check(ctx, time.Now())
	run.Command = "fridaygate schema agree"
	text := c.writer(std, files)
	text.Write(run)
	return end(run, errors.Join(text.Err, files.write(std, run)))
}

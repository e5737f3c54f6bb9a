package main

import (
	"context"
	"fmt"
	"io"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

type recordDeploymentCommand struct {
	Pacticipant         string `required:"" short:"a" placeholder:"NAME" help:"Name of the application."`
	Version             string `required:"" short:"e" placeholder:"VERSION" help:"Version of the application."`
	Environment         string `required:"" placeholder:"NAME" help:"Environment where it was deployed."`
	ApplicationInstance string `placeholder:"NAME" help:"Instance, if several are deployed independently."`
	brokerFlags
	outputFlag
}

// Run records.
func (c *recordDeploymentCommand) Run(ctx context.Context, std streams) error {
	d := broker.Deployment{Pacticipant: c.Pacticipant, Version: c.Version, Environment: c.Environment, Instance: c.ApplicationInstance}
	return record(ctx, std, c.brokerFlags, c.outputFlag, d, "deployed", (*broker.Client).RecordDeployment)
}

type recordUndeploymentCommand struct {
	Pacticipant         string `required:"" short:"a" placeholder:"NAME" help:"Name of the application."`
	Environment         string `required:"" placeholder:"NAME" help:"Environment where it was deployed."`
	ApplicationInstance string `placeholder:"NAME" help:"Instance, if several are deployed independently."`
	brokerFlags
	outputFlag
}

// Run records.
func (c *recordUndeploymentCommand) Run(ctx context.Context, std streams) error {
	d := broker.Deployment{Pacticipant: c.Pacticipant, Environment: c.Environment, Instance: c.ApplicationInstance}
	return record(ctx, std, c.brokerFlags, c.outputFlag, d, "undeployed", (*broker.Client).RecordUndeployment)
}

type recordReleaseCommand struct {
	Pacticipant string `required:"" short:"a" placeholder:"NAME" help:"Name of the application."`
	Version     string `required:"" short:"e" placeholder:"VERSION" help:"Version of the application."`
	Environment string `required:"" placeholder:"NAME" help:"Environment where it was released."`
	brokerFlags
	outputFlag
}

// Run records.
func (c *recordReleaseCommand) Run(ctx context.Context, std streams) error {
	d := broker.Deployment{Pacticipant: c.Pacticipant, Version: c.Version, Environment: c.Environment}
	return record(ctx, std, c.brokerFlags, c.outputFlag, d, "released", (*broker.Client).RecordRelease)
}

func record(ctx context.Context, std streams, flags brokerFlags, output outputFlag, d broker.Deployment, done string,
	do func(*broker.Client, context.Context, broker.Deployment) error) error {
	client, err := flags.client(std)
	if err != nil {
		return err
	}
	if err := do(client, ctx, d); err != nil {
		return brokerError(ctx, err)
	}
	return output.print(std, map[string]any{"version": 1, done: d}, func(w io.Writer) error {
		version := d.Version
		if version != "" {
			version = " " + version
		}
		_, err := fmt.Fprintf(w, "recorded: %s%s is %s (%s)\n", d.Pacticipant, version, done, d.Environment)
		return err
	})
}

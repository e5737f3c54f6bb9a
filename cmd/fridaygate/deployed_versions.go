package main

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

type deployedVersionsCommand struct {
	Pacticipant string `required:"" short:"a" placeholder:"NAME" help:"Name of the application."`
	Environment string `required:"" placeholder:"NAME" help:"Environment where it is deployed."`
	brokerFlags
	outputFlag
}

// Run lists the versions. None is no error: the application may go there for the first time.
func (c *deployedVersionsCommand) Run(ctx context.Context, std streams) error {
	client, err := c.client(std)
	if err != nil {
		return err
	}
	all, err := client.Deployed(ctx, c.Pacticipant, c.Environment)
	if err != nil {
		return brokerError(ctx, err)
	}
	return c.print(std, map[string]any{"version": 1, "deployed": append([]broker.Deployment{}, all...)}, func(w io.Writer) error {
		if len(all) == 0 {
			_, err := fmt.Fprintf(w, "no version of %s is recorded as deployed in %s\n", c.Pacticipant, c.Environment)
			return err
		}
		rows := [][]any{{"PACTICIPANT", "VERSION", "ENVIRONMENT", "INSTANCE"}}
		for _, d := range all {
			rows = append(rows, []any{d.Pacticipant, d.Version, d.Environment, cmp.Or(d.Instance, "-")})
		}
		return table(w, rows)
	})
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

type environmentsCommand struct {
	brokerFlags
	outputFlag
}

// Run lists the environments.
func (c *environmentsCommand) Run(ctx context.Context, std streams) error {
	client, err := c.client(std)
	if err != nil {
		return err
	}
	all, err := client.Environments(ctx)
	if err != nil {
		return brokerError(ctx, err)
	}
	return c.print(std, map[string]any{"version": 1, "environments": append([]broker.Environment{}, all...)}, func(w io.Writer) error {
		rows := [][]any{{"NAME", "DISPLAY NAME", "PRODUCTION"}}
		for _, e := range all {
			rows = append(rows, []any{e.Name, e.DisplayName, e.Production})
		}
		return table(w, rows)
	})
}

// table writes rows in columns.
func table(w io.Writer, rows [][]any) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var failed []error
	for _, row := range rows {
		for n, cell := range row {
			end := "\t"
			if n == len(row)-1 {
				end = "\n"
			}
			_, err := fmt.Fprintf(columns, "%v%s", cell, end)
			failed = append(failed, err)
		}
	}
	return errors.Join(append(failed, columns.Flush())...)
}

type createEnvironmentCommand struct {
	Name        string `required:"" placeholder:"NAME" help:"Name, as other commands use it."`
	DisplayName string `placeholder:"TEXT" help:"Name to show to people."`
	Production  bool   `help:"Mark it as a production environment." negatable:""`

	ContactName         string `placeholder:"NAME" help:"Person or team to ask about it."`
	ContactEmailAddress string `placeholder:"ADDRESS" help:"E-mail address of the person or team to ask about it."`

	brokerFlags
	outputFlag
}

// Run creates the environment.
func (c *createEnvironmentCommand) Run(ctx context.Context, std streams) error {
	client, err := c.client(std)
	if err != nil {
		return err
	}
	var contacts []broker.Contact
	if contact := (broker.Contact{Name: c.ContactName, EmailAddress: c.ContactEmailAddress}); contact != (broker.Contact{}) {
		contacts = append(contacts, contact)
	}
	if err := client.CreateEnvironment(ctx, c.Name, c.DisplayName, c.Production, contacts...); err != nil {
		return brokerError(ctx, err)
	}
	return c.print(std, map[string]any{"version": 1, "created": c.Name}, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "created the environment %s\n", c.Name)
		return err
	})
}

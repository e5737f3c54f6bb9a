package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

type pactsCommand struct {
	Provider  string `required:"" placeholder:"NAME" help:"Provider, as the pacts name it."`
	Branch    string `placeholder:"NAME" help:"Branch of the provider's version."`
	Selectors string `placeholder:"JSON" help:"Consumer version selectors (PACT_CONSUMER_VERSION_SELECTORS). Default: recommended."`
	Pending   bool   `help:"Show which pacts are pending: their failures do not fail the provider's build."`
	WIPSince  string `name:"include-wip-pacts-since" placeholder:"DAY" help:"Add new pacts since this day; with --pending and --branch."`
	brokerFlags
	outputFlag
}

// pactToVerify is a row of the answer.
type pactToVerify struct {
	Consumer string `json:"consumer"`
	Version  string `json:"consumerVersion"`
	Why      string `json:"why"`
	Pending  bool   `json:"pending"`
	URL      string `json:"url"`
}

// Run lists the pacts.
func (c *pactsCommand) Run(ctx context.Context, std streams) error {
	client, err := c.client(std)
	if err != nil {
		return err
	}
	query := broker.Query{Provider: c.Provider, ProviderBranch: c.Branch, Pending: c.Pending}
	if c.Selectors == "" {
		c.Selectors = std.getenv(broker.VariableSelectors)
	}
	if c.Selectors != "" {
		if query.Selectors, err = broker.ParseSelectors(c.Selectors); err != nil {
			return exit(verdict.ExitUsage, err)
		}
	}
	if c.WIPSince != "" {
		if query.WIPSince, err = time.Parse(time.DateOnly, c.WIPSince); err != nil {
			return exit(verdict.ExitUsage, fmt.Errorf("--include-wip-pacts-since %q: want a day such as 2026-01-31", c.WIPSince))
		}
	}
	found, err := client.PactsForVerification(ctx, query)
	if err != nil {
		return brokerError(ctx, err)
	}
	all := make([]pactToVerify, len(found))
	rows := [][]any{{"CONSUMER", "VERSION", "WHY", "PENDING", "PACT"}}
	for n, p := range found {
		all[n] = pactToVerify{p.Consumer, p.ConsumerVersion, p.ShortDescription, p.Pending, p.URL}
		rows = append(rows, []any{p.Consumer, p.ConsumerVersion, p.ShortDescription, p.Pending, p.URL})
	}
	return c.print(std, map[string]any{"version": 1, "pacts": all}, func(w io.Writer) error { return table(w, rows) })
}

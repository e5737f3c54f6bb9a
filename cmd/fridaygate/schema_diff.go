package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema/compat"
	"github.com/fridaygate/fridaygate/contracts/schema/versions"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// schemaDiffCommand compares versions of JSON Schemas.
type schemaDiffCommand struct {
	reportFlags
	Paths      []string      `arg:"" help:"OLD and NEW: two files or two folders. One of them with --against and --transitive."`
	Against    string        `placeholder:"git:REF" help:"Compare with what the file or folder was at a commit, branch or tag of git."`
	Transitive bool          `help:"The folder holds all versions of one schema: compare the latest with each of the others."`
	Direction  string        `enum:"backward,forward,full" default:"backward" help:"Whose documents must still be accepted."`
	Lenient    bool          `help:"Senders send only members that their schema describes, and readers ignore others."`
	Allow      string        `placeholder:"FILE" help:"YAML file of allowed breaks, each with a reason and an end."`
	Timeout    time.Duration `default:"1m" help:"How long one pair may take in one direction; then it is undecided."`

	textFlags
}

// Help explains the directions and the verdicts.
func (schemaDiffCommand) Help() string {
	return `The directions, and who is broken if it does not hold:

	backward  the new schema accepts what the old one accepts: else those who send are broken
	forward   the old schema accepts what the new one accepts: else those who read are broken
	full      both

Every break has a document that the two schemas judge differently. What cannot be decided is said, with exit code 3.

	fridaygate schema diff old/order.schema.json new/order.schema.json
	fridaygate schema diff --against git:origin/main --direction full contracts/schemas
	fridaygate schema diff --transitive history/order`
}

// Run compares and reports.
func (c *schemaDiffCommand) Run(ctx context.Context, std streams) error {
	files, err := c.outputs()
	if err != nil {
		return err
	}
	pairs, allowed, err := c.read(ctx)
	if err != nil {
		return exit(verdict.ExitUsage, fmt.Errorf("schema diff: %w", err))
	}
	direction, err := compat.ParseDirection(c.Direction)
	if err != nil {
		return exit(verdict.ExitUsage, err)
	}
	started := time.Now()
	all := compat.All(ctx, pairs, compat.Options{Direction: direction, Lenient: c.Lenient, Timeout: c.Timeout}, allowed)
	run := compat.Report(all)
	run.Started, run.Ended, run.Interrupted = started, time.Now(), ctx.Err() != nil
	expired, unused := allowed.Remarks()
	for _, what := range expired {
		run.Problems = append(run.Problems, report.Remark{Kind: report.Schema, Text: what})
	}
	for _, what := range unused {
		run.Notes = append(run.Notes, report.Remark{Kind: report.Schema, Text: what})
	}
	text := c.writer(std, files)
	text.Write(run)
	return end(run, errors.Join(text.Err, files.write(std, run)))
}

// read finds what is to be compared.
func (c *schemaDiffCommand) read(ctx context.Context) ([]versions.Pair, *compat.AllowList, error) {
	var allowed *compat.AllowList
	var err error
	if c.Allow != "" {
		if allowed, err = compat.ReadAllowList(c.Allow, time.Now()); err != nil {
			return nil, nil, err
		}
	}
	var pairs []versions.Pair
	switch {
	case c.Against != "" && c.Transitive:
		err = errors.New("--against and --transitive: use one of them")
	case (c.Against != "" || c.Transitive) && len(c.Paths) != 1:
		err = fmt.Errorf("name one file or folder beside --against or --transitive, not %d", len(c.Paths))
	case c.Against != "":
		pairs, err = versions.Against(ctx, c.Against, c.Paths[0])
	case c.Transitive:
		pairs, err = versions.History(c.Paths[0])
	case len(c.Paths) != 2:
		err = fmt.Errorf("name the old version and the new one, not %d paths", len(c.Paths))
	default:
		pairs, err = versions.Of(c.Paths[0], c.Paths[1])
	}
	return pairs, allowed, err
}

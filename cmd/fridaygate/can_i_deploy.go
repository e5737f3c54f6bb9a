package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// canIDeployCommand has the flags of Pact's own command. --version, --latest, --branch, --main-branch and --tag belong
// to the --pacticipant or --ignore before them.
type canIDeployCommand struct {
	Pacticipant   []string  `short:"a" sep:"none" placeholder:"NAME" help:"Application to deploy. Repeatable; flags for its version follow."`
	Version       []string  `short:"e" sep:"none" placeholder:"VERSION" help:"Version of the pacticipant before it."`
	Latest        latestTag `short:"l" placeholder:"[TAG]" help:"The latest version of the pacticipant before it, or the latest with a tag."`
	Branch        []string  `sep:"none" placeholder:"NAME" help:"The latest version of this branch of the pacticipant before it."`
	MainBranch    bool      `help:"The latest version of the main branch of the pacticipant before it."`
	Tag           []string  `sep:"none" placeholder:"NAME" help:"The latest version with this tag of the pacticipant before it."`
	Ignore        []string  `sep:"none" placeholder:"NAME" help:"Pacticipant or --version to ignore (PACT_BROKER_CAN_I_DEPLOY_IGNORE)."`
	ToEnvironment string    `placeholder:"NAME" help:"Environment to deploy to."`
	To            string    `placeholder:"TAG" help:"Tag of the versions to deploy beside, where tags stand for environments."`

	RetryWhileUnknown int  `placeholder:"TIMES" help:"How often to ask again while results are missing."`
	RetryInterval     int  `default:"10" placeholder:"SECONDS" help:"Time between two attempts."`
	DryRun            bool `help:"Report the answer, and exit with 0 in any case (PACT_BROKER_CAN_I_DEPLOY_DRY_RUN=true)."`
	brokerFlags
	outputFlag
	reportFlags

	question broker.Question
}

// latestTag are the values of --latest, each of which may be left out.
type latestTag []string

// Decode reads the tag, if one follows.
func (l *latestTag) Decode(ctx *kong.DecodeContext) error {
	token := ctx.Scan.Peek()
	text, ok := token.Value.(string)
	tag := ""
	if !token.IsEOL() && ok && (token.Type == kong.FlagValueToken || !strings.HasPrefix(text, "-")) {
		ctx.Scan.Pop()
		tag = text
	}
	*l = append(*l, tag)
	return nil
}

// AfterApply assigns each flag that names a version to the pacticipant before it on the command line.
func (c *canIDeployCommand) AfterApply(parsed *kong.Context) error {
	used := map[string]int{}
	var current *broker.VersionSelector
	for _, element := range parsed.Path {
		if element.Flag == nil {
			continue
		}
		name := element.Flag.Name
		n := used[name]
		used[name]++
		switch name {
		case "pacticipant":
			c.question.Versions = append(c.question.Versions, broker.VersionSelector{Pacticipant: c.Pacticipant[n]})
			current = &c.question.Versions[len(c.question.Versions)-1]
		case "ignore":
			c.question.Ignore = append(c.question.Ignore, broker.VersionSelector{Pacticipant: c.Ignore[n]})
			current = &c.question.Ignore[len(c.question.Ignore)-1]
		case "version", "latest", "branch", "main-branch", "tag":
			if current == nil {
				return fmt.Errorf("--%s comes before any --pacticipant: it must follow the one that it belongs to", name)
			}
			if err := c.assign(current, name, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *canIDeployCommand) assign(to *broker.VersionSelector, name string, n int) error {
	twice := false
	set := func(field *string, value string) {
		twice = *field != ""
		*field = value
	}
	switch name {
	case "version":
		set(&to.Version, c.Version[n])
		if c.Version[n] == "" {
			return fmt.Errorf("--version of %s is empty", to.Pacticipant)
		}
	case "branch":
		set(&to.Branch, c.Branch[n])
	case "tag":
		set(&to.Tag, c.Tag[n])
	case "latest":
		to.Latest = true
		set(&to.Tag, c.Latest[n])
	case "main-branch":
		to.MainBranch = c.MainBranch
	}
	if twice {
		return fmt.Errorf("--%s is given twice for %s", name, to.Pacticipant)
	}
	return nil
}

// Run asks the broker, explains the answer, and exits with its code.
func (c *canIDeployCommand) Run(ctx context.Context, std streams) error {
	c.question.Environment, c.question.ToTag = c.ToEnvironment, c.To
	for name := range strings.SplitSeq(std.getenv("PACT_BROKER_CAN_I_DEPLOY_IGNORE"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			c.question.Ignore = append(c.question.Ignore, broker.VersionSelector{Pacticipant: name})
		}
	}
	files, err := c.outputs()
	if err != nil {
		return err
	}
	client, err := c.client(std)
	if err != nil {
		return err
	}
	started := time.Now()
	decision, err := client.CanIDeployWhileUnknown(ctx, c.question, broker.Waiting{
		Times: c.RetryWhileUnknown, Interval: time.Duration(c.RetryInterval) * time.Second,
		Progress: func(text string) { _, _ = fmt.Fprintln(std.err, "fridaygate: "+text) },
	})
	if err != nil {
		return brokerError(ctx, err)
	}
	write := func() error { return decision.Text(files.text(std)) }
	if c.Output == "json" {
		write = func() error { return decision.JSON(files.raw(std)) }
	}
	code := decision.Verdict().Exit()
	r := decision.Report()
	r.Started, r.Ended = started, time.Now()
	if err := errors.Join(write(), files.write(std, r)); err != nil {
		return end(r, err)
	}
	if code != verdict.ExitPass && (c.DryRun || std.getenv("PACT_BROKER_CAN_I_DEPLOY_DRY_RUN") == "true") {
		_, err := fmt.Fprintf(std.err, "fridaygate: dry run: without it, this would exit with %d\n", code)
		return err
	}
	if code != verdict.ExitPass {
		return exit(code, errors.New("can-i-deploy: "+decision.Answer()))
	}
	return nil
}

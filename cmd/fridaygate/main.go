package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// commands is the command line.
type commands struct {
	Smoke                 smokeCommand                 `cmd:"" help:"Replay golden webhooks against a running receiver."`
	Triage                triageCommand                `cmd:"" help:"Say what to look at first in a deployed service."`
	Verify                verifyCommand                `cmd:"" help:"Run contract suites through go test, and report them."`
	Publish               publishCommand               `cmd:"" help:"Publish pacts to a Pact Broker."`
	CanIDeploy            canIDeployCommand            `cmd:"" name:"can-i-deploy" help:"Ask a Pact Broker if versions can be deployed."`
	RecordDeployment      recordDeploymentCommand      `cmd:"" help:"Record in a Pact Broker that a version was deployed."`
	RecordUndeployment    recordUndeploymentCommand    `cmd:"" help:"Record in a Pact Broker that a version was undeployed."`
	RecordRelease         recordReleaseCommand         `cmd:"" help:"Record in a Pact Broker that a version was released."`
	DeployedVersions      deployedVersionsCommand      `cmd:"" help:"List the versions that are deployed in an environment."`
	Environments          environmentsCommand          `cmd:"" aliases:"list-environments" help:"List the environments of a Pact Broker."`
	CreateEnvironment     createEnvironmentCommand     `cmd:"" help:"Create an environment in a Pact Broker."`
	Pacts                 pactsCommand                 `cmd:"" help:"List the pacts that a provider must verify, and why."`
	CreateWebhook         createWebhookCommand         `cmd:"" help:"Create a webhook in a Pact Broker, to start verifications."`
	CreateOrUpdateWebhook createOrUpdateWebhookCommand `cmd:"" help:"Create the webhook with a UUID, or replace it."`
	TestWebhook           testWebhookCommand           `cmd:"" help:"Have the Pact Broker send a webhook's request now."`
	Cases                 casesCommand                 `cmd:"" help:"List the cases: what is sent, what must hold, and why."`
	Senders               sendersCommand               `cmd:"" help:"List the senders that are known, and how their webhooks work."`
	Schema                schemaCommand                `cmd:"" help:"JSON Schemas: those of the files that people write for the gate."`
	Drift                 driftCommand                 `cmd:"" help:"Find the payload formats in logs, and how they differ from a schema."`
	Timeline              timelineCommand              `cmd:"" help:"Show one event through all services in order, from a report and logs."`
	Demo                  demoCommand                  `cmd:"" help:"Show a green run on a correct receiver, and a red one on a bug."`
	Setup                 setupCommand                 `cmd:"" help:"Install what the contract suites need on this machine."`
	Report                reportCommand                `cmd:"" help:"Show, convert and compare reports that runs wrote as JSON."`
	Doctor                doctorCommand                `cmd:"" help:"Check what contract suites and pipelines need. Change nothing."`
	Version               versionCommand               `cmd:"" help:"Print the version."`
}

// streams are the inputs and outputs of a command. What is written to out and err is shown and not obeyed, wherever it comes from;
// what is safe in a format of its own, such as a report on standard output, is written to raw.
type streams struct {
	in       io.Reader
	out, err io.Writer
	raw      struct{ out, err io.Writer } // as they are
	getenv   func(string) string
}

// shown returns the streams with what makes out and err safe.
func (s streams) shown() streams {
	s.raw.out, s.raw.err = s.out, s.err
	s.out, s.err = printable.Writer(s.out), printable.Writer(s.err)
	return s
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second Ctrl-C ends the process at once
	}()
	os.Exit(run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv}))
}

// run runs the command line and returns the exit code. It depends on its arguments only.
func run(ctx context.Context, args []string, std streams) int {
	std = std.shown()
	helped := false
	parser, err := kong.New(&commands{},
		kong.Name("fridaygate"),
		kong.Description("A contract gate that cannot turn green by accident, and never calls a broken network a broken contract."),
		kong.Writers(std.out, std.err),
		kong.Exit(func(int) { helped = true }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
		kong.Vars{"formats": formatNames()},
	)
	if err != nil {
		return fail(std, exit(verdict.ExitUsage, err))
	}
	parsed, err := parser.Parse(joined(args))
	switch {
	case helped:
		return verdict.ExitPass
	case err != nil:
		return fail(std, exit(verdict.ExitUsage, fmt.Errorf("%w; see %s --help", err, asked(err))))
	}
	return fail(std, parsed.Run())
}

// asked returns the command whose arguments are wrong, such as "fridaygate smoke".
func asked(err error) string {
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context.Selected() != nil {
		return wrong.Context.Selected().FullPath()
	}
	return "fridaygate"
}

// joined drops the "=" between a one-letter flag and its value, which kong would take for a part of the value.
func joined(args []string) []string {
	all := slices.Clone(args)
	for n, arg := range all {
		if arg == "--" {
			break
		}
		if shortEquals.MatchString(arg) {
			all[n] = arg[:2] + arg[3:]
		}
	}
	return all
}

var shortEquals = regexp.MustCompile(`^-[A-Za-z]=.`)

// exitError is an error that chooses the exit code.
type exitError struct {
	code int
	err  error // nil: it was reported already
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// exit ends the command with a code. A nil err prints nothing more.
func exit(code int, err error) error { return &exitError{code, err} }

// fail prints an error and returns its exit code: 0 for nil, ExitUnknown for one that chose no code.
func fail(std streams, err error) int {
	if err == nil {
		return verdict.ExitPass
	}
	code := verdict.ExitUnknown
	var chosen *exitError
	if errors.As(err, &chosen) {
		code = chosen.code
		err = chosen.err
	}
	if err != nil {
		_, _ = fmt.Fprintf(std.err, "fridaygate: %v\n", err) // an error here has no other place to go
	}
	return code
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/environment"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/redact"
	"github.com/fridaygate/fridaygate/smoke/triage"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

type triageCommand struct {
	Env             string        `required:"" placeholder:"FILE" help:"Environment file of what is looked at; its triage part says where."`
	Against         string        `placeholder:"FILE" help:"Environment file of what it is compared with."`
	Event           string        `placeholder:"ID" help:"Also follow this event through the service."`
	Logs            []string      `placeholder:"FILE" sep:"none" help:"Logs and spans in which to look for the event. Repeatable."`
	Webhooks        bool          `help:"Also replay the golden webhooks of the file. Nothing else is ever sent that writes."`
	AllowProduction bool          `help:"Ask the smoke contracts of an environment that says production: true. Reading needs no permission."`
	Window          time.Duration `placeholder:"TIME" help:"Time between the two readings of the metrics. Default: that of the file, or 5s."`
	MaxTime         time.Duration `default:"1m" help:"Limit for everything; what is not seen by then could not be told."`

	reportFlags
}

// Help explains the steps and the exit codes.
func (triageCommand) Help() string {
	return `In this order, it looks at duplicate and mismatched deliveries, and whether they are more than usual; the revision and the settings
of the replicas, and those of --against; tasks that timed out or were cancelled; the smoke contracts, asked again; one event's lineage,
and what logs say of it. The first line says what to look at first. It only reads, unless --webhooks is said.

	0    nothing to look at
	1    at least one step shows something
	3    nothing shown, and not all could be seen

	fridaygate triage --env smoke/environments/production.yaml
	fridaygate triage --env production.yaml --against staging.yaml --event evt_1 --logs 'invoices-*.log.gz'`
}

// Run looks at the environment and reports.
func (c *triageCommand) Run(ctx context.Context, std streams) error {
	files, err := c.outputs()
	if err != nil {
		return err
	}
	t, err := c.open(std)
	if err != nil {
		return exit(verdict.ExitUsage, err)
	}
	logs, absent := namedLogs(c.Logs, std)
	if len(absent) > 0 || len(logs) > 0 && c.Event == "" {
		return exit(verdict.ExitUsage, fmt.Errorf("--logs %s: no file matches, or --event is missing", strings.Join(c.Logs, " ")))
	}
	logs, remove, err := spooled(logs)
	if err != nil {
		return err
	}
	defer remove()
	t.options.Logs, t.options.Redact = logs, t.redactor.Text
	timed, cancel := context.WithTimeout(ctx, c.MaxTime)
	defer cancel()
	r := triage.Run(timed, t.options)
	t.redactor.Value(&r)
	return end(r, errors.Join(triage.Text(files.text(std), r), files.write(std, r)))
}

// triageRun is a triage that can begin.
type triageRun struct {
	options  triage.Options
	redactor redact.Redactor
}

// open reads the environment files.
func (c *triageCommand) open(std streams) (*triageRun, error) {
	if c.MaxTime <= 0 || c.Window < 0 {
		return nil, fmt.Errorf("--max-time %s, --window %s: must be more than zero", c.MaxTime, c.Window)
	}
	lookup := environment.Options{LookupEnv: func(name string) (string, bool) { value := std.getenv(name); return value, value != "" }}
	a, errA := environment.Load(c.Env, lookup)
	if errA != nil || c.Against == "" {
		return c.prepare(lookup, a, nil, errA)
	}
	b, errB := environment.Load(c.Against, lookup)
	return c.prepare(lookup, a, b, errB)
}

// prepare returns the triage of two environments, of which the second may be nil.
func (c *triageCommand) prepare(lookup environment.Options, a, b *environment.Environment, err error) (*triageRun, error) {
	if err != nil {
		return nil, err
	}
	if c.Webhooks && a.Production && !c.AllowProduction {
		return nil, fmt.Errorf("%s: %s is production: say --allow-production if webhooks are to be replayed there", c.Env, a.Name)
	}
	if c.Webhooks && len(a.Fixtures) == 0 {
		return nil, fmt.Errorf("--webhooks: %s has no receivers", c.Env)
	}
	if c.Window > 0 {
		a.Triage.Window = c.Window
	}
	if most := a.Limits.WallTime; most > 0 {
		c.MaxTime = min(c.MaxTime, most)
	}
	secrets := map[string]string{}
	budget := budgetOf(a)
	t := &triageRun{options: triage.Options{A: side(a, budget), Event: c.Event, Target: a.Target, Now: time.Now}}
	for _, e := range []*environment.Environment{a, b} {
		if e != nil {
			for name, secret := range e.Secrets {
				secrets[e.Name+" "+name] = secret
			}
		}
	}
	t.redactor = redact.New(secrets)
	if b != nil {
		t.options.B = side(b, budgetOf(b))
	}
	t.options.Contracts, t.options.WhyNoContracts = c.contracts(a, budget, lookup.LookupEnv)
	return t, nil
}

func budgetOf(e *environment.Environment) *pace.Budget {
	return pace.NewBudget(e.Limits.Requests, e.Limits.Rate)
}

// side returns an environment as triage reads it.
func side(e *environment.Environment, budget *pace.Budget) *triage.Side {
	timeout := e.Limits.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	client := wire.NewClient(wire.Options{Transport: e.Hosts.Guard(&http.Transport{Proxy: http.ProxyFromEnvironment}), Timeout: timeout})
	return &triage.Side{
		Name: e.Name, File: e.Path, Mapping: e.Triage, Revision: e.Revision, Client: client.Fresh(), Addresses: e.Hosts.Addresses,
		Spend: budget.Spend, Timeout: timeout,
	}
}

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"al.essio.dev/pkg/shellescape"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/environment"
	"github.com/fridaygate/fridaygate/smoke/outbound"
	"github.com/fridaygate/fridaygate/smoke/pace"
)

// contracts returns what asks the smoke contracts that only read, and replays webhooks if that is wanted. Nil asks nothing, and why says
// why that cannot be.
func (c *triageCommand) contracts(e *environment.Environment, budget *pace.Budget, lookup func(string) (string, bool)) (
	ask func(context.Context) report.Report, why string,
) {
	o := smoke.Options{
		Target: e.Target, RunID: rand.Text(), LookupEnv: e.Lookup(lookup), Transport: &http.Transport{Proxy: http.ProxyFromEnvironment},
		Timeout: e.Limits.Timeout, Parallel: e.Limits.Parallel, Requests: budget, Environment: reading(e), Rerun: c.rerun,
	}
	if c.Webhooks {
		o.Fixtures = e.Fixtures
	} else {
		for _, one := range o.Environment.Contracts {
			o.Cases = append(o.Cases, literal.Replace(one.Name))
		}
	}
	switch {
	case len(o.Environment.Contracts) == 0 && !c.Webhooks:
		return nil, fmt.Sprintf("%s has no smoke contracts that only read: add contracts, or the reason to triage.without.contracts", c.Env)
	case e.Production && !c.AllowProduction:
		return nil, fmt.Sprintf("%s is production, where nothing is sent without --allow-production", e.Name)
	}
	return func(ctx context.Context) report.Report {
		if at, limited := ctx.Deadline(); limited {
			o.MaxTime = max(time.Millisecond, time.Until(at)-reserve)
		}
		runner, err := smoke.NewRunner(o)
		if err != nil {
			return report.Report{Problems: []report.Remark{{Text: err.Error()}}}
		}
		defer func() { _ = runner.Close() }() // its connections and probes; what they found is in the report
		r := runner.Run(ctx, nil)
		if !c.Webhooks {
			r.RunID, r.RunTag = "", "" // no event carries them
		}
		return r
	}, ""
}

// reserve is the time that is left when the contracts must have been asked, so that what was asked is reported as such.
const reserve = 100 * time.Millisecond

// literal makes a pattern of a name that matches just this name.
var literal = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`)

// reading returns an environment without what writes. Triage itself asks for the revision.
func reading(e *environment.Environment) *environment.Environment {
	only := *e
	only.Revision = nil
	only.Contracts = slices.DeleteFunc(slices.Clone(e.Contracts), func(c *outbound.Contract) bool { return c.Writes })
	return &only
}

// rerun returns the command that runs one check again.
func (c *triageCommand) rerun(fixture, name string) string {
	words := []string{"fridaygate", "smoke", "--env", c.Env, "--case", name}
	if fixture != "" {
		words = append(words, "--fixtures", filepath.ToSlash(fixture))
	}
	if c.AllowProduction {
		words = append(words, "--allow-production")
	}
	return shellescape.QuoteCommand(words)
}

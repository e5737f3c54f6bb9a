package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/environment"
)

// within puts what the environment file says into the options. Flags may only lower its limits.
func (c *smokeCommand) within(o *smoke.Options) error {
	if c.Env == "" {
		return c.withoutEnvironment()
	}
	if c.Target != "" {
		return errors.New("--target: cannot stand beside --env, whose file has the target: leave one")
	}
	e, err := environment.Load(c.Env, environment.Options{LookupEnv: o.LookupEnv})
	if err != nil {
		return err
	}
	if e.Production && !c.AllowProduction {
		return fmt.Errorf("%s: %s is production: say --allow-production if the checks are to run there", c.Env, e.Name)
	}
	if c.CleanupOnly && e.Cleanup == nil {
		return fmt.Errorf("%s: it does not say how to clean up: add cleanup", c.Env)
	}
	if err := c.expect(e); err != nil {
		return err
	}
	o.Environment, o.Target, o.LookupEnv = e, e.Target, e.Lookup(o.LookupEnv)
	if o.Fixtures, err = c.fixtures(e); err != nil {
		return err
	}
	o.Rate, o.Budget = lower(o.Rate, e.Limits.Rate), lower(o.Budget, e.Limits.Requests)
	if e.Limits.Timeout > 0 && c.Timeout == defaultTimeout {
		o.Timeout = e.Limits.Timeout
	}
	switch most := e.Limits.WallTime; {
	case most > 0 && c.MaxTime == defaultMaxTime:
		o.MaxTime = most
	case most > 0:
		o.MaxTime = min(most, c.MaxTime)
	}
	if e.Limits.Parallel > 0 {
		o.Parallel = min(e.Limits.Parallel, o.Parallel)
	}
	return divide(o)
}

// withoutEnvironment checks the flags of a run that has no environment file.
func (c *smokeCommand) withoutEnvironment() error {
	switch {
	case c.Target == "":
		return errors.New("missing flags: --target=URL and --fixtures=DIR, or --env=FILE")
	case len(c.Fixtures) == 0:
		return errors.New("missing flags: --fixtures=DIR")
	case c.Revision != "" || c.WaitForRevision != "":
		return errors.New("--revision and --wait-for-revision need --env: its file says where the revision is")
	}
	return nil
}

// expect takes the revision that must answer from the flags.
func (c *smokeCommand) expect(e *environment.Environment) error {
	want := c.Revision
	if c.WaitForRevision != "" {
		if want != "" && want != c.WaitForRevision {
			return errors.New("--revision and --wait-for-revision name two revisions: leave one")
		}
		want = c.WaitForRevision
	}
	switch {
	case want == "":
		return nil
	case c.Wait <= 0:
		return fmt.Errorf("--wait %s: must be more than zero", c.Wait)
	case e.Revision == nil:
		return fmt.Errorf("%s: it does not say where the revision is: add revision, such as {url: /version, revision: /revision}", c.Env)
	}
	e.Revision.Want = want
	return nil
}

// fixtures returns the fixtures of the environment, or those of the flag, which must be among them.
func (c *smokeCommand) fixtures(e *environment.Environment) ([]string, error) {
	for _, one := range c.Fixtures {
		path := filepath.Clean(one)
		if !slices.ContainsFunc(e.Fixtures, func(has string) bool {
			return path == has || strings.HasPrefix(path,
				has+string(filepath.Separator))
		}) {
			return nil, fmt.Errorf("--fixtures %s: it is none of the receivers of %s, which has %s", one, c.Env, strings.Join(e.Fixtures, ", "))
		}
	}
	if len(c.Fixtures) > 0 {
		return c.Fixtures, nil
	}
	return e.Fixtures, nil
}

// lower returns the lower one of two limits, of which zero is none.
func lower[T int | float64](a, b T) T {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// await waits for the revision of --wait-for-revision, with progress. What the revision is in the end, the run finds out.
func (c *smokeCommand) await(ctx context.Context, std streams, runner *smoke.Runner) {
	if c.WaitForRevision == "" {
		return
	}
	started := time.Now()
	why := runner.Await(ctx, c.Wait, func(text string) { _, _ = fmt.Fprintln(std.err, text) })
	if why == "" {
		_, _ = fmt.Fprintf(std.err, "%s answers everywhere, after %s\n", c.WaitForRevision, time.Since(started).Round(time.Second))
		return
	}
	_, _ = fmt.Fprintln(std.err, why)
}

package main

import (
	"context"
	"errors"
	"fmt"

	"al.essio.dev/pkg/shellescape"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/shard"
)

// cleanupFlags checks the flags that are about what a run leaves behind.
func (c *smokeCommand) cleanupFlags() error {
	switch {
	case c.Keep && c.Env == "":
		return errors.New("--keep needs --env: only an environment file says how to clean up")
	case c.Prove && c.CleanupOnly:
		return errors.New("--prove and --cleanup-only contradict each other: leave one")
	case c.Prove && c.Shard != "":
		return errors.New("--prove and --shard: prove in a run of its own, which is not split")
	case c.Keep && c.CleanupOnly:
		return errors.New("--keep and --cleanup-only contradict each other: leave one")
	case !c.CleanupOnly:
		return nil
	case c.Env == "":
		return errors.New("--cleanup-only needs --env: its file says how to clean up")
	case c.RunID == "":
		return errors.New("--cleanup-only needs --run-id: the name that the run printed first, which is in its reports too")
	case len(c.Case) > 0 || len(c.Except) > 0 || len(c.Fixtures) > 0:
		return errors.New("--cleanup-only removes all that the run made: leave out --case, --except and --fixtures")
	case c.Revision != "" || c.WaitForRevision != "":
		return errors.New("--cleanup-only asks for no revision: leave out --revision and --wait-for-revision")
	}
	return nil
}

// cleanUpAgain returns the command that cleans up after this run.
func (c *smokeCommand) cleanUpAgain(part shard.Shard) string {
	words := []string{"fridaygate", "smoke", "--env", c.Env, "--cleanup-only", "--run-id", c.RunID}
	if part.Split() {
		words = append(words, "--shard", part.String())
	}
	if c.AllowProduction {
		words = append(words, "--allow-production")
	}
	return shellescape.QuoteCommand(words)
}

// announce prints how to clean up after a run that is killed, and on an interrupt what goes on. The function that it
// returns ends that.
func (c *smokeCommand) announce(ctx context.Context, std streams, plan smoke.Plan, o smoke.Options) func() {
	if !plan.CleansUp {
		return func() {}
	}
	_, _ = fmt.Fprintf(std.err, "run %s: if it is killed, what it made is removed by: %s\n", c.RunID, o.CleanUpAgain)
	stop := context.AfterFunc(ctx, func() {
		_, _ = fmt.Fprintf(std.err, "interrupted: removing what the run made, for at most %s; interrupt again to end at once\n",
			o.Environment.Cleanup.Limit())
	})
	return func() { stop() }
}

// cleanUp removes what an earlier run left, and prints what became of each step.
func cleanUp(ctx context.Context, text report.Text, runner *smoke.Runner) (report.Report, error) {
	r := runner.CleanUp(ctx, nil)
	text.Write(r)
	return r, text.Err
}

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"al.essio.dev/pkg/shellescape"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/judge/register"
)

type smokeCommand struct {
	Target          string        `placeholder:"URL" help:"Base URL of the receiver; or see --env."`
	Fixtures        []string      `placeholder:"DIR" sep:"none" help:"Folder of golden webhooks, or one of them. Repeatable."`
	Case            []string      `placeholder:"GLOB" sep:"none" help:"Only the cases that match, such as 'dup-*'. Repeatable."`
	Except          []string      `placeholder:"GLOB" sep:"none" help:"Leave out the cases that match; reports list them. Repeatable."`
	RunID           string        `placeholder:"TEXT" help:"Name of the run, part of every event id. Use each name once. Default: random."`
	Timeout         time.Duration `default:"10s" help:"Limit for one delivery, and for one effect probe."`
	Parallel        int           `default:"4" placeholder:"N" help:"Number of checks that deliver at a time."`
	Rate            float64       `placeholder:"N" help:"Maximum number of requests per second."`
	Budget          int           `placeholder:"N" help:"Maximum number of requests; a plan that needs more does not start."`
	MaxTime         time.Duration `default:"5m" help:"Limit for the whole run; what has not run by then could not be told."`
	Env             string        `placeholder:"FILE" help:"Environment file: target, hosts, limits, revision, smoke contracts, fixtures."`
	AllowProduction bool          `help:"Send to an environment that says production: true."`
	Revision        string        `placeholder:"SHA" help:"Revision that must answer; of an environment."`
	WaitForRevision string        `placeholder:"SHA" help:"Wait until this revision answers on every replica, then check it."`
	Wait            time.Duration `default:"5m" help:"Limit for --wait-for-revision."`
	CleanupOnly     bool          `help:"Remove what the run named by --run-id left in an environment. Check nothing."`
	Prove           bool          `help:"Then break the receiver on purpose, behind a proxy, and demand that the gate sees it."`
	Keep            bool          `help:"Leave what the run makes in the environment, to look at it."`
	Counterexamples string        `placeholder:"DIR" help:"Folder for an HTML drawing of each failing case's first counterexample."`

	shardFlags
	textFlags
	reportFlags
}

// Run replays the fixtures and reports.
func (c *smokeCommand) Run(ctx context.Context, std streams) error {
	if c.Timeout <= 0 {
		return exit(verdict.ExitUsage, fmt.Errorf("--timeout %s: must be more than zero", c.Timeout))
	}
	if c.Parallel < 1 {
		return exit(verdict.ExitUsage, fmt.Errorf("--parallel %d: must be at least 1", c.Parallel))
	}
	if c.MaxTime <= 0 {
		return exit(verdict.ExitUsage, fmt.Errorf("--max-time %s: must be more than zero", c.MaxTime))
	}
	files, err := c.outputs()
	if err != nil {
		return err
	}
	if c.Counterexamples != "" {
		if err := os.MkdirAll(c.Counterexamples, 0o755); err != nil {
			return exit(verdict.ExitUnknown, fmt.Errorf("draw counterexamples: %w", err))
		}
	}
	if err := c.cleanupFlags(); err != nil {
		return exit(verdict.ExitUsage, err)
	}
	named := c.RunID != ""
	if !named {
		c.RunID = rand.Text()
	}
	options := smoke.Options{
		Target: c.Target, Fixtures: c.Fixtures, Cases: c.Case, Except: c.Except, RunID: c.RunID, Timeout: c.Timeout,
		LookupEnv: func(name string) (string, bool) { value := std.getenv(name); return value, value != "" },
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}, Parallel: c.Parallel, Rate: c.Rate, Budget: c.Budget, MaxTime: c.MaxTime,
		Histories: len(files) > 0,
		Rerun:     c.rerun,
		Keep:      c.Keep, Prove: c.Prove,
	}
	if err := c.share(&options, std, named); err != nil {
		return exit(verdict.ExitUsage, err)
	}
	options.CleanUpAgain = c.cleanUpAgain(options.Share.Shard)
	if err := c.within(&options); err != nil {
		return exit(verdict.ExitUsage, err)
	}
	runner, err := smoke.NewRunner(options)
	if errors.Is(err, smoke.ErrNothingSelected) {
		return exit(verdict.ExitUnknown, err)
	}
	if err != nil {
		return exit(verdict.ExitUsage, err)
	}
	if c.CleanupOnly {
		r, err := cleanUp(ctx, c.writer(std, files), runner)
		return end(r, errors.Join(err, files.write(std, r), runner.Close()))
	}
	c.await(ctx, std, runner)
	defer c.announce(ctx, std, runner.Plan(), options)()
	r, err := replay(ctx, c.writer(std, files), c.status(std), runner)
	return end(r, errors.Join(err, files.write(std, r), runner.Close(), draw(c.Counterexamples, r)))
}

// rerun returns the command that runs one case of one fixture again, under a new name, from where this run was started.
func (c *smokeCommand) rerun(fixture, name string) string {
	words := []string{"fridaygate", "smoke", "--target", c.Target, "--fixtures", fixture, "--case", name}
	if c.Env != "" {
		words = []string{"fridaygate", "smoke", "--env", c.Env, "--case", name}
		if fixture != "" {
			words = append(words, "--fixtures", fixture)
		}
		if c.AllowProduction {
			words = append(words, "--allow-production")
		}
	}
	if c.Timeout != defaultTimeout {
		words = append(words, "--timeout", c.Timeout.String())
	}
	if c.Rate > 0 {
		words = append(words, "--rate", strconv.FormatFloat(c.Rate, 'f', -1, 64))
	}
	return shellescape.QuoteCommand(words)
}

// defaultTimeout and defaultMaxTime are those of --timeout and --max-time.
const (
	defaultTimeout = 10 * time.Second
	defaultMaxTime = 5 * time.Minute
)

// replay carries a plan out, shows on the status line how far it is, and prints the results. It returns the error of printing.
func replay(ctx context.Context, text report.Text, line statusLine, runner *smoke.Runner) (report.Report, error) {
	bar := newProgressBar(line, len(runner.Plan().Checks), time.Now)
	r := runner.Run(ctx, bar.result)
	line.clear()
	text.Write(r)
	return r, text.Err
}

// draw writes a picture of each check's first counterexample into a folder; none if it is "".
func draw(folder string, r report.Report) error {
	if folder == "" {
		return nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("draw counterexamples: %w", err)
	}
	var failed []error
	for _, result := range r.Results {
		if len(result.Counterexamples) == 0 {
			continue
		}
		file := filepath.Join(folder, fmt.Sprintf("%s-%s.html", filepath.Base(result.Subject), result.Case))
		failed = append(failed, writeFile(file, func(w io.Writer) error { return register.Visualize(w, result.Counterexamples[0].Picture()) }))
	}
	return errors.Join(failed...)
}

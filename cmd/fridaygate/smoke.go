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
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/judge/register"
	"github.com/fridaygate/fridaygate/smoke/report"
	"github.com/fridaygate/fridaygate/smoke/verdict"
)

type smokeCommand struct {
	Target   string        `required:"" placeholder:"URL" help:"Base URL of the receiver."`
	Fixtures []string      `required:"" placeholder:"DIR" sep:"none" help:"Folder of golden webhooks with their webhook.yaml. Repeatable."`
	Case     []string      `placeholder:"GLOB" sep:"none" help:"Only the cases that match, such as 'dup-*'. Repeatable."`
	JSON     string        `placeholder:"FILE" help:"Write the whole report as JSON."`
	JUnit    string        `name:"junit" placeholder:"FILE" help:"Write the report as JUnit XML."`
	Seed     string        `placeholder:"TEXT" help:"Name of the run: it goes into every event id, so use one once only against a receiver. Random if not given."`
	Timeout  time.Duration `default:"10s" help:"How long one delivery may take, and one look at its effects."`
	Parallel int           `default:"4" placeholder:"N" help:"Checks at a time."`
	Rate     float64       `placeholder:"N" help:"Requests a second, at most."`
	Budget   int           `placeholder:"N" help:"Requests in all, at most; a plan that needs more does not start."`
	Verbose  bool          `short:"v" help:"Show every case that passes, not their number alone."`
	Pictures string        `placeholder:"DIR" help:"Draw the first counterexample of each failing case as HTML into this folder."`
}

// Run replays the fixtures and reports.
func (c *smokeCommand) Run(ctx context.Context, std streams) error {
	if c.Timeout <= 0 {
		return exit(verdict.ExitUsage, fmt.Errorf("--timeout %s: must be more than zero", c.Timeout))
	}
	if c.Parallel < 1 {
		return exit(verdict.ExitUsage, fmt.Errorf("--parallel %d: must be at least 1", c.Parallel))
	}
	if c.Seed == "" {
		c.Seed = rand.Text()
	}
	plan, err := smoke.NewPlan(smoke.Options{
		Target: c.Target, Fixtures: c.Fixtures, Cases: c.Case, Seed: c.Seed, Timeout: c.Timeout,
		Variable:  func(name string) (string, bool) { value := std.getenv(name); return value, value != "" },
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}, Parallel: c.Parallel, Rate: c.Rate, Budget: c.Budget,
		Histories: c.JSON != "",
		Again: func(folder, name string) string {
			return fmt.Sprintf("fridaygate smoke --target %s --fixtures %s --case %s", quote(c.Target), quote(folder), name)
		},
	})
	if errors.Is(err, smoke.ErrNothingSelected) {
		return exit(verdict.ExitUnknown, err)
	}
	if err != nil {
		return exit(verdict.ExitUsage, err)
	}
	r, err := replay(ctx, report.Text{W: std.out, Verbose: c.Verbose}, plan, map[string]writer{c.JSON: report.JSON, c.JUnit: report.JUnit})
	err = errors.Join(err, plan.Close(), draw(c.Pictures, r))
	code := r.Exit()
	if err != nil && code == verdict.ExitPass {
		code = verdict.ExitUnknown // a pass that nobody can read is none
	}
	if code == verdict.ExitPass {
		return nil
	}
	return exit(code, err)
}

// writer is one format of a report.
type writer func(io.Writer, report.Report) error

// replay runs a plan, shows it, and writes its reports to files; one named "" is not written. The error says
// what could not be shown or written.
func replay(ctx context.Context, text report.Text, plan *smoke.Plan, files map[string]writer) (report.Report, error) {
	r := plan.Run(ctx, text.Result)
	text.Summary(r)
	failed := []error{text.Err}
	for file, write := range files {
		if file != "" {
			failed = append(failed, writeFile(file, func(w io.Writer) error { return write(w, r) }))
		}
	}
	return r, errors.Join(failed...)
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
		file := filepath.Join(folder, fmt.Sprintf("%s-%s.html", filepath.Base(result.Fixture), result.Case))
		failed = append(failed, writeFile(file, func(w io.Writer) error { return register.Visualize(w, result.Counterexamples[0].Picture()) }))
	}
	return errors.Join(failed...)
}

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(io.Writer) error) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".fridaygate-*")
	if err != nil {
		return fmt.Errorf("write report %s: %w", path, err)
	}
	err = write(temporary)
	if err == nil {
		err = temporary.Chmod(0o644)
	}
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write report %s: %w", path, err), os.Remove(temporary.Name()))
	}
	return nil
}

// quote makes one word of a shell command.
func quote(word string) string {
	plain := func(r rune) bool {
		return strings.ContainsRune("@%+=:,./_-", r) || (r >= '0' && r <= '9') || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z')
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

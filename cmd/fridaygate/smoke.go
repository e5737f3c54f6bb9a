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
	"github.com/fridaygate/fridaygate/smoke/report"
	"github.com/fridaygate/fridaygate/smoke/verdict"
)

type smokeCommand struct {
	Target   string        `required:"" placeholder:"URL" help:"Base URL of the receiver."`
	Fixtures []string      `required:"" placeholder:"DIR" sep:"none" help:"Folder of golden webhooks with their webhook.yaml. Repeatable."`
	Case     string        `placeholder:"GLOB" help:"Only the cases that match, such as 'dup-*'."`
	JSON     string        `placeholder:"FILE" help:"Write the whole report as JSON."`
	JUnit    string        `name:"junit" placeholder:"FILE" help:"Write the report as JUnit XML."`
	Seed     string        `placeholder:"TEXT" help:"Name of the run: it goes into every event id, so use one once only against a receiver. Random if not given."`
	Timeout  time.Duration `default:"10s" help:"How long one delivery may take, and one look at its effects."`
}

// Run replays the fixtures and reports.
func (c *smokeCommand) Run(ctx context.Context, std streams) error {
	if c.Timeout <= 0 {
		return exit(verdict.ExitUsage, fmt.Errorf("--timeout %s: must be more than zero", c.Timeout))
	}
	if c.Seed == "" {
		c.Seed = rand.Text()
	}
	plan, err := smoke.NewPlan(smoke.Options{
		Target: c.Target, Fixtures: c.Fixtures, Case: c.Case, Seed: c.Seed, Timeout: c.Timeout,
		Secret: func(name string) (string, bool) { value := std.getenv(name); return value, value != "" },
		Client: smoke.NewClient(http.ProxyFromEnvironment),
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
	r, err := replay(ctx, std.out, plan, map[string]writer{c.JSON: report.JSON, c.JUnit: report.JUnit})
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
func replay(ctx context.Context, out io.Writer, plan *smoke.Plan, files map[string]writer) (report.Report, error) {
	text := report.Text{W: out}
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

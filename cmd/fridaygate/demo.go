package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/providers"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

type demoCommand struct {
	Provider string `required:"" placeholder:"BINARY" help:"The reference provider, built from ./providers/reference/invoices."`
	Fixtures string `default:"fixtures" placeholder:"DIR" help:"Folder of the golden webhooks."`
	Reports  string `placeholder:"DIR" help:"Folder for the reports. Default: a new temporary folder."`
}

// Run shows the gate on a receiver that keeps its contract and on one that does not. It passes when the first
// run is green and the second is red for the right reason.
func (c *demoCommand) Run(ctx context.Context, std streams) error {
	d := demo{command: c, listing: listing{out: std.out}}
	var err error
	if d.secrets, err = newSecrets(); err != nil {
		return err
	}
	if c.Reports == "" {
		if c.Reports, err = os.MkdirTemp("", "fridaygate-demo-"); err != nil {
			return err
		}
	} else if err := os.MkdirAll(c.Reports, 0o755); err != nil {
		return err
	}
	green, err := d.green(ctx)
	if err != nil {
		return exit(verdict.ExitUnknown, err)
	}
	red, err := d.red(ctx)
	if err != nil {
		return exit(verdict.ExitUnknown, err)
	}
	d.say("\nThe reports: %s\n", filepath.Join(c.Reports, "*"))
	switch {
	case ctx.Err() != nil:
		return exit(verdict.ExitInterrupted, nil)
	case green.Verdict() != verdict.Pass:
		return exit(green.Exit(), errors.New("the reference provider should have passed"))
	case red.Verdict() != verdict.Fail || !found(red, "effect-count"):
		return exit(verdict.ExitUnknown, errors.New("the broken receiver should have failed for its doubled effects"))
	}
	d.say("As it should be: the first run passed, and the second failed for effects that its answers do not show.\n")
	return d.err
}

// demo is one run of the command.
type demo struct {
	listing

	command *demoCommand
	secrets map[string]string
}

// green replays every golden webhook against the reference provider on SQLite.
func (d *demo) green(ctx context.Context) (report.Report, error) {
	d.say("1. The reference provider, on SQLite: every delivery is claimed before the work.\n")
	provider, err := providers.Process{}.Start(ctx, providers.Spec{
		Name:   "invoices",
		Binary: d.command.Provider,
		Env: map[string]string{
			"APP_ENV": "dev", "APP_HOST": "127.0.0.1",
			"APP_WEBHOOKS__INVOICES_SECRET": d.secrets["INVOICES_WEBHOOK_SECRET"],
			"APP_WEBHOOKS__STRIPE_SECRET":   d.secrets["STRIPE_WEBHOOK_SECRET"],
		},
		Ready:        "/readyz",
		ReadyTimeout: 20 * time.Second,
	})
	if err != nil {
		return report.Report{}, err
	}
	r, err := d.replay(ctx, "green", provider.URL(), nil, "invoices", "stripe")
	return r, errors.Join(err, provider.Stop(context.WithoutCancel(ctx)))
}

// red replays duplicates against the handler that looks an event up, works, and then inserts its row.
func (d *demo) red(ctx context.Context) (report.Report, error) {
	d.say("\n2. A receiver that %s: duplicates one after the other are fine, copies at the same time are not.\n",
		receivers.CheckThenInsert.Bug)
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return report.Report{}, err
	}
	server := &http.Server{Handler: receivers.CheckThenInsert.Start(d.secrets["INVOICES_WEBHOOK_SECRET"]), ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	r, err := d.replay(ctx, "red", "http://"+listener.Addr().String(), []string{"dup-seq", "dup-concurrent-8"}, "invoices")
	err = errors.Join(err, server.Close())
	if serving := <-served; !errors.Is(serving, http.ErrServerClosed) {
		err = errors.Join(err, serving)
	}
	return r, err
}

func (d *demo) replay(ctx context.Context, name, target string, only []string, folders ...string) (report.Report, error) {
	o := smoke.Options{
		Target: target, Cases: only, RunID: rand.Text(), Histories: true,
		LookupEnv: func(name string) (string, bool) { s, ok := d.secrets[name]; return s, ok },
	}
	for _, folder := range folders {
		o.Fixtures = append(o.Fixtures, filepath.Join(d.command.Fixtures, folder))
	}
	runner, err := smoke.NewRunner(o)
	if err != nil {
		return report.Report{}, err
	}
	file := filepath.Join(d.command.Reports, name)
	r, err := replay(ctx, report.Text{W: d.out}, statusLine{}, runner)
	files := outputs{{"json", file + ".json"}, {"junit", file + ".xml"}, {"html", file + ".html"}}
	err = errors.Join(err, files.write(streams{}, r), runner.Close())
	if name == "red" {
		err = errors.Join(err, draw(file, r))
	}
	return r, err
}

func found(r report.Report, rule string) bool {
	for _, result := range r.Results {
		for _, f := range result.Findings {
			if f.Rule == rule {
				return true
			}
		}
	}
	return false
}

// newSecrets makes the secrets that fixtures/*/webhook.yaml name, for this run alone.
func newSecrets() (map[string]string, error) {
	secrets := map[string]string{}
	for _, name := range []string{"INVOICES_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET"} {
		key := make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, err
		}
		secrets[name] = "whsec_" + base64.StdEncoding.EncodeToString(key)
	}
	return secrets, nil
}

package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/providers/setup"
)

type doctorCommand struct {
	Only       []string `enum:"library,docker,images,node,broker" default:"library,docker,images" placeholder:"STEP" help:"Steps: ${enum}."`
	LibraryDir string   `placeholder:"DIR" help:"Folder of libpact_ffi. Default: /usr/local/lib."`
	JSON       bool     `name:"json" help:"Print JSON."`
	brokerFlags
}

// stepBroker is of doctor alone: a broker that answers is not for setup to provide.
const stepBroker = "broker"

// The states of a thing.
const (
	statePresent = "present"
	stateMissing = "missing"
	stateAside   = "replaced" // missing, and suites do without
)

// diagnosis is what doctor prints as JSON.
type diagnosis struct {
	Version int       `json:"version"` // of this form
	Ready   bool      `json:"ready"`   // nothing is missing
	Things  []finding `json:"things"`
}

// finding is what was found of one thing.
type finding struct {
	Name   string `json:"name"`
	State  string `json:"state"`  // present, missing, or replaced: missing, and suites do without
	Suites string `json:"suites"` // which of them need it
	What   string `json:"what"`   // what was found, or why nothing was
	Mend   string `json:"mend,omitempty"`
}

// Run reports what suites need and what this machine has, and changes nothing.
func (c *doctorCommand) Run(ctx context.Context, std streams) error {
	all, err := needs(setup.Machine{}, c.LibraryDir, std.getenv)
	if err != nil {
		return err
	}
	if slices.Contains(c.Only, stepBroker) {
		n, err := c.brokerNeed(std)
		if err != nil {
			return err
		}
		all = append(all, n)
	}
	all = append(all, need{
		name: "proxy", suites: "downloads", look: func(context.Context) (string, error) { return findProxy(std.getenv), nil },
	})
	d := diagnosis{Version: 1, Ready: true}
	noDocker := false
	for _, n := range all {
		if !c.chosen(n) {
			continue
		}
		f := examine(ctx, n, noDocker && n.step == stepImages)
		noDocker = noDocker || n.step == stepDocker && f.State == stateMissing
		d.Ready = d.Ready && f.State != stateMissing
		d.Things = append(d.Things, f)
	}
	if ctx.Err() != nil {
		return exit(verdict.ExitInterrupted, nil)
	}
	if err := d.write(std, c.JSON); err != nil {
		return err
	}
	if !d.Ready {
		return exit(verdict.ExitUnknown, errors.New("doctor: this machine is not ready; see above"))
	}
	return nil
}

// brokerNeed is about the broker that the flags or the variables name. It is only read.
func (c *doctorCommand) brokerNeed(std streams) (need, error) {
	client, err := c.client(std)
	if err != nil {
		return need{}, err
	}
	return need{step: stepBroker, name: "broker", suites: "publish, can-i-deploy and verify", look: func(ctx context.Context) (string, error) {
		return "the Pact Broker at " + client.Address() + " answers, and has what is asked of it", client.Check(ctx)
	}}, nil
}

// chosen reports whether a thing is looked for. Images are an engine's, so it is looked for with them; Node.js is looked for
// where this repository is.
func (c *doctorCommand) chosen(n need) bool {
	return n.step == "" || slices.Contains(c.Only, n.step) ||
		n.step == stepDocker && slices.Contains(c.Only, stepImages) || n.step == stepNode && inThisRepository()
}

// examine looks for one thing. unseen: it cannot be looked at.
func examine(ctx context.Context, n need, unseen bool) finding {
	f := finding{Name: n.name, Suites: n.suites, State: statePresent}
	what, err := "", errNoDocker
	if !unseen {
		what, err = n.look(ctx)
	}
	switch f.What = what; {
	case err == nil:
	case n.without != "":
		f.State, f.What = stateAside, n.without
	default:
		f.State, f.What = stateMissing, err.Error()
		if n.mend != nil {
			f.Mend = "fridaygate setup --only " + n.step
		}
	}
	return f
}

// write prints the diagnosis: one line a thing, or JSON.
func (d diagnosis) write(std streams, asJSON bool) error {
	if asJSON {
		return printJSON(std, d)
	}
	lines := listing{out: std.out}
	for _, f := range d.Things {
		mend := ""
		if f.Mend != "" {
			mend = "; or: " + f.Mend
		}
		lines.say("%-8s  %-11s  %s (for %s)%s\n", f.State, f.Name, strings.ReplaceAll(f.What, "\n", "; "), f.Suites, mend)
	}
	return lines.err
}

// inThisRepository reports whether the working directory is a copy of this repository.
func inThisRepository() bool {
	_, err := os.Stat("smoke/senders/vendors/node/package.json")
	return err == nil
}

// findProxy returns which proxy variables are set, and what to do if they are not for services on this machine. It is never an
// error: Go sends nothing to this machine through a proxy, and other programs decide for themselves.
func findProxy(getenv func(string) string) string {
	value := func(name string) string { return cmp.Or(getenv(strings.ToLower(name)), getenv(name)) }
	var set []string
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		if value(name) != "" {
			set = append(set, name)
		}
	}
	if len(set) == 0 {
		return "no proxy is set"
	}
	names := strings.Join(set, " and ") + " set"
	exempt := strings.Split(strings.ReplaceAll(value("NO_PROXY"), " ", ""), ",")
	if slices.Contains(exempt, "*") || slices.Contains(exempt, "127.0.0.1") && slices.Contains(exempt, "localhost") {
		return names + ", and not for this machine"
	}
	return names + "; so that no program sends requests to this machine through it: export NO_PROXY=" +
		strings.TrimSuffix("localhost,127.0.0.1,"+value("NO_PROXY"), ",")
}

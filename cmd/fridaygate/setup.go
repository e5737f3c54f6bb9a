package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/providers/setup"
)

type setupCommand struct {
	Only       []string `enum:"library,docker,images,node" default:"library,docker,images" placeholder:"STEP" help:"Steps: ${enum}."`
	LibraryDir string   `placeholder:"DIR" help:"Folder of libpact_ffi. Default: /usr/local/lib."`
}

// Run provides what is missing, one thing after the other, and continues after a failure, so that one run shows all that is
// missing.
func (c *setupCommand) Run(ctx context.Context, std streams) error {
	s := preparation{out: std.out, err: std.err}
	m := setup.Machine{Say: func(what string) { s.print(s.out, what+" ...") }}
	all, err := needs(m, c.LibraryDir, std.getenv)
	if err != nil {
		return err
	}
	for _, n := range all {
		if slices.Contains(c.Only, n.step) && ctx.Err() == nil {
			s.step = n.step
			s.provide(ctx, n)
		}
	}
	switch {
	case ctx.Err() != nil:
		return exit(verdict.ExitInterrupted, nil)
	case s.failed:
		return exit(verdict.ExitUnknown, errors.New("setup: this machine is not ready; see above"))
	}
	return nil
}

// preparation is one run of the command: it prints one line a thing, and one more for what takes a while.
type preparation struct {
	out, err io.Writer

	step     string
	failed   bool
	noDocker bool
}

func (s *preparation) print(w io.Writer, text string) {
	if _, err := fmt.Fprintf(w, "%-8s %s\n", s.step, text); err != nil {
		s.failed = true
	}
}

// provide looks for a thing, and provides it if it is missing.
func (s *preparation) provide(ctx context.Context, n need) {
	if n.step == stepImages && s.noDocker {
		s.failed = true
		s.print(s.err, n.name+": "+errNoDocker.Error())
		return
	}
	what, err := n.look(ctx)
	if err != nil && n.mend != nil {
		what, err = n.mend(ctx)
	}
	switch {
	case err == nil:
		s.print(s.out, what)
	case n.without != "":
		s.print(s.out, fmt.Sprintf("%s (%s)", n.without, err))
	default:
		s.failed = true
		s.noDocker = s.noDocker || n.step == stepDocker
		s.print(s.err, err.Error())
	}
}

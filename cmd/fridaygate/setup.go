package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/pact/ffi"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/providers/setup"
)

type setupCommand struct {
	Only       []string `enum:"library,docker,images,node" default:"library,docker,images" placeholder:"STEP,..." help:"Only these steps: library, docker, images; or node, which only the tests of this program need."`
	LibraryDir string   `placeholder:"DIR" help:"Install libpact_ffi in another folder than /usr/local/lib; whoever links it must look there."`
}

// Run does the steps one after the other, and goes on after one that failed: a person reads all that is missing at once.
func (c *setupCommand) Run(ctx context.Context, std streams) error {
	s := preparation{out: std.out, err: std.err, getenv: std.getenv, libraryDir: c.LibraryDir}
	for _, step := range []struct {
		name string
		do   func(context.Context)
	}{{"library", s.library}, {"docker", s.docker}, {"images", s.images}, {"node", s.node}} {
		if slices.Contains(c.Only, step.name) && ctx.Err() == nil {
			s.step = step.name
			step.do(ctx)
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

// preparation is one run of the command: it prints one line a step, and one more for what takes a while.
type preparation struct {
	out, err   io.Writer
	getenv     func(string) string
	libraryDir string

	step     string
	failed   bool
	noDocker bool
}

func (s *preparation) done(format string, args ...any) { s.print(s.out, fmt.Sprintf(format, args...)) }

func (s *preparation) fail(err error) {
	s.failed = true
	s.print(s.err, err.Error())
}

func (s *preparation) print(w io.Writer, text string) {
	if _, err := fmt.Fprintf(w, "%-8s %s\n", s.step, text); err != nil {
		s.failed = true
	}
}

func (s *preparation) machine() setup.Machine {
	return setup.Machine{Say: func(what string) { s.done("%s ...", what) }}
}

func (s *preparation) library(ctx context.Context) {
	library, err := ffi.Pinned()
	if err != nil {
		s.fail(err)
		return
	}
	if s.libraryDir != "" {
		library.Paths = []string{s.libraryDir}
	}
	result, err := ffi.Install(ctx, ffi.Options{Library: &library, Proxy: http.ProxyFromEnvironment})
	switch {
	case err != nil:
		s.fail(err)
		return
	case result.Source == "":
		s.done("libpact_ffi %s is in %s", library.Version, result.Path)
	default:
		s.done("libpact_ffi %s is in %s, from %s", library.Version, result.Path, result.Source)
	}
	if err := s.machine().Compiler(ctx); err != nil {
		s.fail(err)
	}
}

func (s *preparation) docker(ctx context.Context) {
	version, err := s.machine().Docker(ctx)
	if err != nil {
		s.noDocker = true
		s.fail(err)
		return
	}
	s.done("Docker Engine %s answers", version)
}

func (s *preparation) images(ctx context.Context) {
	if s.noDocker {
		s.fail(errors.New("not looked at, without Docker"))
		return
	}
	for _, image := range []setup.Image{setup.Postgres, setup.Redis} {
		name, how, err := s.machine().Provide(ctx, image, s.getenv(image.Variable))
		if err != nil {
			s.fail(err)
			continue
		}
		s.done("%s: %s", name, how)
	}
	s.pactBroker(ctx)
}

func (s *preparation) node(ctx context.Context) {
	version, err := s.machine().Node(ctx)
	if err != nil {
		s.fail(err)
		return
	}
	s.done("Node.js %s and npm are there", version)
}

// pactBroker provides the image that few suites need and that is not built here. Where it cannot be had, tests use a
// recorded broker: that is said, and is a failure only if a variable asks for the image or for a real broker.
func (s *preparation) pactBroker(ctx context.Context) {
	image := setup.PactBroker
	chosen := s.getenv(image.Variable)
	name, how, err := s.machine().Provide(ctx, image, chosen)
	required := slices.Contains(strings.Split(s.getenv("FRIDAYGATE_REQUIRE"), ","), "broker")
	switch {
	case err == nil:
		s.done("%s: %s", name, how)
	case chosen != "" || required:
		s.fail(err)
	default:
		s.done("no Pact Broker: tests that need one run against a recorded one; set %s to use a real one (%s)", image.Variable, err)
	}
}

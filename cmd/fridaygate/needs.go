package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/pact/ffi"
	"github.com/fridaygate/fridaygate/providers/setup"
)

// need is one thing that suites need of a machine.
type need struct {
	step    string // of --only
	name    string
	suites  string // which of them need it
	look    func(context.Context) (found string, err error)
	mend    func(context.Context) (done string, err error) // as look, after providing it; nil: a person has to
	without string                                         // what suites do where it is missing; empty: they fail
}

// Steps of setup and doctor.
const (
	stepLibrary = "library"
	stepDocker  = "docker"
	stepImages  = "images"
	stepNode    = "node" // only in this repository
)

// errNoDocker is why images are not looked at.
var errNoDocker = errors.New("not looked at, without Docker")

// needs returns what suites need, in the order in which it is provided: npm is a source of libpact_ffi, and images need
// Docker.
func needs(m setup.Machine, libraryDir string, getenv func(string) string) ([]need, error) {
	library, err := ffi.Pinned()
	if err != nil {
		return nil, err
	}
	if libraryDir != "" {
		library.Paths = []string{libraryDir}
	}
	o := ffi.Options{Library: &library, Proxy: http.ProxyFromEnvironment}
	const pacts = "pacts"
	all := []need{
		{
			step: stepNode, name: "node", suites: "vendors' libraries, which this repository tests",
			look: said("Node.js %s and npm are there", m.FindNode), mend: said("Node.js %s and npm are there", m.Node),
		},
		{
			step: stepNode, name: "curl", suites: "curl commands of findings, which this repository tests",
			look: said("curl is %s", m.FindCurl), mend: said("curl is %s", m.Curl),
		},
		{
			step: stepNode, name: "chromium", suites: "pages of reports, which this repository tests",
			look: said("Chromium is %s", m.FindBrowser), mend: said("Chromium is %s", m.Browser),
		},
		{step: stepLibrary, name: "libpact_ffi", suites: pacts,
			look: func(context.Context) (string, error) {
				version, path, err := ffi.Find(o)
				return fmt.Sprintf("libpact_ffi %s is in %s", version, path), err
			},
			mend: func(ctx context.Context) (string, error) {
				result, err := ffi.Install(ctx, o)
				return fmt.Sprintf("libpact_ffi %s is in %s, from %s", library.Version, result.Path, result.Source), err
			}},
		{
			step: stepLibrary, name: "compiler", suites: pacts,
			look: said("the C compiler is %s", m.FindCompiler), mend: said("the C compiler is %s", m.Compiler),
		},
		{step: stepLibrary, name: "cgo", suites: pacts, look: said("%s, with cgo", m.FindCgo)},
		{
			step: stepDocker, name: "docker", suites: "providers in containers",
			look: said("Docker Engine %s answers", m.FindDocker), mend: said("Docker Engine %s answers", m.Docker),
		},
	}
	for _, image := range []setup.Image{setup.Postgres, setup.Redis, setup.PactBroker} {
		all = append(all, imageNeed(m, image, getenv))
	}
	return all, nil
}

// said puts the result of a function into a sentence.
func said(sentence string, look func(context.Context) (string, error)) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		found, err := look(ctx)
		return fmt.Sprintf(sentence, found), err
	}
}

// imageNeed is about an image. Few suites need that of the Pact Broker, which is not built here. Where it cannot be had, tests
// use a recorded broker, unless a variable asks for the image or for a real broker.
func imageNeed(m setup.Machine, image setup.Image, getenv func(string) string) need {
	chosen := getenv(image.Variable)
	n := need{step: stepImages, name: image.Name, suites: "providers in containers",
		look: func(ctx context.Context) (string, error) {
			name, err := m.FindImage(ctx, image, chosen)
			return name + ": present", err
		},
		mend: func(ctx context.Context) (string, error) {
			name, how, err := m.Provide(ctx, image, chosen)
			return name + ": " + how, err
		},
	}
	if image == setup.PactBroker {
		n.suites = "Pact Broker"
		if chosen == "" && !slices.Contains(strings.Split(getenv("FRIDAYGATE_REQUIRE"), ","), "broker") {
			n.without = "no Pact Broker: tests that need one run against a recorded one; set " + image.Variable + " to use a real one"
		}
	}
	return n
}

package environment

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema/yamlfile"
	"github.com/fridaygate/fridaygate/contracts/textfile"
	"github.com/fridaygate/fridaygate/smoke/cleanup"
	"github.com/fridaygate/fridaygate/smoke/hosts"
	"github.com/fridaygate/fridaygate/smoke/outbound"
	"github.com/fridaygate/fridaygate/smoke/revision"
	"github.com/fridaygate/fridaygate/smoke/triage"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Environment is one environment file, read and checked, with the pacts and schemas that it names.
type Environment struct {
	Name          string
	Path          string // the file
	Production    bool
	Target        string
	Hosts         hosts.List
	Commands      []string // the programs that may be run, as contracts write them
	Limits        Limits
	Revision      *revision.Check // nil: the service says none
	Contracts     []*outbound.Contract
	Fixtures      []string        // folders, or files in them
	Triage        *triage.Mapping // where the service tells what triage asks; never nil
	Cleanup       *cleanup.Plan   // nil: what a run made stays
	Unset         []error         // what Cleanup lacks: variables that are not set
	KnownFailures []webhook.KnownFailure
	Secrets       map[string]string // by name: those that the file names
	Problems      []report.Remark   // integrations with a contract suite and without a smoke contract
	Notes         []report.Remark
}

// Options are what loading needs.
type Options struct {
	LookupEnv func(string) (string, bool)
}

// loader reads one file.
type loader struct {
	Options
	path     string
	document *yamlfile.Document
	file     file
	made     *Environment
	mistakes []error
}

// AllowCommand returns an error unless a program is one of those that the environment allows.
func (e *Environment) AllowCommand(program string) error {
	if slices.Contains(e.Commands, program) {
		return nil
	}
	return fmt.Errorf("%s: not on the list of commands in %s, which no list of hosts holds back: add it to commands if the run may start it",
		program, e.Path)
}

// Load reads an environment file. The error joins every mistake in it, each with its line and column.
func Load(path string, o Options) (*Environment, error) {
	text, err := textfile.Read(path, yamlfile.MaxBytes)
	if err != nil {
		return nil, fmt.Errorf("read environment %s: %w", path, err)
	}
	k, err := kind()
	if err != nil {
		return nil, err
	}
	l := &loader{Options: o, path: path, made: &Environment{Path: path, Secrets: map[string]string{}}}
	if l.document, err = k.Read(path, text); err != nil {
		return nil, err
	}
	if err := l.document.Decode(&l.file); err != nil {
		return nil, err
	}
	for _, step := range []func(){l.basics, l.names, l.revision, l.secrets, l.contracts, l.suites, l.receivers, l.triage, l.cleanUp} {
		step()
	}
	if err := errors.Join(l.mistakes...); err != nil {
		return nil, err
	}
	return l.made, nil
}

func (l *loader) mistake(key, format string, a ...any) {
	l.mistakes = append(l.mistakes, l.document.Mistake(key, format, a...))
}

// at returns a path that is written from the folder of the file.
func (l *loader) at(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(l.path), path)
}

// looksLikeProduction matches a part of a name or a host that is called so.
var looksLikeProduction = regexp.MustCompile(`(?i)(^|[.\-_])(prod|production|prd|live)($|[.\-_])`)

// basics takes over what needs no other file.
func (l *loader) basics() {
	f, e := &l.file, l.made
	e.Name, e.Target, e.Limits, e.KnownFailures = f.Name, strings.TrimRight(f.Target, "/"), f.Limits, f.KnownFailures
	e.Commands = f.Commands
	e.Production = f.Production != nil && *f.Production
	for i, entry := range f.Hosts {
		if _, err := hosts.New([]string{entry}); err != nil {
			l.mistake(fmt.Sprintf("hosts[%d]", i), "%v", err)
			return
		}
	}
	e.Hosts, _ = hosts.New(f.Hosts) // each was read above
	target := l.url("target", f.Target)
	if f.Production == nil && (looksLikeProduction.MatchString(f.Name) || looksLikeProduction.MatchString(target.Hostname())) {
		l.mistake("production",
			"%s at %s looks like production: say production: true, which needs --allow-production as well, or production: false", f.Name,
			target.Hostname())
	}
	for i := range e.KnownFailures {
		known := &e.KnownFailures[i]
		if known.Fixture == "" {
			known.Fixture = "*"
		}
		for key, glob := range map[string]string{"case": known.Case, "fixture": known.Fixture} {
			if _, err := filepath.Match(glob, ""); err != nil {
				l.mistake(fmt.Sprintf("known_failures[%d].%s", i, key), "%q: must be a name or a pattern: close its brackets", glob)
			}
		}
	}
}

// url reads a URL whose host must be on the list.
func (l *loader) url(key, text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		l.mistake(key, "%q: must be a URL", text)
		return &url.URL{}
	}
	if err := l.made.Hosts.Check(u); err != nil {
		l.mistake(key, "%v", err)
	}
	return u
}

// names checks that no other file of the folder has the name.
func (l *loader) names() {
	others, _ := filepath.Glob(filepath.Join(filepath.Dir(l.path), "*.y*ml")) // the pattern is right
	for _, other := range others {
		text, err := textfile.Read(other, yamlfile.MaxBytes)
		if err != nil || filepath.Clean(other) == filepath.Clean(l.path) {
			continue
		}
		if name.FindSubmatch(text) != nil && string(name.FindSubmatch(text)[1]) == l.file.Name {
			l.mistake("name", "%q: %s has that name too: give each environment a name of its own", l.file.Name, other)
		}
	}
}

// name matches the name in a file, which may have mistakes of its own.
var name = regexp.MustCompile(`(?m)^name:[ \t]*["']?([A-Za-z0-9._-]+)["']?[ \t]*(?:#.*)?$`)

// revision takes over how the service is asked about itself.
func (l *loader) revision() {
	r := l.file.Revision
	if r == nil {
		return
	}
	c := &revision.Check{Revision: r.Revision.Place, ConfigHash: r.ConfigHash.Place, Instance: r.Instance.Place, Asks: r.Asks}
	if c.Asks == 0 {
		c.Asks = 8
	}
	switch {
	case !strings.HasPrefix(r.URL, "/"):
		if len(r.Replicas) > 0 {
			l.mistake("revision.replicas", "cannot stand beside a whole URL: write a path in revision.url")
		}
		c.URLs = append(c.URLs, l.url("revision.url", r.URL))
	case len(r.Replicas) == 0:
		c.URLs = append(c.URLs, l.url("revision.url", l.made.Target+r.URL))
	}
	for i, base := range r.Replicas {
		c.URLs = append(c.URLs, l.url(fmt.Sprintf("revision.replicas[%d]", i), strings.TrimRight(base, "/")+r.URL))
	}
	c.Want = l.variable("revision.expect_env", r.ExpectEnv, "the revision that must answer")
	c.WantConfig = l.variable("revision.expect_config_env", r.ExpectConfigEnv, "the config hash that must answer")
	if r.ExpectConfigEnv != "" && !c.ConfigHash.Named() {
		l.mistake("revision.config_hash", "is missing: say where the answer has it, as expect_config_env names one")
	}
	l.made.Revision = c
}

// variable returns what a variable holds, if one is named.
func (l *loader) variable(key, name, what string) string {
	if name == "" {
		return ""
	}
	value, ok := l.LookupEnv(name)
	if !ok || value == "" {
		l.mistake(key, "the variable %s is not set: export %s", name, what)
	}
	return value
}

// receivers takes over the fixtures.
func (l *loader) receivers() {
	for _, r := range l.file.Receivers {
		l.made.Fixtures = append(l.made.Fixtures, l.at(r.Fixtures))
	}
}

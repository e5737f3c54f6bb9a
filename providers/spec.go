package providers

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Spec describes a service and what it needs.
type Spec struct {
	Name         string            // container, log and host name: "invoices"; lower-case letters, digits and dashes
	Package      string            // Go package of the service, built when it is started: "example.com/shop/cmd/invoices"
	Binary       string            // path of a built service, instead of Package
	Env          map[string]string // its whole environment; {NAME} in a value becomes the URL under which the service reaches that need
	Needs        []Need            // ready before the service is started
	Port         int               // port it listens on inside its container; zero: 8080. Process picks a free one
	Ready        string            // path polled until it answers 200; empty: "/readyz"
	ReadyTimeout time.Duration     // zero: 1 minute
}

// Kind is what a Need is.
type Kind string

// The kinds of needs.
const (
	KindPostgres Kind = "postgres"
	KindRedis    Kind = "redis"
	KindService  Kind = "service" // another Spec, started by the same runtime
)

// Need is one thing a service needs.
type Need struct {
	Name string // its host name beside the service, and its placeholder in Env; empty: the kind, or the Spec's name
	Kind Kind
	Spec Spec // of a KindService only
}

// Postgres and Redis are an empty PostgreSQL and an empty Redis of the service's own.
var (
	Postgres = Need{Name: string(KindPostgres), Kind: KindPostgres}
	Redis    = Need{Name: string(KindRedis), Kind: KindRedis}
)

// Service returns a need that is itself a service, which may have needs.
func Service(spec Spec) Need { return Need{Name: spec.Name, Kind: KindService, Spec: spec} }

// Default ports, paths and bounds of a Spec.
const (
	defaultPort         = 8080
	defaultReady        = "/readyz"
	defaultReadyTimeout = time.Minute
)

// Complete returns the Spec with defaults filled in, or all of its errors joined. Runtimes call it first.
func (s Spec) Complete() (Spec, error) {
	if s.Port == 0 {
		s.Port = defaultPort
	}
	if s.Ready == "" {
		s.Ready = defaultReady
	}
	if s.ReadyTimeout == 0 {
		s.ReadyTimeout = defaultReadyTimeout
	}
	var broken []error
	wrong := func(format string, args ...any) { broken = append(broken, fmt.Errorf(format, args...)) }
	if !hostName.MatchString(s.Name) {
		wrong("Name %q: want lower-case letters, digits and dashes, a letter first", s.Name)
	}
	if !strings.HasPrefix(s.Ready, "/") {
		wrong("Ready %q: want a path such as /readyz", s.Ready)
	}
	if s.Port < 1 || s.Port > 65535 {
		wrong("Port %d: want 1 to 65535", s.Port)
	}
	if s.ReadyTimeout < 0 {
		wrong("ReadyTimeout %s: want a positive duration", s.ReadyTimeout)
	}
	needs := make([]Need, 0, len(s.Needs))
	seen := map[string]bool{s.Name: true}
	for _, need := range s.Needs {
		need, err := need.complete()
		if err != nil {
			broken = append(broken, err)
		}
		if seen[need.Name] {
			wrong("Needs: two things are named %q", need.Name)
		}
		seen[need.Name] = true
		needs = append(needs, need)
	}
	s.Needs = needs
	if len(broken) > 0 {
		return s, fmt.Errorf("provider %q: %w", s.Name, errors.Join(broken...))
	}
	return s, nil
}

// Source is an error unless exactly one of Package and Binary is given.
func (s Spec) Source() error {
	if (s.Package == "") == (s.Binary == "") {
		return fmt.Errorf("provider %q: give either Package or Binary", s.Name)
	}
	return nil
}

func (n Need) complete() (Need, error) {
	var err error
	switch n.Kind {
	case KindPostgres, KindRedis:
		if n.Name == "" {
			n.Name = string(n.Kind)
		}
	case KindService:
		if n.Spec.Name == "" {
			n.Spec.Name = n.Name
		}
		if n.Name == "" {
			n.Name = n.Spec.Name
		}
		n.Spec, err = n.Spec.Complete()
	default:
		err = fmt.Errorf("need %q: its Kind is %q, want postgres, redis or service", n.Name, n.Kind)
	}
	if err == nil && !hostName.MatchString(n.Name) {
		err = fmt.Errorf("need %q: want a name of lower-case letters, digits and dashes, a letter first", n.Name)
	}
	return n, err
}

var (
	hostName    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	placeholder = regexp.MustCompile(`\{[a-z][a-z0-9-]*\}`)
)

// Environment returns Env as KEY=VALUE, sorted by key, with every {NAME} replaced by its address. A name without
// an address is an error: the service would start with a setting that was not meant.
func (s Spec) Environment(addresses map[string]string) ([]string, error) {
	var env []string
	var broken []error
	for _, key := range slices.Sorted(maps.Keys(s.Env)) {
		value := placeholder.ReplaceAllStringFunc(s.Env[key], func(found string) string {
			name := found[1 : len(found)-1]
			address, ok := addresses[name]
			if !ok {
				broken = append(broken, fmt.Errorf("provider %q: Env %s: %s has no address: it is not among its Needs, or this runtime does not "+
					"start it", s.Name, key, found))
			}
			return address
		})
		env = append(env, key+"="+value)
	}
	return env, errors.Join(broken...)
}

package smoke

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"time"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/environment"
	"github.com/fridaygate/fridaygate/smoke/outbound"
	"github.com/fridaygate/fridaygate/smoke/pace"
)

// Options say what to replay, and against what.
type Options struct {
	Target    string                           // the receiver's base URL
	Fixtures  []string                         // folders of golden webhooks, each with its webhook.yaml; or files in them, each alone
	Cases     []string                         // globs (path.Match) over case names; none is every case
	Except    []string                         // globs over the names of cases that are left out, and listed; none leaves nothing out
	RunID     string                           // names the run: it goes into every event id, so no two runs against one receiver may share it
	LookupEnv func(name string) (string, bool) // returns what webhook.yaml names: secrets, database URLs; nil: nothing is set
	Transport *http.Transport                  // its proxy, dialer and TLS settings are used; nil: none of them
	Timeout   time.Duration                    // for one delivery, and for one observation of its effects; 10s when zero
	Parallel  int                              // how many checks deliver at a time; 4 when zero
	Rate      float64                          // requests a second, at most; no limit when zero
	Budget    int                              // requests in all, at most; no limit when zero
	MaxTime   time.Duration                    // for all checks together; no limit when zero
	Requests  *pace.Budget                     // counts and paces the requests, also those of others; nil: one of Rate and Budget
	Hooks     Hooks                            // control over the receiver, besides the hooks of webhook.yaml
	Histories bool                             // keep the histories of checks that passed too
	Now       func() time.Time                 // nil: time.Now
	Share     Share                            // of the plan, which other machines run parts of; zero: all of it
	Version   string                           // of this program, in which the shards of a run must agree

	// Environment is where the target is: its hosts, revision, smoke contracts, known failures and secrets. Nil: nothing is
	// known of it. Its target, fixtures and limits are not read: they are the options above.
	Environment *environment.Environment

	// Prove breaks the receiver on purpose when the checks have run, behind a proxy, and demands that they see each break.
	Prove bool

	// Keep leaves what the run made where it is, whatever the environment says of clean-up.
	Keep bool
	// CleanUpAgain is the command that cleans up after this run, which is shown with what could not be removed.
	CleanUpAgain string

	// Rerun returns the command that makes one check again, which is shown with its findings; nil shows none. The fixture
	// is the file of the golden webhook.
	Rerun func(fixture, caseName string) string
}

// ErrNothingSelected reports that a plan would be empty, or that a glob matches no case.
var ErrNothingSelected = errors.New("nothing selected")

func (o Options) withDefaults() Options {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Parallel == 0 {
		o.Parallel = 4
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.LookupEnv == nil {
		o.LookupEnv = func(string) (string, bool) { return "", false }
	}
	return o
}

// contracts returns the smoke contracts.
func (o Options) contracts() []*outbound.Contract {
	if o.Environment == nil {
		return nil
	}
	return o.Environment.Contracts
}

// mistakes returns what is wrong with the options alone.
func (o Options) mistakes() []error {
	all := o.globs()
	if len(o.Fixtures) == 0 && len(o.contracts()) == 0 {
		all = append(all, errors.New("no fixtures: name at least one folder with a webhook.yaml"))
	}
	if o.Rate < 0 || o.Budget < 0 {
		all = append(all, fmt.Errorf("rate %v, budget %d: must not be negative", o.Rate, o.Budget))
	}
	if o.MaxTime < 0 {
		all = append(all, fmt.Errorf("max time %s: must not be negative", o.MaxTime))
	}
	if _, err := parseTarget(o.Target); err != nil {
		all = append(all, err)
	}
	if o.Prove && o.Share.Shard.Split() {
		all = append(all, errors.New("prove: the shards of a run cannot prove what the gate sees: prove in a run that is not split"))
	}
	return all
}

func parseTarget(target string) (*url.URL, error) {
	u, err := url.Parse(target)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return &url.URL{}, fmt.Errorf("target %q: must be a URL such as https://staging.example.com", target)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return &url.URL{}, fmt.Errorf("target %q: must be a base URL, without user, query or fragment", u.Redacted())
	}
	return u, nil
}

// globs checks the patterns of cases.
func (o Options) globs() []error {
	var all []error
	for key, globs := range map[string][]string{"case": o.Cases, "except": o.Except} {
		for _, glob := range globs {
			if _, err := path.Match(glob, ""); err != nil {
				all = append(all, fmt.Errorf("%s %q: not a pattern: %w", key, glob, err))
			}
		}
	}
	return all
}

// chosen reports whether a case or a smoke contract is among those that are run.
func (o Options) chosen(name string) bool {
	return len(o.Cases) == 0 || slices.ContainsFunc(o.Cases, func(glob string) bool { return cases.Match(glob, name) })
}

// excepted reports whether a case is left out.
func (o Options) excepted(name string) bool {
	return slices.ContainsFunc(o.Except, func(glob string) bool { return cases.Match(glob, name) })
}

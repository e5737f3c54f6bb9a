package smoke

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/providers/testcache"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/redact"
	"github.com/fridaygate/fridaygate/smoke/sign"
	"github.com/fridaygate/fridaygate/smoke/webhook"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// Options say what to replay, and against what.
type Options struct {
	Target    string                           // the receiver's base URL
	Fixtures  []string                         // folders of golden webhooks, each with its webhook.yaml; or files in them, each alone
	Cases     []string                         // globs (path.Match) over case names; none is every case
	Except    []string                         // globs over the names of cases that are left out, and listed; none leaves nothing out
	RunID     string                           // names the run: it goes into every event id, so no two runs against one receiver may share it
	LookupEnv func(name string) (string, bool) // gives what webhook.yaml names: secrets, database URLs
	Transport *http.Transport                  // its proxy, dialer and TLS settings are used; nil: none of them
	Timeout   time.Duration                    // for one delivery, and for one look at its effects; 10s when zero
	Parallel  int                              // how many checks run at a time; 4 when zero
	Rate      float64                          // requests a second, at most; no limit when zero
	Budget    int                              // requests in all, at most; no limit when zero
	Hooks     Hooks                            // power over the receiver, beside what webhook.yaml gives
	Histories bool                             // keep the histories of checks that passed too
	Now       func() time.Time                 // nil: time.Now

	// Rerun gives the command that makes one check again, which is shown with its findings; nil shows none. The fixture
	// is the file of the golden webhook.
	Rerun func(fixture, caseName string) string
}

// ErrNothingSelected says that a plan would be empty, or that a glob matches no case.
var ErrNothingSelected = errors.New("nothing selected")

// Plan is every check that a run is going to make: those that use hooks come last.
type Plan struct {
	Checks        []Check
	NotApplicable []report.NotApplicable // cases that were selected and do not apply to a fixture

	Excluded []report.Check // cases that Options.Except leaves out

	options   Options
	target    *url.URL
	client    *wire.Client
	budget    *pace.Budget
	ahead     atomic.Int64 // how far the receiver's clock was moved, a time.Duration
	today     time.Time
	probes    []probe.Probe
	listening []*wire.Confirmations
	secrets   map[string]string // by the names of their variables
	redactor  redact.Redactor   // of the secrets
	once      map[string]string // by folder and case: the fixture that the case is planned for

	folders map[string]*folder     // by their paths
	scouts  map[string]*scout      // by their fixtures
	asides  atomic.Int64           // deliveries that are not of the plan
	gone    atomic.Bool            // the receiver was waited for, and did not come back
	stopped atomic.Pointer[string] // why nothing more is to run; nil: it is
}

// Check is one case of one fixture.
type Check struct {
	Fixture string     // the fixture's folder and name: "fixtures/invoices/invoice.paid"
	Case    cases.Case // without its rounds: those of all checks together would fill the memory

	folder     string
	golden     fixtures.Fixture
	aside      bool  // it is not of the plan, but made to find out what a check of the plan shows
	deliveries int   // that it makes at least
	broken     error // why the fixture cannot be used
	contract   *webhook.Contract
	receiver   *wire.Receiver
	token      string // of challenges; "" when they hold none
	probe      probe.Probe
	also       probe.Probe // the second one; nil when the contract names none
	hooks      Hooks
	known      *webhook.KnownFailure // nil: it must pass
	plan       *Plan
}

// Name is the check's name: "fixtures/invoices/invoice.paid/dup-seq".
func (c Check) Name() string { return c.Fixture + "/" + c.Case.Name }

// NewPlan reads the fixtures and derives the checks. It reports every mistake in every folder at once; such an
// error means wrong usage or configuration, except ErrNothingSelected. A single broken fixture is not an error:
// it is planned as a check called "fixture", whose verdict is Unknown. The plan holds connections, and sinks that
// listen, until it is closed.
func NewPlan(o Options) (*Plan, error) {
	if err := testcache.Disable(); err != nil { // in a test, go test cannot see a change of the receiver
		return nil, err
	}
	o = o.withDefaults()
	p := &Plan{once: map[string]string{}, options: o, budget: pace.NewBudget(o.Budget, o.Rate), today: o.Now(), folders: map[string]*folder{}, scouts: map[string]*scout{}, secrets: map[string]string{}}
	p.client = wire.NewClient(wire.Options{Transport: o.Transport, Timeout: o.Timeout, Now: o.Now, Spend: p.budget.Spend})
	mistakes := o.mistakes()
	var err error
	if p.target, err = parseTarget(o.Target); err != nil {
		mistakes = append(mistakes, err)
		p.target = &url.URL{} // so that the mistakes in the folders are found too
	}
	for _, one := range sources(o.Fixtures) {
		if err := p.add(one); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	if len(mistakes) == 0 {
		mistakes = p.mistyped()
	}
	if len(mistakes) == 0 && len(p.Checks) == 0 {
		mistakes = append(mistakes, p.nothing())
	}
	if n := p.deliveries(); o.Budget > 0 && n > o.Budget {
		mistakes = append(mistakes, fmt.Errorf("budget: %d deliveries are planned, and no more than %d requests are allowed: choose fewer cases, or raise the budget", n, o.Budget))
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(append(mistakes, p.Close())...)
	}
	p.redactor = redact.New(p.secrets)
	slices.SortStableFunc(p.Checks, func(a, b Check) int { return cmp.Compare(min(1, len(a.Case.Needs)), min(1, len(b.Case.Needs))) })
	return p, nil
}

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

func (o Options) mistakes() []error {
	all := o.globs()
	if len(o.Fixtures) == 0 {
		all = append(all, errors.New("no fixtures: name at least one folder with a webhook.yaml"))
	}
	if o.Rate < 0 || o.Budget < 0 {
		all = append(all, fmt.Errorf("rate %v, budget %d: must not be negative", o.Rate, o.Budget))
	}
	return all
}

func parseTarget(target string) (*url.URL, error) {
	u, err := url.Parse(target)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("target %q: must be a URL such as https://staging.example.com", target)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("target %q: must be a base URL, without user, query or fragment", u.Redacted())
	}
	return u, nil
}

// secret returns what the receiver shares with its sender; "" where deliveries are not signed.
func (p *Plan) secret(contract *webhook.Contract) (string, error) {
	if contract.Scheme.Unsigned != "" {
		return "", nil
	}
	secret, ok := p.options.LookupEnv(contract.Signature.SecretEnv)
	if !ok || secret == "" {
		return "", fmt.Errorf("%s: signature.secret_env: the variable %s is not set: export the secret that %s shares with its sender", contract.Path, contract.Signature.SecretEnv, contract.Receiver)
	}
	if _, err := contract.Scheme.Sign(secret, sign.Message{}); err != nil {
		return "", fmt.Errorf("%s: signature.secret_env: the variable %s: %w", contract.Path, contract.Signature.SecretEnv, err)
	}
	p.secrets[contract.Signature.SecretEnv] = secret
	return secret, nil
}

// challenge returns the token of the contract's challenge, and what listens for its confirmations.
func (p *Plan) challenge(contract *webhook.Contract) (token string, c *wire.Confirmations, err error) {
	if name := contract.Challenge.TokenEnv; name != "" {
		var ok bool
		if token, ok = p.options.LookupEnv(name); !ok || token == "" {
			return "", nil, fmt.Errorf("%s: challenge.token_env: the variable %s is not set: export the token that %s shares with its sender", contract.Path, name, contract.Receiver)
		}
		p.secrets[name] = token
	}
	if contract.Challenge.Confirm != "" {
		if c, err = wire.ListenForConfirmations(contract.Challenge.Confirm); err != nil {
			return "", nil, fmt.Errorf("%s: %w", contract.Path, err)
		}
		p.listening = append(p.listening, c)
	}
	return token, c, nil
}

// add plans the checks of one folder.
func (p *Plan) add(from source) error {
	dir := from.folder
	contract, err := webhook.Load(dir)
	if err != nil {
		return err
	}
	for i, glob := range contract.Enforce {
		if _, err := cases.Catalogue(glob); err != nil {
			return fmt.Errorf("%s: enforce[%d]: %w", contract.Path, i, err)
		}
	}
	secret, err := p.secret(contract)
	if err != nil {
		return err
	}
	all, err := fixtures.Load(dir, contract.Files()...)
	if err != nil {
		return err
	}
	chosen, err := from.choose(all)
	if err != nil {
		return err
	}
	below, _ := contract.Endpoint.PathAndQuery()
	address, err := url.Parse(p.target.JoinPath(below).String()) // which gives the path its first slash
	if err != nil {
		return fmt.Errorf("%s: endpoint.path: %w", contract.Path, err)
	}
	effects, err := probe.New(contract.Effects, probe.Options{Target: p.target, Client: p.client.HTTP(), LookupEnv: p.options.LookupEnv})
	if err != nil {
		return fmt.Errorf("%s: %w", contract.Path, err)
	}
	if effects != nil {
		if sql := contract.Effects.SQL; sql != nil {
			p.secrets[sql.URLEnv], _ = p.options.LookupEnv(sql.URLEnv)
		}
		p.probes = append(p.probes, effects)
	}
	var also probe.Probe
	if second := contract.Effects.Also; second != nil {
		if also, err = probe.New(*second, probe.Options{Target: p.target, Client: p.client.HTTP(), LookupEnv: p.options.LookupEnv}); err != nil {
			return fmt.Errorf("%s: effects.also: %w", contract.Path, err)
		}
		p.probes = append(p.probes, also)
	}
	token, confirmations, err := p.challenge(contract)
	if err != nil {
		return err
	}
	base := Check{also: also, token: token, folder: dir, contract: contract, receiver: &wire.Receiver{Contract: contract, URL: address, Secret: secret, Confirmations: confirmations}, probe: effects, hooks: p.options.Hooks.or(contract.Hooks), plan: p}
	p.folders[dir] = &folder{goldens: all, not: map[symptom]bool{}}
	excused := make([]bool, len(contract.KnownFailures))
	for _, f := range chosen {
		base.Fixture, base.golden, base.broken = filepath.ToSlash(filepath.Join(dir, f.Name)), f, nil
		p.scouts[base.Fixture] = &scout{done: make(chan struct{})}
		derived, err := cases.Derive(f, contract, p.options.RunID, p.options.Cases...)
		if err != nil {
			if f.Err == nil {
				err = fmt.Errorf("%w; a file that is no golden webhook belongs in another folder", err)
			}
			base.Case, base.broken, base.known = cases.Case{Name: "fixture"}, err, nil
			p.Checks = append(p.Checks, base)
			continue
		}
		for _, one := range derived {
			base.Case = one
			base.known = known(contract.KnownFailures, f.Name, one.Name, excused)
			p.plan(base)
		}
	}
	for i, used := range excused {
		if len(p.options.Cases) > 0 || len(from.files) > 0 {
			break // the others were not derived
		}
		if k := contract.KnownFailures[i]; !used {
			return fmt.Errorf("%s: known_failures[%d]: no fixture and case match %q and %q: drop it", contract.Path, i, k.Fixture, k.Case)
		}
	}
	return nil
}

// known finds the known failure that excuses a case, and marks it as used.
func known(all []webhook.KnownFailure, fixture, name string, used []bool) *webhook.KnownFailure {
	for i, k := range all {
		onFixture, _ := path.Match(k.Fixture, fixture) // patterns were checked on loading
		onCase, _ := path.Match(k.Case, name)
		if onFixture && onCase {
			used[i] = true
			return &all[i]
		}
	}
	return nil
}

// plan adds a check, or lists it if it does not apply.
func (p *Plan) plan(c Check) {
	if p.options.excepted(c.Case.Name) {
		p.Excluded = append(p.Excluded, c.Named())
		return
	}
	why := c.Case.NotApplicable
	if why == "" {
		why = c.hooks.missing(c.Case.Needs)
	}
	if once := c.folder + "/" + c.Case.Name; why == "" && c.Case.Once {
		if by := p.once[once]; by != "" {
			why = "one fixture of a folder is enough: " + by
		} else {
			p.once[once] = c.Fixture
		}
	}
	if why != "" {
		p.NotApplicable = append(p.NotApplicable, report.NotApplicable{Check: c.Named(), Severity: string(c.Case.Severity), Why: why, Unrelated: c.Case.Unrelated})
		return
	}
	for _, round := range c.Case.Rounds {
		for _, step := range round.Steps {
			c.deliveries += step.Copies
		}
	}
	c.Case = c.Case.WithoutRounds()
	p.Checks = append(p.Checks, c)
}

// deliveries counts what is going to be sent at least.
func (p *Plan) deliveries() (n int) {
	for _, c := range p.Checks {
		n += c.deliveries
	}
	return n
}

// Close gives back connections, sinks and databases. A plan that was closed cannot run.
func (p *Plan) Close() error {
	p.client.Close()
	var failed []error
	for _, one := range p.probes {
		failed = append(failed, one.Close())
	}
	for _, one := range p.listening {
		failed = append(failed, one.Close())
	}
	p.probes, p.listening = nil, nil
	return errors.Join(failed...)
}

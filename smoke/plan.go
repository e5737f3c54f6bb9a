package smoke

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"time"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/report"
	"github.com/fridaygate/fridaygate/smoke/sign"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Options say what to replay, and against what.
type Options struct {
	Target   string                           // the receiver's base URL
	Fixtures []string                         // folders of golden webhooks, each with its webhook.yaml
	Case     string                           // glob (path.Match) over case names; "" is every case
	Seed     string                           // names the run: it goes into every event id, so no two runs against one receiver may share it
	Secret   func(name string) (string, bool) // gives a secret by the variable's name in webhook.yaml
	Client   *http.Client                     // nil: NewClient without a proxy
	Timeout  time.Duration                    // for one delivery, and for one look at its effects; 10s when zero
	Parallel int                              // how many checks run at a time; 4 when zero
	Now      func() time.Time                 // nil: time.Now

	// Again gives the command that makes one check again, which is shown with its findings; nil shows none.
	Again func(folder, caseName string) string
}

// ErrNothingSelected says that a plan would be empty: no fixture, or a glob that matches no case.
var ErrNothingSelected = errors.New("nothing selected")

// Plan is every check that a run is going to make.
type Plan struct {
	Checks []Check
	NotFor []report.NotApplicable // cases that were selected and do not apply to a fixture

	options Options
	target  *url.URL
}

// Check is one case of one fixture.
type Check struct {
	Fixture string // the fixture's folder and name: "fixtures/invoices/invoice.paid"
	Case    cases.Case

	folder   string
	broken   error // why the fixture cannot be used
	contract *webhook.Contract
	secret   string
	plan     *Plan
}

// Name is the check's name: "fixtures/invoices/invoice.paid/dup-seq".
func (c Check) Name() string { return c.Fixture + "/" + c.Case.Name }

// NewPlan reads the fixtures and derives the checks. It reports every mistake in every folder at once; such an
// error means wrong usage or configuration, except ErrNothingSelected. A single broken fixture is not an error:
// it is planned as a check called "fixture", whose verdict is Unknown.
func NewPlan(o Options) (*Plan, error) {
	o = o.withDefaults()
	p := &Plan{options: o}
	var mistakes []error
	var err error
	if p.target, err = parseTarget(o.Target); err != nil {
		mistakes = append(mistakes, err)
	}
	if _, err := path.Match(o.Case, ""); err != nil {
		mistakes = append(mistakes, fmt.Errorf("case %q: not a pattern: %w", o.Case, err))
	}
	if len(o.Fixtures) == 0 {
		mistakes = append(mistakes, errors.New("no fixtures: name at least one folder with a webhook.yaml"))
	}
	for _, dir := range o.Fixtures {
		if err := p.add(filepath.Clean(dir)); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	if len(p.Checks) == 0 {
		return nil, fmt.Errorf("%w: no fixture in %q lends itself to a case that matches %q; the cases are %q", ErrNothingSelected, o.Fixtures, o.Case, cases.Names())
	}
	return p, nil
}

func (o Options) withDefaults() Options {
	if o.Case == "" {
		o.Case = "*"
	}
	if o.Client == nil {
		o.Client = NewClient(nil)
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Parallel == 0 {
		o.Parallel = 4
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Secret == nil {
		o.Secret = func(string) (string, bool) { return "", false }
	}
	return o
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

// add plans the checks of one folder.
func (p *Plan) add(dir string) error {
	contract, err := webhook.Load(dir)
	if err != nil {
		return err
	}
	secret, ok := p.options.Secret(contract.Signature.SecretEnv)
	if !ok || secret == "" {
		return fmt.Errorf("%s: signature.secret_env: the variable %s is not set: export the secret that %s shares with its sender", contract.Path, contract.Signature.SecretEnv, contract.Receiver)
	}
	if _, err := contract.Scheme.Sign(secret, sign.Message{}); err != nil {
		return fmt.Errorf("%s: signature.secret_env: the variable %s: %w", contract.Path, contract.Signature.SecretEnv, err)
	}
	all, err := fixtures.Load(dir)
	if err != nil {
		return err
	}
	for _, f := range all {
		base := Check{Fixture: filepath.ToSlash(filepath.Join(dir, f.Name)), folder: dir, contract: contract, secret: secret, plan: p}
		derived, err := cases.Derive(f, contract, p.options.Seed)
		if err != nil {
			base.Case, base.broken = cases.Case{Name: "fixture"}, err
			p.Checks = append(p.Checks, base)
			continue
		}
		for _, one := range derived {
			if selected, _ := path.Match(p.options.Case, one.Name); !selected { // the pattern was checked
				continue
			}
			if one.NotFor != "" {
				p.NotFor = append(p.NotFor, report.NotApplicable{Fixture: base.Fixture, Case: one.Name, Why: one.NotFor})
				continue
			}
			base.Case = one
			p.Checks = append(p.Checks, base)
		}
	}
	return nil
}

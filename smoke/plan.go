package smoke

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/outbound"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Plan is what a run is going to do. It is data: two plans of the same fixtures and options are equal (reflect.DeepEqual).
type Plan struct {
	Target        string                 // the receiver's base URL
	RunID         string                 // goes into every event id
	Checks        []Check                // those that need power over the receiver come last
	NotApplicable []report.NotApplicable // cases that were selected and do not apply to a fixture
	Except        []string               // globs over the names of cases that are left out…
	Excluded      []report.Check         // …and what they leave out
	Proofs        []report.Check         // breaks that are seeded, to prove that the gate sees them
	CleansUp      bool                   // what it makes is removed after it
	Shard         *report.Shard          // which part of a larger plan this is; nil: it is whole

	ids string // what event ids are made of: the run id, and the shard
}

// Check is one case of one fixture, or one smoke contract.
type Check struct {
	Contract *outbound.Contract // nil: a case; else Fixture is the integration and Case the contract's name

	Fixture    string                // the fixture's folder and name: "fixtures/invoices/invoice.paid"
	File       string                // the golden webhook's file
	SHA256     string                // of its body, in hex
	Case       string                // the case's name
	Severity   cases.Severity        // how bad it is when it fails
	Sends      string                // what is sent, for people
	Holds      string                // what a correct receiver does, for people
	Basis      string                // on whose authority
	Advice     string                // why it is advice; "" when it is contract
	Needs      []cases.Power         // what must be done to the receiver
	Deliveries int                   // that it makes at least
	Chain      int                   // how many of them follow each other
	Known      *webhook.KnownFailure // nil: it must pass
	KnownIn    string                // the file that lists it
	Problem    string                // why the fixture cannot be used; "" when it can
}

// Name returns the check's name: "fixtures/invoices/invoice.paid/dup-seq".
func (c Check) Name() string { return c.Fixture + "/" + c.Case }

// NewPlan reads the fixtures and derives the checks. It reports every mistake in every folder at once; such an
// error means wrong usage or configuration, except ErrNothingSelected. A single broken fixture is not an error:
// it is planned as a check called "fixture", whose verdict is Unknown. It opens nothing and needs no secret.
func NewPlan(o Options) (Plan, error) {
	p, err := newPlanner(o.withDefaults())
	if err != nil {
		return Plan{}, err
	}
	err = p.finish()
	return p.plan, err
}

// Deliveries returns how many deliveries the plan makes at least.
func (p Plan) Deliveries() (n int) {
	for _, c := range p.Checks {
		n += c.Deliveries
	}
	return n + len(p.Proofs)*proofDeliveries
}

// String lists the checks, one a line.
func (p Plan) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s, run id %s: %d checks, at least %d deliveries\n", p.Target, p.RunID, len(p.Checks), p.Deliveries())
	if p.Shard != nil {
		fmt.Fprintf(&s, "%s\n", p.Shard)
	}
	for _, c := range p.Checks {
		fmt.Fprintf(&s, "%s: %s, deliveries %d\n", c.Name(), cmp.Or(c.Problem, string(c.Severity)), c.Deliveries)
	}
	for _, n := range p.NotApplicable {
		fmt.Fprintf(&s, "%s/%s does not apply: %s\n", n.Subject, n.Case, n.Why)
	}
	for _, e := range p.Excluded {
		fmt.Fprintf(&s, "%s/%s is left out\n", e.Subject, e.Case)
	}
	return s.String()
}

// planned returns the checks as a report lists them.
func (p Plan) planned() []report.Check {
	all := make([]report.Check, 0, len(p.Checks))
	for _, c := range p.Checks {
		all = append(all, c.Named())
	}
	return append(all, p.Proofs...)
}

// finish leaves what this machine is to do of the plan. The error says why it cannot be carried out: a pattern that matches
// nothing, no checks, checks that cannot be shared out, too small a budget, or too little time.
func (p *planner) finish() error {
	var mistakes []error
	if p.plan.Shard == nil { // nobody else has planned something that was meant
		mistakes = p.mistyped()
		if len(mistakes) == 0 && len(p.plan.Checks) == 0 {
			mistakes = append(mistakes, p.nothing())
		}
	}
	if err := p.share(); err != nil {
		mistakes = append(mistakes, err)
	}
	p.prove()
	if p.plan.CleansUp = p.cleansUp(); p.plan.CleansUp {
		mistakes = append(mistakes, p.options.Environment.Unset...)
	}
	p.kept = p.keptRequests()
	if n := p.plan.Deliveries(); p.kept > 0 && p.options.Budget > 0 && n+p.kept > p.options.Budget {
		mistakes = append(mistakes, fmt.Errorf("budget: %d deliveries are planned and %d requests to clean up after them, and no more than %d "+
			"requests are allowed: choose fewer cases, raise the budget, or clean up by {run_tag}", n, p.kept, p.options.Budget))
	} else if p.options.Budget > 0 && n > p.options.Budget {
		mistakes = append(mistakes, fmt.Errorf("budget: %d deliveries are planned, and no more than %d requests are allowed: "+
			"choose fewer cases, or raise the budget", n, p.options.Budget))
	}
	if takes := p.plan.atRate(p.options.Rate); p.options.MaxTime > 0 && takes > p.options.MaxTime {
		mistakes = append(mistakes, fmt.Errorf("max time: %d deliveries at %v requests a second take %s, and the run may take %s: "+
			"choose fewer cases, or raise the limit or the rate", p.plan.Deliveries(), p.options.Rate, takes.Round(time.Second), p.options.MaxTime))
	}
	return errors.Join(mistakes...)
}

// atRate returns how long the deliveries take at least at a rate of requests a second; 0 without a rate.
func (p Plan) atRate(perSecond float64) time.Duration {
	if perSecond <= 0 {
		return 0
	}
	return time.Duration(float64(max(0, p.Deliveries()-pace.Burst)) / perSecond * float64(time.Second))
}

// mistyped checks that every pattern matches a case: of those that apply somewhere, or of the catalogue.
func (p *planner) mistyped() []error {
	seen := map[string]bool{}
	for _, c := range p.plan.Checks {
		seen[c.Case] = true
	}
	for _, n := range p.plan.NotApplicable {
		seen[n.Case] = true
	}
	for _, e := range p.plan.Excluded {
		seen[e.Case] = true
	}
	var all []error
	for _, glob := range slices.Concat(p.options.Cases, p.options.Except) {
		known := false
		for name := range seen {
			known = known || cases.Match(glob, name)
		}
		if _, err := cases.Catalogue(glob); err != nil && !known {
			all = append(all, fmt.Errorf("%w: %w", ErrNothingSelected, err))
		}
	}
	return all
}

// nothing returns why a plan is empty.
func (p *planner) nothing() error {
	goldens := 0
	for _, f := range p.folders {
		goldens += len(f.goldens)
	}
	if goldens == 0 {
		return fmt.Errorf("%w: there is no golden webhook in %q: put the raw body of one real delivery beside webhook.yaml, "+
			"such as order.paid.json", ErrNothingSelected, p.options.Fixtures)
	}
	why := fmt.Sprintf("no fixture in %q lends itself to a case", p.options.Fixtures)
	if len(p.options.Cases) > 0 {
		why += fmt.Sprintf(" that matches %q", p.options.Cases)
	}
	for _, n := range p.plan.NotApplicable {
		why += fmt.Sprintf("; %s/%s: %s", n.Subject, n.Case, n.Why)
	}
	if len(p.plan.Excluded) > 0 {
		why += "; left out: " + strings.Join(p.options.Except, ", ")
	}
	return fmt.Errorf("%w: %s", ErrNothingSelected, why)
}

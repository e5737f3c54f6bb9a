package smoke

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// planner makes a plan, and keeps what its checks were derived from.
type planner struct {
	options Options
	plan    Plan
	folders []*folder
	derived map[string]derived // by the names of checks
	proofs  []proof
	kept    int               // requests that the clean-up needs
	once    map[string]string // by folder and case: the fixture that the case is planned for
	other   map[string]bool   // the fixtures, and the names of smoke contracts, that other shards have
}

// derived is what a check sends, and to whom.
type derived struct {
	cases.Case // without its rounds: those of all checks together would fill the memory
	golden     fixtures.Fixture
	folder     *folder
	broken     error // why the fixture cannot be used
	events     int   // how many it sends
	deliveries int   // that it makes at least
	chain      int   // of them follow each other
}

// outline returns a case as a plan keeps it: without its rounds, each of which is as large as the fixture.
func outline(c cases.Case, golden fixtures.Fixture, from *folder) derived {
	d := derived{Case: c.WithoutRounds(), golden: golden, folder: from, chain: chain(c.Rounds), events: len(eventsOf(c, nil, nil))}
	for _, round := range c.Rounds {
		for _, step := range round.Steps {
			d.deliveries += step.Copies
		}
	}
	return d
}

// newPlanner plans the checks. The error holds every mistake in the options and the folders.
func newPlanner(o Options) (*planner, error) {
	p := &planner{
		options: o, derived: map[string]derived{}, once: map[string]string{},
		plan: Plan{RunID: o.RunID, Except: o.Except, ids: o.Share.name(o.RunID)},
	}
	mistakes := o.mistakes()
	if target, err := parseTarget(o.Target); err == nil {
		p.plan.Target = target.String()
	}
	var err error
	if p.folders, err = load(o.Fixtures); err != nil {
		mistakes = append(mistakes, err)
	}
	if err := p.shareFixtures(); err != nil {
		mistakes = append(mistakes, err)
	}
	for _, f := range p.folders {
		if err := p.add(f); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	p.contracts()
	if err := p.excuse(); err != nil {
		mistakes = append(mistakes, err)
	}
	slices.SortStableFunc(p.plan.Checks, func(a, b Check) int { return cmp.Compare(min(1, len(a.Needs)), min(1, len(b.Needs))) })
	return p, errors.Join(mistakes...)
}

// add plans the checks of one folder.
func (p *planner) add(from *folder) error {
	contract := from.contract
	excused := make([]bool, len(contract.KnownFailures))
	for _, f := range from.chosen {
		digest := sha256.Sum256(f.Body)
		c := Check{Fixture: from.fixture(f), File: f.Path, SHA256: hex.EncodeToString(digest[:])}
		var all []derived
		err := cases.Each(f, contract, p.plan.ids, func(one cases.Case) {
			all = append(all, outline(one, f, from))
		}, p.options.Cases...)
		if err != nil {
			if f.Err == nil {
				err = fmt.Errorf("%w; a file that is no golden webhook belongs in another folder", err)
			}
			c.Case, c.Problem = "fixture", err.Error()
			p.keep(c, derived{Case: cases.Case{Name: c.Case}, golden: f, folder: from, broken: err})
			continue
		}
		for _, one := range all {
			c.Known, c.KnownIn = known(contract.KnownFailures, f.Name, one.Name, excused), contract.Path
			p.one(c, one)
		}
	}
	if len(p.options.Cases) > 0 || from.alone {
		return nil // the others were not derived
	}
	for i, used := range excused {
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

// one plans a check of a case, or lists it if it does not apply.
func (p *planner) one(c Check, from derived) {
	c.Case = from.Name
	if p.options.excepted(c.Case) {
		p.plan.Excluded = append(p.plan.Excluded, c.Named())
		return
	}
	if why := p.notApplicable(c, from); why != "" {
		p.plan.NotApplicable = append(p.plan.NotApplicable, report.NotApplicable{
			Check: c.Named(), Severity: string(from.Severity), Why: why, Unrelated: from.Unrelated,
		})
		return
	}
	c.Severity, c.Sends, c.Holds, c.Basis = from.Severity, from.Sends, from.Holds, from.Basis
	c.Advice, c.Needs = from.Advice, from.Needs
	c.Deliveries, c.Chain = from.deliveries, from.chain
	p.keep(c, from)
}

// notApplicable returns why a case does not apply to a fixture, or "" if it does.
func (p *planner) notApplicable(c Check, from derived) string {
	if from.NotApplicable != "" {
		return from.NotApplicable
	}
	if why := p.options.Hooks.or(from.folder.contract.Hooks).missing(from.Needs); why != "" {
		return why
	}
	if !from.Once {
		return ""
	}
	key := from.folder.path + "/" + c.Case
	if by := p.once[key]; by != "" && by != c.Fixture {
		return "it runs for one fixture of each folder: " + by
	}
	p.once[key] = c.Fixture
	return ""
}

func (p *planner) keep(c Check, from derived) {
	p.plan.Checks = append(p.plan.Checks, c)
	p.derived[c.Name()] = from
}

package smoke

import (
	"path/filepath"
	"time"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/shard"
)

// fixturesEach is how many fixtures there must be for each shard to share them out whole. With fewer, single checks are
// shared out, and every shard has to derive those of all fixtures to know them.
const fixturesEach = 10

// shareFixtures leaves only the fixtures and smoke contracts of the options' shard to be planned, if there are enough of
// them. Deriving the cases of a fixture takes longer than reading it: each shard of a large run then does its part of that.
func (p *planner) shareFixtures() error {
	s := p.options.Share.Shard
	units := p.fixtureUnits()
	if !s.Split() || len(units) < fixturesEach*s.Of {
		return nil
	}
	to, err := p.assign(units, "fixture")
	if err != nil {
		return err
	}
	p.other = map[string]bool{}
	for i, unit := range units {
		p.other[unit.Name] = to[i] != s.Index
	}
	for _, f := range p.folders {
		p.chooseOnce(f)
		var kept []fixtures.Fixture
		for _, g := range f.chosen {
			if !p.other[f.fixture(g)] {
				kept = append(kept, g)
			}
		}
		f.chosen, f.alone = kept, true
	}
	return nil
}

// chooseOnce chooses the fixture that the cases which run once a folder are for: the first to which one applies, whichever
// shard that is in.
func (p *planner) chooseOnce(f *folder) {
	all, _ := cases.Catalogue("") // every case
	for _, one := range all {
		if !one.Once || !p.options.chosen(one.Name) || p.options.excepted(one.Name) {
			continue
		}
		for _, g := range f.chosen {
			derived, err := cases.Derive(g, f.contract, p.plan.ids, one.Name)
			if err == nil && len(derived) == 1 && derived[0].NotApplicable == "" {
				p.once[f.path+"/"+one.Name] = f.fixture(g)
				break
			}
		}
	}
}

// fixture returns a fixture's name in the plan.
func (f *folder) fixture(g fixtures.Fixture) string {
	return filepath.ToSlash(filepath.Join(f.path, g.Name))
}

// fixtureUnits returns every fixture, and every smoke contract, with how long its checks took before.
func (p *planner) fixtureUnits() []shard.Unit {
	took := map[string]time.Duration{}
	for check, one := range p.options.Share.Earlier {
		took[check.Subject] += one
	}
	var units []shard.Unit
	for _, f := range p.folders {
		for _, g := range f.chosen {
			units = append(units, shard.Unit{Name: f.fixture(g), Took: took[f.fixture(g)]})
		}
	}
	estimate(units, func(int) int { return 1 })
	for _, c := range p.options.contracts() {
		units = append(units, shard.Unit{Name: c.Name, Took: p.options.Share.Earlier[c.Check()]})
	}
	return units
}

// checkUnits returns every check, with how long it took before.
func (p *planner) checkUnits() []shard.Unit {
	units := make([]shard.Unit, len(p.plan.Checks))
	for i, c := range p.plan.Checks {
		units[i] = shard.Unit{Name: c.Name(), Took: p.options.Share.Earlier[c.Named()]}
	}
	estimate(units, func(i int) int { return max(1, p.plan.Checks[i].Chain) })
	return units
}

// estimate fills in how long those take that are new: by their size, as long as the others did on average.
func estimate(units []shard.Unit, size func(int) int) {
	took, known := time.Duration(0), 0
	for i, unit := range units {
		if unit.Took > 0 {
			took, known = took+unit.Took, known+size(i)
		}
	}
	each := time.Millisecond
	if known > 0 {
		each = took / time.Duration(known)
	}
	for i := range units {
		if units[i].Took <= 0 {
			units[i].Took = each * time.Duration(size(i))
		}
	}
}

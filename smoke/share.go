package smoke

import (
	"errors"
	"fmt"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke/shard"
)

// Share says which part of the plan a run makes. The zero value is all of it.
type Share struct {
	Shard shard.Shard

	// Earlier is how long checks took in an earlier run, by which shards are balanced; nil: by their deliveries that follow
	// each other. All shards of a run need the same.
	Earlier map[report.Check]time.Duration

	// Own says that each shard has a receiver of its own. Else they share one, and what one shard does to it or hears
	// from it would disturb the checks of the others.
	Own bool
}

// name returns the name that event ids are made of. Each shard has its own, so that no two deliver the same event, and
// what one shard made can be told from what the others did.
func (s Share) name(runID string) string {
	if s.Shard.Split() {
		return runID + " " + s.Shard.String()
	}
	return runID
}

// share leaves only the checks of the options' shard in the plan. The error says why the plan cannot be split.
func (p *planner) share() error {
	s := p.options.Share.Shard
	if s.Of == 0 || len(p.plan.Checks) == 0 {
		return nil
	}
	if err := p.sharable(); err != nil || p.plan.Shard != nil {
		return err
	}
	units := p.checkUnits()
	to, err := p.assign(units, "check")
	if err != nil {
		return err
	}
	var kept []Check
	for i, check := range p.plan.Checks {
		if to[i] == s.Index {
			kept = append(kept, check)
		} else {
			delete(p.derived, check.Name())
		}
	}
	p.plan.Checks = kept
	p.plan.NotApplicable = part(p.plan.NotApplicable, s)
	p.plan.Excluded = part(p.plan.Excluded, s)
	return nil
}

// assign shares units out, and notes in the plan what the shard has of them.
func (p *planner) assign(units []shard.Unit, kind string) ([]int, error) {
	s := p.options.Share.Shard
	to := shard.Assign(units, s.Of)
	checksum, err := p.fingerprint(units, to)
	if err != nil {
		return nil, err
	}
	p.plan.Shard = &report.Shard{Index: s.Index, Of: s.Of, Plan: checksum, Kind: kind, Units: len(units)}
	for _, index := range to {
		if index == s.Index {
			p.plan.Shard.Has++
		}
	}
	return to, nil
}

// empty returns why a shard has nothing to do; "" if it has.
func (p Plan) empty() string {
	if p.Shard == nil || len(p.Checks) > 0 {
		return ""
	}
	return fmt.Sprintf("%s has no checks, so it is no pass: of the run's %ss there are %d: use no more shards than that",
		p.Shard, p.Shard.Kind, p.Shard.Units)
}

// part returns every Of-th of what all shards list together.
func part[T any](all []T, s shard.Shard) []T {
	var kept []T
	for i := s.Index - 1; i < len(all); i += s.Of {
		kept = append(kept, all[i])
	}
	return kept
}

// sharable returns an error if a check needs the receiver for itself, and the shards share one.
func (p *planner) sharable() error {
	if !p.options.Share.Shard.Split() || p.options.Share.Own {
		return nil
	}
	var mistakes []error
	for _, f := range p.folders {
		e := f.contract.Effects
		switch {
		case f.contract.SharedSubject():
			mistakes = append(mistakes, fmt.Errorf("%s: effects.http.subject: its checks change one subject, and can only run one at a time",
				f.contract.Path))
		case e.Sink != nil || (e.Also != nil && e.Also.Sink != nil):
			mistakes = append(mistakes, fmt.Errorf("%s: effects.sink: one shard alone hears what the receiver emits", f.contract.Path))
		case f.contract.Challenge.Confirm != "":
			mistakes = append(mistakes, fmt.Errorf("%s: challenge.confirm: one shard alone hears what the receiver confirms", f.contract.Path))
		}
	}
	for _, c := range p.plan.Checks {
		if len(c.Needs) > 0 {
			mistakes = append(mistakes, fmt.Errorf("%s: the hook %s would disturb the checks of other shards: leave the case out (--except %s)",
				c.Name(), c.Needs[0], c.Case))
		}
	}
	if len(mistakes) == 0 {
		return nil
	}
	return fmt.Errorf("%w\nif each shard has a receiver of its own, say so (--own-receiver)", errors.Join(mistakes...))
}

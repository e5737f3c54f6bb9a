package smoke

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke/shard"
)

// Share says which part of the plan a run makes. The zero value is all of it.
type Share struct {
	Shard shard.Shard

	// Earlier is how long checks took in an earlier run, by which shards are balanced; nil: by their deliveries that follow
	// each other.
	// All shards of a run need the same.
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
	s := p.options.Share
	if s.Shard.Of == 0 || len(p.plan.Checks) == 0 {
		return nil
	}
	if err := p.sharable(); err != nil {
		return err
	}
	to := shard.Assign(p.units(), s.Shard.Of)
	checksum, err := p.fingerprint(to)
	if err != nil {
		return err
	}
	p.plan.Shard = &report.Shard{Index: s.Shard.Index, Of: s.Shard.Of, Plan: checksum, Checks: len(p.plan.Checks)}
	var kept []Check
	for i, check := range p.plan.Checks {
		if to[i] == s.Shard.Index {
			kept = append(kept, check)
		} else {
			delete(p.derived, check.Name())
		}
	}
	p.plan.Checks = kept
	p.plan.NotApplicable = part(p.plan.NotApplicable, s.Shard)
	p.plan.Excluded = part(p.plan.Excluded, s.Shard)
	return nil
}

// empty returns why a shard has nothing to do; "" if it has.
func (p Plan) empty() string {
	if p.Shard == nil || len(p.Checks) > 0 {
		return ""
	}
	return fmt.Sprintf("%s has no checks, so it is no pass: the whole plan has %d: use no more shards than that", p.Shard, p.Shard.Checks)
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

// units returns how long each check is expected to take: as long as before, or, for one that is new, as long as its
// deliveries took elsewhere on average.
func (p *planner) units() []shard.Unit {
	perDelivery, took, deliveries := time.Millisecond, time.Duration(0), 0
	for _, c := range p.plan.Checks {
		if before := p.options.Share.Earlier[c.Named()]; before > 0 {
			took, deliveries = took+before, deliveries+max(1, c.Chain)
		}
	}
	if deliveries > 0 {
		perDelivery = took / time.Duration(deliveries)
	}
	units := make([]shard.Unit, len(p.plan.Checks))
	for i, c := range p.plan.Checks {
		units[i] = shard.Unit{Name: c.Name(), Took: p.options.Share.Earlier[c.Named()]}
		if units[i].Took <= 0 {
			units[i].Took = perDelivery * time.Duration(max(1, c.Chain))
		}
	}
	return units
}

// fingerprint returns the SHA-256, in hex, of all that decides what the shards of one run do: the program, the run id, the
// golden webhooks, the files that describe them, the cases, and which shard each goes to.
func (p *planner) fingerprint(to []int) (string, error) {
	sum := sha256.New()
	lines := json.NewEncoder(sum)
	failed := lines.Encode([]any{p.options.Version, p.options.RunID, p.options.Share.Shard.Of})
	for _, file := range p.files() {
		text, err := os.ReadFile(file)
		failed = errors.Join(failed, err, lines.Encode([]any{file, sha256.Sum256(text)}))
	}
	for i, c := range p.plan.Checks {
		err := lines.Encode([]any{
			c.Name(), c.SHA256, p.derived[c.Name()].golden.Header, c.Severity, c.Sends, c.Holds, c.Advice, c.Needs, c.Deliveries, c.Known,
			c.Problem, to[i],
		})
		if c.Contract != nil {
			err = errors.Join(err, lines.Encode([]any{c.Contract.Request, c.Contract.Pact}))
		}
		failed = errors.Join(failed, err)
	}
	if failed != nil {
		return "", fmt.Errorf("fingerprint of the plan: %w", failed)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// files returns the files that describe the receivers and the environment.
func (p *planner) files() []string {
	var all []string
	for _, f := range p.folders {
		all = append(all, f.contract.Path)
		for _, schema := range []string{f.contract.Schema, f.contract.Result} {
			if schema != "" {
				all = append(all, filepath.Join(f.path, schema))
			}
		}
	}
	if e := p.options.Environment; e != nil {
		all = append(all, e.Path)
	}
	return all
}

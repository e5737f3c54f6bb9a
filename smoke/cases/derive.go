package cases

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Derive gives every case of the catalogue for one fixture, in the catalogue's order. The seed names the run:
// it goes into every event id, so that two runs never share one. The error says why the fixture cannot be used
// at all: it was broken on loading, its body breaks the receiver's schema, or it holds no event id where the
// contract says one is.
func Derive(f fixtures.Fixture, c *webhook.Contract, seed string) ([]Case, error) {
	d, err := newDerivation(f, c, seed)
	if err != nil {
		return nil, fmt.Errorf("fixture %s: %w", f.Path, err)
	}
	all := make([]Case, 0, len(catalogue))
	for _, row := range catalogue {
		one := Case{Name: row.name, Severity: row.severity, Sends: row.sends, Holds: row.holds, Basis: row.basis}
		d.name = row.name
		one.Rounds, err = row.rounds(d)
		var not notFor
		switch {
		case errors.As(err, &not):
			one.NotFor = string(not)
		case err != nil:
			return nil, fmt.Errorf("fixture %s: case %s: %w", f.Path, row.name, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// notFor is the reason why a case does not apply to a fixture.
type notFor string

func (n notFor) Error() string { return string(n) }

// derivation is what a row of the catalogue derives from.
type derivation struct {
	name     string // of the case being derived
	fixture  fixtures.Fixture
	contract *webhook.Contract
	seed     string
	golden   document
	id       leaf // where the event id stands in the body; its pointer is "" when it travels in a header only
}

func newDerivation(f fixtures.Fixture, c *webhook.Contract, seed string) (*derivation, error) {
	if f.Err != nil {
		return nil, f.Err
	}
	if seed == "" {
		return nil, errors.New("no seed: a run needs a name of its own")
	}
	d := &derivation{fixture: f, contract: c, seed: seed}
	if c.PayloadSchema != nil {
		if broken := c.PayloadSchema.Check(f.Body); len(broken) > 0 {
			return nil, fmt.Errorf("its body breaks %s %s: mend the fixture or the schema", c.PayloadSchema.Path(), broken[0])
		}
	}
	golden, err := parse(f.Body)
	if err != nil {
		if c.EventID.Pointer != "" {
			return nil, fmt.Errorf("its body is not JSON (%w), so the event id cannot be at %s", err, c.EventID.Pointer)
		}
		return d, nil
	}
	d.golden = golden
	if c.EventID.Pointer == "" {
		return d, nil
	}
	id, ok := golden.at(c.EventID.Pointer)
	if !ok || (id.kind != '"' && id.kind != '0') {
		return nil, fmt.Errorf("its body has no text or number at %s, where %s says the event id is", c.EventID.Pointer, c.Path)
	}
	d.id = id
	return d, nil
}

// one gives a case of a single round.
func (d *derivation) one(steps ...Step) ([]Round, error) { return d.many(1, steps...) }

// many gives n rounds of the same steps, each under an event id of its own. A step without a body sends the
// golden one.
func (d *derivation) many(n int, steps ...Step) ([]Round, error) {
	rounds := make([]Round, 0, n)
	for i := range n {
		round, err := d.round(d.name+"/"+strconv.Itoa(i), steps)
		if err != nil {
			return nil, err
		}
		rounds = append(rounds, round)
	}
	return rounds, nil
}

// round puts steps under a fresh event id made from key.
func (d *derivation) round(key string, steps []Step) (Round, error) {
	r := Round{EventID: freshID(d.id.text(), d.id.kind, d.seed, d.fixture.Name+"/"+key)}
	for _, step := range steps {
		body, err := d.under(r.EventID, step.Body)
		if err != nil {
			return Round{}, err
		}
		step.Body = body
		step.Copies = max(step.Copies, 1)
		r.Steps = append(r.Steps, step)
	}
	return r, nil
}

// under gives body (the golden one if nil) with the event id in its place, and checks that it is still valid.
func (d *derivation) under(eventID string, body []byte) ([]byte, error) {
	doc := d.golden
	if body != nil {
		var err error
		if doc, err = parse(body); err != nil {
			return nil, err
		}
	}
	if d.id.pointer == "" {
		if body != nil {
			return body, nil
		}
		return d.fixture.Body, nil
	}
	id, ok := doc.at(d.id.pointer)
	if !ok {
		return nil, fmt.Errorf("no event id at %s", d.id.pointer)
	}
	renamed := doc.with(id, id.as(eventID))
	if s := d.contract.PayloadSchema; s != nil {
		if broken := s.Check(renamed); len(broken) > 0 {
			return nil, fmt.Errorf("the derived event id %q breaks %s %s", eventID, s.Path(), broken[0])
		}
	}
	return renamed, nil
}

func (d *derivation) mismatch() ([]Round, error) {
	changed, where, ok := d.golden.changed(d.id.pointer, d.contract.PayloadSchema)
	if !ok {
		return nil, notFor("no field of the body can be changed so that it stays valid")
	}
	return d.one(
		Step{Name: "first delivery", Expect: Accepted, Effects: 1},
		Step{Name: "the same id with another " + where, Body: changed, Expect: Refused, Effects: 1},
		Step{Name: "first delivery again", Expect: Repeated, Effects: 1},
	)
}

// rejected sends a delivery that must be turned away, and beside it one that must not: a receiver that turns
// everything away is not a receiver that checks signatures.
func (d *derivation) rejected(step Step) ([]Round, error) {
	step.Expect = Rejected
	bad, err := d.round(d.name, []Step{step})
	if err != nil {
		return nil, err
	}
	control, err := d.round(d.name+"/control", []Step{{Name: "control, validly signed", Expect: Accepted, Effects: 1}})
	if err != nil {
		return nil, err
	}
	return []Round{bad, control}, nil
}

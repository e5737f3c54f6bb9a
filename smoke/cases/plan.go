package cases

import (
	"slices"
	"strconv"
)

// plan collects the rounds of one case.
type plan struct {
	d       *derivation
	variant string // of a row with variants
	c       *Case
	err     error // the first
}

// rounds adds n rounds of the same steps, each under a new event id.
func (p *plan) rounds(n int, steps ...step) error {
	for range n {
		p.round(Round{}, steps...)
	}
	return p.err
}

// round adds one round. What r leaves open is filled in.
func (p *plan) round(r Round, steps ...step) {
	if p.err != nil {
		return
	}
	if r.EventID == "" {
		r.EventID = p.freshID(strconv.Itoa(len(p.c.Rounds)))
	}
	if r.Tenant == "" {
		r.Tenant = p.d.tenant()
	}
	if r.Events == nil && len(p.d.ids) > 1 {
		r.Events = p.d.batch(r.EventID)
	}
	if r.DeliveryID == "" {
		r.Golden = p.d.golden(p.d.fixture, r.EventID)
	}
	var golden []byte
	if golden, p.err = p.d.under(r.EventID, p.d.fixture.Body); p.err != nil {
		return
	}
	r.Body = golden
	for _, s := range steps {
		var done Step
		if done, p.err = s.with(p.d, golden); p.err != nil {
			return
		}
		if s.Before != "" {
			p.c.Needs = append(p.c.Needs, s.Before)
		}
		r.Steps = append(r.Steps, done)
	}
	p.c.Rounds = append(p.c.Rounds, r)
}

// filler adds an event between others. All of it but its id is made when it is sent.
func (p *plan) filler(i int) {
	id := p.freshID("filler" + strconv.Itoa(i))
	p.c.Rounds = append(p.c.Rounds, Round{
		EventID: id, Filler: true, Together: i > 0,
		Steps: []Step{{Name: "another event", Copies: 1, Settle: true, Expect: Accepted}},
		fill: func(r *Round) (err error) {
			r.Tenant, r.Golden = p.d.tenant(), p.d.golden(p.d.fixture, id)
			r.Steps = slices.Clone(r.Steps)
			r.Steps[0].Body, err = p.d.under(id, p.d.fixture.Body)
			return err
		},
	})
}

// control adds a round that a receiver must accept: one that turns everything away does not check anything, and
// one that is no longer there answers nothing.
func (p *plan) control() {
	p.round(Round{Control: true}, step{Step: Step{Name: "control, a valid delivery", Expect: Accepted, Effects: One}})
}

// rejected adds a round that must be turned away, and a control.
func (p *plan) rejected(s step) error {
	s.Expect, s.Effects = Rejected, None
	p.round(Round{}, s)
	p.control()
	return p.err
}

// freshID returns an id in the form of the golden one. key makes it unique within the case.
func (p *plan) freshID(key string) string {
	golden, kind := p.d.goldenID()
	return freshID(golden, kind, p.d.runID, p.d.fixture.Name+"/"+p.c.Name+"/"+key)
}

// step is a step before its round is known.
type step struct {
	Step
	edit   edit // makes Body; nil leaves the golden one
	rival  edit // makes Rival; nil makes none
	signed edit // makes Signed; nil makes none
	raw    bool // the body need not be valid
}

// with returns the step with its bodies made from the golden one.
func (s step) with(d *derivation, golden []byte) (Step, error) {
	made := s.Step
	made.Copies = max(made.Copies, 1)
	made.Body = golden
	for _, one := range []struct {
		edit edit
		into *[]byte
	}{{s.edit, &made.Body}, {s.rival, &made.Rival}, {s.signed, &made.Signed}} {
		if one.edit == nil {
			continue
		}
		var err error
		if *one.into, err = one.edit(d, golden); err != nil {
			return Step{}, err
		}
	}
	if s.edit == nil || s.raw {
		return made, nil
	}
	return made, d.validBody(made.Body)
}

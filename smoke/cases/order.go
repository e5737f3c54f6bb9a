package cases

import (
	"fmt"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

var orders = []definition{
	{
		name: "order-forward", severity: Critical, basis: "the events of one thing are different events",
		sends: "two related events of the source, the earlier one first",
		holds: "each is accepted and has one effect; the state moves",
		plan:  func(p *plan) error { return p.inOrder("in order") },
	},
	{
		name: "order-reverse", severity: High, basis: "senders promise no order",
		sends: "two related events of the source, the later one first; before them, two others in order, to see where the state ends",
		holds: "both are accepted, and the state ends where it ends in order, whether the later one is carried out at once or waits for the " +
			"earlier one",
		plan: func(p *plan) error {
			if p.d.contract.Ordering == webhook.PerSubject {
				return notApplicable("the sender promises the order of events about one subject: see ordering")
			}
			if err := p.inOrder("in order"); err != nil {
				return err
			}
			of, err := p.pair("key")
			if err != nil {
				return err
			}
			later, earlier := of.laterStep(), of.earlierStep()
			later.Says, later.Effects = OpenContent, AtMostOne // it may wait for the earlier one
			earlier.Expect, earlier.Effects = Handled, AtMostOne
			p.round(Round{}, later)
			earlier.State = State{Key: of.key, Keep: true}
			p.round(of.earlierRound(p, "key"), earlier)
			return p.err
		},
	},
	{
		name: "order-together", severity: High, basis: "senders deliver in parallel",
		sends: "six times two related events of one thing at the same time; before them, two others in order, to see where the state ends",
		holds: "each is accepted, or in flight for a while; one effect each; the state ends where it ends in order",
		plan: func(p *plan) error {
			if p.d.contract.Ordering == webhook.PerSubject {
				return notApplicable("the sender delivers the events about one subject one after the other: see ordering")
			}
			if err := p.inOrder("in order"); err != nil {
				return err
			}
			for i := range togetherPairs {
				of, err := p.pair(fmt.Sprint("key", i))
				if err != nil {
					return err
				}
				earlier, later := of.earlierStep(), of.laterStep()
				earlier.Settle, later.Settle = true, true
				p.round(of.earlierRound(p, of.key), earlier)
				later.State = State{Key: of.key, Keep: true}
				p.round(Round{Together: true}, later)
			}
			return p.err
		},
	},
}

// togetherPairs is how often two events of one thing are sent at the same time: a race between reading and writing the
// state shows in half of the tries or more when the work takes a millisecond.
const togetherPairs = 6

// pair is two events of one thing: the golden one of the plan, and the one before it in the sequence.
type pair struct {
	key     string // the subject's id
	earlier fixtures.Fixture
	name    string // of earlier
	pointer string // to the subject's id
}

// errMixed is why other events must not come between where effects are seen as a change.
const errMixed = notApplicable("effects are seen as the change of what an event is about, which its other events change too: " +
	"see effects.http.subject")

// pair returns two events about one subject, which no other pair of the run is about.
func (p *plan) pair(thing string) (pair, error) {
	if p.d.contract.Effects.PerSubject() {
		return pair{}, errMixed
	}
	sequence := p.d.contract.Sequence
	at := -1
	for i, name := range sequence.Fixtures {
		if name == p.d.fixture.Name {
			at = i
		}
	}
	if at < 1 {
		return pair{}, notApplicable("no earlier event of the source is known: see sequence")
	}
	key, err := p.d.sequenceKey(p.freshID(thing))
	name := sequence.Fixtures[at-1]
	return pair{key: key, earlier: sequence.Golden[name], name: name, pointer: sequence.Key}, err
}

// inOrder adds two events of a thing in their order. The state that is seen after the second is the one that later looks
// must find.
func (p *plan) inOrder(thing string) error {
	of, err := p.pair(thing)
	if err != nil {
		return err
	}
	earlier, later := of.earlierStep(), of.laterStep()
	earlier.State, later.State = State{Key: of.key}, State{Key: of.key, Move: true}
	p.round(of.earlierRound(p, thing), earlier)
	p.round(Round{}, later)
	return p.err
}

// laterStep delivers the golden event.
func (of pair) laterStep() step {
	return step{Step: Step{Name: "the later event", Expect: Accepted, Effects: One}, edit: about(of.key, of.pointer)}
}

// earlierStep delivers the event before the golden one.
func (of pair) earlierStep() step {
	return step{
		Step: Step{Name: "the earlier event", Expect: Accepted, Effects: One},
		edit: func(d *derivation, golden []byte) ([]byte, error) {
			_, old, err := d.document(golden, 0)
			if err != nil {
				return nil, err
			}
			id, _ := old.at(d.id.pointer)
			under, err := d.under(id.text(), of.earlier.Body)
			if err != nil {
				return nil, notApplicable(fmt.Sprintf("%s, which comes before it, cannot be used: %v", of.name, err))
			}
			return about(of.key, of.pointer)(d, under)
		},
	}
}

// earlierRound is the round of the event before the golden one.
func (of pair) earlierRound(p *plan, name string) Round {
	id := p.freshID("earlier" + name)
	return Round{EventID: id, Golden: p.d.golden(of.earlier, id)}
}

// about replaces the subject's id in an event by key.
func about(key, pointer string) edit {
	return onEvent(func(_ *derivation, golden document) ([]byte, error) {
		n, ok := golden.at(pointer)
		if !ok || n.raw == nil {
			return nil, fmt.Errorf("the body has no id at %s, where sequence.key says it is", pointer)
		}
		return golden.with(n, n.as(key)), nil
	})
}

// sequenceKey returns an id in the form of the subject's id in the golden body.
func (d *derivation) sequenceKey(from string) (string, error) {
	_, doc, err := d.document(d.fixture.Body, 0)
	if err != nil {
		return "", notApplicable(err.Error())
	}
	n, ok := doc.at(d.contract.Sequence.Key)
	if !ok || n.raw == nil {
		return "", fmt.Errorf("the body has no id at %s, where sequence.key says it is", d.contract.Sequence.Key)
	}
	return freshID(n.text(), n.kind, d.runID, from), nil
}

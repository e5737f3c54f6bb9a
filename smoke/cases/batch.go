package cases

import (
	"fmt"

	"github.com/fridaygate/fridaygate/smoke/payload"
)

const oneByOne = "senders put events into batches as they come, and repeat what was not acknowledged"

var batches = []definition{
	{
		name: "batch-duplicate", severity: Critical, basis: oneByOne,
		sends: "the golden batch, the same again, then batches in which one event is known and one is new",
		holds: "2xx; each event has one effect, whichever comes first",
		plan: func(p *plan) error {
			known, err := p.d.several(p.freshID("batch"))
			if err != nil {
				return err
			}
			second, third := p.freshID("second"), p.freshID("third")
			p.round(Round{EventID: known[0], Events: append(known, second, third)},
				first.named("first batch").each(p.d, One, None, None),
				duplicate.named("the same batch").each(p.d, One, None, None),
				mixed("batch whose first event is known", 1, second).each(p.d, One, One, None),
				mixed("batch whose second event is known", 0, third).each(p.d, One, One, One))
			return p.err
		},
	},
	{
		name: "batch-partial-failure", severity: Critical, basis: oneByOne,
		sends: "the golden batch with no id in its second event, then the whole batch",
		holds: "the first answer is free; after the whole batch each event has one effect",
		plan: func(p *plan) error {
			known, err := p.d.several(p.freshID("batch"))
			if err != nil {
				return err
			}
			broken := step{
				Step: Step{Name: "batch whose second event has no id", Says: OpenContent, Expect: Failing, Effects: AtMostOne},
				edit: withoutID(1), raw: true,
			}
			broken.Each = make([]Effects, len(known))
			for i := range known {
				broken.Each[i] = AtMostOne
			}
			broken.Each[1] = None
			whole := step{Step: Step{Name: "the whole batch", Retry: 1, Settle: true, Says: OpenContent, Expect: Accepted, Effects: One}}
			p.round(Round{EventID: known[0]}, broken, whole)
			return p.err
		},
	},
}

// several returns the ids of a batch. It is an error if the golden one holds one event.
func (d *derivation) several(eventID string) ([]string, error) {
	switch {
	case d.format.Events == "" && d.format.Kind != payload.NDJSON:
		return nil, unrelated("the body is no batch: see body.events")
	case len(d.ids) < 2:
		return nil, notApplicable("the golden batch holds one event: put a delivery with two beside it")
	case d.contract.Effects.Result != nil:
		return nil, unrelated("effects.result counts answers, and an answer is to a whole batch")
	}
	return d.batch(eventID), nil
}

// each sets how many effects the events of the golden batch, and of two more, must have after a step.
func (s step) each(d *derivation, golden, second, third Effects) step {
	s.Each = nil
	for range d.ids {
		s.Each = append(s.Each, golden)
	}
	s.Each = append(s.Each, second, third)
	return s
}

// mixed sends the golden batch with one event replaced by a new one.
func mixed(name string, at int, id string) step {
	return step{
		Step: Step{Name: name, Says: OpenContent, Expect: Accepted},
		edit: onEventAt(at, func(d *derivation, golden document) ([]byte, error) { return d.renamed(id, golden.text) }),
	}
}

// withoutID leaves null where event i has its id.
func withoutID(i int) edit {
	return onEventAt(i, func(d *derivation, golden document) ([]byte, error) {
		id, ok := golden.at(d.id.pointer)
		if !ok {
			return nil, fmt.Errorf("event %d of the batch has no id", i+1)
		}
		return golden.with(id, []byte("null")), nil
	})
}

package cases

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"

	"github.com/fridaygate/fridaygate/smoke/payload"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

var bodies = []definition{
	{
		name: "unknown-type", severity: Medium, basis: "senders add event types without asking",
		sends: "an event of a type that does not exist yet, validly signed; and a control",
		holds: "2xx or 4xx, never 5xx; at most one effect; the control is accepted",
		plan: func(p *plan) error {
			s := step{Step: Step{Name: "event of an unknown type", Expect: Handled, Effects: AtMostOne}, raw: true}
			place := p.d.contract.EventType
			s.Type = unknownType
			if !p.d.contract.TypeInHeader() || place.Pointer != "" {
				s.edit = retyped(place.Place)
			}
			p.round(Round{}, s)
			p.control()
			return p.err
		},
	},
	advice("a sender always sends the same type, and an ordinary receiver does not look at it", malformed("content-type-wrong", "the golden body as text/csv", Step{
		Name: "delivery of another content type", Header: http.Header{"Content-Type": {"text/csv"}},
	}, nil)),
	useless("truncated-json", "the first two thirds of the golden body, validly signed", []Step{{Name: "delivery of half a document"}}, truncated),
	malformed("oversized", "a body one byte above endpoint.body_limit, validly signed", Step{Name: "delivery above the limit", MayClose: true}, filled(1)),
	useless("empty-body", "no body at all, validly signed, once with Content-Length 0 and once in no chunks", []Step{
		{Name: "delivery without a body"}, {Name: "delivery without a body, chunked", Wire: Chunked},
	}, empty),
}

// malformed sends what is no delivery.
func malformed(name, sends string, s Step, how edit) definition {
	return definition{
		name: name, severity: Medium, basis: "RFC 9110, 4xx: the client has erred",
		sends: sends + ", and a control",
		holds: "4xx, never 5xx; no effect; the control is accepted",
		plan:  func(p *plan) error { return p.rejected(step{Step: s, edit: how, raw: true}) },
	}
}

// useless sends what holds no event. A receiver may acknowledge it, as one does that reads bodies later.
func useless(name, sends string, steps []Step, how edit) definition {
	return definition{
		name: name, severity: Medium, basis: "RFC 9110, 5xx: the server has erred",
		sends: sends + ", and a control",
		holds: "2xx or 4xx, never 5xx; no effect; the control is accepted",
		plan: func(p *plan) error {
			for _, s := range steps {
				s.Expect = Handled
				p.round(Round{}, step{Step: s, edit: how, raw: true})
			}
			p.control()
			return p.err
		},
	}
}

// unknownType is an event type that no receiver knows.
const unknownType = "fridaygate.unknown"

// retyped gives the event another type.
func retyped(place webhook.Place) edit {
	return onEvent(func(_ *derivation, golden document) ([]byte, error) {
		pointer := place.Pointer
		if pointer == "" {
			pointer = "/type"
		}
		n, ok := golden.at(pointer)
		if !ok || n.kind != '"' {
			return nil, notFor("the body has no event type at " + pointer + ": name its place as event_type")
		}
		return golden.with(n, n.as(unknownType)), nil
	})
}

// unchanged leaves the body as it is.
func unchanged(_ *derivation, body []byte) ([]byte, error) { return body, nil }

// tampered changes a field, or where there is none to change, adds a byte.
func tampered(d *derivation, body []byte) ([]byte, error) {
	changed, err := changedField(d, body)
	var not notFor
	if errors.As(err, &not) {
		return append(bytes.Clone(body), ' '), nil
	}
	return changed, err
}

var truncated = onEvent(func(d *derivation, golden document) ([]byte, error) {
	if d.format.Kind == payload.NDJSON {
		return nil, notFor("the other lines of the body are still events: see batch-partial-failure")
	}
	cut := golden.text[:len(golden.text)*2/3]
	if _, err := golden.syntax.parse(cut); err == nil {
		return nil, notFor("the body is a document also when it is cut")
	}
	return cut, nil
})

func empty(*derivation, []byte) ([]byte, error) { return []byte{}, nil }

var lives = []definition{
	{
		name: "order-reverse", severity: High, basis: "senders promise no order",
		sends: "two related events of the source, the later one first",
		holds: "the earlier one, which comes late, does not move the state back",
		plan:  reversed,
	},
	{
		name: "ack-time", severity: Medium, basis: "senders give up: Slack after 3 s, Shopify 5 s, GitHub 10 s; Standard Webhooks advises 15 s",
		sends: "the golden body",
		holds: "answered within the sender's limit",
		plan: func(p *plan) error {
			limit := p.d.contract.Policy.Acknowledge
			if limit == 0 {
				return notFor("the sender's limit is not known: set policy.acknowledge")
			}
			s := first
			s.Within = limit
			return p.rounds(1, s)
		},
	},
}

// reversed sends the golden event of one thing, then the one that came before it.
func reversed(p *plan) error {
	if p.d.contract.Ordering == webhook.PerSubject {
		return notFor("the sender promises the order of events about one subject: see ordering")
	}
	sequence := p.d.contract.Sequence
	at := -1
	for i, name := range sequence.Fixtures {
		if name == p.d.fixture.Name {
			at = i
		}
	}
	if at < 1 {
		return notFor("no event of the source is known to come before it: see sequence")
	}
	key, err := p.d.sequenceKey(p.freshID("key"))
	if err != nil {
		return err
	}
	earlier := sequence.Golden[sequence.Fixtures[at-1]]
	p.round(Round{}, step{
		Step: Step{Name: "the later event", Expect: Accepted, Effects: One, State: State{Key: key}},
		edit: about(key, sequence.Key),
	})
	id := p.freshID("earlier")
	p.round(Round{EventID: id, Golden: p.d.golden(earlier, id)}, step{
		Step: Step{Name: "the earlier event", Expect: Handled, Effects: AtMostOne, State: State{Key: key, Keep: true}},
		edit: func(d *derivation, golden []byte) ([]byte, error) {
			_, old, err := d.document(golden, 0)
			if err != nil {
				return nil, err
			}
			id, _ := old.at(d.id.pointer)
			under, err := d.under(id.text(), earlier.Body)
			if err != nil {
				return nil, notFor(fmt.Sprintf("%s, which comes before it, cannot be used: %v", sequence.Fixtures[at-1], err))
			}
			return about(key, sequence.Key)(d, under)
		},
	})
	return p.err
}

// about makes an event tell of the thing that has the id key.
func about(key, pointer string) edit {
	return onEvent(func(_ *derivation, golden document) ([]byte, error) {
		n, ok := golden.at(pointer)
		if !ok || n.raw == nil {
			return nil, fmt.Errorf("the body has no id at %s, where sequence.key says it is", pointer)
		}
		return golden.with(n, n.as(key)), nil
	})
}

// sequenceKey gives an id in the form of the thing's own in the golden body.
func (d *derivation) sequenceKey(from string) (string, error) {
	_, doc, err := d.document(d.fixture.Body, 0)
	if err != nil {
		return "", notFor(err.Error())
	}
	n, ok := doc.at(d.contract.Sequence.Key)
	if !ok || n.raw == nil {
		return "", fmt.Errorf("the body has no id at %s, where sequence.key says it is", d.contract.Sequence.Key)
	}
	return freshID(n.text(), n.kind, d.seed, from), nil
}

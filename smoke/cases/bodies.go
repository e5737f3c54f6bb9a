package cases

import (
	"bytes"
	"errors"
	"net/http"

	"github.com/fridaygate/fridaygate/smoke/payload"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

var bodies = []definition{
	{
		name: "unknown-type", severity: Medium, basis: "senders add event types without asking",
		sends: "an event of a type that does not exist yet, validly signed; and a control",
		holds: "2xx or 4xx, never 5xx; where policy.delivered says what the sender counts as delivered, one of these; at most one effect; " +
			"the control is accepted",
		plan: func(p *plan) error {
			s := step{Step: Step{Name: "event of an unknown type", Says: OpenContent, Expect: Handled, Effects: AtMostOne}, raw: true}
			if len(p.d.contract.Policy.Delivered) > 0 {
				s.Expect = Accepted // the sender sends again whatever it does not count as delivered
			}
			place := p.d.contract.EventType
			s.Type = unknownType
			if !p.d.contract.TypeInHeader() || p.d.typeInBody(p.d.fixture.Body) != "" {
				s.edit = retyped(place.Place)
			}
			p.round(Round{}, s)
			p.control()
			return p.err
		},
	},
	advice("a sender always sends the same type, and an ordinary receiver does not check it",
		malformed("content-type-wrong", "the golden body as text/csv", Step{
			Name: "delivery of another content type", Header: http.Header{"Content-Type": {"text/csv"}},
		}, nil)),
	{
		name: "schema-invalid", severity: Medium, basis: "the published schema of the payload",
		sends: "the golden body without a field that its schema requires, validly signed; and a control",
		holds: "as policy.invalid says: 4xx and no effect (reject), 2xx and one effect (accept), or either (any); the control is accepted",
		plan:  invalid,
	},
	useless("truncated-json", "the first two thirds of the golden body, validly signed", []Step{{Name: "delivery of half a document"}},
		truncated),
	malformed("oversized", "a body one byte above endpoint.body_limit, validly signed", Step{
		Name: "delivery above the limit", MayClose: true,
	}, filled(1)),
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

// invalid sends a body that breaks its schema.
func invalid(p *plan) error {
	if p.d.contract.PayloadSchema == nil {
		return notApplicable("the payload's schema is not known: set schema")
	}
	s := step{Step: Step{Name: "delivery that breaks the schema", Expect: Rejected}, edit: incomplete, raw: true}
	switch p.d.contract.Policy.Invalid {
	case webhook.RejectInvalid:
	case webhook.AcceptInvalid:
		s.Expect, s.Effects = Accepted, One
	case webhook.AnyInvalid:
		s.Expect, s.Effects = Handled, AtMostOne
	default:
		p.c.Advice = "policy.invalid does not say what the receiver does with a body that breaks the schema (reject, accept or any)"
	}
	p.round(Round{}, s)
	p.control()
	return p.err
}

// incomplete takes out a field that the schema requires.
var incomplete = onEvent(func(d *derivation, golden document) ([]byte, error) {
	for _, n := range d.fields(golden) {
		if n.name == nil || n.pointer == d.contract.EventType.Pointer {
			continue
		}
		if out := golden.without(n); d.valid(out) != nil {
			return out, nil
		}
	}
	return nil, notApplicable("the schema requires no field of the body")
})

// unknownType is an event type that no receiver knows.
const unknownType = "fridaygate.unknown"

// retyped replaces the event's type.
func retyped(place webhook.Place) edit {
	return onEvent(func(_ *derivation, golden document) ([]byte, error) {
		pointer := place.Pointer
		if pointer == "" {
			pointer = "/type"
		}
		n, ok := golden.at(pointer)
		if !ok || n.kind != '"' {
			return nil, notApplicable("the body has no event type at " + pointer + ": name its place as event_type")
		}
		return golden.with(n, n.as(unknownType)), nil
	})
}

// unchanged leaves the body as it is.
func unchanged(_ *derivation, body []byte) ([]byte, error) { return body, nil }

// tampered changes a field, or where there is none to change, adds a byte.
func tampered(d *derivation, body []byte) ([]byte, error) {
	changed, err := changedField(d, body)
	var not notApplicable
	if errors.As(err, &not) {
		return append(bytes.Clone(body), ' '), nil
	}
	return changed, err
}

var truncated = onEvent(func(d *derivation, golden document) ([]byte, error) {
	if d.format.Kind == payload.NDJSON {
		return nil, notApplicable("the other lines of the body are still events: see batch-partial-failure")
	}
	if d.format.Kind == payload.Multipart { // a reader may take the end of the message for the last boundary: RFC 2046, section 5.1.2
		return nil, notApplicable("the parts before the cut are whole, and many readers do not ask for the last boundary")
	}
	cut := golden.text[:len(golden.text)*2/3]
	if _, err := golden.syntax.parse(cut); err == nil {
		return nil, notApplicable("the body is a document also when it is cut")
	}
	return cut, nil
})

func empty(*derivation, []byte) ([]byte, error) { return []byte{}, nil }

var lifecycle = []definition{
	{
		name: "ack-time", severity: Medium, basis: "senders give up: Slack after 3 s, Shopify 5 s, GitHub 10 s; Standard Webhooks advises 15 s",
		sends: "the golden body",
		holds: "answered within the sender's limit",
		plan: func(p *plan) error {
			limit := p.d.contract.Policy.Acknowledge
			if limit == 0 {
				return notApplicable("the sender's limit is not known: set policy.acknowledge")
			}
			s := first
			s.Within = limit
			return p.rounds(1, s)
		},
	},
}

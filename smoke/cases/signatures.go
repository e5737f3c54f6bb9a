package cases

import (
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/smoke/sign"
)

var signatures = whereSigned([]definition{
	{
		name: "sig-missing", severity: Critical, basis: practice,
		sends: "the golden body without its signature header; beside it, as a control, another event validly signed",
		holds: "4xx, no effect; the control is accepted",
		plan: func(p *plan) error {
			return p.rejected(step{Step: Step{Name: "unsigned delivery", Signature: Missing}})
		},
	},
	{
		name: "sig-wrong-key", severity: Critical, basis: practice,
		sends: "the golden body signed with another secret, and a control",
		holds: "4xx, no effect; the control is accepted",
		plan: func(p *plan) error {
			return p.rejected(step{Step: Step{Name: "delivery signed by a stranger", Signature: WrongKey}})
		},
	},
	{
		name: "sig-body-tampered", severity: Critical, basis: practice,
		sends: "a body changed after it was signed, and a control",
		holds: "4xx, no effect; the control is accepted",
		plan: func(p *plan) error {
			edit := tampered
			if scheme := p.d.contract.Scheme; !scheme.Covers.Body {
				if edit = signedField(scheme.Fields); len(scheme.Fields) == 0 {
					return unrelated("the signature does not cover the body")
				}
			}
			return p.rejected(step{Step: Step{Name: "delivery tampered with"}, edit: edit, signed: unchanged})
		},
	},
	{
		name: "sig-inside", severity: High, basis: practice + ": they cover the bytes that are sent",
		sends: "the golden body with the signature of what is inside: the JSON in a form's field, or the body before compression " +
			"(after it, where that one is signed); and a control",
		holds: "4xx, no effect; the control is accepted",
		plan:  func(p *plan) error { return p.signedInside() },
	},
	{
		name: "sig-body-reformatted", severity: High, basis: practice + ", over the bytes as they came",
		sends: "the golden body with a line end, and with other spacing, that were not signed; a line end that was; and a control",
		holds: "4xx where the signed form is not the one that was sent, without an effect; else 2xx, one effect; the control is accepted",
		plan:  reformatted,
	},
	{
		name: "sig-signed-fields-tampered", severity: Critical, basis: standardWebhooks + ": id, timestamp and body are signed",
		sends: "the golden body with the signature of another id, then of another timestamp, and a control",
		holds: "4xx, no effect; the control is accepted",
		plan: func(p *plan) error {
			scheme := p.d.contract.Scheme
			if scheme.Mix == nil || (!scheme.Covers.ID && !scheme.Covers.Time) {
				return unrelated("the signature covers the body alone")
			}
			for _, one := range []struct {
				covered bool
				name    string
			}{{scheme.Covers.ID, "id"}, {scheme.Covers.Time, "time"}} {
				if one.covered {
					p.round(Round{}, step{Step: Step{
						Name: "delivery with another " + one.name + " than was signed", Signature: TamperedFields, Variant: one.name, Expect: Rejected,
					}})
				}
			}
			p.control()
			return p.err
		},
	},
	{
		name: "sig-malformed-", severity: High, basis: practice,
		sends: "the golden body with a signature that is none, and a control",
		holds: "4xx, never 5xx; the control is accepted",
		variants: func(d *derivation) []string {
			var names []string
			for _, v := range d.malformed() {
				names = append(names, v.Name)
			}
			return names
		},
		plan: func(p *plan) error {
			for _, v := range p.d.malformed() {
				if v.Name == p.variant && v.Right {
					p.c.Advice = "the signature is right, and only what stands around it is not of the scheme's form: " +
						"to accept it does no harm"
				}
			}
			return p.rejected(step{Step: Step{Name: "delivery with a malformed signature", Signature: Malformed, Variant: p.variant}})
		},
	},
	{
		name: "sig-empty-secret", severity: Critical, basis: practice,
		sends: "the golden body signed with an empty key, and a control",
		holds: "4xx, no effect; the control is accepted",
		plan: func(p *plan) error {
			if p.d.contract.Scheme.SignEmpty == nil {
				return unrelated("the scheme has no empty key")
			}
			return p.rejected(step{Step: Step{Name: "delivery signed with nothing", Signature: EmptyKey}})
		},
	},
	{
		name: "sig-downgrade", severity: High, basis: "an old version of a scheme is as good as none",
		sends: "the golden body with a signature of an old or unknown version alone, and a control",
		holds: "4xx, no effect; the control is accepted",
		plan: func(p *plan) error {
			if p.d.contract.Scheme.Downgrade == nil {
				return unrelated("the signature scheme has no versions")
			}
			if p.d.contract.Scheme.SendsOld {
				p.c.Advice = "the sender sends this signature too, for old receivers, and nobody without the secret can make it"
			}
			return p.rejected(step{Step: Step{Name: "delivery signed the old way", Signature: Downgraded}})
		},
	},
	{
		name: "sig-rotation", severity: High, basis: standardWebhooks + " and Stripe: several signatures while secrets are rotated",
		sends: "the golden body with several signatures, of which the last one is valid, then the first, then one in the middle, " +
			"then one beside an unknown version's",
		holds: "2xx, one effect, each time",
		plan: func(p *plan) error {
			scheme := p.d.contract.Scheme
			if scheme.Rotate == nil {
				return unrelated("the scheme carries one signature only")
			}
			for _, place := range []string{ValidLast, ValidFirst, ValidInTheMiddle, BesideUnknownVersion} {
				if place == BesideUnknownVersion && scheme.Downgrade == nil {
					continue
				}
				several := first.named("delivery with several signatures, " + place)
				several.Signature, several.Variant = Rotated, place
				p.round(Round{}, several)
			}
			return p.err
		},
	},
	{
		name: "bad-sig-no-poison", severity: Critical, basis: "an id is not to be recorded before its signature holds",
		sends: "the golden body wrongly signed, then the same properly signed",
		holds: "the second is accepted, one effect",
		plan: func(p *plan) error {
			bad := step{Step: Step{Name: "delivery signed by a stranger", Signature: WrongKey, Expect: Rejected}}
			return p.rounds(1, bad, first.named("the real delivery"))
		},
	},
	{
		name: "bad-sig-after-success", severity: High, basis: "results are for those who hold the secret",
		sends: "the golden body, then the same id and body wrongly signed",
		holds: "4xx, without the result in it; one effect",
		plan: func(p *plan) error {
			bad := step{Step: Step{Name: "duplicate signed by a stranger", Signature: WrongKey, Expect: Rejected, Effects: One}}
			return p.rounds(1, first, bad)
		},
	},
})

// Positions of the valid one among several signatures: a step's Variant when its Signature is Rotated.
const (
	ValidLast            = "the last one valid"
	ValidFirst           = "the first one valid"
	ValidInTheMiddle     = "the one in the middle valid"
	BesideUnknownVersion = "the valid one between those of an unknown version"
)

// signedInside rejects the golden body with the signature of another layer of it.
func (p *plan) signedInside() error {
	s := step{Step: Step{Name: "delivery signed over another layer"}}
	switch {
	case !p.d.contract.Scheme.Covers.Body:
		return notApplicable("the signature does not cover the whole body")
	case p.d.contract.Body.Encoding != "":
		s.OtherLayer = true
	case p.d.syntax != nil && p.d.format.Field != "":
		s.signed = func(d *derivation, golden []byte) ([]byte, error) {
			_, doc, err := d.document(golden, 0)
			return doc.text, err
		}
	default:
		return unrelated("the body has no inner document, in a form field or by compression")
	}
	return p.rejected(s)
}

// signedField changes the first field that is there of those at the pointers.
func signedField(pointers []string) edit {
	return func(_ *derivation, body []byte) ([]byte, error) {
		doc, err := parse(body)
		if err != nil {
			return nil, notApplicable("the body is not JSON")
		}
		for _, pointer := range pointers {
			switch n, ok := doc.at(pointer); {
			case ok && n.kind == '"':
				return doc.with(n, n.as(n.text()+"x")), nil
			case ok && n.kind == '0':
				return doc.with(n, []byte("1"+strings.TrimLeft(n.text(), "-0"))), nil
			}
		}
		return nil, notApplicable("the body has none of the fields that are signed")
	}
}

// malformed returns the malformed variants of the contract's scheme.
func (d *derivation) malformed() []sign.Variant {
	scheme := d.contract.Scheme
	signed, err := scheme.Sign(scheme.OtherSecret("any"), d.message())
	if err != nil {
		return nil
	}
	return scheme.Malformed(signed)
}

// whereSigned returns the definitions of cases that need a signature.
func whereSigned(all []definition) []definition {
	for i, one := range all {
		all[i].plan = func(p *plan) error {
			if why := p.d.contract.Scheme.Unsigned; why != "" {
				return unrelated("deliveries are not signed: " + why)
			}
			return one.plan(p)
		}
	}
	return all
}

// beyond is how far outside the tolerance a timestamp is put, so that two clocks may differ a little.
const beyond = time.Minute

var times = []definition{
	{
		name: "ts-old", severity: High, basis: standardWebhooks + ", Slack, Stripe: old timestamps are refused, against replay",
		sends: "the golden body with a timestamp older than the tolerance by a minute, properly signed; and a control",
		holds: "4xx, no effect; the control is accepted",
		plan: func(p *plan) error {
			return p.mistimed(Step{Name: "delivery signed long ago", Age: p.d.contract.Signature.Tolerance + beyond})
		},
	},
	{
		name: "ts-future", severity: Medium, basis: standardWebhooks + " and Slack",
		sends: "the golden body with a timestamp ahead by the tolerance and a minute, properly signed; and a control",
		holds: "4xx, no effect; the control is accepted",
		plan: func(p *plan) error {
			if p.d.contract.Scheme.Future {
				return notApplicable("the vendor's own library accepts timestamps ahead of its clock: signature.freshness both asks for more")
			}
			return p.mistimed(Step{Name: "delivery signed in the future", Age: -p.d.contract.Signature.Tolerance - beyond})
		},
	},
	{
		name: "ts-garbage", severity: Medium, basis: practice,
		sends: "the golden body with a timestamp that is no number, and a control",
		holds: "4xx, never 5xx; the control is accepted",
		plan: func(p *plan) error {
			if scheme := p.d.contract.Scheme; scheme.Covers.Time && scheme.GarbageTime == nil {
				return notApplicable("the vendor's own library accepts a timestamp that is no number")
			}
			return p.mistimed(Step{Name: "delivery signed at no time", Signature: GarbageTime})
		},
	},
}

// mistimed is rejected for schemes that sign a time.
func (p *plan) mistimed(s Step) error {
	switch scheme := p.d.contract.Scheme; {
	case !scheme.Covers.Time:
		return unrelated("the signature scheme has no timestamp")
	case scheme.Ageless:
		return notApplicable("the vendor's own library accepts timestamps of any age: signature.freshness both asks for more")
	}
	return p.rejected(step{Step: s})
}

package cases

import "github.com/fridaygate/fridaygate/smoke/webhook"

const mismatchBasis = idempotencyKey + ": 422 on reuse with another payload; many services answer 409"

var mismatches = []definition{
	mismatch("mismatch-field", Critical, "one business field changed", changedField),
	{
		name: "mismatch-then-original", severity: Critical, basis: mismatchBasis,
		sends: "the golden body, one business field changed under the same id, then the golden body again",
		holds: "the first result still stands after the mismatch, one effect",
		plan: func(p *plan) error {
			return p.rounds(1, first, other(changedField), duplicate.named("the first delivery again"))
		},
	},
	{
		name: "mismatch-concurrent", severity: Critical, basis: mismatchBasis,
		sends: "8 rounds of 4 copies at once under one id, two with the golden body and two with a field changed",
		holds: "exactly one content wins; the other is answered as policy.mismatch says or as in flight; one effect",
		plan: func(p *plan) error {
			return p.rounds(raceRounds/2, step{
				Step:  Step{Name: "two contents at once", Copies: 4, Expect: OneWins, Effects: One},
				rival: changedField,
			})
		},
	},
	mismatch("mismatch-added-field", High, "an optional field added", addedField),
	mismatch("mismatch-removed-field", High, "an optional field removed", removedField),
	{
		name: "mismatch-bigint", severity: High, basis: "JSON numbers read as doubles lose it (RFC 8259, section 6)",
		sends: "9007199254740992 in a number of the body, then 9007199254740993 under the same id",
		holds: "they are different: answered as policy.mismatch says, one effect",
		plan: func(p *plan) error {
			a := first
			a.edit = bigInt(0)
			return p.rounds(1, a, other(bigInt(1)))
		},
	},
	{
		name: "mismatch-type", severity: High, basis: canonicalJSON,
		sends: "the golden body, then a number of it written as a text under the same id",
		holds: "different, or refused by the schema; one effect",
		plan: func(p *plan) error {
			s := other(quotedNumber)
			s.Expect, s.raw = Different, true
			return p.rounds(1, first, s)
		},
	},
	{
		name: "mismatch-null-absent", severity: Medium, basis: canonicalJSON,
		sends: "a field that is null, then the same without the field under the same id, twice",
		holds: "one answer for both times, whichever the receiver chose; one effect",
		plan: func(p *plan) error {
			a := first
			a.edit = nullField(false)
			b := step{Step: Step{Name: "the same id without the field", Says: OpenContent, Expect: Settled, Effects: One}, edit: nullField(true)}
			return p.rounds(1, a, b, b)
		},
	},
	mismatch("mismatch-array-order", Medium, "an array in another order", arrayOrder),
	{
		name: "mismatch-nfc-nfd", severity: Medium, basis: "RFC 8785 does not normalise Unicode",
		sends: "a text with a composed letter, then with the same letter decomposed under the same id",
		holds: "different, unless policy.unicode says otherwise; one effect",
		plan: func(p *plan) error {
			a, b := first, other(unicodeForm(1))
			b.Choice = "policy.unicode decides this: if your receiver takes both for the same letter on purpose, write policy.unicode: nfc"
			a.edit = unicodeForm(0)
			if p.d.contract.Policy.Unicode == webhook.UnicodeNFC {
				b = duplicate
				b.edit = unicodeForm(1)
			}
			return p.rounds(1, a, b)
		},
	},
}

// other sends something else under the same id.
func other(what edit) step {
	return step{Step: Step{Name: "the same id with other content", Says: OtherContent, Expect: Refused, Effects: One}, edit: what}
}

// mismatch sends the golden body and then something else under the same id.
func mismatch(name string, severity Severity, what string, how edit) definition {
	return definition{
		name: name, severity: severity, basis: mismatchBasis,
		sends: "the golden body, then " + what + " under the same id, schema-valid and signed anew",
		holds: "answered as policy.mismatch says, one effect",
		plan:  func(p *plan) error { return p.rounds(1, first, other(how)) },
	}
}

var equalities = []definition{
	equality("equal-key-order", High, "its keys in reverse order, then in alphabetical order", keyOrder, keysSorted),
	equality("equal-whitespace", High, "other spacing", whitespace),
	equality("equal-escapes", Medium, "characters escaped: \\u00e9 for é, \\/ for /", escapes),
	advice("a sender writes a number in one form", equality("equal-number-form", Medium, "a number in other forms: 1000 as 1000.0 and 1.000e3",
		numberForm(false), numberForm(true))),
}

// equality sends the golden body and then the same meaning in other bytes.
func equality(name string, severity Severity, what string, how ...edit) definition {
	return definition{
		name: name, severity: severity, basis: canonicalJSON,
		sends: "the golden body, then under the same id " + what + ", signed anew",
		holds: "the first result again if policy.equality is json, else as policy.mismatch says; never 5xx; one effect",
		plan: func(p *plan) error {
			steps := []step{first}
			for _, one := range how {
				s := duplicate.named("the same meaning in other bytes")
				s.Choice = "policy.equality decides this: if your receiver takes other bytes for other content on purpose, write policy.equality: bytes"
				if p.d.contract.Policy.Equality == webhook.EqualBytes {
					s = other(nil)
				}
				s.edit = one
				steps = append(steps, s)
			}
			return p.rounds(1, steps...)
		},
	}
}

var ambiguities = []definition{
	{
		name: "dup-json-key", severity: High, basis: "RFC 7493 (I-JSON), section 2.3: names in an object are unique",
		advice: "no sender's JSON writer writes a key twice, and most parsers take the last one",
		sends:  "the golden body with one key twice and two values, validly signed",
		holds:  "4xx, no effect",
		plan: func(p *plan) error {
			return p.rejected(step{Step: Step{Name: "delivery with a key twice"}, edit: duplicateKey, raw: true})
		},
	},
	{
		name: "id-smuggle-case", severity: High, basis: "Go's encoding/json takes ID for id; RFC 8259 names are case-sensitive",
		advice: "no sender names its event id twice",
		sends:  "the golden body with the event id's key once more in capitals and another id, then the golden body",
		holds:  "4xx, or the event under its exact id; never an effect under each of the two",
		plan: func(p *plan) error {
			hidden := p.freshID("hidden")
			p.round(Round{Aliases: []string{hidden}}, step{
				Step: Step{Name: "delivery with a second id", Expect: Handled, Effects: AtMostOne}, edit: otherCase(hidden), raw: true,
			}, step{Step: Step{Name: "the golden delivery", Says: OpenContent, Expect: AcceptedOnce, Effects: One}})
			return p.err
		},
	},
	{
		name: "header-body-id-conflict", severity: High, basis: "two places for one identity",
		advice: "a sender writes one id into both places",
		sends:  "the golden body with one id in the header and another in the body, validly signed, twice",
		holds:  "one of them wins, or 4xx, the same both times; at most one effect in all",
		plan: func(p *plan) error {
			id := p.d.contract.EventID
			if id.Header == "" || (id.Pointer == "" && id.Form == "") {
				return unrelated("the event id travels in one place only")
			}
			header := p.freshID("header")
			s := step{Step: Step{Name: "delivery with two ids", ID: header, Expect: Handled, Effects: AtMostOne}}
			p.round(Round{Aliases: []string{header}}, s, s)
			p.control()
			return p.err
		},
	},
	{
		name: "tenant-scope", severity: High, basis: "event ids are unique to their sender, not to the world",
		sends: "the golden body, then the same event id on behalf of another tenant",
		holds: "two events: each is accepted and has one effect",
		plan: func(p *plan) error {
			place := p.d.contract.Tenant
			switch {
			case place.Other == "":
				return unrelated("webhook.yaml names no tenants: see tenant")
			case !p.d.contract.Effects.TellTenants():
				return notApplicable("effects cannot be told by tenant: name {tenant} in the probe")
			}
			p.round(Round{}, first)
			p.round(Round{EventID: p.c.Rounds[0].EventID, Tenant: place.Other}, step{
				Step: first.named("the same id for another tenant").Step, edit: forTenant(place.Pointer, place.Other),
			})
			return p.err
		},
	},
}

// forTenant puts a tenant into the body; pointer is "" when it travels in a header.
func forTenant(pointer, tenant string) edit {
	if pointer == "" {
		return nil
	}
	return onEvent(func(_ *derivation, golden document) ([]byte, error) {
		n, ok := golden.at(pointer)
		if !ok || n.raw == nil {
			return nil, notApplicable("the body has no tenant")
		}
		return golden.with(n, n.as(tenant)), nil
	})
}

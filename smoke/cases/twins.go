package cases

import (
	"regexp"
	"strings"
	"unicode"
)

// twins are the cases of ids that are nearly the event's: those that differ from it in little, which the receiver's
// column, collation or number must hold apart, and those of what the event is about.
var twins = []definition{
	twin("id-differs-at-the-end", "the last character", "databases cut what is longer than a column", idForm.differsAtTheEnd),
	twin("id-differs-in-case", "the case of one letter", "many databases compare texts without their case", idForm.differsInCase),
	twin("id-differs-after-15-digits", "the digits after the 15th", "RFC 8259, section 6: doubles hold 15 digits",
		idForm.differsAfter15Digits),
	{
		name: "id-differs-in-field", severity: Critical, basis: "a sender without ids: what tells its events apart is all of the fields together",
		sends: "the golden event, then another one that differs in a single one of event_id.fields",
		holds: "two events: each is accepted and has its effect",
		plan: func(p *plan) error {
			second := first.named("an event that differs in one field of its identity")
			second.Says, second.Effects, second.edit = OpenContent, Effects{2, 2}, otherIdentity
			return p.rounds(1, first, second)
		},
	},
	mismatch("mismatch-other-object", Critical, "the ids that fresh names made anew", otherObject),
}

// otherIdentity changes a part of the event's identity, but not the first, by which its effects are found.
var otherIdentity = onEvent(func(d *derivation, golden document) ([]byte, error) {
	fields := d.contract.EventID.Fields
	for i, pointer := range fields {
		n, _ := golden.at(pointer) // it was there on loading
		for _, raw := range n.others() {
			if text := golden.with(n, raw); i > 0 && d.valid(text) == nil {
				return text, nil
			}
		}
	}
	return nil, unrelated("one field alone identifies the event: see event_id.fields")
})

// otherObject replaces the event's other ids by new ones. A receiver that identifies events by their subject takes the
// result for a new event.
func otherObject(d *derivation, golden []byte) ([]byte, error) {
	if len(d.contract.Fresh) == 0 {
		return nil, notApplicable("no other id in the body is new for each event: see fresh")
	}
	return onEvent(func(d *derivation, golden document) ([]byte, error) {
		return d.refreshed("another object", golden.text)
	})(d, golden)
}

// twin sends two events whose ids differ slightly. The round before them records how the receiver answers about an id that
// was never sent.
func twin(name, where, basis string, differ func(f idForm, id string) (a, b string)) definition {
	return definition{
		name: name, severity: Critical, basis: basis,
		sends: "two events whose ids differ in " + where + " alone",
		holds: "two events: each is accepted and has one effect",
		plan: func(p *plan) error {
			alone, never := differ(p.twinForm("alone"))
			a, b := differ(p.twinForm("both"))
			if a == "" {
				return unrelated("ids of this form cannot differ in " + where + " alone")
			}
			p.round(Round{EventID: alone, Aliases: []string{never}}, first.named("one event, counted under both ids"))
			p.round(Round{EventID: a}, first)
			p.round(Round{EventID: b}, first.named("an event whose id differs in "+where))
			return p.err
		},
	}
}

// twinForm returns a fresh id and its form.
func (p *plan) twinForm(key string) (f idForm, id string) {
	id = p.freshID(key)
	return formOf(id), id
}

// differsAtTheEnd returns two ids that differ in the last character that varies.
func (f idForm) differsAtTheEnd(id string) (a, b string) {
	if len(f.vary) == 0 {
		return "", ""
	}
	return id, f.changed(id, f.vary[len(f.vary)-1])
}

// differsInCase returns two ids that differ in the case of one letter; "" when the form has one case alone. UUIDs and
// other hexadecimal ids have one.
func (f idForm) differsInCase(id string) (a, b string) {
	for i := len(f.vary) - 1; i >= 0; i-- {
		if v := f.vary[i]; v.alphabet == mixedAlphabet {
			if !unicode.IsLetter(rune(id[v.at])) {
				id = replaceAt(id, v.at, 'k')
			}
			letter := id[v.at : v.at+1]
			if other := strings.ToUpper(letter); other != letter {
				return id, replaceAt(id, v.at, other[0])
			}
			return id, replaceAt(id, v.at, strings.ToLower(letter)[0])
		}
	}
	return "", ""
}

// differsAfter15Digits returns two ids that differ in the last digit of a number that has more than 16; "" when the
// form holds none, beside a prefix.
func (f idForm) differsAfter15Digits(id string) (a, b string) {
	if !longNumber.MatchString(id) {
		return "", ""
	}
	return f.differsAtTheEnd(id)
}

var longNumber = regexp.MustCompile(`^([A-Za-z]+[_.:-])?[0-9]{17,}$`)

// changed returns the id with another character at v.
func (f idForm) changed(id string, v varying) string {
	at := strings.IndexByte(v.alphabet, id[v.at])
	return replaceAt(id, v.at, v.alphabet[(at+1)%len(v.alphabet)])
}

func replaceAt(text string, at int, c byte) string { return text[:at] + string(c) + text[at+1:] }

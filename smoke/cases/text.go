package cases

import "slices"

var texts = []definition{
	{
		name: "multibyte", severity: High, basis: "signatures cover bytes, not characters",
		sends: "accents, a character of four bytes, and letters that run from right to left in a text of the body, signed over the bytes",
		holds: "2xx, one effect each",
		plan: func(p *plan) error {
			for _, one := range []struct{ name, text string }{
				{"accents and ideographs", "Zo\u00eb \u20ac \u65e5\u672c"},
				{"a character of four bytes", "\U0001f36e \U0001f468\u200d\U0001f469\u200d\U0001f467"},
				{"letters from right to left", "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u202eabc\u202c"},
			} {
				s := first.named("delivery with " + one.name)
				s.edit = writing(one.text)
				p.round(Round{}, s)
			}
			return p.err
		},
	},
	hard("text-nul", "\\u0000", "RFC 8259, section 7: \\u0000 may stand in a text; PostgreSQL's text and jsonb hold none", `\u0000`),
	hard("text-surrogate", "half of a surrogate pair (\\ud83d)",
		"RFC 8259, section 8.2; JavaScript's JSON.stringify writes them when an emoji is cut in two", `\ud83d`),
	hard("text-not-utf8", "three of the four bytes of a character",
		"RFC 8259, section 8.1: JSON is UTF-8; senders that cut texts by bytes break it", "\xf0\x9f\x8d"),
}

// hardPlaces is in how many texts of the body, one after the other, hard text is put: some are stored, others are not.
const hardPlaces = 3

// hard puts what not every parser and store can hold into texts of the body.
func hard(name, what, basis, raw string) definition {
	return definition{
		name: name, severity: Medium, basis: basis,
		sends: "the golden body with " + what + " at the end of a text, for up to three texts, validly signed; and a control",
		holds: "2xx or 4xx, never 5xx; at most one effect; the control is accepted",
		plan: func(p *plan) error {
			places, err := p.d.textPlaces()
			if err != nil {
				return err
			}
			for _, pointer := range places {
				p.round(Round{}, step{
					Step: Step{Name: "delivery with hard text at " + pointer, Expect: Handled, Effects: AtMostOne},
					edit: ending(pointer, raw), raw: true,
				})
			}
			p.control()
			return p.err
		},
	}
}

// textPlaces returns the pointers to the first texts of the body that may hold anything: no header has to carry them as well.
func (d *derivation) textPlaces() ([]string, error) {
	if d.syntax != (asJSON{}) {
		return nil, notApplicable("the body is not JSON")
	}
	_, doc, err := d.document(d.fixture.Body, 0)
	if err != nil {
		return nil, err
	}
	var places []string
	for _, n := range d.fields(doc) {
		if len(places) == hardPlaces {
			break
		}
		if n.kind == '"' && !envelope.MatchString(n.key()) && !d.contract.Repeats(n.pointer) && d.valid(doc.with(n, n.as(n.text()+"x"))) == nil {
			places = append(places, n.pointer)
		}
	}
	if len(places) == 0 {
		return nil, notApplicable("no text of the body may hold other letters")
	}
	return places, nil
}

// ending puts raw bytes before the end of the text at pointer.
func ending(pointer, raw string) edit {
	return onJSON(func(_ *derivation, golden document) ([]byte, error) {
		n, ok := golden.at(pointer)
		if !ok {
			return nil, notApplicable("the body has no text at " + pointer)
		}
		last := n.end - 1
		return slices.Concat(golden.text[:last], []byte(raw), golden.text[last:]), nil
	})
}

// writing puts a text into the first place that may hold it.
func writing(text string) edit {
	return field(0, "no text of the body may hold other letters", func(n node) [][]byte {
		if n.kind != '"' || envelope.MatchString(n.key()) {
			return nil
		}
		return [][]byte{n.as(text)}
	})
}

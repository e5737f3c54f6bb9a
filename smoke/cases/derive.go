package cases

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/sign"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Derive gives the cases of the catalogue for one fixture, in the catalogue's order: those whose names match one of
// the globs only, or all if there is none. The seed names the run:
// it goes into every event id, so that two runs never share one. The error says why the fixture cannot be used
// at all: it was broken on loading, its body breaks the receiver's schema, or it holds no event id where the
// contract says one is.
func Derive(f fixtures.Fixture, c *webhook.Contract, seed string, only ...string) ([]Case, error) {
	d, err := newDerivation(f, c, seed)
	if err != nil {
		return nil, fmt.Errorf("fixture %s: %w", f.Path, err)
	}
	all := make([]Case, 0, len(catalogue))
	for _, row := range catalogue {
		derived, err := d.derive(row, only)
		if err != nil {
			return nil, fmt.Errorf("fixture %s: case %s: %w", f.Path, row.name, err)
		}
		all = append(all, derived...)
	}
	return all, nil
}

// notFor is the reason why a case does not apply to a fixture.
type notFor string

func (n notFor) Error() string { return string(n) }

// derivation is what a row of the catalogue derives from.
type derivation struct {
	fixture  fixtures.Fixture
	contract *webhook.Contract
	seed     string
	isJSON   bool
	isForm   bool
	tried    bool // a derived id was seen to be valid
	id       node // where the event id stands in a JSON body; its pointer is "" when it travels elsewhere
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
	d.isForm = mediaType(d.contentType()) == formType
	if c.EventID.Form != "" {
		if _, err := parseForm(f.Body).value(c.EventID.Form); err != nil {
			return nil, fmt.Errorf("its body has no field %s, where %s says the event id is", c.EventID.Form, c.Path)
		}
	}
	golden, err := parse(f.Body)
	d.isJSON = err == nil && !d.isForm
	if c.EventID.Pointer == "" {
		return d, nil
	}
	if err != nil {
		return nil, fmt.Errorf("its body is not JSON (%w), so the event id cannot be at %s", err, c.EventID.Pointer)
	}
	id, ok := golden.at(c.EventID.Pointer)
	if !ok || (id.kind != '"' && id.kind != '0') {
		return nil, fmt.Errorf("its body has no text or number at %s, where %s says the event id is", c.EventID.Pointer, c.Path)
	}
	d.id = id
	return d, nil
}

// derive gives the cases of one row: one, or one for each variant.
func (d *derivation) derive(row definition, only []string) ([]Case, error) {
	variants := []string{""}
	switch {
	case !row.selected(only):
		return nil, nil
	case row.variants != nil:
		variants = row.variants(d)
	}
	all := make([]Case, 0, len(variants))
	for _, variant := range variants {
		c := Case{
			Name: row.name + variant, Severity: row.severity, Sends: row.sends, Holds: row.holds, Basis: row.basis,
		}
		if !matches(only, c.Name) {
			continue
		}
		c.derive = func(c *Case) error {
			c.Advice = row.advice
			p := &plan{d: d, variant: variant, c: c}
			if err := row.plan(p); err != nil {
				return err
			}
			if enforced := d.contract.Enforce; len(enforced) > 0 && matches(enforced, c.Name) {
				c.Advice = ""
			}
			return p.err
		}
		err := c.derive(&c)
		var not notFor
		switch {
		case errors.As(err, &not):
			c.NotFor, c.Rounds, c.Needs = string(not), nil, nil
		case err != nil:
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// WithoutRounds gives what a long plan keeps of a case until it runs.
func (c Case) WithoutRounds() Case {
	c.Rounds = nil
	return c
}

// WithRounds gives the case as Derive gave it.
func (c Case) WithRounds() (Case, error) {
	if c.Rounds != nil || c.NotFor != "" || c.derive == nil {
		return c, nil
	}
	c.Needs = nil
	err := c.derive(&c)
	return c, err
}

// under gives body with the event id in its place, and other ids made anew with it.
func (d *derivation) under(eventID string, body []byte) ([]byte, error) {
	if name := d.contract.EventID.Form; name != "" {
		return parseForm(body).with(name, eventID), nil
	}
	renamed := body
	for _, pointer := range d.contract.Fresh {
		var err error
		renamed, err = d.renamed(renamed, pointer, func(old node) string { return freshID(old.text(), old.kind, d.seed, eventID+pointer) })
		if err != nil {
			return nil, fmt.Errorf("fresh: %w", err)
		}
	}
	if d.id.pointer != "" {
		var err error
		if renamed, err = d.renamed(renamed, d.id.pointer, func(node) string { return eventID }); err != nil {
			return nil, err
		}
	}
	if d.tried {
		return renamed, nil // every derived id has one form: if one is valid, all are
	}
	if err := d.valid(renamed); err != nil {
		return nil, fmt.Errorf("with the derived event id %q: %w", eventID, err)
	}
	d.tried = true
	return renamed, nil
}

// renamed gives a JSON body with the id at pointer replaced.
func (d *derivation) renamed(body []byte, pointer string, to func(old node) string) ([]byte, error) {
	doc, err := parse(body)
	if err != nil {
		return nil, err
	}
	old, ok := doc.at(pointer)
	if !ok || (old.kind != '"' && old.kind != '0') {
		return nil, fmt.Errorf("the body has no text or number at %s", pointer)
	}
	return doc.with(old, old.as(to(old))), nil
}

// valid is an error when a body breaks the payload's schema.
func (d *derivation) valid(body []byte) error {
	s := d.contract.PayloadSchema
	if s == nil {
		return nil
	}
	if broken := s.Check(body); len(broken) > 0 {
		return fmt.Errorf("it breaks %s %s", s.Path(), broken[0])
	}
	return nil
}

// known lists the fields that the payload's schema knows.
func (d *derivation) known() []string {
	if d.contract.PayloadSchema == nil {
		return nil
	}
	return d.contract.PayloadSchema.Properties()
}

// tenant is on whose behalf the golden event was sent; "" when the contract knows no tenants.
func (d *derivation) tenant() string {
	place := d.contract.Tenant
	switch {
	case place.Other == "":
		return ""
	case place.Header != "":
		return place.Golden
	}
	doc, err := parse(d.fixture.Body)
	if err != nil {
		return ""
	}
	n, _ := doc.at(place.Pointer)
	return n.text()
}

// goldenID returns the golden event id and its JSON kind; "" when the fixture and the contract hold none.
func (d *derivation) goldenID() (string, jsontext.Kind) {
	place := d.contract.EventID
	switch {
	case d.id.pointer != "":
		return d.id.text(), d.id.kind
	case place.Form != "":
		id, _ := parseForm(d.fixture.Body).value(place.Form) // it was there on loading
		return id, '"'
	}
	return cmp.Or(headerOf(d.fixture, place.Header), place.Golden), '"'
}

// message is a delivery of the golden body, to ask a signature scheme what it makes of one.
func (d *derivation) message() sign.Message {
	return sign.Message{
		ID: "fridaygate", Time: time.Unix(0, 0), Body: d.fixture.Body, Method: d.contract.Endpoint.Method,
		URL: "https://receiver.invalid" + d.contract.Endpoint.Path, ContentType: d.contentType(),
	}
}

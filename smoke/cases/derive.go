package cases

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/payload"
	"github.com/fridaygate/fridaygate/smoke/sign"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Derive returns the cases of the catalogue for one fixture, in the catalogue's order: only those whose names match one of
// the globs, or all if there is none. The run id is part of every event id, so that two runs never share one. It returns
// an error if the fixture cannot be used: it is broken, its body breaks the receiver's schema, or it holds no event id
// where the contract expects one.
func Derive(f fixtures.Fixture, c *webhook.Contract, runID string, only ...string) ([]Case, error) {
	all := make([]Case, 0, len(catalogue))
	err := Each(f, c, runID, func(one Case) { all = append(all, one) }, only...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Each calls do with the cases that Derive returns, one after the other: their rounds together would fill the memory where
// the fixture is large. do may have been called when it returns an error.
func Each(f fixtures.Fixture, c *webhook.Contract, runID string, do func(Case), only ...string) error {
	d, err := newDerivation(f, c, runID)
	if err != nil {
		return fmt.Errorf("fixture %s: %w", f.Path, err)
	}
	for _, row := range catalogue {
		if err := d.derive(row, only, do); err != nil {
			return fmt.Errorf("fixture %s: case %s: %w", f.Path, row.name, err)
		}
	}
	return nil
}

// notApplicable is the reason why a case does not apply to a fixture.
type notApplicable string

func (n notApplicable) Error() string { return string(n) }

// unrelated is the reason why a case cannot concern a contract of this kind, whatever else webhook.yaml says: it is
// about batches where there are none, or about a time that is not signed.
type unrelated string

func (u unrelated) Error() string { return string(u) }

// derivation is what a row of the catalogue derives from.
type derivation struct {
	fixture  fixtures.Fixture
	contract *webhook.Contract
	runID    string
	format   payload.Format
	syntax   syntax // of its events; nil: only the bytes of the body are known
	opaque   string // why syntax is nil, for people
	tried    bool   // a derived id was seen to be valid
	id       node   // the first event's id in the body; its pointer is "" when it is elsewhere
	ids      []node // where each event of a batch holds its id; none when it travels elsewhere

	unreadable error // what reading the body's events met, when syntax is nil
	recent     recent
}

func newDerivation(f fixtures.Fixture, c *webhook.Contract, runID string) (*derivation, error) {
	if f.Err != nil {
		return nil, f.Err
	}
	if runID == "" {
		return nil, errors.New("no run id: a run needs a name of its own")
	}
	d := &derivation{fixture: f, contract: c, runID: runID}
	if err := d.readBody(); err != nil {
		return nil, err
	}
	if err := d.validBody(f.Body); err != nil {
		return nil, fmt.Errorf("its body: %w: fix the fixture or the schema", err)
	}
	return d, nil
}

// derive calls do with the cases of one row: one, or one for each variant.
func (d *derivation) derive(row definition, only []string, do func(Case)) error {
	variants := []string{""}
	switch {
	case !row.selected(only):
		return nil
	case row.variants != nil:
		variants = row.variants(d)
	}
	for _, variant := range variants {
		c := Case{
			Name: row.name + variant, Severity: row.severity, Sends: row.sends, Holds: row.holds, Basis: row.basis, Once: row.once,
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
		var not notApplicable
		var foreign unrelated
		switch {
		case errors.As(err, &foreign):
			c.NotApplicable, c.Unrelated, c.Rounds, c.Needs = string(foreign), true, nil, nil
		case errors.As(err, &not):
			c.NotApplicable, c.Rounds, c.Needs = string(not), nil, nil
		case err != nil:
			return err
		}
		do(c)
	}
	return nil
}

// WithoutRounds returns the case without its rounds, which a long plan does not keep in memory.
func (c Case) WithoutRounds() Case {
	c.Rounds = nil
	return c
}

// WithRounds returns the case as Derive gave it.
func (c Case) WithRounds() (Case, error) {
	if c.Rounds != nil || c.NotApplicable != "" || c.derive == nil {
		return c, nil
	}
	c.Needs = nil
	err := c.derive(&c)
	return c, err
}

// known lists the fields of the payload's schema.
func (d *derivation) known() []string {
	if d.contract.PayloadSchema == nil {
		return nil
	}
	return d.contract.PayloadSchema.Properties()
}

// tenant returns the tenant of the golden event, or "" if the contract has no tenants.
func (d *derivation) tenant() string {
	place := d.contract.Tenant
	switch {
	case place.Other == "":
		return ""
	case place.Header != "":
		return place.Golden
	}
	_, doc, err := d.document(d.fixture.Body, 0)
	if err != nil {
		return ""
	}
	n, _ := doc.at(place.Pointer)
	return n.text()
}

// goldenID returns the golden event id and its JSON kind; "" when the fixture and the contract hold none.
func (d *derivation) goldenID() (string, jsontext.Kind) {
	place := d.contract.EventID
	if d.id.pointer != "" {
		return d.id.text(), d.id.kind
	}
	return cmp.Or(headerOf(d.fixture, d.contract.Carriers(place.Header, "{event_id}")), place.Golden), '"'
}

// message returns a delivery of the golden body, for a signature scheme to sign.
func (d *derivation) message() sign.Message {
	return sign.Message{
		ID: "fridaygate", Time: time.Unix(0, 0), Body: d.fixture.Body, Method: d.contract.Endpoint.Method,
		URL: "https://receiver.invalid" + d.contract.Endpoint.Path, ContentType: d.contentType(),
	}
}

package cases

import (
	"fmt"
	"strconv"
)

// batch returns the ids of all events of a body whose first is eventID.
func (d *derivation) batch(eventID string) []string {
	all := []string{eventID}
	for i := 1; i < len(d.ids); i++ {
		all = append(all, freshID(d.ids[i].text(), d.ids[i].kind, d.runID, eventID+"#"+strconv.Itoa(i)))
	}
	return all
}

// under returns body with the event ids in their places, and other ids made anew with each.
func (d *derivation) under(eventID string, body []byte) ([]byte, error) {
	return d.named(d.batch(eventID), body)
}

// named is under for every event of a batch.
func (d *derivation) named(ids []string, text []byte) ([]byte, error) {
	var err error
	if d.idPointer() != "" || len(d.contract.Fresh) > 0 {
		if text, err = d.renamedAll(ids, text); err != nil {
			return nil, err
		}
	}
	if d.tried {
		return text, nil // every derived id has one form: if one is valid, all are
	}
	if err := d.validBody(text); err != nil {
		return nil, fmt.Errorf("with the derived event id %q: %w", ids[0], err)
	}
	d.tried = true
	return text, nil
}

func (d *derivation) renamedAll(ids []string, text []byte) ([]byte, error) {
	body, _, err := d.document(text, len(ids)-1)
	if err != nil {
		return nil, err
	}
	events := make([][]byte, body.Len())
	for i := range events {
		events[i] = body.Document(i)
		if i < len(ids) {
			if events[i], err = d.renamed(ids[i], events[i]); err != nil {
				return nil, err
			}
		}
	}
	return body.WithAll(events), nil
}

// renamed replaces the id of an event, and the other ids that change with it.
func (d *derivation) renamed(id string, event []byte) ([]byte, error) {
	event, err := d.refreshed(id, event)
	if pointer := d.idPointer(); err == nil && pointer != "" {
		return d.replaced(pointer, event, func(node) string { return id })
	}
	return event, err
}

// refreshed replaces the other ids of an event, those that the contract lists as fresh. key makes them unique to the event.
func (d *derivation) refreshed(key string, event []byte) ([]byte, error) {
	for _, pointer := range d.contract.Fresh {
		var err error
		event, err = d.replaced(pointer, event, func(old node) string { return freshID(old.text(), old.kind, d.runID, key+pointer) })
		if err != nil {
			return nil, fmt.Errorf("fresh: %w", err)
		}
	}
	return event, nil
}

// replaced puts another text or number at a pointer into an event.
func (d *derivation) replaced(pointer string, event []byte, with func(old node) string) ([]byte, error) {
	doc, err := d.recent.parse(d.syntax, event)
	if err != nil {
		return nil, err
	}
	old, ok := doc.at(pointer)
	if !ok || (old.kind != '"' && old.kind != '0') {
		return nil, fmt.Errorf("the body has no text or number at %s", pointer)
	}
	return doc.with(old, old.as(with(old))), nil
}

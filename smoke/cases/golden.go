package cases

import (
	"cmp"
	"maps"
	"net/http"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Golden is what a golden delivery has besides its body, under a round's event id.
type Golden struct {
	Body       []byte
	EventType  string      // as headers carry it
	DeliveryID string      // of the round's first delivery
	Header     http.Header // the golden delivery's own lines that are sent again
}

// uuidForm is the form of a delivery's id where no golden one is known.
const uuidForm = "00000000-0000-4000-8000-000000000000"

// golden returns what a fixture has besides its body. key makes each event's delivery id unique.
func (d *derivation) golden(f fixtures.Fixture, key string) Golden {
	place := d.contract.DeliveryID
	id := cmp.Or(headerOf(f, d.contract.Carriers(place.Header, "{delivery_id}")), place.Golden, uuidForm)
	header := d.contract.Scheme.Strip(webhook.GoldenHeader(f.Header)) // a case may leave the signature out
	maps.DeleteFunc(header, func(name string, _ []string) bool { return d.contract.MadeAnew(name) })
	return Golden{
		EventType:  d.eventType(f),
		DeliveryID: freshID(id, '"', d.runID, f.Name+"/delivery/"+key),
		Header:     header,
	}
}

// AttemptID returns an id for one attempt of a delivery, in the form of the delivery's own.
func (g Golden) AttemptID(attempt string) string {
	return freshID(g.DeliveryID, '"', g.DeliveryID, attempt)
}

// eventType returns a fixture's type as headers carry it: from the fixture's headers, else from its body, else the
// contract's golden one, else from the file's name.
func (d *derivation) eventType(f fixtures.Fixture) string {
	place := d.contract.EventType
	if own := headerOf(f, d.contract.Carriers(place.Header, "{event_type}")); own != "" {
		return own
	}
	named := cmp.Or(d.typeInBody(f.Body), place.Golden, place.FromFile(f.Name))
	return cmp.Or(place.Names[named], named)
}

// typeInBody returns the type of a body's first event; "" when the contract does not say where it is.
func (d *derivation) typeInBody(body []byte) string {
	pointer := d.contract.EventType.Pointer
	if pointer == "" {
		return ""
	}
	_, doc, err := d.document(body, 0)
	if err != nil {
		return ""
	}
	n, _ := doc.at(pointer)
	return n.text()
}

// headerOf returns the first header of the golden delivery that has one of the names; "" when none has.
func headerOf(f fixtures.Fixture, names []string) string {
	for _, name := range names {
		if value := f.Header.Get(name); value != "" {
			return value
		}
	}
	return ""
}

// contentType returns the media type of a fixture's body, with its parameters.
func (d *derivation) contentType() string {
	return cmp.Or(d.fixture.Header.Get("Content-Type"), d.contract.Endpoint.ContentType)
}

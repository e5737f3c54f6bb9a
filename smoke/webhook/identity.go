package webhook

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// EventID is where the identity of an event travels: in a header, in the body, or in both.
type EventID struct {
	Place `yaml:",inline"`
	Form  string `yaml:"form"` // the field of a form-encoded body

	// Fields are JSON Pointers to the values that together identify an event, if the sender sends no id. The first is
	// replaced for each event, as an id at Pointer is, and {event_id} is its value.
	Fields []string `yaml:"fields"`

	Golden string `yaml:"golden"` // an id of this sender, whose form fresh ids keep where neither the body nor the fixture's headers hold one
}

// EventType is the place of an event's type: a header, a JSON Pointer into the body, or both. The zero value means /type in
// the body, if there is one.
//
// The type that a header carries comes from the fixture's own headers, else from the body at Pointer, else from
// Golden, else from the fixture's file name: its part before the first dot.
type EventType struct {
	Place  `yaml:",inline"`
	Golden string `yaml:"golden"` // the type of every fixture
	// what a dash in a fixture's file name means, such as the slash of orders/paid; if it is a dot, the whole name counts
	Separator string            `yaml:"separator"`
	Names     map[string]string `yaml:"names"` // the header's value for a type found in the body or the file name; absent: the type itself
}

// DeliveryID is the id of one delivery, where senders send one beside the event's.
type DeliveryID struct {
	Header string `yaml:"header"` // that carries it; {delivery_id} in endpoint.headers when empty
	Golden string `yaml:"golden"` // an id of this sender, whose form fresh ids keep; a UUID when neither it nor the fixture's headers hold one
	Per    Per    `yaml:"per"`    // what each has a separate id: event when empty
}

// Per is what each has a separate id.
type Per string

// What each has a separate id: an event for one endpoint, so that a retry repeats the id, or an attempt.
const (
	PerEvent   Per = "event"
	PerAttempt Per = "attempt"
)

// FromFile returns the event type in a fixture's file name.
func (e EventType) FromFile(name string) string {
	name, _, _ = strings.Cut(name, " (") // what the gate adds to the names of fixtures whose events are not of a plan
	if e.Separator != "." {
		name, _, _ = strings.Cut(name, ".")
	}
	if e.Separator != "" {
		name = strings.ReplaceAll(name, "-", e.Separator)
	}
	return name
}

// Carriers returns the headers that carry a value and nothing else: the one that its own key names, and those of
// endpoint.headers that are its placeholder.
func (c *Contract) Carriers(header, part string) []string {
	var all []string
	if header != "" {
		all = append(all, header)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Endpoint.Headers)) {
		if c.Endpoint.Headers[name] == part {
			all = append(all, name)
		}
	}
	return all
}

// MadeAnew reports whether endpoint.headers makes a header's value for each delivery.
func (c *Contract) MadeAnew(name string) bool {
	return placeholder.MatchString(c.Endpoint.Headers[http.CanonicalHeaderKey(name)])
}

// TypeInHeader reports whether deliveries carry the event type outside the body.
func (c *Contract) TypeInHeader() bool {
	holds := func(text string) bool { return strings.Contains(text, "{event_type}") }
	return c.EventType.Header != "" || holds(c.Endpoint.Path+c.Endpoint.Query) ||
		slices.ContainsFunc(slices.Collect(maps.Values(c.Endpoint.Headers)), holds)
}

// Repeats reports whether a header or the query of a delivery carries the value at a JSON Pointer into the body too.
func (c *Contract) Repeats(pointer string) bool {
	holds := func(text string) bool { return strings.Contains(text, "{"+pointer+"}") }
	return holds(c.Endpoint.Path+c.Endpoint.Query) || slices.ContainsFunc(slices.Collect(maps.Values(c.Endpoint.Headers)), holds)
}

func (c *Contract) checkIdentity(m *mistakes) {
	if c.EventID.Header == "" && c.EventID.Pointer == "" && c.EventID.Form == "" {
		m.add("event_id", "is missing: say where the event's identity travels, as header, pointer, form or header and one of these, "+
			"or which fields together tell events apart")
	}
	if t := c.Tenant; t.Other != "" && t.Other == t.Golden {
		m.add("tenant.other", "%q: must be another one than golden", t.Other)
	}
}

// Placeholders are what the values of endpoint.headers and the query of endpoint.path may hold: the event's id and
// type, the time at which a delivery is signed, in Unix seconds, the delivery's id, and how often it was sent, this
// including this attempt. {/data/id} is the value at a JSON Pointer into the body.
var Placeholders = []string{"{event_id}", "{event_type}", "{timestamp}", "{delivery_id}", "{attempt}"}

// Fill replaces each placeholder of a header's value or of a query by what value returns for it.
func Fill(text string, value func(placeholder string) string) string {
	return placeholder.ReplaceAllStringFunc(text, value)
}

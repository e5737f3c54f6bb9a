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

	// Fields are JSON Pointers to the values that together tell one event from another, where the sender sends no id
	// of its own. The first is made anew for each event, as an id at Pointer is, and {event_id} stands for it.
	Fields []string `yaml:"fields"`

	Golden string `yaml:"golden"` // an id of this sender, whose form fresh ids keep where neither the body nor the fixture's headers hold one
}

// EventType is where the kind of an event stands: in a header, at a JSON Pointer into the body, or in both. The
// zero value means /type in the body, if there is one.
//
// The type that a header carries comes from the fixture's own headers, else from the body at Pointer, else from
// Golden, else from the fixture's file name: its part before the first dot.
type EventType struct {
	Place     `yaml:",inline"`
	Golden    string            `yaml:"golden"`    // the type of every fixture
	Separator string            `yaml:"separator"` // what a dash in a fixture's file name stands for, such as the slash of orders/paid; where it is a dot, the whole name counts
	Names     map[string]string `yaml:"names"`     // what the header says for a type found in the body or the file name; the type itself when absent
}

// DeliveryID is the id of one delivery, where senders send one beside the event's.
type DeliveryID struct {
	Header string `yaml:"header"` // that carries it; {delivery_id} in endpoint.headers when empty
	Golden string `yaml:"golden"` // an id of this sender, whose form fresh ids keep; a UUID when neither it nor the fixture's headers hold one
	Per    Per    `yaml:"per"`    // what has an id of its own: event when empty
}

// Per says what has an id of its own.
type Per string

// What has an id of its own: each event for one endpoint, so that a retry repeats the id, or each attempt.
const (
	PerEvent   Per = "event"
	PerAttempt Per = "attempt"
)

// FromFile returns the event type that a fixture's file name stands for.
func (e EventType) FromFile(name string) string {
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
	return c.EventType.Header != "" || holds(c.Endpoint.Path+c.Endpoint.Query) || slices.ContainsFunc(slices.Collect(maps.Values(c.Endpoint.Headers)), holds)
}

// Repeats reports whether a header or the query of a delivery carries the value at a JSON Pointer into the body too.
func (c *Contract) Repeats(pointer string) bool {
	holds := func(text string) bool { return strings.Contains(text, "{"+pointer+"}") }
	return holds(c.Endpoint.Path+c.Endpoint.Query) || slices.ContainsFunc(slices.Collect(maps.Values(c.Endpoint.Headers)), holds)
}

func (c *Contract) checkIdentity(m *mistakes) {
	if c.EventID.Header == "" && c.EventID.Pointer == "" && c.EventID.Form == "" {
		m.add("event_id", "is missing: say where the event's identity travels, as header, pointer, form or header and one of these, or which fields together tell events apart")
	}
	if c.EventID.Pointer != "" && c.EventID.Form != "" {
		m.add("event_id", "has both pointer and form: a body is JSON or a form")
	}
	if fields := c.EventID.Fields; len(fields) > 0 && (c.EventID.Pointer != fields[0] || c.EventID.Header != "" || c.EventID.Form != "") {
		m.add("event_id", "has fields and another place: without an id, fields alone say what tells events apart")
	}
	for _, pointer := range c.EventID.Fields {
		m.pointer("event_id.fields", pointer)
	}
	m.place("event_id", c.EventID.Place)
	m.place("event_type", c.EventType.Place)
	for key, golden := range map[string]string{"event_id.golden": c.EventID.Golden, "event_type.golden": c.EventType.Golden, "delivery_id.golden": c.DeliveryID.Golden} {
		m.headerValue(key, golden)
	}
	for from, to := range c.EventType.Names {
		m.headerValue("event_type.names."+from, to)
	}
	m.header("delivery_id.header", c.DeliveryID.Header)
	if !slices.Contains([]Per{PerEvent, PerAttempt}, c.DeliveryID.Per) {
		m.add("delivery_id.per", "%q: must be event or attempt", c.DeliveryID.Per)
	}
	for _, pointer := range c.Fresh {
		m.pointer("fresh", pointer)
	}
	c.Tenant.check(m)
}

func (t Tenant) check(m *mistakes) {
	m.place("tenant", t.Place)
	if t == (Tenant{}) {
		return
	}
	if t.Other == "" || (t.Header == "") == (t.Pointer == "") {
		m.add("tenant", "must say where the tenant stands, as header or pointer, and name another one as other")
	}
	if (t.Header != "") != (t.Golden != "") {
		m.add("tenant.golden", "must name the fixtures' own tenant where it stands in a header, and only there")
	}
	if t.Other != "" && t.Other == t.Golden {
		m.add("tenant.other", "%q: must be another one than golden", t.Other)
	}
}

// headerValue checks what is sent as the value of a header.
func (m *mistakes) headerValue(key, value string) {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) || strings.TrimSpace(value) != value {
		m.add(key, "%q: must be the value of a header, without line breaks or space at its ends", value)
	}
}

// Placeholders are what the values of endpoint.headers and the query of endpoint.path may hold: the event's id and
// type, the time at which a delivery is signed, in Unix seconds, the delivery's id, and how often it was sent, this
// attempt included. Beside them {/data/id} stands for the value at a JSON Pointer into the body.
var Placeholders = []string{"{event_id}", "{event_type}", "{timestamp}", "{delivery_id}", "{attempt}"}

// template checks a text with placeholders.
func (m *mistakes) template(key, text string) {
	for _, part := range placeholder.FindAllString(text, -1) {
		pointer := strings.HasPrefix(part, "{/") && jsonPointer.MatchString(part[1:len(part)-1])
		if !pointer && !slices.Contains(Placeholders, part) {
			m.add(key, "%s: must be one of %s, or a JSON Pointer into the body such as {/data/id}", part, strings.Join(Placeholders, ", "))
		}
	}
}

// Fill replaces each placeholder of a header's value or of a query by what value returns for it.
func Fill(text string, value func(placeholder string) string) string {
	return placeholder.ReplaceAllStringFunc(text, value)
}

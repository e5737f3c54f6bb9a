package webhook

import "github.com/fridaygate/fridaygate/smoke/payload"

// Body describes how a delivery's body holds its events, if it is not one JSON document. The zero value follows
// endpoint.content_type: JSON, NDJSON, a form, multipart/form-data or XML. A form with a single field that
// holds a JSON object, such as GitHub's payload, is taken for that object.
//
// event_id, event_type, tenant, fresh, sequence.key and schema are about one event: their pointers start at the
// JSON in the field, at the line, or at the element of the batch. In XML and in forms a pointer names elements and
// fields: /order/id, /order/line[2]/@sku, /MessageSid.
type Body struct {
	Format payload.Kind `yaml:"format"` // json, ndjson, form, multipart, xml or text; empty: that of endpoint.content_type
	Field  string       `yaml:"field"`  // of a form or multipart body: the field that holds the event as JSON
	// of a batch: JSON Pointer to its events, * for each element: /*, /notificationItems/*/NotificationRequestItem
	Events   string   `yaml:"events"`
	Encoding Encoding `yaml:"encoding"` // how it is compressed on the wire; not at all when empty. Fixtures hold it plain.
	Signed   Signed   `yaml:"signed"`   // with encoding: which bytes the signature covers; sent when empty
}

// Encoding is a content coding (RFC 9110, section 8.4.1).
type Encoding string

// Signed is which bytes of a compressed body a signature covers.
type Signed string

// The encodings, and what may be signed.
const (
	Gzip        Encoding = "gzip"
	SignedSent  Signed   = "sent"  // the compressed ones
	SignedPlain Signed   = "plain" // those before compression
)

// Batch reports whether one delivery may carry several events.
func (c *Contract) Batch() bool {
	return c.Body.Events != "" || c.BodyKind() == payload.NDJSON
}

// BodyKind returns the body's format: body.format, or that of endpoint.content_type, or "" if neither is set.
func (c *Contract) BodyKind() payload.Kind {
	if c.Body.Format != "" {
		return c.Body.Format
	}
	return payload.KindOf(c.Endpoint.ContentType)
}

// checkBody checks the body's keys of the file and the profile together.
func (c *Contract) checkBody(m *mistakes) {
	b := c.Body
	if b.Field != "" && b.Format != "" && b.Format != payload.Form && b.Format != payload.Multipart {
		m.add("body.field", "%q: only a form or a multipart body has fields", b.Field)
	}
	if b.Events != "" && (b.Format == payload.XML || b.Format == payload.Text || b.Format == payload.NDJSON) {
		m.add("body.events", "%q: only JSON has events at a pointer; each line of NDJSON is one event", b.Events)
	}
	if b.Signed != "" && b.Encoding == "" {
		m.add("body.signed", "%q: needs body.encoding beside it", b.Signed)
	}
	if c.Batch() && c.EventID.Pointer == "" {
		m.add("event_id.pointer", "is missing: each event of a batch (body.events, NDJSON) has an id of its own in the body")
	}
	if c.EventID.Form != "" && b.Field != "" {
		m.add("event_id.form", "%q: use a pointer into the JSON that body.field names", c.EventID.Form)
	}
}

package cases

import (
	"cmp"
	"errors"
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/smoke/payload"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// readBody finds the format of the golden body, and the positions of its event ids. A body without a recognised structure
// has only the cases that send bytes. It returns an error if the contract names a structure that the body does not have.
func (d *derivation) readBody() error {
	c := d.contract
	d.format = payload.Format{Kind: cmp.Or(c.Body.Format, payload.KindOf(d.contentType())), Field: c.Body.Field, Events: c.Body.Events}
	if d.format.Kind == payload.Form && d.format.Field == "" && c.EventID.Form == "" {
		d.format.Field = singleJSON(d.fixture.Body)
	}
	d.syntax = syntaxOf(d.format)
	if c.Body.Encoding == webhook.Gzip && payload.Gzipped(d.fixture.Body) {
		return errors.New("its body is compressed: fixtures hold it plain (gunzip), and the gate compresses what it sends")
	}
	if err := d.checkBoundary(); err != nil {
		return err
	}
	if d.syntax == nil {
		d.opaque, d.unreadable = "the body is plain text", errors.New("body.format is text")
	} else if err := d.readable(); errors.Is(err, errTooMany) {
		return fmt.Errorf("its body: %w", err)
	} else if err != nil {
		if c.Body.Format != "" || c.Body.Field != "" || c.Body.Events != "" {
			return fmt.Errorf("its body is not as %s describes it under body: %w", c.Path, err)
		}
		d.syntax, d.opaque, d.unreadable = nil, "the body is not "+d.described(), err
	}
	return d.readIDs()
}

// syntaxOf returns the syntax of the events in a format; nil when it is not known.
func syntaxOf(f payload.Format) syntax {
	switch {
	case f.Kind == payload.Text:
		return nil
	case f.Kind == payload.XML:
		return asXML{}
	case f.Kind == payload.Form && f.Field == "", f.Kind == payload.Multipart && f.Field == "":
		return asFields{f.Kind}
	}
	return asJSON{}
}

// described names the syntax that the body should have, for people.
func (d *derivation) described() string {
	switch d.format.Kind {
	case payload.Form:
		return "a form"
	case payload.Multipart:
		return "multipart/form-data"
	case payload.XML:
		return "XML"
	}
	return "JSON"
}

// readable is an error if an event of the golden body cannot be read.
func (d *derivation) readable() error {
	body, err := d.format.Parse(d.fixture.Body)
	if err != nil {
		return err
	}
	for i := range body.Len() {
		if _, err := d.recent.parse(d.syntax, body.Document(i)); err != nil {
			return err
		}
	}
	return nil
}

// checkBoundary is an error if the content type that is sent with a multipart body does not name its boundary.
func (d *derivation) checkBoundary() error {
	if d.format.Kind != payload.Multipart {
		return nil
	}
	boundary, err := payload.Boundary(d.fixture.Body)
	if err != nil {
		return err
	}
	if _, parameters, _ := mime.ParseMediaType(d.contentType()); parameters["boundary"] != boundary {
		return fmt.Errorf("its parts are separated by %q: write endpoint.content_type: 'multipart/form-data; "+
			"boundary=%s' into %s, unless the fixture's headers name it", boundary, boundary, d.contract.Path)
	}
	return nil
}

// idPointer is where each event holds its id; "" when the body does not.
func (d *derivation) idPointer() string {
	if name := d.contract.EventID.Form; name != "" {
		return below("", name)
	}
	return d.contract.EventID.Pointer
}

// identifies reports whether the value at a pointer is the event's identity, or a part of it.
func (d *derivation) identifies(pointer string) bool {
	return (pointer != "" && pointer == d.id.pointer) || slices.Contains(d.contract.EventID.Fields, pointer)
}

// measures reports whether the value at a pointer determines what effects are measured on, or by how much.
func (d *derivation) measures(pointer string) bool {
	http := d.contract.Effects.HTTP
	return http != nil && pointer != "" && (pointer == http.Subject || pointer == http.Amount)
}

// identifiesWithin reports whether the value at a pointer contains a part of the event's identity.
func (d *derivation) identifiesWithin(pointer string) bool {
	return slices.ContainsFunc(append([]string{d.id.pointer}, d.contract.EventID.Fields...), func(id string) bool {
		return strings.HasPrefix(id, pointer+"/")
	})
}

// readIDs finds the id of each event in the golden body.
func (d *derivation) readIDs() error {
	pointer := d.idPointer()
	if pointer == "" {
		return nil
	}
	if d.syntax == nil {
		return fmt.Errorf("its %s (%w), so the event id cannot be at %s", strings.TrimPrefix(d.opaque, "the "), d.unreadable, pointer)
	}
	body, err := d.format.Parse(d.fixture.Body)
	if err != nil {
		return err
	}
	for i := range body.Len() {
		doc, err := d.recent.parse(d.syntax, body.Document(i))
		if err != nil {
			return err
		}
		id, ok := doc.at(pointer)
		if !ok || (id.kind != '"' && id.kind != '0') {
			return fmt.Errorf("its body has no text or number at %s%s, where %s says the event id is",
				pointer, ofBatch(i, body.Len()), d.contract.Path)
		}
		for _, field := range d.contract.EventID.Fields {
			if n, ok := doc.at(field); !ok || n.raw == nil {
				return fmt.Errorf("its body has no text, number or truth value at %s%s, which %s names as a part of the event's identity",
					field, ofBatch(i, body.Len()), d.contract.Path)
			}
		}
		d.ids = append(d.ids, id)
	}
	d.id = d.ids[0]
	return nil
}

// ofBatch names one of several events, for people.
func ofBatch(i, n int) string {
	if n < 2 {
		return ""
	}
	return " of event " + strconv.Itoa(i+1)
}

// document reads event i of a body that derives from the golden one.
func (d *derivation) document(text []byte, i int) (payload.Body, document, error) {
	if d.syntax == nil {
		return payload.Body{}, document{}, errors.New(d.opaque)
	}
	body, err := d.format.Parse(text)
	if err != nil {
		return body, document{}, err
	}
	if i >= body.Len() {
		return body, document{}, notApplicable("the body holds fewer events")
	}
	doc, err := d.recent.parse(d.syntax, body.Document(i))
	return body, doc, err
}

// valid is an error when an event breaks the payload's schema.
func (d *derivation) valid(document []byte) error {
	s := d.contract.PayloadSchema
	if s == nil {
		return nil
	}
	if broken := s.Check(document); len(broken) > 0 {
		return fmt.Errorf("it breaks %s %s", s.Path(), broken[0])
	}
	return nil
}

// validBody is an error when one of a body's events breaks the payload's schema.
func (d *derivation) validBody(text []byte) error {
	if d.contract.PayloadSchema == nil {
		return nil
	}
	if d.syntax == nil {
		return d.valid(text)
	}
	body, err := d.format.Parse(text)
	if err != nil {
		return err
	}
	for i := range body.Len() {
		if err := d.valid(body.Document(i)); err != nil {
			return err
		}
	}
	return nil
}

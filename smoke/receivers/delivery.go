package receivers

import (
	"errors"
	"io"
	"mime"
	"net/http"
)

// bodyLimit is the size of the largest body that is read, in bytes.
const bodyLimit = 1 << 20

// delivery is one attempt to deliver an event.
type delivery struct {
	header http.Header
	length int64 // as announced; -1 when it was not
	body   []byte
	gone   <-chan struct{} // closed when the sender has hung up

	// Known once the body was decoded.
	value any // the whole body
	event event

	key         string
	fingerprint string
}

// ofJSON reports whether a content type is JSON's, whatever its parameters.
func ofJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}

// read reads a delivery from the request, or returns the answer that refuses it.
func (s *steps) read(w http.ResponseWriter, r *http.Request) (*delivery, *reply) {
	refuse := func(status int, why string) (*delivery, *reply) {
		p := problem(status, why)
		return nil, &p
	}
	if !s.typed(r.Header.Get("Content-Type")) {
		return refuse(http.StatusUnsupportedMediaType, "the body must be application/json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuse(http.StatusRequestEntityTooLarge, "the body is too large")
	case err != nil:
		return refuse(http.StatusBadRequest, "the body did not arrive whole")
	}
	return &delivery{header: r.Header, length: r.ContentLength, body: body, gone: r.Context().Done()}, nil
}

// decode reads the body. It must be one event.
func (d *delivery) decode(is naming) error {
	var err error
	if d.value, err = readJSON(d.body); err != nil {
		return err
	}
	d.event, err = readEvent(d.value, is)
	return err
}

// namedByHeader reads the body. It must be one event, the one that the header names.
func namedByHeader(d *delivery) error {
	if err := d.decode(exactName); err != nil {
		return err
	}
	if d.header.Get("webhook-id") != d.event.id {
		return errors.New("the header webhook-id and the body's id differ")
	}
	return nil
}

// account is whose event it is; the header X-Tenant names the tenant, and the default one is "".
func (d *delivery) account() account {
	return account{tenant: d.header.Get("X-Tenant"), id: d.event.id}
}

func (d *delivery) invoice() account {
	return account{tenant: d.header.Get("X-Tenant"), id: d.event.invoice}
}

// tenantAndEvent is the right key: an event id is unique for one tenant only. No header holds a zero byte.
func tenantAndEvent(d *delivery) string {
	a := d.account()
	return a.tenant + "\x00" + a.id
}

package history

import (
	"maps"
	"net/http"
	"slices"
)

// Request is what an attempt sent. In a report secrets are blanked. What HTTP itself adds (Host, lengths, the connection) is left
// out.
type Request struct {
	Method string      `json:"method"`
	URL    string      `json:"url"`
	Header http.Header `json:"header"`

	Body       []byte `json:"-"`                         // as it was sent
	Text       string `json:"body,omitempty"`            // the body, if it is text and not too long
	Bytes      []byte `json:"body_bytes,omitempty"`      // the body, if it is no text and not too long
	Difference string `json:"body_difference,omitempty"` // from the golden body, of a body that is too long
	Size       int    `json:"body_size"`                 // of the body, in bytes

	Curl string `json:"curl,omitempty"` // the command that sends it again; "" when the body is too long
}

// Names returns the names of its headers, in order.
func (r *Request) Names() []string { return slices.Sorted(maps.Keys(r.Header)) }

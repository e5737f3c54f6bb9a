package receivers

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
)

// reply is an answer, kept as the bytes that are sent.
type reply struct {
	status      int
	contentType string
	body        []byte
}

func (r reply) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", r.contentType)
	if r.status == http.StatusTooEarly {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body) // a client that is gone needs no answer
}

// problem is an error answer as RFC 9457 has it.
func problem(status int, title string) reply {
	return marshalled(status, "application/problem+json", map[string]any{
		"type": "about:blank", "title": title, "status": status, "request_id": rand.Text(),
	})
}

// result is the answer to an event that was taken.
type result struct {
	EventID  string         `json:"event_id"`
	Type     string         `json:"type"`
	Status   string         `json:"status"` // processed or ignored
	Invoice  *invoiceStatus `json:"invoice,omitempty"`
	Sequence int            `json:"sequence"` // another one for every result that was made
}

type invoiceStatus struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

func (r result) reply() reply { return marshalled(http.StatusOK, "application/json", r) }

func marshalled(status int, contentType string, value any) reply {
	body, _ := json.Marshal(value) // texts and numbers: there is nothing that cannot be written
	return reply{status: status, contentType: contentType, body: append(body, '\n')}
}
